"""A made-up plan: one of everything that a document may have to say, with lopsided values."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from earlywarn.schema import ENABLERS
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.tables import COLUMNS, DATES, FLAGS, NUMBERS

POISON = "Quillfeather"  # stands in whatever an area must not see
NAMES = {  # awkward on purpose: a name is data
    0: "Bath & North-East <Somerset>",
    1: "Area 002",
    2: "=1+1 Vale",
    3: "St Helen's, the Isle of",
    4: "Ynys Môn / Anglesey",
    5: "Kingston upon Thames and the Very Long Hundred of Elmbridge-with-Copthorne",
    6: "area 002",  # the same as another but for a capital
}
QUARTERS = pd.date_range("2025-04-01", periods=8, freq="QS")
PLACES = ("lead", "workforce", "supporting apparatus")
GROUPS = {
    "region": ("North", "Midlands", "South"),
    "deprivation": ("least deprived third", "middle third", "most deprived third"),
    "size": ("smallest third", "middle third", "largest third"),
    "rurality (proxy: county)": ("county", "other"),
}
MEASURES = ("flagged", "reviewed", "reviewed in the first four quarters", "false alarms")


def table(name, rows):
    """A table with the columns and types that a plan's table has."""
    made = pd.DataFrame(rows, columns=COLUMNS[name])
    for column in made:
        if column in DATES:
            made[column] = pd.to_datetime(made[column]).astype("datetime64[ns]")
        elif column in FLAGS:
            made[column] = made[column].astype(bool)
        elif column in NUMBERS:
            made[column] = made[column].astype(float)
        else:
            made[column] = made[column].fillna("").astype(object)
    return made


def scored_of(content):
    """The made-up folder under awkward names, with a secret in everything that is not for the area."""
    names = dict(zip(content.risks["area_code"].sort_values(), map(NAMES.get, range(99)), strict=False))
    risks = content.risks.assign(
        name=[
            names.get(code) or name
            for code, name in zip(*(content.risks[c] for c in ("area_code", "name")), strict=True)
        ]
    )
    entries = content.entries.assign(
        note=f"{POISON} told us so.", contributor=f"{POISON}-C001", what=f"Concern about practice ({POISON})"
    )
    seen = entries.iloc[:1].assign(
        entry_id="open1",
        tier="open",
        what="Annual conversation held",
        note="Minutes are public.",
        contributor="C007",
    )
    return replace(
        content,
        risks=risks.sort_values("name", ignore_index=True),
        entries=pd.concat([entries, seen], ignore_index=True),
    )


def plan_of(scored, *, quarters=QUARTERS):
    """A plan for the areas of a scored run: most planned, some elsewhere, one removed, some with no date."""
    risks = scored.risks.sort_values("name", key=lambda name: name.str.casefold(), ignore_index=True)
    areas = [area_row(place, row, scored, quarters) for place, row in enumerate(risks.itertuples())]
    planned = [row for row in areas if row["status"] == "planned"]
    names = dict(zip(risks["area_code"], risks["name"], strict=True))
    teams = [row for place, area in enumerate(planned) for row in team_rows(place, area, list(names), names)]
    lent = pd.DataFrame(teams).query("reviewer != ''").groupby(["reviewer_area", "quarter"]).size()
    return Plan(
        about=about_of(scored, areas, quarters),
        areas=table("areas", areas),
        teams=table("teams", teams),
        load=table(
            "load",
            [
                {
                    "reviewer_area": code,
                    "name": names[code],
                    "quarter": quarter,
                    "places": places,
                    "limit": 6,
                    "words": f"Asked for {places} of at most 6 places in four quarters.",
                }
                for (code, quarter), places in lent.items()
            ],
        ),
        shortfalls=table(
            "shortfalls",
            [
                {
                    "rule": "team.places",
                    "quarter": quarters[2],
                    "wanted": 12,
                    "found": 10,
                    "areas": planned[1]["area_code"],
                    "words": "Two places could not be filled from reviewers who are free.",
                    "remedy": "Ask for two more reviewers who know workforce and are free then.",
                }
            ],
        ),
        interchanges=table(
            "interchanges",
            [
                {
                    "area_code": one["area_code"],
                    "other": other["area_code"],
                    "quarter": one["quarter"],
                    "other_quarter": other["quarter"],
                }
                for one, other in pairwise(planned)
                if one["quarter"] != other["quarter"]
            ],
        ),
        enquiries=table("enquiries", [row for area in areas for row in enquiry_rows(area)]),
        support=table("support", [row for area in areas for row in support_rows(area)]),
        journeys=table("journeys", [journey_row(place, area) for place, area in enumerate(areas)]),
        changes=table("changes", [row for area in areas[::2] for row in change_rows(area)]),
        fairness=table("fairness", fairness_rows()),
        usefulness=table("usefulness", usefulness_rows()),
    )


