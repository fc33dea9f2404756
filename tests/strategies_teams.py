"""Small made-up runs, reviewers and teams to draw from, and a checker that shares no code with them."""

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import combinations, product

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from earlywarn.schema import ENABLERS
from earlywarn.sources.programme import ProgrammeInputs
from earlywarn.sources.programme_tables import INPUT_COLUMNS
from earlywarn.targeting.rules import read_rules
from strategies_targeting import made_up_candidates

__all__ = ["MadeUpRun", "broken_rules", "candidates_of", "made_up_run", "reviewers_of", "team_worlds"]

AS_OF = pd.Timestamp("2025-04-01")
TEXT = {
    "reasons": ["area_code", "target", "direction", "feature", "indicator", "theme", "sentence"],
    "contributions": ["area_code", "target", "feature", "indicator", "theme"],
    "signals": ["area_code", "indicator", "symbol"],
    "indicators": ["indicator", "theme"],
    "neighbours": ["area_code", "neighbour_code"],
    "context": ["area_code", "area_type"],
    "entries": ["area_code", "entry_id", "kind", "tier"],
    "trail": ["area_code", "feature", "entry_id"],
}
NUMBERS = {
    "reasons": ["order", "contribution"],
    "contributions": ["contribution"],
    "neighbours": ["rank"],
    "context": ["children", "deprivation"],
}
DATES = {"entries": ["occurred_on"]}


def table(name, rows=()):
    made = pd.DataFrame(list(rows), columns=TEXT[name] + NUMBERS.get(name, []) + DATES.get(name, []))
    made[TEXT[name]] = made[TEXT[name]].fillna("").astype(object)
    for column in NUMBERS.get(name, []):
        made[column] = made[column].astype(float)
    for column in DATES.get(name, []):
        made[column] = pd.to_datetime(made[column])
    return made


@dataclass(frozen=True)
class MadeUpRun:
    risks: pd.DataFrame
    tables: dict = field(default_factory=dict)
    run: dict = field(default_factory=dict)
    as_of: pd.Timestamp = AS_OF
    horizon: int = 12
    target: str = "adverse"

    def __getattr__(self, name):
        if name not in TEXT:
            raise AttributeError(name)
        return table(name, self.tables.get(name, ()))


def made_up_run(count, *, region=(), judged=(), band=(), raising=(), **tables):
    """Make areas A00, A01, ...; ``raising`` lists (area, theme, contribution) of reasons."""

    def each(given, usual):
        return [*given, *[usual] * (count - len(given))]

    codes = [f"A{area:02}" for area in range(count)]
    reasons = [
        {
            "area_code": codes[area], "target": "adverse", "direction": "raises", "feature": f"made_{theme}",
            "theme": theme, "order": order, "contribution": weight, "sentence": "Made up.",
        }
        for order, (area, theme, weight) in enumerate(raising, start=1)
    ]  # fmt: skip
    risks = pd.DataFrame(
        {
            "area_code": codes,
            "name": [f"Area {code[1:]}" for code in codes],
            "region": each(region, "North"),
            "last_judgement": each(judged, "good"),
            "band": each(band, "about the same as most"),
        }
    )
    return MadeUpRun(risks, {"reasons": reasons} | tables)


def candidates_of(run, *, flagged=(), elsewhere=(), **others):
    """Make candidates of a run's areas; what is left out asks for nothing."""
    count = len(run.risks)
    made = made_up_candidates(others.pop("weight", [1] * count), excluded=elsewhere, **others)
    at = np.arange(count)
    areas = made.areas.drop(columns="name").merge(run.risks, on="area_code")
    areas = areas.assign(
        flagged=np.isin(at, list(flagged)),
        status=np.where(np.isin(at, list(elsewhere)), "elsewhere", "not planned"),
    )
    return replace(made, areas=areas)


def reviewers_of(*rows):
    """Make inputs from reviewers; each is (code, area) or a mapping, and available once in every quarter."""
    usual = dict.fromkeys(INPUT_COLUMNS["reviewers"], "") | {"role": "director", "available": "1"}
    rows = [
        row if isinstance(row, dict) else dict(zip(("reviewer", "area_code"), row, strict=True))
        for row in rows
    ]
    columns = list(INPUT_COLUMNS["reviewers"])
    return ProgrammeInputs(reviewers=pd.DataFrame([usual | row for row in rows], columns=columns))


