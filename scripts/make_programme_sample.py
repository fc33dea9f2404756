"""Make the made-up inputs of a programme that lie beside the packaged made-up sample.

Usage: ``python scripts/make_programme_sample.py [FOLDER]``

The history of reviews is what the sample's log tells of them before the as-of date; reviewers, findings and
decisions are made up. Nothing is drawn by chance: the same sample gives the same bytes.
"""

import csv
import sys
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import pandas as pd

from earlywarn.schema import ENABLERS
from earlywarn.sources.formulas import guarded
from earlywarn.sources.programme_tables import INPUT_COLUMNS
from earlywarn.sources.samples import sample_folder
from earlywarn.targeting.rules import starter_rules

AS_OF = pd.Timestamp("2025-04-01")
SINCE = pd.Timestamp("2019-01-01")  # earlier reviews say nothing about when the next falls due
STRONG = ("good", "outstanding")
REVIEWERS = 48
ROLES = (
    "director", "head_of_service", "assistant_director", "principal_social_worker", "assistant_director",
    "quality_assurance", "director", "team_manager", "assistant_director", "performance",
)  # fmt: skip
SKILLS = (1, 4, 2, 0, 3, 6, 5, 2, 4)  # positions of the seven themes, in the order in which they are dealt
AVAILABLE = (
    "1",
    "1",
    "2",
    "Apr-Jun 2025=1; Jul-Sep 2025=1; Jan-Mar 2026=2; Apr-Jun 2026=1; Jul-Sep 2026=1",
    "1; Jul-Sep 2025=0",
)
RULES = {  # half of this made-up world's judgements are below good, and its reviewers are few
    "cost_ratio = 2.0  # missing one in need costs so many unneeded reviews: from a risk of 1/(1+2) on":
    "cost_ratio = 1.0  # missing one in need costs as much as an unneeded review: from a risk of 1/(1+1) on",
    "catch_up_quarters = 4 ": "catch_up_quarters = 6 ",
}  # fmt: skip
BUSY, WITH_CONFLICT, TOGETHER = 7, 4, 3  # which reviewers keep to some regions, or have conflicts
FINDINGS = (
    ("leadership and governance", "concern", "3", "Challenge by members comes late, after the decision."),
    ("workforce", "strength", "4", "New workers are well supported in their first year, and stay."),
    ("supporting apparatus", "concern", "4", "Audits describe what was done and not whether it helped."),
    ("partners", "no_concern", "", "Partners know the thresholds and use them alike."),
)
DECISIONS = (
    ("X00000005", "add", None, "Nothing has been heard of it for a year, and it would welcome a visit."),
    ("X00000035", "move", "Jul-Sep 2026", "It changes its case management system until June 2026."),
)


def make(folder: Path) -> list[Path]:
    """Write the inputs into a folder; return the files written."""
    home = sample_folder("synthetic")
    areas = pd.read_csv(home / "areas.csv", parse_dates=["active_to"])
    areas = areas[~(areas["active_to"] < AS_OF)].sort_values("area_code")
    inspections = pd.read_csv(home / "inspections.csv", parse_dates=["start_date", "known_on"])
    log = pd.read_csv(home / "concerns.csv.gz", parse_dates=["occurred_on", "known_on"], low_memory=False)
    history = pd.DataFrame(_reviews(log, areas))
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "reviews": history,
        "reviewers": pd.DataFrame(_reviewers(inspections, areas)),
        "overrides": pd.DataFrame(_overrides(areas)),
        "findings": pd.DataFrame(_findings(history)),
    }
    files = []
    for name, rows in made.items():
        files.append(folder / f"{name}.csv")
        columns = list(INPUT_COLUMNS[name])
        cells = rows.reindex(columns=columns).astype(object).where(rows.notna(), "").astype(str)
        with files[-1].open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(cells.apply(guarded).to_numpy().tolist())
    rules = starter_rules()
    for usual, changed in RULES.items():
        if usual not in rules:
            message = f"The starter rules have no line that begins with {usual!r}."
            raise ValueError(message)
        rules = rules.replace(usual, changed)
    files.append(folder / "rules.toml")
    files[-1].write_text(rules, encoding="utf-8", newline="\n")
    return files