def area_row(place, row, scored, quarters):
    """One area: every seventh is elsewhere, one is removed, every eleventh is not planned."""
    risk, low, high = (getattr(row, f"risk_{scored.target}{part}") for part in ("", "_low", "_high"))
    status = (
        "elsewhere"
        if place % 7 == 3
        else "removed"
        if place == 8
        else "not planned"
        if place % 11 == 9
        else "planned"
    )
    planned, flagged = status == "planned", bool(risk >= 1 / 3) or place == 1
    quarter = quarters[(place * 5) % len(quarters)] if planned else pd.NaT
    monday = quarter + pd.Timedelta(days=(7 - quarter.weekday()) % 7 + 7 * (place % 9)) if planned else pd.NaT
    return {
        "area_code": row.area_code,
        "name": row.name,
        "region": row.region,
        "status": status,
        "kind": "targeted" if flagged else "routine" if planned else "",
        "quarter": quarter,
        "week": monday,
        "due_on": pd.NaT if place % 5 == 4 else pd.Timestamp("2025-09-30") + pd.DateOffset(months=place % 17),
        "due_why": "No review is on record, so one falls due by the programme's end."
        if place % 5 == 4
        else "24 months after the last review on record.",
        "deadline": quarters[min(len(quarters) - 1, 2 + place % 6)],
        "late_quarters": 1 if place == 2 and planned else 0,
        "flagged": flagged,
        "flagged_why": "Its risk of 41% is above the threshold of 33%." if flagged else "",
        "risk": risk,
        "risk_low": low,
        "risk_high": high,
        "band": row.band,
        "last_judgement": row.last_judgement,
        "last_judged_on": row.last_judged_on,
        "expected_inspection": pd.Timestamp("2025-11-10") + pd.DateOffset(months=place),
        "expected_why": "Three years after the last inspection.",
        "months_before": 4 + place % 13,
        "actionable": (0.5, 0.75, 1.0)[place % 3],
        "actionable_why": "About two thirds of what raises the risk lies in the area's own hands.",
        "benefit": round(float(np.nan_to_num(risk)) * (4 + place % 13), 3) if planned else 0,
        "blocked": "Jul-Sep 2025: an inspection is likely about 12 August 2025." if place % 4 == 0 else "",
        "conversation": "Declined an offer of a review on 3 March 2024. Ask what would make a review useful."
        if place % 6 == 5
        else "",
        "override": "Moved to Jul-Sep 2025 by a coordinator: a new director starts in June."
        if place == 6
        else "",
        "interchangeable": place % 4,
        "interchangeable_words": "Its risk cannot be told apart from that of 14 areas planned later."
        if place % 4
        else "",
        "tie": "By lot, with the declared seed." if place % 4 else "",
        "route": "Its improvement is overseen under formal intervention." if status == "elsewhere" else "",
    }


