import re
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest

from earlywarn.errors import ConfigError
from earlywarn.reports.programme.atrs import GAP, atrs_record, render_markdown

FIELDS = {  # the template's sections by number, and how many fields each has
    "0": 5,
    "1": 4,
    "2.1": 9,
    "2.2": 4,
    "2.3": 5,
    "2.4.1": 5,
    "2.4.2": 8,
    "2.4.3": 9,
    "2.4.4": 5,
    "2.5": 2,
}
PERSONS = ("0.2", "0.3", "0.4", "1.3", "1.4", "2.1.1", "2.1.2", "2.1.3", "2.2.3", "2.3.4", "2.4.3.8", "2.5.1")
UNKIND = re.compile(r"\b(failing|poor|worst|underperform\w*|bad)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def record(example_plan, example_scored):
    return atrs_record(example_plan, example_scored)


def by_number(record):
    return {field.field.split()[0]: field for field in record}


def test_every_field_of_the_template_is_there_once_and_in_order(record):
    numbers = [field.field.split()[0] for field in record]
    assert len(set(numbers)) == len(numbers) == sum(FIELDS.values())
    for section, count in FIELDS.items():
        assert sum(number.startswith(f"{section}.") for number in numbers) == count
    assert numbers == sorted(numbers, key=lambda number: [int(part) for part in number.split(".")])


def test_sections_are_together(record):
    sections = [field.section for field in record]
    assert len(set(sections)) == 1 + sum(one != two for one, two in pairwise(sections))


def test_what_only_a_person_knows_is_a_gap(record):
    fields = by_number(record)
    for number in PERSONS:
        assert fields[number].text.startswith(GAP)
        assert fields[number].filled_by == "nobody yet"


def test_a_gap_is_the_last_paragraph_and_told_in_who_filled_it(record):
    for field in record:
        paragraphs = field.text.split("\n\n")
        gaps = [paragraph.startswith(GAP) for paragraph in paragraphs]
        assert not any(gaps[:-1])
        waits = field.filled_by == "nobody yet" or field.filled_by.endswith("a person has to complete it")
        assert gaps[-1] == waits
        assert all(paragraph.strip() for paragraph in paragraphs)


def test_the_numbers_are_those_of_the_run_and_the_plan(record, example_plan, example_scored):
    fields = by_number(record)
    assert example_scored.run["earlywarn"] in fields["1.1"].text
    assert "a judgement below good" in fields["1.2"].text
    assert "from a risk of 33% (missing one is held to cost 2 times as much" in fields["2.2.1"].text
    assert (
        "No plan under these rules that staffs as many places has a higher expected benefit."
        in fields["2.2.1"].text
    )
    assert example_plan.about["threshold_why"] in fields["2.2.2"].text
    planned = int((example_plan.areas["status"] == "planned").sum())
    assert f"{planned} reviews are proposed" in fields["2.3.1"].text
    rows = example_scored.metrics
    rows = rows[(rows["model"] == "default") & (rows["target"] == example_scored.target)]
    auc = rows[(rows["metric"] == "auc") & (rows["lead_months"] == 3)].iloc[0]
    assert f"AUC {auc['value']:.2f}" in fields["2.4.2.7"].text


def test_a_run_that_says_little_leaves_gaps_and_makes_nothing_up(example_plan, example_scored):
    bare = replace(
        example_scored,
        run={"as_of": "2025-04-01", "horizon_months": 12, "target": "adverse"},
        metrics=example_scored.metrics.iloc[:0],
        verdicts=example_scored.verdicts.iloc[:0],
        contributions=example_scored.contributions.iloc[:0],
    )
    plan = replace(example_plan, fairness=example_plan.fairness.iloc[:0])
    fields = by_number(atrs_record(plan, bare))
    for number in ("1.1", "2.4.1.1", "2.4.1.5", "2.4.2.1", "2.4.2.2", "2.4.2.4", "2.4.3.3"):
        assert fields[number].text == f"{GAP} this, which the run does not record."
    assert fields["2.4.2.7"].filled_by == "nobody yet"
    for field in fields.values():
        assert not re.search(r"\bNone\b|\bnan\b|\bNaT\b|[{}]", field.text)


def test_no_field_shows_a_hole_or_an_unkind_word(record):
    for field in record:
        assert not re.search(r"\bNone\b|\bnan\b|\bNaT\b|[{}]|  ", field.text), field.field
        assert not UNKIND.search(field.text), field.field


def test_what_the_owner_fills_in_closes_the_gap(example_plan, example_scored):
    fields = by_number(
        atrs_record(example_plan, example_scored, {"1.4": " early.help@example.org ", "2.1.4": "None."})
    )
    assert fields["1.4"].text == "early.help@example.org"
    assert fields["1.4"].filled_by == "its owner"
    assert fields["2.1.4"].text.endswith("\n\nNone.")
    assert fields["2.1.4"].filled_by == "the software and its owner"


def test_an_unknown_field_is_refused(example_plan, example_scored):
    with pytest.raises(ConfigError, match=r"no field '9\.9'\. Its fields are numbered 0\.1, 0\.2"):
        atrs_record(example_plan, example_scored, {"9.9": "x", "1.4": "y"})


def test_groups_that_are_served_less_well_are_named(example_plan, example_scored):
    row = {"measure": "missed events", "reason": ""}
    whole = {
        "group": "all areas",
        "level": "all areas",
        "value": 0.2,
        "low": 0.1,
        "high": 0.3,
        "n": 80,
        "events": 16,
    }
    weak = {"group": "region", "level": "Vale", "value": 0.9, "low": 0.6, "high": 0.98, "n": 10, "events": 9}
    plan = replace(example_plan, fairness=pd.DataFrame([row | whole, row | weak]))
    fields = by_number(atrs_record(plan, example_scored))
    for number in ("2.4.2.7", "2.5.2"):
        assert "missed events for region Vale (90%, 95% interval 60% to 98%, 9 of 10)" in fields[number].text


def test_markdown_has_every_field_and_escapes_what_is_data(example_plan, example_scored):
    plan = replace(example_plan, about=dict(example_plan.about) | {"name": "<script>x</script> & co"})
    record = atrs_record(plan, example_scored)
    text = render_markdown(record)
    assert "<script" not in text
    assert "&lt;script&gt;x&lt;/script&gt; &amp; co" in text
    assert text.count("\n### ") == len(record)
    assert text.count("\n## ") == len({field.section for field in record})
    assert text.startswith("# Algorithmic transparency record\n")
    assert text.endswith("*\n")
    gaps = sum(GAP in field.text for field in record)
    assert f"Fields: {len(record)}; with a gap: {gaps}." in text


def test_the_same_plan_gives_the_same_record(record, example_plan, example_scored):
    assert atrs_record(example_plan, example_scored) == record
