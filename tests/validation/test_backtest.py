"""The rolling origin, watched by models that remember all they were shown."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy.special import expit, logit

from earlywarn.errors import LabelError
from earlywarn.models.catalogue import FLOORS, make_model
from earlywarn.models.targets import TargetModel
from earlywarn.schedule import quarter_starts
from earlywarn.schema import TARGETS
from earlywarn.sources.synthetic import synthetic_tables
from earlywarn.validation import backtest, splits
from earlywarn.validation.backtest import Trial, first_trainable, mean_in_log_odds, rolling_origin, unfit

FEATURES = ("one", "two")
KEYS = ["target", "lead_months", "model", "as_of", "area_code"]


class Diary:
    """What happened, in order; a copy of it is the thing itself, so that clones write into one."""

    def __init__(self):
        self.entries = []

    def __deepcopy__(self, memo):
        return self


class Watched(TargetModel):
    """Learns each target's rate, leans on one feature, and writes down what it was shown."""

    def __init__(self, diary=None, *, features=FEATURES, lean=0.1):
        self.diary = diary
        self.features = features
        self.lean = lean

    def fit(self, X, labels, *, sample_weight=None):
        self.shown_ = (X, labels.copy(), np.asarray(sample_weight))
        return super().fit(X, labels, sample_weight=sample_weight)

    def _learn(self, X, labels, weights):  # noqa: ARG002
        self.rates_ = labels[list(TARGETS)].mean().clip(0.02, 0.98).to_numpy()

    def _log_odds(self, X, last):  # noqa: ARG002
        return logit(self.rates_) + self.lean * X["one"].fillna(0).to_numpy()[:, None]

    def predict_risk(self, X):
        if self.diary is not None:
            self.diary.entries.append(("fit", X.index.get_level_values("as_of").unique(), *self.shown_))
        return super().predict_risk(X)


@pytest.fixture(scope="module")
def world():
    """Matrix, teaching rows and tested rows of a small made-up world; the features are noise."""
    tables = synthetic_tables(areas=60, seed=3, years=range(2010, 2020))
    dates = quarter_starts(pd.Timestamp("2012-01-01"), pd.Timestamp("2019-04-01"))
    codes = tables.areas["area_code"]
    index = pd.MultiIndex.from_product([codes, dates], names=["area_code", "as_of"])
    rng = np.random.default_rng(0)
    matrix = pd.DataFrame(rng.normal(size=(len(index), 2)), index=index, columns=list(FEATURES))
    teaching = splits.teaching_rows(tables.inspections, index, horizon=12)
    tested = splits.tested_rows(tables.inspections, leads=[3, 12], first_start=pd.Timestamp("2015-07-01"))
    last = teaching.drop_duplicates(["area_code", "as_of"]).set_index(["area_code", "as_of"])["last_grade"]
    matrix["last_overall"] = last.reindex(index)
    matrix["years_since_last"] = 1.0
    seen = pd.MultiIndex.from_frame(tested[["area_code", "as_of"]])
    matrix.loc[seen, "last_overall"] = tested["last_grade"].to_numpy()
    return matrix, teaching, tested


def trial(world, models, **more):
    matrix, teaching, tested = world
    return Trial(matrix, teaching, tested, models, **more)


def ordered(predictions):
    return predictions.sort_values(KEYS, ignore_index=True)


@pytest.fixture(scope="module")
def watched(world):
    """A back-test of one model, with the diary of all fits and recalibrations."""
    diary = Diary()
    plain = backtest.recalibration

    def recalibration(teaching, raw):
        diary.entries.append(("recalibration", teaching.copy(), raw.copy()))
        return plain(teaching, raw)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backtest, "recalibration", recalibration)
        result = rolling_origin(trial(world, {"watched": Watched(diary)}))
    return result, diary.entries


def fits(entries):
    for kind, *entry in entries:
        if kind == "fit":
            dates, X, labels, weights = entry
            assert len(dates) == 1
            yield dates[0], X, labels, weights


def test_no_model_was_ever_shown_a_label_that_was_not_known(watched):
    _, entries = watched
    last_known = {origin: labels["label_known_on"].max() for origin, _, labels, _ in fits(entries)}
    assert len(last_known) > 10
    assert all(known < origin for origin, known in last_known.items())


