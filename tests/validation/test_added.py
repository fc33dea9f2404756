import pandas as pd
import pytest

from earlywarn.validation.added import added

NAN = float("nan")


def told(
    differences, *, pair=("hard+soft", "hard"), n=240, events=80, lead=3, values=(0.25, 0.2), target="adverse"
):
    """Verdicts on one pair, from the difference and interval of each metric."""
    race = {"target": target, "lead_months": lead, "n": n, "events": events}
    apart = pd.DataFrame(
        [
            {
                **race,
                "set": pair[0],
                "other": pair[1],
                "metric": metric,
                "difference": by,
                "low": low,
                "high": high,
            }
            for metric, (by, low, high) in differences.items()
        ]
    )
    alone = pd.DataFrame(
        [
            {**race, "set": name, "metric": metric, "value": value}
            for metric in differences
            for name, value in zip(pair, values, strict=True)
        ]
    )
    return added(alone, apart)


@pytest.mark.parametrize(
    ("interval", "passed", "headline"),
    [
        ((0.05, 0.01, 0.09), True, "Soft evidence adds to the figures."),
        ((0.05, -0.01, 0.11), False, "Soft evidence adds nothing that can be told from chance."),
        ((0.05, 0.0, 0.10), False, "Soft evidence adds nothing that can be told from chance."),
        ((-0.05, -0.09, -0.01), False, "With soft evidence the risks are less good than without it."),
    ],
    ids=["above zero", "holds zero", "begins at zero", "below zero"],
)
def test_the_interval_of_brier_skill_decides(interval, passed, headline):
    row = told({"brier_skill": interval, "auc": (0.2, 0.1, 0.3)}).iloc[0]
    assert row["passed"] is passed
    assert row["text"].startswith(f"{headline} At 90 days' lead, risks of a judgement below good are ")
    assert f"difference {interval[0]:.2f}".rstrip("0") in row["text"]
    assert row["text"].endswith("240 inspections, 80 events.")


@pytest.mark.parametrize(
    ("interval", "headline"),
    [
        ((0.05, 0.01, 0.09), "Soft evidence: better than published figures."),
        (
            (0.05, -0.01, 0.09),
            "Soft evidence: no better than published figures, as far as these inspections can show.",
        ),
        ((-0.05, -0.09, -0.01), "Soft evidence: less good than published figures."),
    ],
    ids=["better", "no better", "less good"],
)
def test_other_pairs_are_named(interval, headline):
    text = told({"brier_skill": interval}, pair=("soft", "hard")).loc[0, "text"]
    assert text.startswith(headline)
    assert "with soft evidence than with published figures" in text


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        (
            (2.0, 1.0, 3.0),
            "Warnings come earlier (by 2.00 months, 95% interval 1.00 to 3.00, over all events).",
        ),
        ((2.0, -1.0, 3.0), "Warnings do not clearly come earlier or later (by 2.00 months"),
        ((-2.0, -3.0, -1.0), "Warnings come later (by -2.00 months"),
    ],
    ids=["earlier", "unclear", "later"],
)
def test_lead_time_gained_is_said(interval, words):
    text = told({"brier_skill": (0.05, 0.01, 0.09), "warning_months": interval}).loc[0, "text"]
    assert words in text


def test_what_has_no_interval_is_not_said():
    text = told({"brier_skill": (0.05, 0.01, 0.09), "auc": (0.1, NAN, NAN), "warning_months": (1, NAN, NAN)})
    assert "AUC" not in text.loc[0, "text"]
    assert "Warnings" not in text.loc[0, "text"]


@pytest.mark.parametrize(
    ("size", "differences", "why"),
    [
        ({"n": 200, "events": 9}, {"brier_skill": (0.1, 0.05, 0.2)}, "Too few events (9) to say"),
        (
            {"n": 60, "events": 51},
            {"brier_skill": (0.1, 0.05, 0.2)},
            "Too few inspections without the event (9)",
        ),
        ({}, {"brier_skill": (0.1, NAN, NAN)}, "Too little to say: the difference has no interval."),
    ],
    ids=["few events", "few others", "no interval"],
)
def test_where_too_little_is_known_there_is_no_verdict(size, differences, why):
    row = told(differences, **size).iloc[0]
    assert row["passed"] is None
    assert row["text"].startswith(why)


def test_without_the_reference_lead_the_shortest_is_taken():
    both = [told({"brier_skill": (0.05, 0.01, 0.09)}, lead=lead) for lead in (6, 12)]
    assert both[0].loc[0, "text"].count("At 6 months' lead") == 1
    race = {"target": "adverse", "n": 240, "events": 80, "metric": "brier_skill", "set": "soft"}
    apart = pd.DataFrame(
        [
            {**race, "lead_months": lead, "other": "hard", "difference": 0.1, "low": 0.0, "high": 0.2}
            for lead in (12, 6)
        ]
    )
    alone = pd.DataFrame([{**race, "lead_months": lead, "value": 0.1} for lead in (12, 6)])
    assert added(alone, apart)["lead_months"].tolist() == [6]
