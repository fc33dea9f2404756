"""A whole programme, proven the best, against visiting whoever is worth the most next, due or not."""

import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.schedule import quarter_words
from earlywarn.schema import ENABLERS
from earlywarn.sources.programme_tables import ProgrammeInputs
from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.programme import Choice, choose
from earlywarn.targeting.rules import Rules, read_rules
from earlywarn.targeting.staffed import staff
from earlywarn.targeting.weeks import set_weeks

QUARTERS = 8
STEP = 0.05 / 16
NEAR = 3  # months on both sides of a likely inspection that are kept free
ELSEWHERE = 0.04  # share of areas under formal intervention
REGIONS = 9
LEADS, OFF = 0.4, 0.33  # shares of reviewers who can lead, and of quarters in which one is not free


def made_up(areas: int, *, seed: int = 0) -> Candidates:
    """Make areas with windows, deadlines and benefits as England has them: made-up numbers."""
    rng = np.random.default_rng(seed)
    position = np.arange(QUARTERS)
    expected = rng.integers(
        -3, 36, areas
    )  # months to the next likely inspection; past ones may come any time
    closed = np.abs(position * 3 + 1.5 - expected[:, None]) < NEAR
    closed |= position < rng.integers(-6, 3, areas)[:, None]  # peace after the last review
    months = np.clip(np.where(expected < 0, 3, expected)[:, None] - 3 * position, 0, 12)
    weight = rng.integers(1, 12, areas) * rng.integers(2, 5, areas)
    flagged = weight > np.quantile(weight, 0.75)
    due = np.where(flagged, 3, rng.integers(1, QUARTERS, areas))
    first = np.argmax(~closed, axis=1)
    weeks = np.zeros((areas, QUARTERS, 14), dtype=bool)
    weeks[..., :13] = ~closed[..., None]
    codes = [f"A{area:04}" for area in range(areas)]
    table = pd.DataFrame({"area_code": codes, "name": codes, "flagged": flagged, "status": "not planned"})
    table["region"] = rng.choice([f"Region {number}" for number in range(REGIONS)], areas)
    table["band"] = np.where(flagged, "higher than most", "about the same as most")
    table["last_judgement"] = rng.choice(["good", "outstanding"], areas)
    excluded = rng.random(areas) < ELSEWHERE
    table.loc[excluded, "status"] = "elsewhere"
    return Candidates(
        areas=table,
        quarters=pd.date_range("2025-04-01", periods=QUARTERS, freq="QS"),
        allowed=~closed,
        blocked=np.where(closed, "closed", "").astype(object),
        weeks=weeks,
        deadline=np.maximum(due, first),
        benefit=weight[:, None] * (4 * months + QUARTERS - position) * STEP,
        weight=weight,
        pinned=np.full(areas, -1),
        excluded=excluded,
        step=STEP,
    )


def made_up_run(candidates: Candidates, *, seed: int = 0) -> Any:
    """Make what teams read of a run: the themes that raise each area's risk, neighbours, and context."""
    rng = np.random.default_rng(seed)
    codes = candidates.areas["area_code"].to_numpy()
    area = np.repeat(np.arange(len(codes)), len(ENABLERS))
    told = pd.DataFrame(
        {"area_code": codes[area], "target": "adverse", "theme": np.tile(ENABLERS, len(codes))}
    )
    told["contribution"] = rng.normal(size=len(told))
    reasons = told.assign(order=1, feature=told["theme"], indicator="", sentence="")
    reasons["direction"] = np.where(told["contribution"] > 0, "raises", "lowers")
    near = (area + rng.integers(1, 40, len(area))) % len(codes)
    return SimpleNamespace(
        run={},
        as_of=candidates.quarters[0],
        target="adverse",
        risks=candidates.areas,
        reasons=reasons,
        contributions=told,
        neighbours=pd.DataFrame({"area_code": codes[area], "neighbour_code": codes[near]}),
        context=pd.DataFrame(
            {
                "area_code": codes,
                "area_type": rng.choice(["county", "unitary", "borough"], len(codes)),
                "children": rng.lognormal(11, 0.6, len(codes)),
                "deprivation": rng.normal(25, 7, len(codes)),
            }
        ),
        indicators=pd.DataFrame(columns=["indicator", "theme"], dtype=str),
        signals=pd.DataFrame(columns=["area_code", "indicator", "symbol"], dtype=str),
        trail=pd.DataFrame(columns=["area_code", "feature", "entry_id"], dtype=str),
        entries=pd.DataFrame(
            columns=["area_code", "entry_id", "kind", "tier", "contributor"], dtype=str
        ).assign(occurred_on=pd.Series(dtype="datetime64[ns]")),
    )


