"""What was known when, and as what at first: never a day too early, and the cube that a snapshot holds."""

# ruff: noqa: PD011 - these are arrays, not pandas objects

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from earlywarn.panel.panel import Panel
from earlywarn.panel.snapshot import MISSING, OK, UNPUBLISHED
from strategies import made_up, panel_dates, panels, permuted, tables_of

ENDS = ("2022-09-30", "2023-09-30")


def figure(code, value, *, end=ENDS[0], known_on="2023-02-28", of="a"):
    status = "ok" if value is not None else "missing"
    said = {"area_code": code, "indicator": of, "period_end": end, "known_on": known_on}
    return said | {"value": value, "status": status}


def place(*observations, **areas):
    places = [{"area_code": code, "name": code} | areas.get(code, {}) for code in "AB"]
    kinds = [{"indicator": name, "polarity": "higher_is_better", "unit": "percent"} for name in "ab"]
    return Panel(tables_of(areas=places, indicators=kinds, observations=observations))


def vintage(panel, as_of):
    return panel.known_at(pd.Timestamp(as_of)).vintage


@pytest.mark.parametrize(
    ("as_of", "first", "last"),
    [("2023-03-01", 17, 17), ("2023-05-15", 17, 17), ("2023-05-16", 17, 19), ("2030-01-01", 17, 19)],
)
def test_a_revision_leaves_the_first_figure_as_it_was(as_of, first, last):
    # the example of panel/known.py: published on 28 February 2023, revised on 15 May
    found = vintage(place(figure("A", 19, known_on="2023-05-15"), figure("A", 17)), as_of)
    assert found.first[0, 0, 0] == first
    assert found.values[0, 0, 0] == last  # as published, though higher is better
    assert found.known_on[0, 0, 0] == np.datetime64("2023-02-28")


def test_the_day_of_publication_is_not_yet_known():
    assert vintage(place(figure("A", 17)), "2023-02-28").values.shape == (2, 2, 0)


def test_a_figure_that_was_missing_at_first_is_known_from_when_it_came():
    panel = place(figure("A", None), figure("A", 17, known_on="2023-05-15"))
    before, after = vintage(panel, "2023-05-15"), vintage(panel, "2023-05-16")
    assert before.status[0, 0, 0] == MISSING
    assert np.isnat(before.known_on[0, 0, 0])
    assert after.known_on[0, 0, 0] == np.datetime64("2023-05-15")
    assert after.first[0, 0, 0] == 17


def test_a_figure_withdrawn_keeps_the_day_on_which_it_was_known():
    found = vintage(place(figure("A", 17), figure("A", None, known_on="2023-05-15")), "2023-06-01")
    assert np.isnan(found.values[0, 0, 0])
    assert found.first[0, 0, 0] == 17
    assert found.known_on[0, 0, 0] == np.datetime64("2023-02-28")


def test_the_periods_of_each_indicator_stand_together_at_the_end():
    panel = place(
        figure("A", 1, end="2021-09-30"),
        figure("A", 2, end="2022-09-30"),
        figure("B", 3, end="2022-03-31", of="b"),
    )
    found = vintage(panel, "2023-06-01")
    assert found.values[0, 0].tolist() == [1, 2]
    assert found.ends[1].astype("M8[D]").astype(str).tolist() == ["NaT", "2022-03-31"]
    assert found.values[1, 1, 1] == 3
    assert found.status[0, 1].tolist() == [UNPUBLISHED, UNPUBLISHED]


def test_an_area_without_a_row_is_expected_once_it_had_one():
    rows = [figure("A", 1), figure("A", 2, end=ENDS[1], known_on="2024-02-28"), figure("B", 1)]
    assert vintage(place(*rows), "2024-06-01").expected[:, 0].tolist() == [[True, True], [True, True]]
    assert vintage(place(rows[0], rows[1]), "2024-06-01").expected[1, 0].tolist() == [False, False]


def test_an_area_is_not_expected_to_report_beyond_its_life():
    rows = [figure("A", 1), figure("A", 2, end=ENDS[1], known_on="2024-02-28"), figure("B", 1)]
    ended = place(*rows, B={"active_to": "2023-03-31"})
    assert not vintage(ended, "2024-06-01").expected[1].any()  # it has no figures any more
    assert vintage(ended, "2023-03-31").expected[1, 0].tolist() == [True]


def test_the_newest_period_is_the_last_that_most_have_reported():
    rows = [figure(code, 1) for code in "AB"] + [figure("A", 2, end=ENDS[1], known_on="2024-02-28")]
    panel = place(*rows, figure("A", 2, of="b", end="2018-09-30", known_on="2019-02-28"))
    found = vintage(panel, "2024-03-01")
    assert found.newest.tolist() == [1, -1]  # half of them are enough; five years are too old
    assert found.current[0].tolist() == [False, True]
    before = vintage(panel, "2024-02-01")
    assert before.newest.tolist() == [0, -1]
    assert before.ends[0, 0] == np.datetime64(ENDS[0])


@settings(max_examples=6, deadline=None)
@given(tables=panels(), as_of=panel_dates())
def test_it_is_what_a_place_without_a_future_would_hold(tables, as_of):
    past = tables.observations[tables.observations["known_on"] < as_of]
    cut, never_saw = (vintage(Panel(known), as_of) for known in (tables, replace(tables, observations=past)))
    for field in fields(cut):
        now, then = getattr(cut, field.name), getattr(never_saw, field.name)
        np.testing.assert_array_equal(now, then)


@settings(max_examples=6, deadline=None)
@given(tables=panels(), as_of=panel_dates())
def test_it_holds_the_figures_of_the_snapshot(tables, as_of):
    snapshot = Panel(tables).known_at(as_of)
    found, published = snapshot.vintage, (snapshot.values * snapshot.sign).to_numpy()
    periods = pd.Index(snapshot.values["period"].to_numpy()).get_indexer(pd.Index(found.ends.ravel()))
    place = periods.reshape(found.ends.shape)
    taken = np.take_along_axis(published, place[None], axis=2) if published.size else found.values
    np.testing.assert_array_equal(found.values, np.where(place >= 0, taken, np.nan))
    assert np.isfinite(found.values).sum() == np.isfinite(published).sum()
    assert ((found.status == OK) == np.isfinite(found.values)).all()
    assert not (found.known_on >= np.datetime64(as_of)).any()


def test_the_order_of_rows_does_not_matter():
    tables = made_up(8, areas=6)
    one, other = (vintage(Panel(told), "2022-07-01") for told in (tables, permuted(tables, seed=2)))
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def test_it_is_cut_only_when_it_is_asked_for():
    snapshot = place(figure("A", 17)).known_at(pd.Timestamp("2024-01-01"))
    assert "vintage" not in vars(snapshot)
    assert snapshot.vintage is snapshot.vintage
    assert replace(snapshot, history=None).vintage is None