def team_rows(place, area, codes, names):
    """A team of three, the last place of the second area to be named."""
    for number, role in enumerate(PLACES):
        code = codes[(place * 3 + number + 1) % len(codes)]
        open_place = place == 1 and number == 2
        yield {
            "area_code": area["area_code"],
            "quarter": area["quarter"],
            "week": area["week"],
            "place": role,
            "reviewer": "" if open_place else f"Reviewer {1 + (place * 3 + number) % 23:02d}",
            "reviewer_area": "" if open_place else code,
            "reviewer_area_name": "" if open_place else names[code],
            "role": "" if open_place else ("director", "head of service", "team manager")[number],
            "why": "To be named: nobody with this skill is free."
            if open_place
            else f"Judged good; strong on {role}; a statistical neighbour; from another region."
            if number
            else "Judged outstanding; has led reviews before; from another region.",
        }


def enquiry_rows(area):
    """Four lines of enquiry; the third rests on what only the sector may see."""
    kinds = ("reason", "signal", "concern", "practice")
    for order, (kind, theme) in enumerate(zip(kinds, (*ENABLERS[1:4], ENABLERS[5]), strict=True), start=1):
        hidden = kind == "concern"
        yield {
            "area_code": area["area_code"],
            "order": order,
            "theme": theme,
            "kind": kind,
            "enquiry": f"{theme.split()[0]}_{order}",
            "question": "What has helped new social workers to stay?"
            if kind == "practice"
            else f"How do leaders know that {theme} is as steady as it looks{f', {POISON}' * hidden}?",
            "look_for": "Exit interviews of the last year; a talk with six newly qualified workers.",
            "because": f"A concern was logged by {POISON}."
            if hidden
            else "Agency social workers: 17.4% on 30 September 2024, up 5.1 percentage points in a year.",
            "source": "logged: peer" if hidden else "Made-up workforce return, 2024",
            "period": "2 March 2025" if hidden else "30 September 2024",
            "tier": "sector" if hidden else "open",
        }


def support_rows(area):
    """The three models, as hypotheses."""
    labels = {
        "peer": "Peer support with an improvement board",
        "partnership": "Executive partnership with a strong area",
        "trust": "An independent trust may be considered",
    }
    for model, label in labels.items():
        yield {
            "area_code": area["area_code"],
            "model": model,
            "label": label,
            "evidence_for": "The director has been in post for six years." if model == "peer" else "",
            "evidence_against": "Nothing is known." if model == "trust" else "",
            "standing": "more speaks for it than against" if model == "peer" else "not enough is known",
        }


def journey_row(place, area):
    """Where an area stands; every fourth is asked to hold its nerve."""
    return {
        "area_code": area["area_code"],
        "stage": ("stabilising", "holding", "implementing", "sustaining")[place % 4],
        "since": pd.Timestamp("2023-07-21") + pd.DateOffset(months=place % 7),
        "words": "Fourteen months after a judgement of inadequate, so indicators may still be settling.",
        "typical": "Half of such journeys took 26 months or less (18 to 41; 23 journeys).",
        "hold_your_nerve": "Referrals rose after a new director came in May 2024; thresholds may be moving."
        if place % 4 == 0
        else "",
    }


def change_rows(area):
    """What moved a risk: the sentence, then the parts."""
    yield {
        "area_code": area["area_code"],
        "order": 0,
        "label": "All",
        "theme": "",
        "before": 0.21,
        "now": 0.34,
        "difference": 0.66,
        "words": "The risk rose from 21% to 34% between 1 January 2025 and 1 April 2025, mostly because "
        "agency social workers rose. The two intervals overlap, so it may not have changed.",
    }
    for order, (label, theme, difference) in enumerate(
        (
            ("Agency social workers", "workforce", 0.71),
            ("Referrals per 10,000 children", "supporting apparatus", -0.05),
        ),
        1,
    ):
        yield {
            "area_code": area["area_code"],
            "order": order,
            "label": label,
            "theme": theme,
            "before": 0.1,
            "now": 0.1 + difference,
            "difference": difference,
            "words": f"{label} moved the risk {'up' if difference > 0 else 'down'}.",
        }


