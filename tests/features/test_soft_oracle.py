"""The features of the log again, in plain loops over entries: slow, and none of the code under test."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.features.contributors import contributor_bias
from earlywarn.features.matrix import snapshot_features
from earlywarn.features.soft import soft_features
from earlywarn.intelligence.kinds import ROLES, read_kinds
from earlywarn.panel.panel import Panel
from strategies import made_up, panel_dates, permuted

YEAR = 365.25
MONTH = YEAR / 12
SURE = {"low": 0.3, "medium": 0.6, "high": 0.9, "": 0.6}
CONCERNS = [kind.name for kind in read_kinds().values() if kind.direction == "worse" and kind.pressure]


def in_force(tables, as_of):
    """Replay the log: of every entry the last version recorded before the day, unless that withdraws it."""
    last = {}
    for row in sorted(tables.concerns.to_dict("records"), key=lambda row: row["version"]):
        if row["known_on"] < as_of:
            last[row["entry_id"]] = row
    kept = [row for row in last.values() if not row["retracted"]]
    return [
        row | {"age": (as_of - row["occurred_on"]).days, "said": (as_of - row["known_on"]).days}
        for row in kept
    ]


def biases(rows):
    rated = [row for row in rows if row["kind"] in CONCERNS and not np.isnan(row["strength"])]
    near = [
        [o for o in rated if o["area_code"] == row["area_code"] and abs(o["age"] - row["age"]) <= YEAR]
        for row in rated
    ]
    bias = {}
    for _ in range(10):
        differences = {}
        for row, others in zip(rated, near, strict=True):
            if row["contributor"] and any(other["contributor"] != row["contributor"] for other in others):
                middle = np.mean(
                    [other["strength"] - bias.get(other["contributor"], 0.0) for other in others]
                )
                differences.setdefault(row["contributor"], []).append(row["strength"] - middle)
        bias = shrunk(differences)
    return bias


def shrunk(differences):
    everything = [value for values in differences.values() for value in values]
    groups, size = len(differences), len(everything)
    if groups < 2 or size <= groups:
        return {}
    grand = np.mean(everything)
    within = sum((v - np.mean(values)) ** 2 for values in differences.values() for v in values) / (
        size - groups
    )
    between = sum(len(values) * (np.mean(values) - grand) ** 2 for values in differences.values()) / (
        groups - 1
    )
    each = (size - sum(len(values) ** 2 for values in differences.values()) / size) / (groups - 1)
    spread = (between - within) / each
    return {
        name: (np.mean(values) - grand) * len(values) * spread / (len(values) * spread + within)
        for name, values in differences.items()
        if spread > 0 and len(values) >= 3
    }


def strength(row, bias):
    if np.isnan(row["strength"]):
        return 3.0
    off = bias.get(row["contributor"], 0.0) if row["kind"] in CONCERNS else 0.0
    return min(5.0, max(1.0, row["strength"] - off))


def voices(rows):
    """Gather rows into sources: grow each group until nobody joins it any more."""
    left, groups = list(rows), []
    while left:
        group = [left.pop()]
        for member in group:
            joined = [
                row
                for row in left
                if row["contributor"] == member["contributor"]
                or (row["link"] and row["link"] == member["link"])
            ]
            group += joined
            left = [row for row in left if row not in joined]
        groups.append(group)
    return groups


def pressure(rows, kind, bias):
    doubt = 1.0
    for source in voices([row for row in rows if row["kind"] == kind]):
        doubt *= 1 - max(
            strength(row, bias) / 5 * SURE[row["confidence"]] * 0.5 ** (row["age"] / 180) for row in source
        )
    return 1 - doubt


def once(rows):
    """Keep of each fact the last telling."""
    best = {}
    for row in sorted(rows, key=lambda row: (-row["said"], row["entry_id"])):
        best[row["kind"], row["role"], row["detail"], row["occurred_on"]] = row
    return list(best.values())


def history(rows, reports, role):
    """Return a post's spells, (state, start, end) in days before the date, and when it was last spoken of."""
    state = {"left": 0, "vacant": 0, "interim": 1, "appointed": 2}
    told = [
        (r["age"], r["said"], state[r["detail"]])
        for r in rows
        if r["kind"] == "leadership_change" and r["role"] == role
    ]
    told += [(age, said, 1 + (not interim)) for age, said, interim in reports if role == "director"]
    told.sort(key=lambda event: (event[2], -event[0]))
    events = []
    for age, said, what in told:
        if events and events[-1]["what"] == what and events[-1]["until"] - age <= 60:
            events[-1] |= {"until": age, "said": min(said, events[-1]["said"])}
        else:
            events.append({"age": age, "until": age, "said": said, "what": what})
    events.sort(key=lambda event: (-event["age"], event["what"]))
    spells = []
    for event in events:
        if not (spells and spells[-1][0] == 0 == event["what"]):
            spells.append((event["what"], event["age"]))
    ends = [start for _, start in spells[1:]] + [0] * bool(spells)
    whole = [(what, start, end) for (what, start), end in zip(spells, ends, strict=True)]
    lasting = [spell for spell in whole[:-1] if spell[1] > spell[2]] + whole[-1:]
    return lasting, min((event["said"] for event in events), default=np.inf)


def overlap(spells, states):
    return sum(min(start, 2 * YEAR) - min(end, 2 * YEAR) for what, start, end in spells if what in states)


