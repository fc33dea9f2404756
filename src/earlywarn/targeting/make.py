"""The whole plan of a run: each part from the room's own modules, put together in one place."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.schedule import quarter_words
from earlywarn.sources.programme import ProgrammeInputs
from earlywarn.targeting.candidates import Candidates, make_candidates
from earlywarn.targeting.capacity import read_capacity
from earlywarn.targeting.enquiry import lines_of_enquiry
from earlywarn.targeting.fairness import fairness
from earlywarn.targeting.interchanges import Interchanges, find_interchanges
from earlywarn.targeting.journey import journeys
from earlywarn.targeting.library import Enquiry
from earlywarn.targeting.load import supporting_load
from earlywarn.targeting.optimum import Choice
from earlywarn.targeting.overrides import settled
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.rules import Rules, changed_rules
from earlywarn.targeting.scored import Scored
from earlywarn.targeting.shortfalls import name_shortfalls
from earlywarn.targeting.staffed import Staffed, staff
from earlywarn.targeting.support import support_models
from earlywarn.targeting.support_rules import SupportRules
from earlywarn.targeting.tables import COLUMNS, empty_part
from earlywarn.targeting.ties import tie_words
from earlywarn.targeting.weeks import set_weeks
from earlywarn.validation.usefulness import threshold_words, usefulness

__all__ = ["make_plan"]


def make_plan(
    scored: Scored,
    inputs: ProgrammeInputs,
    rules: Rules,
    *,
    library: Mapping[str, Enquiry] | None = None,
    support: SupportRules | None = None,
    briefly: bool = False,
) -> Plan:
    """Plan a programme of reviews: who, when, with whom, asking what.

    Parameters
    ----------
    scored : Scored
        The run.
    inputs : ProgrammeInputs
        What the coordinator has handed in.
    rules : Rules
        Of the programme.
    library : mapping of str to Enquiry, optional
        Lines of enquiry; the packaged ones where not given.
    support : SupportRules, optional
        Models of support; likewise.
    briefly : bool
        Only who, when and with whom: the tables of what to ask, and for whom the plan is good, stay empty.

    Raises
    ------
    PlanError
        If the rules cannot all be kept and they say to refuse.
    DataError
        If rules or decisions name what the run does not have.
    """

    def remade(changes: Mapping[str, object]) -> Candidates:
        return make_candidates(scored, inputs, changed_rules(rules, changes))

    candidates = make_candidates(scored, inputs, rules)
    staffed = staff(candidates, scored, inputs, rules, remade=remade)
    weeks = set_weeks(candidates, staffed.choice.quarter, teams=staffed.teams)
    interchanges = find_interchanges(candidates, staffed.choice)
    areas = _areas(candidates, staffed.choice, weeks.monday, interchanges, tie_words(candidates, rules=rules))
    named = name_shortfalls(candidates, staffed.choice, rules=rules, remade=remade)
    shortfalls = [table for table in (named, staffed.shortfalls, weeks.shortfalls) if len(table)]
    teams = staffed.teams.drop(columns="week", errors="ignore").merge(
        areas[["area_code", "week"]], on="area_code", how="left"
    )[list(COLUMNS["teams"])]
    tables = {
        "areas": areas,
        "teams": teams,
        "load": supporting_load(teams, scored, inputs, rules=rules, quarters=candidates.quarters),
        "shortfalls": pd.concat(shortfalls, ignore_index=True) if shortfalls else named,
        "interchanges": interchanges.table,
    }
    about = _about(scored, inputs, rules, candidates, staffed)
    if not briefly:
        asked, words = _asked(scored, rules, areas, candidates.quarters, library=library, support=support)
        tables |= asked
        about["threshold_why"] = words["threshold"]
        about["fairness"] = words["fairness"]
    tables |= {name: empty_part(name) for name in COLUMNS if name not in tables}
    about["counts"] = dict(_counts(tables))
    return Plan(about=about, **tables)


def _areas(
    candidates: Candidates,
    choice: Choice,
    monday: pd.DatetimeIndex,
    interchanges: Interchanges,
    ties: list[str],
) -> pd.DataFrame:
    """Return the table of areas once everything is chosen."""
    rows = np.arange(len(candidates.areas))
    planned = choice.quarter >= 0
    quarter = np.where(planned, choice.quarter, 0)
    days = candidates.quarters[quarter].to_series(index=candidates.areas.index)
    free = ~candidates.excluded
    table = candidates.areas.assign(
        status=np.where(planned, "planned", candidates.areas["status"]),
        kind=np.where(planned | candidates.areas["flagged"], candidates.areas["kind"], ""),
        quarter=days.where(planned),
        week=monday.to_series(index=candidates.areas.index),
        late_quarters=np.where(free, choice.late, 0).astype(float),
        months_before=np.where(planned, candidates.months[rows, quarter], np.nan),
        benefit=np.where(planned, candidates.benefit[rows, quarter], 0.0),
        interchangeable=interchanges.count.astype(float),
        interchangeable_words=interchanges.words,
        tie=np.where(planned, np.array(ties, dtype=object), ""),
    )
    return table[list(COLUMNS["areas"])]


def _asked(
    scored: Scored,
    rules: Rules,
    areas: pd.DataFrame,
    quarters: pd.DatetimeIndex,
    *,
    library: Mapping[str, Enquiry] | None,
    support: SupportRules | None,
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Return what to ask, what might follow, and for whom the plan is good, with what is said of the last."""
    audience, threshold = str(scored.run.get("audience", "sector")), rules.targeted.threshold
    fair = fairness(areas, scored, quarters=list(quarters), threshold=threshold)
    useful = usefulness(
        scored.predictions, target=scored.target, threshold=threshold, seed=int(scored.run.get("seed", 0))
    )
    tables = {
        "enquiries": lines_of_enquiry(scored, library=library, audience=audience),
        "support": support_models(scored, audience=audience, rules=support),
        "journeys": journeys(scored, audience=audience),
        "fairness": fair.table,
        "usefulness": useful.curve,
    }
    return tables, {"threshold": threshold_words(useful), "fairness": fair.words}