def test_every_label_that_was_known_was_shown(watched, world):
    _, entries = watched
    teaching = world[1]
    for origin, X, labels, weights in fits(entries):
        wanted = [
            row for row in teaching.itertuples() if row.label_known_on < origin
        ]  # written out, not with the splitter's own function
        assert len(labels) == len(X) == len(wanted)
        assert set(labels["inspection_id"]) == {row.inspection_id for row in wanted}
        assert list(X.index) == list(zip(labels["area_code"], labels["as_of"], strict=True))
        assert weights.sum() == pytest.approx(labels["inspection_id"].nunique())


def test_a_row_that_teaches_stood_before_its_own_label(watched):
    _, entries = watched
    for _, _, labels, _ in fits(entries):
        assert (labels["as_of"] <= labels["start_date"]).all()
        assert (labels["start_date"] <= labels["label_known_on"]).all()


def test_recalibration_learns_only_from_earlier_risks_whose_labels_were_known(watched):
    result, entries = watched
    out_of_time = result.out_of_time["watched"]
    origin, learned = None, 0
    for kind, *entry in entries:
        if kind == "fit":
            origin = entry[0][0]
            continue
        teaching, raw = entry
        learned = max(learned, len(teaching))
        assert (teaching["label_known_on"] < origin).all()
        assert (teaching["as_of"] < origin).all()
        assert not np.isnan(raw[:, 0]).any()
        np.testing.assert_array_equal(raw, out_of_time.loc[teaching.index].to_numpy())
    assert learned > 30


def test_out_of_time_risks_are_as_many_as_the_rows_that_could_teach(watched, world):
    result, entries = watched
    teaching = world[1]
    out_of_time = result.out_of_time["watched"]
    assert out_of_time.index.equals(teaching.index)
    first = min(origin for origin, *_ in fits(entries))
    foreseen = out_of_time["adverse"].notna()
    assert (teaching.loc[foreseen, "as_of"] >= first).all()
    assert foreseen.equals(teaching["as_of"] >= first)


def flipped(rows, origin):
    """Every label known on or after the origin turned into its opposite."""
    rows = rows.copy()
    late = rows["label_known_on"] >= origin
    rows.loc[late, "grade"] = 3 - rows.loc[late, "grade"]
    for target in TARGETS:
        rows.loc[late, target] = 1 - rows.loc[late, target]
    return rows


MODELS = {name: make_model(name, features=FEATURES) for name in ("ordinal", "logit")}
AVERAGES = {"average": ("ordinal", "logit")}
SAME = {"rtol": 1e-12, "atol": 0}  # where arrays lie in memory decides the last bit of a sum


@pytest.fixture(scope="module")
def honest(world):
    """The back-test on the world as it is."""
    return rolling_origin(trial(world, MODELS, averages=AVERAGES))


@pytest.mark.parametrize("origin", ["2016-01-01", "2017-04-01"])
def test_poisoned_later_labels_change_nothing_up_to_the_origin(world, honest, origin):
    origin = pd.Timestamp(origin)
    matrix, teaching, tested = world
    poisoned = rolling_origin(
        Trial(matrix, flipped(teaching, origin), flipped(tested, origin), MODELS, AVERAGES)
    )
    columns = ["area_code", "as_of", "lead_months", "target", "model", "risk", "base_rate", "recent_rate"]
    one, other = ordered(honest.predictions)[columns], ordered(poisoned.predictions)[columns]
    early = one["as_of"] <= origin
    assert early.sum() > 50
    assert_frame_equal(one[early], other[early], **SAME)
    assert not one[~early]["risk"].equals(other[~early]["risk"])  # the poison can be tasted later on
    for name, risks in honest.out_of_time.items():
        rows = teaching["as_of"] <= origin
        assert_frame_equal(risks[rows], poisoned.out_of_time[name][rows], **SAME)