def of_leaders(rows, reports):
    found, changes, settled = {}, [], []
    for role in ROLES:
        spells, said = history(rows, reports, role)
        known = said <= 3 * YEAR
        changes += [start for _, start, _ in spells]
        found[f"{role}_in_post"] = spells[-1][1] / YEAR if known and spells[-1][0] else np.nan
        found[f"{role}_months_vacant"] = overlap(spells, {0}) / MONTH if known else np.nan
        found[f"{role}_months_interim"] = overlap(spells, {1}) / MONTH if known else np.nan
        if known:
            lately = sum(start <= 2 * YEAR for _, start, _ in spells)
            settled.append(overlap(spells, {2}) / overlap(spells, {0, 1, 2}) / (1 + lately))
    for months in (12, 24):
        count = sum(start <= months * MONTH for start in changes)
        found[f"leadership_changes_{months}"] = count if settled else np.nan
    return found | {"leadership_stability": np.mean(settled) if settled else np.nan}


def of_complaints(rows):
    def whole(kind):
        return once(
            [r for r in rows if r["kind"] == kind and not np.isnan(r["amount"]) and r["exposure"] > 0]
        )

    periods = {}
    for row in whole("complaints"):
        count, children = periods.get(row["age"], (0, 0))
        periods[row["age"]] = (count + row["amount"], max(children, row["exposure"]))
    year = [period for age, period in periods.items() if age <= YEAR]
    rate = 1_000 * sum(c for c, _ in year) / sum(n for _, n in year) if year else np.nan
    upheld = [row for row in whole("complaints_upheld") if row["age"] <= YEAR]
    share = sum(r["amount"] for r in upheld) / sum(r["exposure"] for r in upheld) if upheld else np.nan
    signal, ages = np.nan, sorted(periods)
    if len(ages) >= 7 and ages[0] <= YEAR:
        past = [periods[age] for age in ages[1:]]
        centre = sum(c for c, _ in past) / sum(n for _, n in past)
        count, children = periods[ages[0]]
        signal = (count / children - centre) / np.sqrt(centre / children) if centre else np.nan
    return {"complaints_rate": rate, "complaints_upheld": share, "complaints_signal": signal}


def of_an_area(rows, reports, bias):
    spoken = any(row["said"] <= YEAR for row in rows)
    lately = any(row["said"] <= 2 * YEAR for row in rows)
    kinds = read_kinds()
    each = {kind: pressure(rows, kind, bias) for kind in kinds if kinds[kind].pressure}
    found = {f"pressure_{kind}": value for kind, value in each.items()} | {
        "concern_pressure": sum(each[kind] for kind in CONCERNS)
    }
    for kind in CONCERNS:
        name = f"enabler_pressure_{kinds[kind].theme.replace(' ', '_')}"
        found[name] = found.get(name, 0) + each[kind]
    year = [row for row in rows if row["kind"] in CONCERNS and row["age"] <= YEAR]
    found["concern_sources"] = len(voices(year))
    found["gravest_concern"] = max((strength(row, bias) for row in year), default=0)
    found = {name: value if spoken else np.nan for name, value in found.items()}
    facts = once([row for row in rows if row["age"] <= 2 * YEAR])
    lent = [row["amount"] for row in facts if row["kind"] == "support_given"]
    counts = {
        "declined_reviews": sum(row["detail"] == "declined" for row in facts),
        "late_returns": sum(row["kind"] == "data_late" for row in facts),
        "support_given": np.nan if lent and np.isnan(lent).all() else np.nansum(lent),
    }
    found |= {name: value if lately else np.nan for name, value in counts.items()}
    return found | of_leaders(rows, reports) | of_complaints(rows)


def by_loops(tables, as_of):
    rows = in_force(tables, as_of)
    bias = biases(rows)
    reports = tables.leadership[tables.leadership["role"].eq("director_of_childrens_services")].to_dict(
        "records"
    )
    found = {}
    for area in sorted(tables.areas["area_code"]):
        stated = [
            ((as_of - row["in_post_since"]).days, (as_of - row["known_on"]).days, row["interim"])
            for row in reports
            if row["area_code"] == area and row["known_on"] < as_of
        ]
        found[area] = of_an_area([row for row in rows if row["area_code"] == area], stated, bias)
    return pd.DataFrame.from_dict(found, orient="index", dtype=float)


@settings(max_examples=25)
@given(
    st.builds(made_up, st.integers(0, 2**16), areas=st.integers(1, 6), entries=st.sampled_from([0, 20, 200])),
    panel_dates(),
)
def test_as_plain_loops_find_them(tables, as_of):
    wanted = by_loops(tables, as_of)
    cut = Panel(permuted(tables)).known_at(as_of)
    found = snapshot_features(cut, measures=[], area_features=soft_features()).droplevel("as_of")
    left = found.columns.difference(wanted.columns).tolist()
    assert left == [
        "agency_beyond_vacancies",
        "agency_change",
        "agency_level",
        "months_since_review",
        "silence",
    ]
    if not in_force(tables, as_of):
        assert found[[name for name in found if "pressure" in name]].isna().all(axis=None)
    pd.testing.assert_frame_equal(
        found[wanted.columns], wanted, check_names=False, check_exact=False, rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_made_up_log_is_long_enough_to_tell_habits(seed):
    tables = made_up(seed, areas=3, entries=600)
    as_of = pd.Timestamp("2023-06-01")
    bias = biases(in_force(tables, as_of))
    found = contributor_bias(Panel(tables).known_at(as_of))["bias"]
    assert found[found != 0].to_dict() == pytest.approx(
        {name: value for name, value in bias.items() if value}
    )


def test_the_loops_meet_every_feature():
    # an oracle that never meets a case has not been asked about it
    day = pd.Timestamp("2022-07-01")
    told = pd.concat([by_loops(made_up(seed, areas=3, entries=600), day) for seed in range(8)])
    assert told.nunique().min() > 1