def _about(
    scored: Scored, inputs: ProgrammeInputs, rules: Rules, candidates: Candidates, staffed: Staffed
) -> dict[str, Any]:
    """Return what the plan is, and how it came about."""
    run, choice = scored.run, staffed.choice
    capacity = read_capacity(candidates, rules=rules)
    return {
        "name": rules.programme.name,
        "run": str(run.get("name", "")),
        "as_of": f"{scored.as_of:%Y-%m-%d}",
        "target": scored.target,
        "horizon_months": scored.horizon,
        "audience": str(run.get("audience", "sector")),
        "quarters": [f"{start:%Y-%m-%d}" for start in candidates.quarters],
        "capacity": [int(count) for count in capacity.reviews],
        "capacity_why": capacity.why,
        "seed": rules.fairness.seed,
        "tie_break": rules.fairness.ties,
        "threshold": rules.targeted.threshold,
        "cost_ratio": rules.targeted.cost_ratio,
        "threshold_why": "",
        "benefit": round(float(choice.benefit), 6),
        "bound": round(float(choice.bound), 6),
        "gap": round(float(choice.gap), 6),
        "status": choice.status,
        "rules": rules.in_force,
        "fingerprints": {**run.get("fingerprints", {}), **inputs.fingerprints},
        "cautions": [*_cautions(scored, inputs), *staffed.cautions],
        "questions": list(_questions(inputs)),
    }


def _cautions(scored: Scored, inputs: ProgrammeInputs) -> Iterator[str]:
    """Yield what a reader has to know before relying on the plan."""
    yield (
        "A risk holds if an inspection takes place, and starts a conversation: it grades no service, "
        "leader or worker, and no order of areas is to be made public from it."
    )
    told = scored.verdicts
    told = told[(told["target"] == scored.target) & (told["lead_months"] == told["lead_months"].min())]
    yield from (f"How good the model is: {text[:1].lower()}{text[1:]}" for text in told["text"].astype(str))
    past = inputs.overrides[settled(inputs.overrides, as_of=scored.as_of)]
    if len(past):
        names = dict(zip(scored.risks["area_code"], scored.risks["name"], strict=True))
        named = "; ".join(
            f"{row.override_id} ({names.get(row.area_code, row.area_code)}, {quarter_words(row.quarter)})"
            for row in past.itertuples()
        )
        yield f"Overrides whose quarter is over have done their work, and change nothing any more: {named}."
    later = inputs.reviews[["offered_on", "held_on", "declined_on"]].min(axis=1) >= scored.as_of
    if later.any():
        yield (
            f"{int(later.sum())} of the reviews handed in are dated on the as-of date or later, and count as "
            "not known: they change no deadline."
        )


def _questions(inputs: ProgrammeInputs) -> Iterator[str]:
    """Yield what only a person can fill in."""
    if inputs.reviews.empty:
        yield "No review is on record (reviews.csv): who was visited, or declined an offer, and when?"
    if inputs.reviewers.empty:
        yield "No reviewer is on record (reviewers.csv): who can go, when, and what are they strong at?"


def _counts(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, int]]:
    areas, teams = tables["areas"], tables["teams"]
    yield "areas", len(areas)
    yield "reviews planned", int((areas["status"] == "planned").sum())
    yield "targeted reviews", int(((areas["status"] == "planned") & (areas["kind"] == "targeted")).sum())
    yield "areas taken care of elsewhere", int((areas["status"] == "elsewhere").sum())
    yield "reviews later than due", int((areas["late_quarters"] > 0).sum())
    yield "conversations suggested", int((areas["conversation"] != "").sum())
    yield "places to be named", int((teams["reviewer"] == "").sum())
    yield "rules that could not be kept", len(tables["shortfalls"])
