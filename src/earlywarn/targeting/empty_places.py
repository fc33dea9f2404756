"""The places that stay empty, by quarter, and which rule, relaxed, fills them: tried before it is said."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.schedule import quarter_words
from earlywarn.sources.programme import ProgrammeInputs
from earlywarn.sources.programme_tables import REVIEWER_ROLES
from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.matching import LEAD, match_reviewers
from earlywarn.targeting.reviewers import who_may_visit
from earlywarn.targeting.rules import Rules, changed_rules
from earlywarn.targeting.scored import Scored
from earlywarn.targeting.tables import COLUMNS, empty_part, typed
from earlywarn.targeting.teams import MANY_PLACES, YEAR, Teams, make_teams

__all__ = ["RULE", "name_empty_places", "teams_under"]

Ints = NDArray[np.int64]

RULE = "reviewers"
NO_LIMIT = 1_000  # the most that the rule takes


def teams_under(
    candidates: Candidates, quarter: Ints, *, scored: Scored, inputs: ProgrammeInputs, rules: Rules
) -> Teams:
    """Return the best teams that these rules allow for quarters that stand."""
    reviewers = who_may_visit(candidates, inputs, rules)
    matching = match_reviewers(scored, reviewers, rules)
    return make_teams(candidates, quarter, reviewers=reviewers, matching=matching, rules=rules)


def name_empty_places(
    teams: pd.DataFrame,
    candidates: Candidates,
    quarter: Ints,
    *,
    scored: Scored,
    inputs: ProgrammeInputs,
    rules: Rules,
) -> pd.DataFrame:
    """Name the places that stay empty, quarter by quarter.

    Parameters
    ----------
    teams : DataFrame
        The plan's table ``teams``.
    candidates, quarter, scored, inputs, rules
        What the teams were made from.

    Returns
    -------
    DataFrame
        The plan's table ``shortfalls``, rule "reviewers", ``wanted`` and ``found`` counted in places; empty
        where every place is filled. A remedy that names a rule was tried: it fills every place without moving
        any review.
    """
    empty = teams[teams["reviewer"] == ""]
    if empty.empty:
        return empty_part("shortfalls")
    name = candidates.areas.set_index("area_code")["name"]
    many = len(teams) > MANY_PLACES  # then each trial would take as long as the teams did
    tried = [] if many else list(_sufficient(candidates, quarter, scored=scored, inputs=inputs, rules=rules))
    rows = []
    for start, places in empty.groupby("quarter"):
        wanted = int((teams["quarter"] == start).sum())
        leads = int((places["place"] == LEAD).sum())
        when, found = quarter_words(start), wanted - len(places)
        rows.append(
            {
                "rule": RULE,
                "quarter": start,
                "wanted": wanted,
                "found": found,
                "areas": "; ".join(sorted(set(places["area_code"].map(name)))),
                "words": f"{when}: teams have {_count(wanted)}, but under the rules reviewers can be "
                f"found for {found}; {_still(len(places), leads)} to be named.",
                "remedy": _remedy(len(places), leads, when, None if many else tried, rules),
            }
        )
    return typed(pd.DataFrame(rows, columns=list(COLUMNS["shortfalls"])))


def _sufficient(
    candidates: Candidates, quarter: Ints, *, scored: Scored, inputs: ProgrammeInputs, rules: Rules
) -> Iterator[str]:
    """Yield each rule that, relaxed by itself, fills every place."""
    for key, value in _relaxations(rules):
        relaxed = changed_rules(rules, {f"team.{key}": value})
        made = teams_under(candidates, quarter, scored=scored, inputs=inputs, rules=relaxed).table
        if (made["reviewer"] != "").all():
            said = _busiest(made, candidates.quarters) if key == "max_places_per_area_per_year" else value
            yield f"set [team] {key} = {_written(said)}"


def _relaxations(rules: Rules) -> Iterator[tuple[str, Any]]:
    team = rules.team
    if team.max_places_per_area_per_year < NO_LIMIT:
        yield "max_places_per_area_per_year", NO_LIMIT
    yield "max_per_reviewer_per_quarter", team.max_per_reviewer_per_quarter + 1
    further = [role for role in REVIEWER_ROLES if role not in team.lead_roles]
    if LEAD in team.places and further:
        yield "lead_roles", [*team.lead_roles, further[0]]
    if team.independence != "none":
        yield "independence", "none"


def _busiest(teams: pd.DataFrame, quarters: pd.DatetimeIndex) -> int:
    """Return the most places that one area fills in any four quarters in a row."""
    position = quarters.get_indexer(pd.DatetimeIndex(teams["quarter"]))
    counts = pd.crosstab(teams["reviewer_area"], position).reindex(columns=range(len(quarters)), fill_value=0)
    until = np.cumsum(np.pad(counts.to_numpy(), ((0, 0), (1, 0))), axis=1)
    length = min(YEAR, len(quarters))
    return int((until[:, length:] - until[:, :-length]).max())


def _written(value: Any) -> str:
    """Write a value as TOML does."""
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return f"'{value}'" if isinstance(value, str) else str(value)


def _count(places: int) -> str:
    return "1 place" if places == 1 else f"{places} places"


def _still(count: int, leads: int) -> str:
    led = f", {leads} of them to lead," if 0 < leads < count else " to lead" if leads else ""
    return f"{_count(count)}{led} {'is' if count == 1 else 'are'}"


def _remedy(count: int, leads: int, when: str, tried: list[str] | None, rules: Rules) -> str:
    roles = " or ".join(role.replace("_", " ") for role in rules.team.lead_roles)
    led = "" if not leads else f" ({roles})" if leads == count else f" ({leads} of them {roles})"
    region = " from other regions" if rules.team.independence == "region" else ""
    found = f"find {count} more reviewer{'' if count == 1 else 's'}{led} for {when}{region}"
    if tried is None:
        return f"F{found[1:]}; relaxing a rule of [team] may do too, but was not tried for so many places."
    if not tried:
        return f"F{found[1:]}; no rule of [team], relaxed by one step, fills every place by itself."
    return f"Relax one: {'; or '.join([*tried, found])}."
