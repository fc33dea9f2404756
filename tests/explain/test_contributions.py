"""Contributions: additive to the deployed risk, exact where that can be worked out, and known at the date."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from earlywarn.explain.contributions import contributions
from earlywarn.models.targets import TARGETS

COLUMNS = ["area_code", "target", "feature", "indicator", "theme", "value", "contribution"]


ADDITIVE = ("ordinal", "logit")  # the others are slow to explain, so on few areas


@pytest.fixture(scope="module")
def explained(world):
    """Each model's contributions, made once."""
    made = {}

    def of(name):
        if name not in made:
            model = world.deployed(name)
            X = world.X if name in ADDITIVE else world.X.head(4)
            made[name] = model, contributions(model, X, described=world.described, seed=1), X
        return made[name]

    return of


@pytest.mark.parametrize(
    "name",
    ["ordinal", "logit", *(pytest.param(name, marks=pytest.mark.slow) for name in ("boosting", "average"))],
)
def test_they_sum_to_the_log_odds_of_the_deployed_risk(explained, name):
    model, table, X = explained(name)
    risk = model.risk(X).droplevel("as_of").stack()  # noqa: PD013 - melt drops the index
    sums = table.groupby(["area_code", "target"])["contribution"].sum()
    expected = np.log(risk / (1 - risk))
    assert len(sums) == len(expected) > 2 * len(X)
    np.testing.assert_allclose(sums.to_numpy(), expected[sums.index].to_numpy(), atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", ["ordinal", "logit"])
def test_every_scored_area_and_target_has_a_row_for_each_feature_and_a_baseline(explained, name):
    model, table, X = explained(name)
    assert list(table) == COLUMNS
    rows = table.groupby(["area_code", "target"])["feature"].agg(list)
    assert all(sorted(names) == sorted([*model.features, "baseline"]) for names in rows)
    assert all(names[-1] == "baseline" for names in rows)
    outside = ~(X["last_overall"] > 0)
    told = {area for area, target in rows.index if target == "decline"}
    assert told == set(X.index.get_level_values("area_code")[~outside])


def test_they_are_sorted_by_area_then_target_then_size(explained):
    table = explained("ordinal")[1]
    assert table["area_code"].is_monotonic_increasing
    for _, rows in table.groupby("area_code"):
        assert list(dict.fromkeys(rows["target"])) == [
            target for target in TARGETS if target in set(rows["target"])
        ]
        for _, own in rows.groupby("target"):
            assert own["contribution"].iloc[:-1].abs().is_monotonic_decreasing


def test_values_are_those_of_the_matrix_and_unknown_ones_are_empty(explained, world):
    table = explained("ordinal")[1]
    rows = table[table["feature"] != "baseline"]
    X = world.X.droplevel("as_of")
    expected = [X.loc[row.area_code, row.feature] for row in rows.itertuples()]
    np.testing.assert_array_equal(rows["value"], expected)
    assert rows["value"].isna().any()
    assert table.loc[table["feature"] == "baseline", "value"].isna().all()


def test_each_feature_is_filed_under_its_indicator_and_theme(explained, world):
    table = explained("ordinal")[1]
    for feature, rows in table.groupby("feature"):
        if feature == "baseline":
            assert (rows[["indicator", "theme"]] == "").all(axis=None)
        else:
            assert set(rows["indicator"]) == {world.described.loc[feature, "indicator"]}
            assert set(rows["theme"]) == {world.described.loc[feature, "theme"]}


@pytest.mark.parametrize(
    ("name", "target"), [("ordinal", "adverse"), ("ordinal", "decline"), ("logit", "serious")]
)
def test_where_features_do_not_interact_the_permutation_explainer_agrees(
    explained, world, shap, name, target
):
    model, table, _ = explained(name)
    asked = world.X.loc[model.log_odds(world.X)[target].notna().to_numpy(), list(model.features)]
    values = asked.to_numpy(dtype=float)

    def predict(rows):
        return model.log_odds(pd.DataFrame(rows, columns=asked.columns))[target].to_numpy()

    masker = shap.maskers.Independent(values, max_samples=len(values))
    found = shap.explainers.Permutation(predict, masker, seed=0)(values[:6], silent=True)
    own = table[table["target"] == target].pivot_table(
        index="area_code", columns="feature", values="contribution"
    )
    codes = asked.index.get_level_values("area_code")[:6]
    np.testing.assert_allclose(own.loc[codes, list(asked)], found.values, atol=1e-8)
    np.testing.assert_allclose(own["baseline"], predict(values).mean(), atol=1e-8)


class Product:
    """Log-odds that are the product of two features, for every target."""

    features = ("left", "right", "last_overall")

    def log_odds(self, X):
        product = (X["left"] * X["right"]).to_numpy()
        return pd.DataFrame(dict.fromkeys(TARGETS, product), index=X.index)


def small_matrix():
    index = pd.MultiIndex.from_product(
        [["A", "B"], [pd.Timestamp("2025-04-01")]], names=["area_code", "as_of"]
    )
    return pd.DataFrame({"left": [0.0, 2.0], "right": [0.0, 4.0], "last_overall": 2.0}, index=index)


def test_where_two_features_interact_worked_by_hand():
    # the background is A (0, 0) and B (2, 4): the mean log-odds are (0 + 8) / 2 = 4. For B, knowing left
    # alone gives 2 * mean(0, 4) = 4, right alone 4 * mean(0, 2) = 4, both 8: each is worth (0 + 4) / 2 = 2.
    # For A both alone give 0, and both 0: each is worth (-4 + 0) / 2 = -2.
    described = pd.DataFrame({"indicator": "", "theme": "workforce"}, index=list(Product.features))
    table = contributions(Product(), small_matrix(), described=described)
    found = table.pivot_table(index="area_code", columns=["target", "feature"], values="contribution")
    for target in TARGETS:
        assert found[target]["left"].tolist() == pytest.approx([-2, 2])
        assert found[target]["right"].tolist() == pytest.approx([-2, 2])
        assert found[target]["last_overall"].tolist() == pytest.approx([0, 0])
        assert found[target]["baseline"].tolist() == pytest.approx([4, 4])


def test_contributions_that_miss_the_risk_are_an_error(monkeypatch):
    from earlywarn.explain import contributions as room  # noqa: PLC0415

    described = pd.DataFrame({"indicator": "", "theme": ""}, index=list(Product.features))
    monkeypatch.setattr(room, "_shap", lambda *_, **__: (np.zeros((2, 3)), 0.5))
    with pytest.raises(ArithmeticError, match=r"miss the risk by 7\.5e"):
        contributions(Product(), small_matrix(), described=described)


def test_the_order_of_areas_does_not_matter(explained, world):
    model, table, _ = explained("ordinal")
    shuffled = contributions(model, world.X.sample(frac=1, random_state=1), described=world.described, seed=1)
    keys = ["area_code", "target", "feature"]
    one, other = (found.sort_values(keys, ignore_index=True) for found in (table, shuffled))
    assert_frame_equal(one, other, atol=1e-9, rtol=0)


def test_the_last_judgement_explains_decline_even_if_the_model_does_not_read_it(world):
    features = ("agency_rate__national_gap", "caseload__national_gap")
    model = world.deployed("ordinal", features)
    table = contributions(model, world.X, described=world.described)
    last = table[table["feature"] == "last_overall"].groupby("target")["contribution"].agg(np.ptp)
    assert last["decline"] > 0.1
    assert last["adverse"] == pytest.approx(0, abs=1e-9)


def test_nothing_is_written_into_the_matrix(explained, world):
    model, _, _ = explained("ordinal")
    before = world.X.copy()
    contributions(model, world.X, described=world.described)
    assert_frame_equal(world.X, before)