def _reviews(log: pd.DataFrame, areas: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Pair the offers of the log with what came of them, area by area in the order of the days."""
    log = log[log["kind"].eq("peer_review") & log["known_on"].lt(AS_OF) & ~log["retracted"]]
    log = log[log["occurred_on"].ge(SINCE) & log["area_code"].isin(areas["area_code"])]
    log = log.drop_duplicates(["area_code", "detail", "occurred_on"])  # told by two contributors
    for area, entries in log.sort_values(["area_code", "occurred_on", "entry_id"]).groupby("area_code"):
        open_row: dict[str, object] = {}
        rows = []
        for entry in entries.itertuples():
            day = f"{entry.occurred_on:%Y-%m-%d}"
            if entry.detail == "follow_up":
                held = [row for row in rows if row.get("held_on")]
                if held:
                    held[-1]["followed_up_on"] = day
                continue
            if entry.detail == "offered" or not open_row:
                open_row = {"area_code": area, "kind": "routine"}
                rows.append(open_row)
            open_row[f"{entry.detail}_on"] = day
            if entry.detail == "held":
                due = entry.occurred_on + pd.DateOffset(months=6)
                open_row |= {
                    "recommendations": str(4 + entry.occurred_on.day % 6),
                    "follow_up_due": f"{due:%Y-%m-%d}",
                }
            if entry.detail != "offered":
                open_row = {}
        yield from rows


def _reviewers(inspections: pd.DataFrame, areas: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Deal roles, skills and availability to reviewers from areas last judged good or better."""
    known = inspections[inspections["known_on"].lt(AS_OF)]
    last = known.sort_values("start_date").groupby("area_code")["overall"].last()
    strong = areas[areas["area_code"].map(last).isin(STRONG)]["area_code"].tolist()
    homes = list(islice(cycle(strong), REVIEWERS))
    skills = cycle(SKILLS)
    for number, home in enumerate(homes):
        themes = dict.fromkeys(ENABLERS[next(skills)] for _ in range(2 + number % 2))
        yield {
            "reviewer": f"Reviewer {number + 1:02d}",
            "area_code": home,
            "role": ROLES[number % len(ROLES)],
            "skills": ";".join(themes),
            "regions": "Region A;Region B;Region C" if number % 11 == BUSY else "",
            "available": AVAILABLE[number % len(AVAILABLE)],
            "conflicts": _conflicts(number, homes),
        }


def _conflicts(number: int, homes: Sequence[str]) -> str:
    """Let some reviewers have worked in an area, and two have worked together."""
    if number == TOGETHER:
        return "Reviewer 09"
    return homes[(number + 5) % len(homes)] if number % 9 == WITH_CONFLICT else ""


def _overrides(areas: pd.DataFrame) -> Iterator[dict[str, object]]:
    codes = set(areas["area_code"])
    for number, (area, action, quarter, reason) in enumerate(DECISIONS, start=1):
        if area not in codes:
            message = f"{area} is no area of the sample."
            raise ValueError(message)
        yield {
            "override_id": f"O{number:04d}", "area_code": area, "action": action, "quarter": quarter,
            "reason": reason, "by": "Coordinator 1", "decided_on": "2025-04-03",
        }  # fmt: skip


def _findings(history: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Let the latest reviews have found something, each another two things."""
    latest = history.dropna(subset="held_on").sort_values(["held_on", "area_code"]).tail(4)
    for number, row in enumerate(latest.itertuples()):
        for step in (0, 1):
            theme, finding, strength, words = FINDINGS[(number + step) % len(FINDINGS)]
            yield {
                "area_code": row.area_code, "held_on": row.held_on, "theme": theme, "finding": finding,
                "strength": strength, "words": words,
            }  # fmt: skip


if __name__ == "__main__":
    here = Path(__file__).resolve().parents[1] / "data_samples" / "synthetic" / "programme"
    for path in make(Path(sys.argv[1]) if len(sys.argv) > 1 else here):
        sys.stdout.write(f"{path.stat().st_size:>9,}  {path}\n")
