"""Entries in words, and numbers too small to be shown."""

import numpy as np
import pandas as pd
import pytest

from earlywarn.explain.entries import seen_entries, told_entries
from earlywarn.explain.reasons import reasons
from earlywarn.explain.veil import VEILED, mark_small, veil
from earlywarn.intelligence.kinds import read_kinds
from earlywarn.schema import TABLES, empty_table

KINDS = read_kinds()


def entry(**said):
    blank = dict.fromkeys(TABLES["concerns"].names, "")
    return {
        **blank,
        "entry_id": "e1", "version": 1, "area_code": "A", "kind": "practice_concern", "tier": "open",
        "occurred_on": pd.Timestamp("2024-03-01"), "known_on": pd.Timestamp("2024-03-02"), "strength": 4.0,
        "confidence": "high", "source_type": "peer", "contributor": "C001", "amount": np.nan,
        "exposure": np.nan, "retracted": False, **said,
    }  # fmt: skip


def table(*rows):
    return pd.DataFrame([entry(**row) for row in rows], columns=TABLES["concerns"].names)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Concern about practice"),
        (
            {"kind": "leadership_change", "role": "director", "detail": "left"},
            "Change of leadership: Director of children's services, left",
        ),
        ({"kind": "vacancies", "amount": 12.5}, "Vacancies (12.5 percent of posts)"),
        (
            {"kind": "complaints", "detail": "stage_1", "amount": 9.0, "exposure": 320.0},
            (
                "Complaints received: stage 1 "
                "(9 complaints in the period; 320 children in touch with the service)"
            ),
        ),
        (
            {"kind": "complaints", "detail": "stage_1", "amount": 3.0, "exposure": 320.0},
            "Complaints received: stage 1 (fewer than 5 complaints in the period)",
        ),
        ({"kind": "vacancies", "amount": 3.0}, "Vacancies (3 percent of posts)"),
    ],
)
def test_what_an_entry_says(said, words):
    assert told_entries(table(said), kinds=KINDS, suppress_below=5)["what"].tolist() == [words]


def test_entries_come_by_area_the_latest_first():
    rows = table(
        {"entry_id": "a", "occurred_on": pd.Timestamp("2023-01-01")},
        {"entry_id": "b"},
        {"entry_id": "c", "area_code": "B"},
    )
    told = told_entries(rows, kinds=KINDS, suppress_below=5)
    assert told["entry_id"].tolist() == ["b", "a", "c"]
    assert told.loc[0, ["strength", "source", "theme"]].tolist() == [
        "strong",
        "A peer in another area",
        "supporting apparatus",
    ]


def test_no_entries_are_no_words():
    assert told_entries(empty_table("concerns"), kinds=KINDS, suppress_below=5).empty


def test_an_entry_that_is_restricted_now_is_not_seen_in_an_earlier_version():
    first, second = {"entry_id": "a"}, {"entry_id": "a", "version": 2, "tier": "restricted"}
    versions = table(first, second, {"entry_id": "b"})
    in_force = table(first, {"entry_id": "b"})  # as of a day on which the second version was not known
    assert seen_entries(in_force, versions, audience="sector")["entry_id"].tolist() == ["b"]


@pytest.mark.parametrize(
    ("later", "audience", "note"),
    [
        ({"retracted": True}, "sector", "Withdrawn since."),
        ({"note": "Somebody."}, "sector", "Corrected since."),
        ({"retracted": True}, "restricted", "Somebody who can be recognised."),
    ],
)
def test_words_that_were_corrected_or_withdrawn_since_are_not_shown_as_of_before(later, audience, note):
    first = {"entry_id": "a", "note": "Somebody who can be recognised.", "link": "page"}
    in_force = table(first)
    versions = table(first, first | {"version": 2} | later)
    seen = seen_entries(in_force, versions, audience=audience)
    assert seen["note"].tolist() == [note]
    assert seen["link"].tolist() == ["page" if audience == "restricted" else ""]


SHARES = pd.DataFrame(
    {
        "area_code": ["A", "A", "A", "B", "B", "B"],
        "target": "adverse",
        "feature": ["complaints_rate", "concern_pressure", "baseline"] * 2,
        "indicator": "",
        "theme": "partners",
        "value": [7.3, 0.5, np.nan, 9.1, 0.1, np.nan],
        "contribution": [0.2, -0.5, -1.0, 0.3, 0.1, -1.0],
    }
)
DESCRIBED = pd.DataFrame(
    {"words": ["Complaints stand at {value}", "Together"], "unit": ["per 1,000", ""]},
    index=["complaints_rate", VEILED],
)


def test_a_number_that_rests_on_few_people_is_said_to_be_so():
    cells = pd.DataFrame({"area_code": ["A"], "feature": ["complaints_rate"]})
    shown = mark_small(SHARES[SHARES["feature"] != "concern_pressure"], cells)
    nothing = pd.DataFrame()
    said = reasons(shown, facts=nothing, indicators=nothing, described=DESCRIBED).set_index("area_code")
    assert said.loc["A", "sentence"] == (
        "Not shown and not used, because it rests on too few people: complaints stand at …"
    )
    assert said.loc["B", "sentence"] == "Complaints stand at 9.1."


def test_what_is_told_as_a_whole_is_not_said_to_be_unknown():
    veiled = veil(SHARES, ["complaints_rate", "concern_pressure"])
    nothing = pd.DataFrame()
    said = reasons(veiled, facts=nothing, indicators=nothing, described=DESCRIBED)
    assert set(said["sentence"]) == {"Together."}


def test_veiled_contributions_still_sum_to_the_risk_and_keep_no_value():
    veiled = veil(SHARES, ["complaints_rate", "concern_pressure"])
    keys = ["area_code", "target"]
    before, after = (frame.groupby(keys)["contribution"].sum() for frame in (SHARES, veiled))
    pd.testing.assert_series_equal(before, after)
    assert veiled["feature"].tolist() == [VEILED, "baseline"] * 2
    assert veiled["value"].isna().all()


def test_without_the_veiled_features_nothing_is_veiled():
    pd.testing.assert_frame_equal(veil(SHARES, ["agency_gap"]), SHARES)


def test_an_entry_is_as_sensitive_as_its_most_sensitive_version_whenever_that_was():
    versions = table({}, {"version": 2, "tier": "sector", "known_on": pd.Timestamp("2024-09-01")})
    seen = seen_entries(versions.iloc[:1], versions, audience="sector")
    assert seen["tier"].tolist() == ["sector"]
    assert seen_entries(versions.iloc[:1], versions, audience="area").empty
