import numpy as np
import pandas as pd
import pytest

from earlywarn.validation.evaluation import compare, evaluate
from earlywarn.validation.verdict import verdicts

RACE = {"target": "adverse", "lead_months": 3}
MODEL = {"auc": 0.77, "brier_skill": 0.20, "log_loss": 0.5}
FLOOR = {"auc": 0.72, "brier_skill": 0.14, "log_loss": 0.6}


def judged(*, brier=(0.02, 0.10), auc=(0.01, 0.09), n=240, events=80, target="adverse", **models):
    """The verdict on one race whose differences to every floor have the given intervals."""
    models = {"default": MODEL} | (models or {"last_judgement": FLOOR})
    metrics = pd.DataFrame(
        [
            {
                **RACE,
                "target": target,
                "model": name,
                "metric": metric,
                "value": value,
                "n": n,
                "events": events,
            }
            for name, values in models.items()
            for metric, value in values.items()
        ]
    )
    comparison = pd.DataFrame(
        [
            {
                **RACE,
                "target": target,
                "other": name,
                "metric": metric,
                "difference": sum(ends) / 2,
                "low": ends[0],
                "high": ends[1],
            }
            for name in models
            if name != "default"
            for metric, ends in (("brier_skill", brier), ("auc", auc))
        ],
        columns=["target", "lead_months", "other", "metric", "difference", "low", "high"],
    )
    table = verdicts(comparison, metrics)
    assert list(table) == ["target", "lead_months", "passed", "text"]
    assert len(table) == 1
    return table.loc[0, "passed"], table.loc[0, "text"]


def test_an_interval_above_zero_passes():
    passed, text = judged()
    assert passed is True
    assert text == (
        "Better than the last judgement and the years since it. "
        "At 90 days' lead, the model's risks of a judgement below good are closer to what happened "
        "(Brier skill 0.20 against 0.14; difference 0.06, 95% interval 0.02 to 0.10). "
        "The model ranks areas better (AUC 0.77 against 0.72; difference 0.05, 95% interval 0.01 to 0.09). "
        "240 inspections, 80 events."
    )


@pytest.mark.parametrize("brier", [(-0.04, 0.10), (0.0, 0.10)], ids=["zero inside", "zero at the end"])
def test_an_interval_that_holds_zero_does_not(brier):
    passed, text = judged(brier=brier, auc=(-0.02, 0.09), target="decline")
    assert passed is False
    assert text.startswith(
        "No better than the last judgement and the years since it, as far as these inspections can show. "
    )
    assert "risks of a worse judgement than the last are not clearly closer to what happened" in text
    assert "The model does not clearly rank areas better (AUC" in text


def test_a_floor_can_be_better():
    passed, text = judged(brier=(-0.08, -0.0001), auc=(-0.09, -0.01), target="serious")
    assert passed is False
    assert text.startswith("Less good than the last judgement and the years since it. ")
    assert "risks of an inadequate judgement are further from what happened" in text
    assert "95% interval -0.08 to -0.0001" in text
    assert "The model ranks areas less well" in text


def test_the_best_floor_is_the_one_with_the_highest_brier_skill():
    floors = {
        "base_rate": {"auc": 0.5, "brier_skill": 0.0, "log_loss": 0.6},
        "deprivation": {"auc": 0.6, "brier_skill": 0.05, "log_loss": 0.6},
        "majority_class": {"auc": 0.5, "brier_skill": 0.9, "log_loss": np.inf},
        "last_judgement": {"auc": 0.7, "brier_skill": np.nan, "log_loss": 0.6},
    }
    assert judged(**floors)[1].startswith("Better than deprivation alone.")


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        pytest.param({"events": 7}, "Too few events (7) to say", id="events"),
        pytest.param(
            {"events": 236}, "Too few inspections without the event (4) to say", id="everyone but four"
        ),
        pytest.param({"brier": (np.nan, np.nan)}, "the difference has no interval", id="interval"),
        pytest.param({"shadow": FLOOR}, "no floor gave risks here", id="no floor"),
    ],
)
def test_none_where_the_inspections_cannot_say(case, reason):
    passed, text = judged(**case)
    assert passed is None
    assert reason in text


def test_an_auc_without_an_interval_is_not_mentioned():
    passed, text = judged(auc=(np.nan, np.nan))
    assert passed is True
    assert "AUC" not in text


def test_a_suspicious_auc_is_called_out():
    text = judged(default={**MODEL, "auc": 0.91}, last_judgement=FLOOR)[1]
    assert "look for a leak" in text


def test_a_planted_signal_beats_every_floor_and_noise_beats_none(make_predictions):
    for skill, expected in ((1.0, True), (0.0, False)):
        table = make_predictions(
            inspections=240, areas=150, skill=skill, leads=(3,), targets=("adverse",), seed=5
        )
        found = verdicts(compare(table, draws=300), evaluate(table, draws=300))
        assert found["passed"].tolist() == [expected]


def test_floors_of_ones_own_are_named_as_they_are(predictions):
    own = predictions.assign(model=predictions["model"].replace("last_judgement", "my_floor"))
    found = verdicts(compare(own, draws=50), evaluate(own, draws=50), floors=["my_floor"])
    assert found["text"].str.contains("my floor alone").any()
    assert found[["target", "lead_months"]].to_records(index=False).tolist() == [
        (target, lead) for target in ("adverse", "decline") for lead in (3, 6, 12)
    ]


def test_a_floor_that_cannot_rank_is_no_rival_in_ranking(predictions):
    metrics = evaluate(predictions, draws=100)
    comparison = compare(predictions, draws=100)
    table = verdicts(comparison, metrics, floors=("base_rate",))
    own = metrics[(metrics["model"] == "default") & (metrics["metric"] == "auc")]
    for row in table[table["passed"].notna()].itertuples():
        auc = own[(own["target"] == row.target) & (own["lead_months"] == row.lead_months)].iloc[0]
        clearly = "clearly better" if auc["low"] > 0.5 else "not clearly better"
        assert f"The model ranks areas {clearly} than chance (AUC {auc['value']:.2f}, " in row.text
        assert "AUC" not in row.text.partition("than chance")[0]


@pytest.mark.parametrize(("horizon", "said"), [(2, True), (3, True), (4, False), (None, False)])
def test_a_lead_beyond_the_horizon_is_said_to_be_so(predictions, horizon, said):
    near = predictions[predictions["lead_months"] == 3]
    table = verdicts(compare(near, draws=100), evaluate(near, draws=100), horizon=horizon)
    words = f"So long a lead lies beyond the {horizon} months that the model is trained for."
    judged_ones = table[table["passed"].notna()]
    assert len(judged_ones) > 0
    assert judged_ones["text"].str.endswith(words).eq(said).all()
