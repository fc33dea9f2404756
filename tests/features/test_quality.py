"""Features of the return itself, worked by hand."""

# ruff: noqa: PD003 - these are arrays of xarray, not of pandas

import numpy as np
import pandas as pd
import pytest

from earlywarn.features.quality import copied_share, late_share, quality_score, revision_size
from earlywarn.panel.panel import Panel
from strategies import tables_of

AREAS = [f"E{number:02d}" for number in range(8)]
KINDS = [
    {"indicator": name, "polarity": "higher_is_worse", "unit": "score", "label": name} for name in "abcd"
]


def rows(values, *, end="2022-03-31", known_on="2022-11-30", days=None, of="a"):
    """Publish one indicator's figures of one period, NaN being missing."""
    return [
        {
            "area_code": code,
            "indicator": of,
            "period_end": end,
            "known_on": pd.Timestamp(known_on) + pd.Timedelta(days=later),
            "value": None if np.isnan(value) else value,
            "status": "missing" if np.isnan(value) else "ok",
        }
        for code, value, later in zip(AREAS, values, days or [0] * 8, strict=True)
    ]


def snapshot(*figures, as_of="2023-03-01"):
    areas = [{"area_code": code, "name": code} for code in AREAS]
    tables = tables_of(areas=areas, indicators=KINDS, observations=[row for part in figures for row in part])
    return Panel(tables).known_at(pd.Timestamp(as_of))


def test_the_score_loses_what_is_missing_and_half_of_what_is_late():
    here = snapshot(
        rows([np.nan, 2, 3, 4, 5, 6, 7, 8], of="a"),
        rows([3, 1, 4, 1, 5, 9, 2, 6], of="b", days=[31, 30, 0, 0, 0, 0, 0, 0]),
        rows([3, 1, 4, 1, 5, 9, 2, 6], of="c"),
    )
    assert quality_score(here).to_numpy()[:3].tolist() == pytest.approx([50, 100, 100])
    assert late_share(here).to_numpy()[:3].tolist() == [0.5, 0.0, 0.0]


def test_what_is_not_known_yet_is_neither_late_nor_copied():
    here = snapshot(rows(range(1, 9), known_on="2023-03-01"))
    for builder in (quality_score, late_share, copied_share, revision_size):
        assert builder(here).isnull().all()


def test_the_copied_share_leaves_out_the_least_and_the_greatest():
    before, after = range(10, 18), [10, 11, 32, 33, 34, 35, 36, 37]
    figures = [rows(before, end="2021-03-31", known_on="2021-11-30", of=of) for of in "abc"]
    figures += [rows(after, of="a"), rows([19, 31, 32, 33, 34, 35, 36, 17], of="b")]
    figures += [rows([40, 11, 32, 33, 34, 35, 36, 37], of="c")]
    shares = copied_share(snapshot(*figures)).to_numpy()
    # of "a", 10 and 37 are the ends, and one of the other six stood still: more than a tenth, so none counts
    # of "b", 17 and 36 are; of "c", 40 and 11; nobody else stands still there
    assert np.nan_to_num(shares, nan=-1).tolist() == [0, 0, 0, 0, 0, 0, 0, 0]


def test_a_figure_sent_again_is_a_copy_among_many_that_move():
    areas = [f"F{number:02d}" for number in range(12)]
    figures = []
    for number, code in enumerate(areas):
        for end, known_on, value in (
            ("2021-03-31", "2021-11-30", 50 + number),
            ("2022-03-31", "2022-11-30", 55 if number == 5 else 40 + 3 * number),
        ):
            key = {"area_code": code, "indicator": "a", "period_end": end, "known_on": known_on}
            figures.append(key | {"value": value, "status": "ok"})
    tables = tables_of(
        areas=[{"area_code": code, "name": code} for code in areas], indicators=KINDS, observations=figures
    )
    shares = copied_share(Panel(tables).known_at(pd.Timestamp("2023-03-01"))).to_numpy()
    assert np.isnan(shares[[0, 11]]).all()  # the least and the greatest are not compared
    assert shares[5] == 1.0
    assert shares[[1, 4, 6, 10]].tolist() == [0.0] * 4


def test_revisions_are_measured_by_how_far_areas_lie_apart():
    first = rows([1, 2, 3, 4, 5, 6, 7, 11], known_on="2022-11-30")
    again = rows([1, 2, 3, 4, 5, 6, 7, 8], known_on="2023-01-31")[-1:]
    size = revision_size(snapshot(first, again)).to_numpy()
    # 1 to 8 stand: median 4.5, distances 0.5 to 3.5, their median 2
    assert size.tolist() == pytest.approx([0.0] * 7 + [3 / (1.4826 * 2)])


def test_where_only_last_versions_are_known_nothing_is_said_of_revisions():
    assert revision_size(snapshot(rows(range(1, 9)))).isnull().all()


def test_what_is_learned_later_changes_no_earlier_answer():
    past = [rows([3, 1, 4, 1, 5, 9, 2, 6]), rows(range(8), of="b", days=[0] * 7 + [40])]
    future = [rows([9] * 8, known_on="2023-06-30"), rows(range(8), end="2023-03-31", known_on="2023-11-30")]
    for builder in (quality_score, late_share, copied_share, revision_size):
        now, then = (builder(snapshot(*figures)) for figures in ([*past, *future], past))
        np.testing.assert_array_equal(now, then)
