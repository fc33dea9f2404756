from itertools import combinations

import numpy as np
import pytest

from earlywarn.features.contributors import calibrated_strength, concern_kinds, contributor_bias
from earlywarn.features.pressure import kind_pressure
from earlywarn.intelligence.kinds import Kind
from strategies import log_entry, snapshot_of

DAY = "2023-06-01"
FAIR = ("lark", "finch", "swift", "crane")
EIGHT = [f"A{number}" for number in range(8)]


def network(*, areas=40, heavy=2, spread=0, seed=3):
    """Five contributors speak of every area: wren puts so many points on what the others say."""
    rng = np.random.default_rng(seed)
    entries = []
    for area in range(areas):
        for name in ("wren", *FAIR):
            strength = 2 + int(rng.integers(0, 2)) + spread * int(rng.integers(0, 2))
            strength += heavy if name == "wren" else 0
            entries.append(log_entry("savings", DAY, f"A{area:02d}", strength=strength, contributor=name))
    return entries, [f"A{area:02d}" for area in range(areas)]


def test_worked_by_hand():
    # wren says 5 where the two others say 3, four times: 4/3 above the mean of 11/3, the others 2/3 below
    entries = [
        log_entry("savings", DAY, f"A{area}", strength=5 if name == "wren" else 3, contributor=name)
        for area in range(4)
        for name in ("wren", "lark", "finch")
    ]
    found = contributor_bias(snapshot_of(*entries, areas=EIGHT))
    assert found["compared"].tolist() == [4, 4, 4]
    assert found["difference"].to_dict() == pytest.approx({"finch": -2 / 3, "lark": -2 / 3, "wren": 4 / 3})
    # within a contributor nothing varies, so nothing is shrunk
    assert found["bias"].to_dict() == pytest.approx(found["difference"].to_dict())


def test_shrinking_worked_by_hand():
    # wren 5, 5, 5, 4 against lark's 3: differences 1, 1, 1, 0.5 and the opposite; means 0.875 and -0.875
    entries = [
        log_entry("savings", DAY, f"A{area}", strength=strength, contributor=name)
        for name, strengths in (("wren", (5, 5, 5, 4)), ("lark", (3, 3, 3, 3)))
        for area, strength in enumerate(strengths)
    ]
    # within: 2 x 0.1875 / 6 = 0.0625; between: 2 x 4 x 0.875**2 = 6.125; t2 = (6.125 - 0.0625) / 4 = 1.515625
    bias = 0.875 * 4 * 1.515625 / (4 * 1.515625 + 0.0625)
    found = contributor_bias(snapshot_of(*entries, areas=EIGHT))["bias"]
    assert found.to_dict() == pytest.approx({"wren": bias, "lark": -bias})


def test_who_over_reports_is_found():
    entries, areas = network(heavy=2)
    found = contributor_bias(snapshot_of(*entries, areas=areas))["bias"]
    # a fifth of the two points is in the mean that all are compared with
    assert found["wren"] == pytest.approx(1.6, abs=0.2)
    assert found.drop("wren").to_numpy() == pytest.approx(-0.4, abs=0.2)


def test_third_people_tell_which_of_two_is_off():
    # only two speak of any area: wren, two points too high, with each of the others, and they with each other
    pairs = [("wren", name) for name in FAIR] + list(combinations(FAIR, 2))
    areas = [f"A{number:03d}" for number in range(100)]
    entries = [
        log_entry("savings", DAY, area, strength=2 + number % 2 + 2 * (name == "wren"), contributor=name)
        for number, area in enumerate(areas)
        for name in pairs[number % len(pairs)]
    ]
    found = contributor_bias(snapshot_of(*entries, areas=areas))["bias"]
    assert found["wren"] - found.drop("wren").mean() == pytest.approx(2, abs=0.1)
    assert found.drop("wren").std() < 0.05


def test_in_a_network_of_equals_hardly_anybody_is_corrected():
    entries, areas = network(heavy=0, spread=2)
    found = contributor_bias(snapshot_of(*entries, areas=areas))
    assert found["bias"].abs().max() < 0.2
    assert found["bias"].abs().sum() < found["difference"].abs().sum()