def fairness_rows():
    """Shares by group, one too small to say."""
    for group, levels in GROUPS.items():
        for number, level in enumerate(levels):
            for measure in MEASURES:
                small = group == "region" and number == 2 and measure == "false alarms"
                value = 0.11 + 0.17 * number
                yield {
                    "group": group,
                    "level": level,
                    "measure": measure,
                    "value": np.nan if small else value,
                    "low": np.nan if small else value * 0.6,
                    "high": np.nan if small else value * 1.5,
                    "n": 4 if small else 37 + number,
                    "events": 1 if small else 9,
                    "reason": "fewer than 10 inspections" if small else "",
                }


def usefulness_rows():
    """A decision curve of four strategies."""
    for threshold in np.arange(5, 61, 5) / 100:
        odds = threshold / (1 - threshold)
        model = 0.31 * (1 - threshold) - 0.04
        gains = {"model": model, "all": 0.34 - 0.66 * odds, "none": 0.0, "last_judgement": model - 0.05}
        for strategy, gain in gains.items():
            yield {
                "threshold": threshold,
                "cost_ratio": 1 / odds,
                "strategy": strategy,
                "net_benefit": gain,
                "low": gain - 0.04 if strategy != "none" else 0.0,
                "high": gain + 0.05 if strategy != "none" else 0.0,
                "flagged_share": {"all": 1.0, "none": 0.0}.get(strategy, 0.9 - threshold),
                "n": 130,
                "events": 44,
                "chosen": bool(np.isclose(threshold, 0.35)),
            }


def about_of(scored, areas, quarters):
    """What was asked for, and how it came out."""
    statuses = [row["status"] for row in areas]
    return {
        "name": "made-up",
        "as_of": f"{scored.as_of:%Y-%m-%d}",
        "target": scored.target,
        "horizon_months": scored.horizon,
        "quarters": [f"{quarter:%Y-%m-%d}" for quarter in quarters],
        "capacity": [3] * len(quarters),
        "capacity_why": "Three reviews a quarter: the fewest that reach every area in time.",
        "seed": 20250401,
        "tie_break": "lottery",
        "threshold": 1 / 3,
        "cost_ratio": 2.0,
        "threshold_why": "Missing an area costs twice as much as a visit that was not needed, so it is "
        "33%. Acting on the model there is better than visiting all; whether it is better than the last "
        "judgement cannot be told.",
        "benefit": 31.25,
        "bound": 31.25,
        "gap": 0.0,
        "status": "optimal",
        "rules": {
            "due": {"every_months": 24, "when_impossible": "postpone"},
            "targeted": {"cost_ratio": 2.0, "within_quarters": 4},
            "team": {"places": list(PLACES), "independence": "region", "max_places_per_area_per_year": 6},
        },
        "audience": "sector",
        "counts": {
            "areas scored": len(areas),
            "reviews planned": statuses.count("planned"),
            "targeted reviews": sum(
                row["status"] == "planned" and row["kind"] == "targeted" for row in areas
            ),
            "routed elsewhere": statuses.count("elsewhere"),
        },
        "fingerprints": {"run": "ab" * 32, "rules": "cd" * 32},
        "cautions": [
            "A risk holds if an inspection takes place; it is not a finding about an area.",
            "A review starts a conversation. This programme is not a league table.",
        ],
        "questions": ["Who answers for the programme?"],
    }


@pytest.fixture(scope="session")
def example_scored(content):
    """A scored run of twelve areas under awkward names; POISON is in all that only the sector may see."""
    return scored_of(content)


@pytest.fixture(scope="session")
def example_plan(example_scored):
    """A plan for those areas with one of everything, not to be changed."""
    return plan_of(example_scored)


@pytest.fixture(scope="session")
def make_plan():
    """The maker of such plans, for any scored run."""
    return plan_of


@pytest.fixture(scope="session")
def secret():
    """The word that must be in nothing that an area reads."""
    return POISON