def test_poisoned_later_features_change_nothing_up_to_the_origin(world, honest):
    origin = pd.Timestamp("2017-04-01")
    matrix, teaching, tested = world
    late = matrix.index.get_level_values("as_of") > origin
    spoiled = matrix.copy()
    spoiled.loc[late, list(FEATURES)] = 1e3
    one, other = (
        ordered(result.predictions)
        for result in (honest, rolling_origin(Trial(spoiled, teaching, tested, MODELS, AVERAGES)))
    )
    early = one["as_of"] <= origin
    assert_frame_equal(one[early], other[early], **SAME)


def test_the_floors_run_in_the_same_race(world):
    models = {"default": Watched()} | {name: make_model(name) for name in FLOORS}
    matrix = world[0].assign(fsm_primary_rate__level=1.0)
    predictions = rolling_origin(Trial(matrix, *world[1:], models)).predictions
    raced = predictions.groupby("model")[["inspection_id", "as_of", "target", "lead_months"]].agg(list)
    assert set(raced.index) == {"default", *FLOORS}
    for column in raced:
        assert len(set(raced[column].map(str))) == 1


def test_the_base_rate_floor_is_the_rate_known_at_the_origin(world):
    models = {"base_rate": make_model("base_rate")}
    predictions = rolling_origin(trial(world, models)).predictions
    teaching = world[1]
    for row in predictions.query("target == 'adverse'").itertuples():
        known = [one for one in teaching.itertuples() if one.label_known_on < row.as_of]
        once = {one.inspection_id: one.adverse for one in known}
        assert row.base_rate == pytest.approx(np.mean(list(once.values())))
        assert row.risk == pytest.approx(row.base_rate)
        recent = {
            one.inspection_id: one.adverse
            for one in known
            if one.label_known_on >= row.as_of - pd.DateOffset(months=24)
        }
        assert row.recent_rate == pytest.approx(np.mean(list(recent.values())))


def test_averages_are_means_in_log_odds(world, monkeypatch):
    class Same:
        def transform(self, risk):
            return risk

    monkeypatch.setattr(backtest, "recalibration", lambda *_: Same())
    models = {"low": Watched(lean=0.1), "high": Watched(lean=0.9)}
    result = rolling_origin(trial(world, models, averages={"average": ("low", "high")}))
    keys = ["inspection_id", "lead_months", "target"]
    risk = result.predictions.pivot_table(index=keys, columns="model", values="risk")
    mean = expit((logit(risk["low"]) + logit(risk["high"])) / 2)
    np.testing.assert_allclose(risk["average"], mean, atol=1e-12)
    raw = result.out_of_time
    np.testing.assert_allclose(logit(raw["average"]), (logit(raw["low"]) + logit(raw["high"])) / 2, atol=1e-9)


def test_a_mean_of_log_odds_bears_certainty():
    sure = pd.DataFrame({"adverse": [0.0, 1.0]})
    assert np.isfinite(logit(mean_in_log_odds([sure, 1 - sure]))).all(axis=None)


def test_predictions_are_one_row_per_question_and_model(world):
    tested = world[2]
    predictions = rolling_origin(trial(world, {"watched": Watched()})).predictions
    tested = tested[tested["as_of"] >= predictions["as_of"].min()]
    assert not predictions.duplicated(["inspection_id", "lead_months", "target", "model"]).any()
    assert predictions["risk"].between(0, 1).all()
    asked = tested[TARGETS[0]].count(), tested["decline"].count()
    assert (predictions["target"].eq("adverse").sum(), predictions["target"].eq("decline").sum()) == asked


def test_the_order_of_rows_does_not_matter(world, honest):
    matrix, teaching, tested = world
    shuffled = Trial(
        matrix.sample(frac=1, random_state=1),
        teaching.sample(frac=1, random_state=2).reset_index(drop=True),
        tested.sample(frac=1, random_state=3).reset_index(drop=True),
        MODELS,
        AVERAGES,
    )
    one, other = ordered(honest.predictions), ordered(rolling_origin(shuffled).predictions)
    assert_frame_equal(one, other, atol=1e-6, rtol=0)


def test_the_models_and_tables_given_are_left_as_they_were(world):
    before = [table.copy() for table in world]
    model = Watched()
    rolling_origin(trial(world, {"watched": model}))
    assert not hasattr(model, "rates_")
    for table, copy in zip(world, before, strict=True):
        assert_frame_equal(table, copy)


