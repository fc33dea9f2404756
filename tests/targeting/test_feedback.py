from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import ConfigError
from earlywarn.intelligence.entries import WRITTEN
from earlywarn.intelligence.importing import import_file
from earlywarn.intelligence.kinds import read_kinds
from earlywarn.intelligence.log import Log
from earlywarn.reports.tables import write_csv
from earlywarn.schema import ENABLERS
from earlywarn.targeting.feedback import CONCERN_KINDS, LABEL_COLUMNS, concerns_from, labels_from

FINDINGS = st.lists(
    st.tuples(
        st.sampled_from(["E1", "E2"]),
        st.sampled_from(["2025-05-06", "2025-09-01"]),
        st.sampled_from(ENABLERS[:3]),
        st.sampled_from(["concern", "strength", "no_concern"]),
    )
)
COLUMNS = ["area_code", "held_on", "theme", "finding"]


def findings(*rows, **columns):
    made = pd.DataFrame(rows, columns=COLUMNS).astype({"held_on": "datetime64[ns]"})
    return made.assign(**({"strength": np.nan, "words": ""} | columns))


def one(theme="workforce", finding="concern", **columns):
    return findings(("E1", "2025-05-06", theme, finding), **columns)


def test_a_theme_with_any_concern_is_labelled_one():
    rows = findings(
        ("E2", "2025-05-06", "workforce", "strength"),
        ("E1", "2025-05-06", "workforce", "strength"),
        ("E1", "2025-05-06", "workforce", "concern"),
        ("E1", "2025-09-01", "workforce", "no_concern"),
    )
    labels = labels_from(rows)
    assert tuple(labels.columns) == LABEL_COLUMNS
    assert labels["label"].tolist() == [1, 0, 0]
    assert labels["area_code"].tolist() == ["E1", "E1", "E2"]
    assert (labels["known_on"] == labels["reviewed_on"]).all()


@settings(max_examples=20)
@given(FINDINGS)
def test_there_is_one_label_for_each_theme_that_was_looked_at_and_none_for_others(rows):
    labels = labels_from(findings(*rows))
    by_hand = {}
    for code, day, theme, finding in rows:
        by_hand[code, pd.Timestamp(day), theme] = max(
            by_hand.get((code, pd.Timestamp(day), theme), 0), int(finding == "concern")
        )
    keys = zip(labels["area_code"], labels["reviewed_on"], labels["theme"], strict=True)
    assert dict(zip(keys, labels["label"], strict=True)) == by_hand


def test_a_finding_without_a_day_is_no_label_and_no_entry():
    undated = findings(("E1", None, "workforce", "concern"))
    assert labels_from(undated).empty
    assert concerns_from(undated, read_kinds()).empty


def test_every_theme_has_a_kind_that_can_be_logged_and_is_worse():
    kinds = read_kinds()
    assert set(CONCERN_KINDS) == set(ENABLERS)
    for theme in ENABLERS:
        entry = concerns_from(one(theme), kinds).iloc[0]
        assert kinds[entry["kind"]].direction == "worse"
        assert kinds[entry["kind"]].theme == theme or theme == "strategic approach"


def test_a_strength_is_positive_intelligence_and_no_concern_is_nothing():
    rows = pd.concat([one(finding="strength"), one(finding="no_concern")], ignore_index=True)
    entries = concerns_from(rows, read_kinds())
    assert entries["kind"].tolist() == ["positive"]
    assert entries.loc[0, "note"] == "A review found a strength, on workforce."


def test_the_strength_written_down_is_kept_and_else_it_is_clear():
    rows = findings(*[("E1", "2025-05-06", "workforce", "concern")] * 2, strength=[5, np.nan])
    assert concerns_from(rows, read_kinds())["strength"].tolist() == [5, 3]


@pytest.mark.parametrize(
    "words", ["Ring Sarah Smith on 020 7946 0018.", "Mrs Jones is off sick.", "Write to ann@example.org"]
)
def test_words_that_seem_to_name_somebody_are_left_out(words):
    note = concerns_from(one(words=words), read_kinds()).loc[0, "note"]
    assert note.startswith("A review found a concern, on workforce: (the words are left out")
    for part in ("Sarah", "Jones", "ann@"):
        assert part not in note


def test_what_it_writes_can_be_imported_into_a_log(tmp_path):
    rows = findings(
        *((code, "2025-05-06", theme, said) for code in ("E1", "E2") for theme in ENABLERS for said in SAID),
        words="=1+1 is what a note may begin with, and a comma",
        strength=4,
    )
    entries = concerns_from(rows, read_kinds(), tier="restricted")
    write_csv(entries, tmp_path / "concerns.csv")
    with Log.open(tmp_path / "log.db", clock=lambda: datetime(2025, 6, 1, 12, tzinfo=UTC)) as log:
        done = import_file(log, tmp_path / "concerns.csv", by="C007", strict=True)
        logged = log.in_force("2025-06-02")
        unknown_yet = log.in_force("2025-06-01")
        again = import_file(log, tmp_path / "concerns.csv", by="C007", strict=True)
    assert (done.added, done.rejected, done.personal) == (28, 0, ())
    assert (again.added, again.repeated) == (0, 28)
    assert unknown_yet.empty
    key = ["area_code", "kind", "note"]
    kept, written = (frame.sort_values(key, ignore_index=True) for frame in (logged, entries))
    same = [name for name in WRITTEN if name != "contributor"]
    pd.testing.assert_frame_equal(kept[same], written[same], check_dtype=False)
    assert set(kept["contributor"]) == {"C007"}
    assert set(kept["tier"]) == {"restricted"}


SAID = ("concern", "strength", "no_concern")


def test_all_that_cannot_be_logged_is_named_at_once():
    rows = pd.concat([one("weather"), one("partners")], ignore_index=True)
    with pytest.raises(ConfigError, match=r"3 to mend(.|\n)*tier(.|\n)*'weather'(.|\n)*partnership_concern"):
        concerns_from(rows, {}, tier="secret")


def test_findings_are_not_changed():
    rows = one(words="Mrs Jones said so.")
    before = rows.copy(deep=True)
    concerns_from(rows, read_kinds())
    labels_from(rows)
    pd.testing.assert_frame_equal(rows, before)
