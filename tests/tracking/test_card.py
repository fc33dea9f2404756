import pandas as pd
import pytest

from earlywarn.tracking.card import model_card

FACTS = {
    "name": "england",
    "as_of": "2025-04-01",
    "horizon_months": 12,
    "target": "adverse",
    "model": "ordinal",
    "seed": 7,
    "earlywarn": "0.1.0",
    "versions": {"pandas": "2.3.3", "numpy": "2.4.0"},
    "fingerprints": {"data": "d" * 64, "config": "c" * 64},
    "source": "Published figures of the Department for Education and Ofsted.",
    "licence": "Open Government Licence v3.0",
    "trained_on": {
        "rows": 1280,
        "inspections": 281,
        "events": {"adverse": 120, "decline": 45, "serious": 30},
    },
    "calibration": "Calibrated on 150 inspections.",
}
FEATURES = pd.DataFrame(
    {"words": ["gap | to England", "last"], "theme": ["workforce", "strategic approach"]},
    index=pd.Index(["caseload__national_gap", "last_overall"], name="feature"),
)
VERDICTS = pd.DataFrame(
    {
        "target": ["decline", "adverse"],
        "lead_months": [3, 3],
        "passed": [False, True],
        "text": ["No better than the base rate alone.", "Better than the last judgement alone."],
    }
)


def metric(model, lead, name, value, *, low=0.1, high=0.9, target="adverse"):
    return {
        "target": target, "model": model, "lead_months": lead, "metric": name,
        "value": value, "low": low, "high": high, "n": 1234, "events": 80,
    }  # fmt: skip


METRICS = pd.DataFrame(
    [
        metric("last_judgement", 3, "auc", 0.72),
        metric("last_judgement", 12, "auc", 0.61),
        metric("default", 12, "auc", 0.70),
        metric("default", 3, "auc", 0.771, low=0.712, high=0.829),
        metric("default", 3, "calibration_slope", 0.91, low=0.6, high=1.3),
        metric("default", 3, "precision_at_10", 0.5),
        metric("boosting", 3, "auc", 0.65),
        metric("default", 3, "auc", float("nan"), target="serious"),
        metric("default", 3, "brier_skill", 0.02, low=float("nan"), high=float("nan"), target="serious"),
    ]
)


@pytest.fixture(scope="module")
def card():
    return model_card(FACTS, features=FEATURES, metrics=METRICS, verdicts=VERDICTS)


@pytest.mark.parametrize(
    "words",
    [
        "# Model card: england, as of 1 April 2025",
        "## What it is for",
        "## What it must not be used for",
        "1 April 2025 to 31 March 2026",
        "`adverse`: a judgement below good (bands and ranks follow this one)",
        "1,280 labelled rows from 281 inspections known before 1 April 2025",
        "120 `adverse`, 45 `decline`, 30 `serious`",
        "Conditional on an inspection",
        "Joint returns",
        "Calibrated on 150 inspections. In the back-test of `adverse` the calibration slope was 0.91",
        "numpy 2.4.0, pandas 2.3.3",
        "Open Government Licence v3.0",
        "d" * 64,
        "c" * 64,
        "- `adverse`: Better than the last judgement alone.",
    ],
)
def test_it_says(card, words):
    assert words in card


def test_values_stand_with_their_interval_n_and_events(card):
    assert "| this model | 90 days | AUC | 0.77 (0.71 to 0.83) | 1,234 | 80 |" in card


def test_the_model_comes_before_the_floors_and_these_only_at_the_reference_lead(card):
    rows = [line for line in card.splitlines() if "| AUC |" in line]
    assert [row.split(" | ")[:2] for row in rows[:3]] == [
        ["| this model", "90 days"],
        ["| this model", "12 months"],
        ["| floor: last judgement", "90 days"],
    ]
    assert "boosting" not in card


def test_what_cannot_be_computed_or_bounded_says_so(card):
    assert "| AUC | cannot be computed |" in card
    assert "0.02 (no interval)" in card
    assert "nan" not in card


def test_a_bar_in_a_text_does_not_break_the_table(card):
    assert r"| `caseload__national_gap` | gap \| to England | workforce |" in card


def test_without_a_back_test_it_claims_nothing():
    card = model_card(FACTS, features=FEATURES)
    assert "This model was not back-tested, so nothing is known about its worth." in card
    assert "AUC" not in card


def test_what_is_missing_is_not_recorded_rather_than_guessed():
    bare = {"name": "mine", "as_of": "2025-04-01", "horizon_months": 6}
    card = model_card(bare, features=FEATURES)
    assert card.count("not recorded") == 9
    assert "1 April 2025 to 30 September 2025" in card


def test_groups_are_shown_with_n_or_the_reason_for_their_silence():
    groups = pd.DataFrame(
        [
            metric("default", 3, "auc", 0.7) | {"group": "area_type", "level": "County", "reason": ""},
            metric("default", 3, "auc", float("nan"))
            | {"group": "region", "level": "London", "reason": "fewer than 20 inspections"},
            metric("default", 12, "auc", 0.99) | {"group": "region", "level": "London", "reason": ""},
        ]
    )
    card = model_card(FACTS, features=FEATURES, groups=groups)
    assert "| area type: County | AUC | 0.70 (0.10 to 0.90) | 1,234 | 80 |" in card
    assert "| region: London | AUC | fewer than 20 inspections | 1,234 | 80 |" in card
    assert "0.99" not in card


def test_the_same_facts_give_the_same_card_in_any_order_of_rows(card):
    shuffled = METRICS.sample(frac=1, random_state=1)
    again = model_card(FACTS, features=FEATURES, metrics=shuffled, verdicts=VERDICTS[::-1])
    assert again == card


def test_careful_words(card):
    for word in ("failing", "best area", "worst", "will fail"):
        assert word not in card.lower()


def test_the_words_of_the_catalogue_lose_their_place_for_a_value():
    features = FEATURES.assign(words=["is {value} from the national median", "The last was {value}"])
    card = model_card(FACTS, features=features)
    assert "| is ... from the national median |" in card
    assert "{" not in card


def test_a_value_that_rounds_to_zero_has_no_sign():
    metrics = pd.DataFrame([metric("default", 3, "brier_skill", -0.001, low=-0.004, high=0.002)])
    assert "0.00 (0.00 to 0.00)" in model_card(FACTS, features=FEATURES, metrics=metrics)


def test_it_owns_up_to_hindsight(card):
    assert "had partly seen" in card
