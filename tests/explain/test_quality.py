"""What is said of an area's figures, and of a folder's: every sort of remark planted once, by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from earlywarn.errors import ConfigError
from earlywarn.explain.findings import coverage, findings
from earlywarn.explain.quality import quality_cautions, quality_table
from earlywarn.explain.readiness import LEAST_LABELLED, readiness
from earlywarn.explain.remarks import REMARKS, Remarks
from earlywarn.panel.panel import Panel
from earlywarn.validation.backtest import LEAST_ROWS
from strategies import tables_of

AREAS, KINDS, YEARS = 30, 12, range(2016, 2024)
AS_OF = pd.Timestamp("2024-03-01")
ODD, LATE, GONE, COPIED, ROUND, ONE, OTHER, REVISED = (f"E{number:02d}" for number in range(3, 11))


def planted():
    """Thirty areas, twelve indicators, eight years; eight areas have something to ask about in the last."""
    rng = np.random.default_rng(0)
    level = rng.integers(3_000, 6_000, (AREAS, KINDS, 1))
    values = (level + rng.integers(-400, 400, (AREAS, KINDS, len(YEARS)))).astype(float)
    values[6, :8, -1] = values[6, :8, -2]
    values[7] = np.round(values[7] / 10) * 10
    values[9, :6, -1] = values[8, :6, -1]
    values[3, 2, -1] = 90_000
    rows = []
    for area, kind, year in np.ndindex(values.shape):
        status = "ok"
        if year == len(YEARS) - 1 and area == 5 and kind < 2:
            status = ("missing", "suppressed")[kind]
        row = {
            "area_code": f"E{area:02d}",
            "indicator": f"kind_{kind:02d}",
            "period_end": f"{YEARS[year]}-03-31",
            "known_on": f"{YEARS[year]}-11-30",
            "value": values[area, kind, year] if status == "ok" else None,
            "status": status,
        }
        if (area, kind, year) == (4, 3, len(YEARS) - 1):
            row["known_on"] = "2024-01-31"
        rows.append(row)
        if kind == 11 and year == len(YEARS) - 2 and 10 <= area < 22:  # revised, once by far more
            later = row["value"] + (900 if area == 10 else 5)
            rows.append(row | {"known_on": "2023-05-31", "value": later})
    return tables_of(
        areas=[{"area_code": f"E{area:02d}", "name": f"Area {area}"} for area in range(AREAS)],
        indicators=[
            {
                "indicator": f"kind_{kind:02d}",
                "label": f"Kind {kind}",
                "unit": "count",
                "polarity": "neutral",
                "domain": "workforce" if kind < 6 else "care",
            }
            for kind in range(KINDS)
        ],
        observations=rows,
        inspections=[
            {"inspection_id": "x", "area_code": "E00", "start_date": "2020-01-06", "overall": "good"}
            | {"known_on": "2020-03-01"}
        ],
    )


@pytest.fixture(scope="module")
def panel():
    return Panel(planted())


@pytest.fixture(scope="module")
def snapshot(panel):
    return panel.known_at(AS_OF)


@pytest.fixture(scope="module")
def table(panel, snapshot):
    return quality_table(snapshot, indicators=panel.indicators).set_index("area_code")


@pytest.fixture(scope="module")
def cautions(panel, snapshot):
    told = quality_cautions(snapshot, indicators=panel.indicators)
    return told.set_index(["area_code", "indicator"])["quality"]


@pytest.fixture(scope="module")
def found(panel, snapshot):
    return findings(snapshot, indicators=panel.indicators)


def test_each_area_has_the_remark_that_was_planted_and_no_other(table):
    planted_there = {
        ODD: {"jumps": 1},
        LATE: {"late": 1},
        GONE: {"missing": 1, "suppressed": 1},
        COPIED: {"copied": 8},
        ROUND: {"heaped": 12},
        REVISED: {"revised": 1},
    }
    for code, row in table.iterrows():
        counts = {name: row[name] for name in REMARKS if row[name]}
        assert counts == planted_there.get(code, {}), code


def test_the_scores_follow_from_the_counts(table):
    assert table.loc[ODD, "score"] == pytest.approx(100 * (1 - 0.5 / 12))
    assert table.loc[GONE, "score"] == pytest.approx(100 * (1 - 1 / 11))  # the suppressed one is not expected
    assert table.loc[COPIED, "score"] == pytest.approx(100 * (1 - 4 / 12))
    assert table.loc["E00", "score"] == 100


def test_the_words_say_what_to_ask_about(table):
    words = table["words"]
    assert words["E00"] == ""
    assert words[GONE] == (
        "No figure for 1 of 12 indicators in the newest period: Kind 0. "
        "1 of its newest figures is suppressed because numbers are small: Kind 1."
    )
    assert words[COPIED] == (
        "8 of its newest figures are the same as in the period before to the last digit, more than chance "
        "would bring among 12 compared: Kind 0; Kind 1; Kind 2; and 5 more."
    )
    assert words[LATE] == "1 of its newest figures came more than 30 days after most areas': Kind 3."
    assert words[ODD] == "1 of its newest figures moved by far more than is usual here or elsewhere: Kind 2."
    assert words[ROUND].startswith(
        "12 of its newest figures end in 0, as its counts do more often than others'"
    )
    assert words[ONE] == "Some figures were returned together with Area 9: both carry the same."
    assert words[REVISED] == "1 of its newest figures follow revisions much greater than is usual: Kind 11."


def test_each_figure_has_its_caution(cautions):
    assert cautions[GONE, "kind_00"] == (
        "No figure for the period to 31 March 2023, which most areas have reported."
    )
    assert cautions[GONE, "kind_01"].endswith("31 March 2023 is suppressed because numbers are small.")
    assert cautions[LATE, "kind_03"] == "Published 62 days after most areas'."
    assert cautions[COPIED, "kind_00"].startswith(
        "The same as in the period before to the last digit, as 7 other"
    )
    assert cautions[ODD, "kind_02"].startswith("It went up by far more than is usual")
    assert cautions[REVISED, "kind_11"] == (
        "A figure just before it was revised by much more than is usual, so it may change again."
    )
    assert cautions[OTHER, "kind_05"] == "Returned together with Area 8: both areas carry the same figure."
    assert cautions[ROUND, "kind_04"].startswith("The area's counts end in 0 more often than others'")
    assert "E00" not in cautions.index.get_level_values(0)
    assert cautions.index.is_monotonic_increasing
    assert cautions.index.is_unique


def test_only_the_indicators_used_count(panel, snapshot):
    used = quality_table(snapshot, indicators=panel.indicators, used=["kind_00", "kind_02"])
    by_code = used.set_index("area_code")
    assert by_code.loc[GONE, "score"] == pytest.approx(50)
    assert by_code.loc[COPIED, "copied"] == 2
    assert by_code.loc[LATE, "words"] == ""
    told = quality_cautions(snapshot, indicators=panel.indicators, used=["kind_03"])
    assert set(told["indicator"]) == {"kind_03"}


def test_no_word_blames_and_none_names_a_rank(table, cautions):
    said = " ".join([*table["words"], *cautions]).lower()
    assert not any(word in said for word in ("fail", "worst", "bad", "poor", "rank", "wrong"))


def test_before_anything_is_known_there_is_nothing_to_say(panel):
    early = panel.known_at(pd.Timestamp("2010-01-01"))
    table = quality_table(early, indicators=panel.indicators)
    assert table["score"].isna().all()
    assert set(table["words"]) == {""}
    assert quality_cautions(early, indicators=panel.indicators).empty
    assert coverage(early, indicators=panel.indicators).empty
    assert all(one.empty for one in vars(findings(early, indicators=panel.indicators)).values())


def test_a_snapshot_without_its_vintage_is_refused(panel, snapshot):
    with pytest.raises(ConfigError, match=r"Panel\.known_at"):
        quality_table(replace(snapshot, history=None), indicators=panel.indicators)


def test_areas_that_do_not_exist_are_left_out():
    tables = planted()
    ended = tables.areas.assign(active_to=pd.to_datetime(["2020-01-01", *[None] * (AREAS - 1)]))
    panel = Panel(replace(tables, areas=ended))
    table = quality_table(panel.known_at(AS_OF), indicators=panel.indicators)
    assert len(table) == AREAS - 1
    assert "E00" not in set(table["area_code"])


def test_the_findings_list_what_was_planted(found):
    assert found.jumps[["area_code", "indicator", "value", "newest"]].to_numpy().tolist() == [
        [ODD, "kind_02", 90_000, True]
    ]
    assert found.late[["area_code", "days"]].to_numpy().tolist() == [[LATE, 62]]
    assert found.copied[["area_code", "figures", "compared"]].to_numpy().tolist() == [[COPIED, 8, 12]]
    assert found.heaped[["area_code", "digits", "figures"]].to_numpy().tolist() == [[ROUND, "0", 60]]
    assert found.revised["area_code"].tolist() == [REVISED]
    assert found.joint[["area_code", "partner_code", "periods"]].to_numpy().tolist() == [[ONE, OTHER, 1]]


def test_coverage_counts_every_expected_figure_once(panel, snapshot):
    table = coverage(snapshot, indicators=panel.indicators)
    assert len(table) == KINDS * len(YEARS)
    assert (table["expected"] == table[["figures", "missing", "suppressed"]].sum(axis=1)).all()
    last = table[(table["indicator"] == "kind_00") & (table["period_end"] == "2023-03-31")].iloc[0]
    assert last[["expected", "figures", "missing", "suppressed"]].tolist() == [30, 29, 1, 0]
    assert last["known_on"] == pd.Timestamp("2023-11-30")


def test_remarks_stand_in_the_order_in_which_they_are_told(panel, snapshot):
    assert tuple(Remarks(snapshot, panel.indicators).flags) == REMARKS


def test_what_a_run_can_do_is_said_in_sentences(panel):
    dates, held, little, *rest = readiness(panel)
    assert dates.startswith("An as-of date can lie from 1 December 2016 to 2 March 2020: ")
    assert held.startswith("It holds 1 judgement, none of them of an area that was judged before: ")
    assert little.startswith("That is little: a date is back-tested once 30 of them are known.")
    assert rest == [
        "29 areas of today's have no judgement yet.",
        "It names no statistical neighbours, so areas are compared with all others only.",
        "It holds no leadership and no themes of reports, so a run does without.",
    ]
    assert LEAST_LABELLED == LEAST_ROWS