def made_up_inputs(candidates: Candidates, reviewers: int, *, seed: int = 0) -> ProgrammeInputs:
    """Make reviewers of areas that may lend, with two skills each and a third of the quarters off."""
    rng = np.random.default_rng(seed)
    areas = candidates.areas
    homes = areas.loc[~areas["flagged"] & (areas["band"] != "higher than most"), "area_code"].to_numpy()
    named = [quarter_words(day) for day in candidates.quarters]
    rows = pd.DataFrame(
        {
            "reviewer": [f"R{number:04}" for number in range(reviewers)],
            "area_code": rng.choice(homes, reviewers),
            "role": np.where(rng.random(reviewers) < LEADS, "director", "principal_social_worker"),
            "skills": [";".join(rng.choice(ENABLERS, 2, replace=False)) for _ in range(reviewers)],
            "regions": "",
            "available": [
                ";".join(f"{name}=1" for name in named if rng.random() > OFF) for _ in range(reviewers)
            ],
            "conflicts": "",
        }
    )
    return ProgrammeInputs(reviewers=rows)


def by_worth(candidates: Candidates, room: np.ndarray) -> tuple[float, int]:
    """Visit the area worth the most next, in its first open quarter: benefit, and quarters of lateness."""
    room, benefit, late = room.copy(), 0.0, 0
    for area in np.argsort(-candidates.benefit.max(axis=1), kind="stable"):
        if candidates.excluded[area]:
            continue
        open_ = np.flatnonzero(candidates.allowed[area] & (room > 0))
        chosen = open_[0] if len(open_) else len(room)
        late += max(0, int(chosen - candidates.deadline[area]))
        if len(open_):
            room[open_[0]] -= 1
            benefit += float(candidates.benefit[area, open_[0]])
    return benefit, late


def compare(title: str, candidates: Candidates, choice: Choice, seconds: float) -> None:
    """Print how a programme did against the greedy one with the same room in each quarter."""
    room = np.bincount(choice.quarter[choice.quarter >= 0], minlength=QUARTERS)
    begun = time.perf_counter()
    benefit, late = by_worth(candidates, room)
    theirs = time.perf_counter() - begun
    print(
        f"{title:32} {seconds:7.2f} s  {choice.status:12} gap {choice.gap:6.2%}  "
        f"late {choice.late.sum():5}  greedy {theirs:6.3f} s  late {late:5}  "
        f"benefit {choice.benefit / benefit:5.3f} of greedy's"
    )


def main() -> None:
    """Print seconds, proven gap and the ratio of benefits for a country and for ten."""
    for areas, reviewers in ((153, 60), (1_500, 600)):
        candidates = made_up(areas)
        for words, rules in (
            ("fewest reviews", Rules()),
            ("half of these", read_rules(changes={"capacity.per_quarter": areas // 16})),
        ):
            begun = time.perf_counter()
            choice = choose(candidates, rules=rules, postpone=True)
            compare(f"{areas:,} x {QUARTERS}, {words}", candidates, choice, time.perf_counter() - begun)
        rules = read_rules(
            changes={"capacity.per_quarter": reviewers // 5, "due.when_impossible": "postpone"}
        )
        scored, inputs = made_up_run(candidates), made_up_inputs(candidates, reviewers)
        begun = time.perf_counter()
        staffed = staff(candidates, scored, inputs, rules)
        weeks = set_weeks(candidates, staffed.choice.quarter, teams=staffed.teams)
        seconds = time.perf_counter() - begun
        compare(f"{areas:,} x {QUARTERS} x {reviewers}, with teams", candidates, staffed.choice, seconds)
        unnamed = int((staffed.teams["reviewer"] == "").sum())
        print(
            f"{'':32} {len(staffed.teams):,} places, {unnamed:,} to be named, match within {staffed.gap:.2%}"
            f", {staffed.moved:,} reviews moved, {len(weeks.shortfalls):,} without a week"
        )


if __name__ == "__main__":
    main()