@pytest.mark.parametrize("spoken", [1, 2])
def test_one_who_has_hardly_spoken_has_no_habit(spoken):
    entries, areas = network(heavy=2)
    new = [log_entry("savings", DAY, area, strength=5, contributor="owl") for area in areas[:spoken]]
    found = contributor_bias(snapshot_of(*entries, *new, areas=areas)).loc["owl"]
    assert found["compared"] == spoken
    assert found["difference"] > 1
    assert found["bias"] == 0


@pytest.mark.parametrize(
    "apart",
    [
        pytest.param({"area_code": "B"}, id="another area"),
        pytest.param({"occurred_on": "2022-05-01", "known_on": "2022-05-01"}, id="over a year apart"),
        pytest.param({"contributor": "wren"}, id="nobody else"),
        pytest.param({"kind": "positive"}, id="not a concern"),
        pytest.param({"strength": None}, id="no strength given"),
    ],
)
def test_what_cannot_be_compared_is_not(apart):
    first = log_entry("savings", DAY, strength=5)
    other = log_entry("savings", DAY, strength=1, contributor="lark", entry_id="other")
    assert contributor_bias(snapshot_of(first, other)).loc["wren", "compared"] == 1
    found = contributor_bias(snapshot_of(first, other | apart))
    assert found.loc["wren", "compared"] == 0
    assert np.isnan(found.loc["wren", "difference"])
    assert found.loc["wren", "bias"] == 0


def test_strengths_are_freed_of_the_habit_within_the_scale():
    entries, areas = network(heavy=2)
    snapshot = snapshot_of(*entries, areas=areas)
    bias = contributor_bias(snapshot)["bias"]
    table = snapshot.concerns
    wanted = (table["strength"] - table["contributor"].map(bias)).clip(1, 5)
    found = calibrated_strength(snapshot, concerns=concern_kinds())
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)
    assert table.assign(found=found).groupby("contributor")["found"].mean().std() < 0.2


def test_pressure_rests_on_calibrated_strengths():
    entries, areas = network(heavy=2)
    loud = log_entry("workforce_concern", DAY, areas[0], strength=4, contributor="wren")
    calm = log_entry("workforce_concern", DAY, areas[1], strength=4, contributor="lark")
    snapshot = snapshot_of(*entries, loud, calm, areas=areas)
    built = kind_pressure(snapshot, kind="workforce_concern", concerns=concern_kinds(), half_life_days=1e9)
    bias = contributor_bias(snapshot)["bias"]
    assert float(built[0]) == pytest.approx((4 - bias["wren"]) / 5 * 0.9)
    assert float(built[1]) == pytest.approx((4 - bias["lark"]) / 5 * 0.9)
    assert float(built[0]) < float(built[1])


def test_the_nameless_are_heard_but_have_no_habit():
    entries, areas = network(heavy=2)
    nameless = [
        row | {"contributor": "" if row["contributor"] == "wren" else row["contributor"]} for row in entries
    ]
    snapshot = snapshot_of(*nameless, areas=areas)
    found = contributor_bias(snapshot)
    assert found.index.tolist() == sorted(FAIR)
    assert found["compared"].tolist() == [40] * 4
    strength = calibrated_strength(snapshot, concerns=concern_kinds())
    silent = snapshot.concerns["contributor"].eq("").to_numpy()
    np.testing.assert_array_equal(strength[silent], snapshot.concerns["strength"][silent])


def test_who_speaks_only_later_is_not_listed_yet():
    entries, areas = network(heavy=0)
    later = log_entry("savings", DAY, areas[0], contributor="owl", known_on="2024-01-01")
    assert "owl" not in contributor_bias(snapshot_of(*entries, later, areas=areas)).index
    assert "owl" in contributor_bias(snapshot_of(*entries, later, areas=areas, as_of="2024-01-02")).index


def test_kinds_of_ones_own_are_compared_too():
    own = {"housing": Kind("housing", "Housing", theme="partners", direction="worse")}
    assert concern_kinds(own) == ("housing",)
    entries = [log_entry("housing", DAY, strength=s, contributor=c) for s, c in ((1, "wren"), (4, "lark"))]
    assert contributor_bias(snapshot_of(*entries), own)["difference"].to_dict() == {"wren": -1.5, "lark": 1.5}
    assert contributor_bias(snapshot_of(*entries))["compared"].tolist() == [0, 0]
