import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.features.pressure import (
    concern_pressure,
    concern_sources,
    enabler_pressure,
    gravest_concern,
    kind_pressure,
)
from strategies import log_entry, snapshot_of

CONCERNS = ("caseload_concern", "savings", "workforce_concern")
DAY = "2023-12-02"  # thirty days before the as-of date of 1 January 2024


def pressure(*entries, kind="savings", area="A", half_life_days=30, **told):
    built = kind_pressure(
        snapshot_of(*entries, **told), kind=kind, concerns=CONCERNS, half_life_days=half_life_days
    )
    return float(built.sel(area=area))


def total(*entries, of=None):
    snapshot = snapshot_of(*entries)
    given = {"concerns": CONCERNS, "half_life_days": 30}
    if of is None:
        return float(concern_pressure(snapshot, **given).sel(area="A"))
    return float(enabler_pressure(snapshot, enabler="any", of=of, **given).sel(area="A"))


def test_worked_by_hand():
    # grave and of high confidence, one half-life ago: 5/5 x 0.9 x 1/2
    assert pressure(log_entry("savings", DAY)) == pytest.approx(0.45)
    # clear and of low confidence, two half-lives ago: 3/5 x 0.3 x 1/4
    other = log_entry("savings", "2023-11-02", strength=3, confidence="low", contributor="lark")
    assert pressure(other) == pytest.approx(0.045)
    # the two are independent: 1 - 0.55 x 0.955
    assert pressure(log_entry("savings", DAY), other) == pytest.approx(0.47475)


def test_what_an_entry_leaves_unsaid_counts_as_the_middle():
    # 3/5 x 0.6 x 1/2
    assert pressure(log_entry("savings", DAY, strength=None, confidence="")) == pytest.approx(0.18)


@given(st.integers(1, 700), st.integers(1, 5))
def test_it_halves_in_a_half_life(half_life_days, strength):
    entry = log_entry("savings", DAY, strength=strength)
    now = pressure(entry, half_life_days=half_life_days)
    weight = strength / 5 * 0.9
    assert now == pytest.approx(weight * 0.5 ** (30 / half_life_days))
    if half_life_days < 300:
        day = np.datetime64("2024-01-01") + half_life_days
        assert pressure(entry, half_life_days=half_life_days, as_of=str(day)) == pytest.approx(now / 2)


@pytest.mark.parametrize(
    ("second", "adds"),
    [
        pytest.param({"contributor": "lark"}, True, id="an independent source"),
        pytest.param({"contributor": "lark", "link": "page"}, False, id="an echo of the same page"),
        pytest.param({"contributor": "lark", "link": "another page"}, True, id="another page"),
        pytest.param({"note": "once more"}, False, id="the same contributor again"),
        pytest.param({"entry_id": "imported twice"}, False, id="the same entry twice"),
        pytest.param({"contributor": "lark", "area_code": "B"}, False, id="another area"),
    ],
)
def test_only_independent_sources_corroborate(second, adds):
    first = log_entry("savings", DAY, link="page")
    alone, both = pressure(first), pressure(first, log_entry("savings", DAY, **second))
    assert (both > alone) == adds
    assert both == pytest.approx(1 - 0.55**2 if adds else 0.45)


def test_of_one_source_the_heaviest_entry_counts():
    slight = log_entry("savings", DAY, strength=1)
    assert pressure(log_entry("savings", DAY), slight) == pressure(log_entry("savings", DAY))


def test_nameless_contributors_cannot_corroborate_each_other():
    nameless = [log_entry("savings", DAY, contributor="", note=note) for note in ("one", "two")]
    assert pressure(*nameless) == pressure(nameless[0])


def test_kinds_add_up_and_an_enabler_gathers_its_own():
    entries = [log_entry(kind, DAY) for kind in CONCERNS] + [log_entry("positive", DAY)]
    assert total(*entries) == pytest.approx(3 * 0.45)
    assert total(*entries, of=("savings", "caseload_concern")) == pytest.approx(2 * 0.45)
    assert pressure(*entries, kind="positive") == pytest.approx(0.45)


def test_where_nothing_was_logged_for_a_year_it_is_unknown_and_where_something_was_it_is_none():
    assert np.isnan(pressure())
    assert np.isnan(pressure(log_entry("savings", DAY, "B")))
    assert np.isnan(pressure(log_entry("savings", "2022-12-01")))
    assert pressure(log_entry("positive", DAY)) == 0.0


def test_what_is_recorded_late_speaks_of_the_area_although_it_is_old():
    late = log_entry("savings", "2022-11-07", known_on="2023-12-31")
    assert pressure(late, half_life_days=420) == pytest.approx(0.45)


def test_an_entry_of_the_day_itself_is_not_known():
    known = log_entry("positive", DAY)
    assert pressure(known, log_entry("savings", DAY, known_on="2024-01-01")) == 0.0
    assert pressure(known, log_entry("savings", DAY, known_on="2023-12-31")) == pytest.approx(0.45)


def test_a_correction_counts_from_the_day_after_it_and_a_withdrawal_too():
    first = log_entry("savings", DAY, entry_id="a")
    second = first | {"version": 2, "known_on": "2023-12-20", "strength": 1}
    third = first | {"version": 3, "known_on": "2023-12-25", "retracted": True}
    others = log_entry("positive", DAY)
    told = [
        pressure(first, second, third, others, half_life_days=1e9, as_of=f"2023-12-{day}")
        for day in (20, 21, 26)
    ]
    assert told == pytest.approx([0.9, 0.18, 0.0])


def test_sources_of_a_year_are_counted_once_across_kinds():
    entries = [
        log_entry("savings", DAY),
        log_entry("workforce_concern", DAY),
        log_entry("savings", DAY, contributor="lark", link="page"),
        log_entry("caseload_concern", DAY, contributor="finch", link="page"),
        log_entry("caseload_concern", "2022-12-01", contributor="swift"),
        log_entry("positive", DAY, contributor="swan"),
        log_entry("positive", DAY, "B"),
    ]
    found = concern_sources(snapshot_of(*entries), concerns=CONCERNS)
    np.testing.assert_array_equal(found, [2.0, 0.0, np.nan])


def test_the_gravest_concern_of_a_year():
    entries = [
        log_entry("savings", DAY, strength=2),
        log_entry("savings", DAY, strength=4, contributor="lark"),
        log_entry("savings", "2022-12-01", strength=5),
        log_entry("positive", DAY, "B", strength=5),
    ]
    np.testing.assert_array_equal(
        gravest_concern(snapshot_of(*entries), concerns=CONCERNS), [4.0, 0.0, np.nan]
    )