@st.composite
def team_worlds(draw, *, most_areas=7, most_reviewers=12, quarters=(2, 5)):
    """Draw a run, candidates, reviewers, rules, and quarters for the areas that may be visited."""
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    count, people = draw(st.integers(3, most_areas)), draw(st.integers(1, most_reviewers))
    spans = draw(st.integers(*quarters))
    raising = [
        (int(area), str(theme), float(weight))
        for area, theme, weight in zip(
            rng.integers(0, count, 2 * count), rng.choice(ENABLERS[:4], 2 * count),
            rng.random(2 * count) + 0.1, strict=True,
        )
    ]  # fmt: skip
    codes = [f"A{area:02}" for area in range(count)]
    run = made_up_run(
        count,
        region=rng.choice(["North", "South", "East"], count),
        judged=rng.choice(["good", "outstanding", "requires_improvement"], count, p=[0.6, 0.3, 0.1]),
        band=rng.choice(["about the same as most", "higher than most"], count, p=[0.9, 0.1]),
        raising=raising,
        neighbours=[{"area_code": one, "neighbour_code": other} for one, other in combinations(codes[:4], 2)],
    )
    candidates = candidates_of(
        run,
        quarters=spans,
        flagged=np.flatnonzero(rng.random(count) < 0.1),
        elsewhere=np.flatnonzero(rng.random(count) < 0.1),
        weight=rng.integers(1, 9, count),
    )
    rows = []
    for person in range(people):
        against = [
            *rng.choice(codes, 1),
            *(f"R{other:02}" for other in rng.integers(0, people, 1) if other != person),
        ]
        rows.append(
            {
                "reviewer": f"R{person:02}",
                "area_code": rng.choice(codes),
                "role": rng.choice(["director", "practitioner"]),
                "skills": ";".join(rng.choice(ENABLERS[:4], 2, replace=False)),
                "regions": rng.choice(["", "", "North;South"]),
                "available": rng.choice(["1", "2", "Apr-Jun 2025=1; Jul-Sep 2025=2"]),
                "conflicts": ";".join(against) if rng.random() < 0.3 else "",
            }
        )
    rules = read_rules(
        changes={
            "team.places": draw(
                st.sampled_from([["lead", "theme"], ["lead", "theme", "any"], ["theme", "any"]])
            ),
            "team.max_places_per_area_per_year": draw(st.integers(0, 4)),
            "team.max_per_reviewer_per_quarter": draw(st.integers(1, 2)),
            "team.independence": draw(st.sampled_from(["region", "none"])),
            "capacity.per_quarter": count,
            "due.when_impossible": "postpone",
        }
    )
    quarter = np.where(candidates.excluded, -1, rng.integers(-1, spans, count))
    return run, candidates, reviewers_of(*rows), rules, quarter


def broken_rules(teams, candidates, inputs, rules):
    """Say in plain Python, row by row, which rules a table of teams breaks."""
    areas = candidates.areas.set_index("area_code").to_dict("index")
    people = inputs.reviewers.set_index("reviewer").to_dict("index")
    seats = [row for row in teams.itertuples() if row.reviewer]
    visits = dict(zip(teams["area_code"], teams["quarter"], strict=True))
    return [
        *broken_by_seats(seats, areas, people, visits, rules.team),
        *broken_by_load(seats, candidates, inputs, rules.team),
        *broken_by_pairs(seats, people),
    ]


def broken_by_seats(seats, areas, people, visits, team):
    for row in seats:
        person, visited = people[row.reviewer], areas[row.area_code]
        home = areas[person["area_code"]]
        sound = home["last_judgement"] in team.judged and home["band"] not in team.not_band
        wrong = {
            "visits home": person["area_code"] == row.area_code,
            "is in conflict": row.area_code in person["conflicts"].split(";"),
            "is needed at home": not sound
            or home["flagged"]
            or visits.get(person["area_code"]) == row.quarter,
            "is under intervention": "elsewhere" in {home["status"], visited["status"]},
            "stays in the region": team.independence == "region" and home["region"] == visited["region"],
            "does not go there": person["regions"] and visited["region"] not in person["regions"].split(";"),
            "cannot lead": row.place == "lead" and person["role"] not in team.lead_roles,
        }
        yield from (f"{row.reviewer} {words}" for words, true in wrong.items() if true)


def broken_by_load(seats, candidates, inputs, team):
    quarters = list(candidates.quarters)
    home = dict(zip(inputs.reviewers["reviewer"], inputs.reviewers["area_code"], strict=True))
    offered = dict(zip(home, inputs.availability(candidates.quarters).tolist(), strict=True))
    times = Counter((row.reviewer, quarters.index(row.quarter)) for row in seats)
    asked = Counter((home[row.reviewer], quarters.index(row.quarter)) for row in seats)
    for (code, at), count in times.items():
        if count > min(offered[code][at], team.max_per_reviewer_per_quarter):
            yield f"{code} is asked too often in quarter {at}"
    for code, first in product(set(home.values()), range(len(quarters))):
        if sum(asked[code, at] for at in range(first, first + 4)) > team.max_places_per_area_per_year:
            yield f"{code} is asked for too many"


def broken_by_pairs(seats, people):
    for one, other in combinations(seats, 2):
        first, second = people[one.reviewer], people[other.reviewer]
        named = {*first["conflicts"].split(";")} & {other.reviewer}
        named |= {*second["conflicts"].split(";")} & {one.reviewer}
        if one.area_code == other.area_code and (named or first["area_code"] == second["area_code"]):
            yield f"{one.reviewer} and {other.reviewer} sit in one team"
