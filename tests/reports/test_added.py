import pandas as pd
import pytest

from earlywarn.reports.added import ADDED_COLUMNS, added_rows, added_tables

NAN = float("nan")
EMPTY = pd.DataFrame({"target": [], "lead_months": [], "set": [], "other": [], "metric": [], "text": []})


def files(target="adverse", names=("history_only", "hard", "soft", "hard+soft"), text="Soft & sound."):
    race = {"target": target, "low": 0.1, "high": 0.3, "n": 230, "events": 91}
    sets = pd.DataFrame(
        [
            {**race, "lead_months": lead, "set": name, "metric": metric, "value": value}
            for lead in (3, 6)
            for name in names
            for metric, value in (("auc", 0.71), ("brier_skill", 0.2), ("log_loss", 0.5))
        ]
    )
    pairs = [(own, other) for place, own in enumerate(names) for other in names[:place]]
    apart = pd.DataFrame(
        [
            {**race, "lead_months": lead, "set": own, "other": other, "metric": "auc", "difference": 0.04}
            for lead in (3, 6)
            for own, other in pairs
        ]
    )
    added = pd.DataFrame(
        [
            {"target": target, "lead_months": 3, "set": own, "other": other, "text": f"{own} {other}: {text}"}
            for own, other in pairs
        ]
    )
    return sets, apart, added


def test_the_verdict_is_that_of_the_last_set_against_the_first():
    (shown,) = added_tables(*files(), targets=["serious", "adverse"])
    assert shown["title"] == "A judgement below good"
    assert shown["text"] == "hard+soft hard: Soft & sound."


def test_one_set_alone_is_set_against_past_judgements():
    (shown,) = added_tables(*files(names=("history_only", "soft")), targets=["adverse"])
    assert shown["text"] == "soft history_only: Soft & sound."


def test_the_table_has_a_row_for_each_set_and_each_difference_from_the_first():
    (shown,) = added_tables(*files(), targets=["adverse"])
    table = str(shown["table"])
    assert table.count("<th scope=row>") == 6
    assert "<th scope=row>Figures and soft evidence together, less published figures<td>+0.04" in table
    assert "0.71<span class=ci>(0.10 to 0.30)</span>" in table
    assert "Months of warning" not in table  # no set has a figure
    assert "soft evidence, less past judgements" not in table


def test_what_was_not_compared_is_not_shown():
    assert list(added_tables(EMPTY, EMPTY, EMPTY, targets=["adverse"])) == []


@pytest.mark.parametrize("low", [NAN, 0.1], ids=["no interval", "interval"])
def test_a_number_stands_without_brackets_where_it_has_no_interval(low):
    sets, apart, added = files()
    (shown,) = added_tables(sets.assign(low=low), apart.assign(low=low), added, targets=["adverse"])
    assert ("class=ci" in str(shown["table"])) == (low == 0.1)
    assert "nan" not in str(shown["table"])


def test_the_names_of_sets_are_text_and_never_markup():
    (shown,) = added_tables(*files(names=("history_only", "<b>")), targets=["adverse"])
    assert "<b>" not in str(shown["table"])


def test_the_sheet_holds_every_number_under_its_columns():
    sets, apart, _ = files()
    rows = list(added_rows(sets, apart))
    assert len(rows) == len(sets) + len(apart)
    assert {len(row) for row in rows} == {len(ADDED_COLUMNS)}
    assert rows[0][:6] == ["a judgement below good", 3, "past judgements alone", "", "AUC", 0.71]
    assert rows[-1][2:6] == ["figures and soft evidence together", "soft evidence", "AUC", 0.04]