def test_a_feature_that_is_missing_everywhere_in_a_fold_is_borne(world, honest):
    matrix, teaching, tested = world
    bare = matrix.copy()
    early = bare.index.get_level_values("as_of") < pd.Timestamp("2017-01-01")
    bare.loc[early, "two"] = np.nan
    result = rolling_origin(Trial(bare, teaching, tested, MODELS, AVERAGES))
    assert len(result.predictions) == len(honest.predictions)
    assert result.predictions["risk"].between(0, 1).all()


def test_an_origin_with_too_few_labels_is_skipped_in_words(world):
    matrix, teaching, _ = world
    tables = synthetic_tables(areas=60, seed=3, years=range(2010, 2020))
    tested = splits.tested_rows(tables.inspections, leads=[3], first_start=pd.Timestamp("2010-01-01"))
    result = rolling_origin(Trial(matrix, teaching, tested, {"watched": Watched()}))
    assert result.skipped
    assert result.skipped[0].endswith("inspections left out.")
    assert "labelled inspections are known (30 are wanted)" in result.skipped[0]
    dates = {text.partition(":")[0] for text in result.skipped}
    assert not dates & set(result.predictions["as_of"].dt.strftime("%Y-%m-%d"))


def test_an_origin_with_one_outcome_only_is_skipped_in_words(world):
    matrix, teaching, tested = world
    alike = teaching.copy()
    early = alike["label_known_on"] < pd.Timestamp("2017-01-01")
    alike.loc[early, "grade"] = 2.0
    alike.loc[early, ["adverse", "serious"]] = 0.0
    result = rolling_origin(Trial(matrix, alike, tested, {"watched": Watched()}))
    assert any("ended alike" in text for text in result.skipped)
    assert (result.predictions["as_of"] >= pd.Timestamp("2017-01-01")).all()


def test_nothing_to_be_tested_is_an_error_that_says_what_to_do(world):
    matrix, teaching, tested = world
    few = teaching[teaching["as_of"] < pd.Timestamp("2013-01-01")].iloc[:10].reset_index(drop=True)
    with pytest.raises(LabelError, match=r"No origin can be tested\. At .*30 are wanted.*first_start"):
        rolling_origin(Trial(matrix, few, tested, {"watched": Watched()}))


def test_no_rows_at_all_are_an_error_too(world):
    matrix, teaching, tested = world
    with pytest.raises(LabelError, match="No origin can be tested"):
        rolling_origin(Trial(matrix, teaching.iloc[:0], tested, {"watched": Watched()}))


@pytest.mark.parametrize(
    ("count", "grades", "reason"),
    [
        pytest.param(29, [1, 2], "only 29 labelled", id="one short"),
        pytest.param(30, [1, 2], "", id="just enough"),
        pytest.param(30, [2, 3], "ended alike", id="none adverse"),
        pytest.param(30, [0, 1], "ended alike", id="all adverse"),
    ],
)
def test_what_can_be_fitted(count, grades, reason):
    rows = pd.DataFrame({"inspection_id": range(count), "grade": np.resize(np.array(grades, float), count)})
    assert reason in unfit(rows)
    assert bool(unfit(rows)) == bool(reason)


def test_a_model_can_be_trained_once_thirty_labels_of_both_kinds_are_known():
    areas = [f"X{number:03d}" for number in range(40)]
    second = pd.DataFrame(
        {
            "area_code": areas,
            "start_date": pd.Timestamp("2018-01-01"),
            "known_on": pd.Timestamp("2018-03-01") + pd.to_timedelta(np.arange(40), unit="D"),
            "overall": ["good"] * 35 + ["inadequate"] * 5,
        }
    )
    first = second.assign(start_date=pd.Timestamp("2014-01-01"), known_on=pd.Timestamp("2014-03-01"))
    both = pd.concat([first, second], ignore_index=True)
    assert first_trainable(both) == pd.Timestamp(
        "2018-04-06"
    )  # the 36th label, the first below good: 5 April
    assert first_trainable(both.assign(overall="good")) is None
    assert first_trainable(pd.concat([first, second.tail(10)], ignore_index=True)) is None
