import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from earlywarn.reports.programme.atrs import GAP
from earlywarn.reports.programme.plan_card import plan_card

CARD = "# Model card: made-up, as of 1 April 2025\n\nText of the run.\n"
HEADINGS = [
    "# Model card: made-up, as of 1 April 2025",
    "# The programme: made-up",
    "## Threshold, and whether acting on it helps",
    "## Rules in force",
    "## Rules that could not be kept",
    "## For whom",
    "## Cautions",
    "## Gaps",
]


@pytest.fixture(scope="module")
def card(example_plan, example_scored):
    return plan_card(example_plan, example_scored, CARD)


def tables(text):
    """The tables of a card, as lists of rows of cells."""
    found = re.findall(r"(?:^\|.*\|$\n?)+", text, flags=re.MULTILINE)
    return [[re.split(r"(?<!\\)\|", line)[1:-1] for line in table.strip().split("\n")] for table in found]


def test_the_runs_card_comes_first_and_the_programme_after(card):
    assert [line for line in card.splitlines() if line.startswith("#")] == HEADINGS
    assert card.startswith(CARD.strip())
    assert card.endswith("\n")


def test_tables_are_whole(card):
    found = tables(card)
    assert len(found) == 4
    for table in found:
        assert len({len(row) for row in table}) == 1


def test_the_chosen_threshold_is_marked_and_every_strategy_has_its_column(card, example_plan):
    curve = tables(card)[0]
    assert [cell.strip() for cell in curve[0]] == [
        "threshold",
        "cost ratio",
        "net benefit: model",
        "net benefit: all",
        "net benefit: none",
        "net benefit: last judgement",
    ]
    assert sum("(chosen)" in row[0] for row in curve) == 1
    assert len(curve) == 2 + example_plan.usefulness["threshold"].nunique()
    assert example_plan.about["threshold_why"] in card


def test_every_rule_in_force_stands_in_the_card(card, example_plan):
    for section, rules in example_plan.about["rules"].items():
        for key in rules:
            assert f"| {section}.{key} |" in card


def test_every_question_is_a_marked_gap(card, example_plan):
    gaps = [line for line in card.splitlines() if line.startswith(f"- {GAP}")]
    assert len(gaps) == 4 + len(example_plan.about["questions"])
    assert f"- {GAP} Who answers for the programme?" in gaps


def test_small_groups_keep_their_reason(card):
    assert "| fewer than 10 inspections |" in card
    assert "nan" not in card


def test_groups_keep_their_order_and_have_a_row_each(card, example_plan):
    levels = example_plan.fairness[["group", "level"]].drop_duplicates()
    table = tables(card)[3]
    assert [row[1].strip() for row in table[2:]] == levels["level"].tolist()
    assert [cell.strip() for cell in table[0][2:]] == list(dict.fromkeys(example_plan.fairness["measure"]))


def test_names_are_data(example_plan, example_scored):
    about = dict(example_plan.about) | {"name": "a|b <i>", "cautions": ["<b>loud</b>\n# heading"]}
    text = plan_card(replace(example_plan, about=about), example_scored, CARD)
    assert "# The programme: a\\|b &lt;i&gt;" in text
    assert "- &lt;b&gt;loud&lt;/b&gt; # heading" in text


def test_a_plan_that_keeps_every_rule_and_was_not_tested_says_so(example_plan, example_scored):
    empty = {name: getattr(example_plan, name).iloc[:0] for name in ("shortfalls", "fairness", "usefulness")}
    about = dict(example_plan.about) | {"threshold_why": "", "cautions": [], "questions": []}
    text = plan_card(replace(example_plan, about=about, **empty), example_scored, "")
    assert "The run has no model card of its own." in text
    assert "None: the plan keeps every rule." in text
    assert "whom the model serves less well is not known" in text
    assert "The plan does not say." in text
    assert "## Cautions" not in text
    assert len(tables(text)) == 1


def test_quarters_waited_are_no_share(example_plan, example_scored):
    row = {"group": "region", "measure": "mean quarters waited", "reason": "", "n": 9.0}
    rows = [
        row | {"level": "North", "value": 2.5, "low": 1.0, "high": 4.0},
        row | {"level": "South", "value": 3.0, "low": np.nan, "high": np.nan},
    ]
    plan = replace(example_plan, fairness=pd.DataFrame(rows))
    text = plan_card(plan, example_scored, CARD)
    assert "| North | 2.5 (1.0 to 4.0), n = 9 |" in text
    assert "| South | 3.0, n = 9 |" in text


def test_the_same_plan_gives_the_same_card(card, example_plan, example_scored):
    assert plan_card(example_plan, example_scored, CARD) == card
