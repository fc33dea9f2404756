"""The model card of a run, with a part on the programme that was made from it."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from earlywarn.reports.programme.atrs import GAP
from earlywarn.reports.programme.record_facts import record_facts
from earlywarn.reports.words import joined
from earlywarn.schedule import quarter_words
from earlywarn.targeting.fairness_words import WAITED
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.scored import Scored

__all__ = ["plan_card"]

ASKED = (  # what no run can know
    "who answers for this programme, and to whom a question about it goes",
    "who agreed the cost ratio, and when it is looked at again",
    "which groups were asked whether the programme is fair to them, and what they said",
    "who may see it, where it is kept, and when it is deleted",
)
NO_GROUPS = "There was no back-test by group, so whom the model serves less well is not known."


def plan_card(plan: Plan, scored: Scored, model_card_text: str) -> str:
    """Write the model card of a run with a part on the programme.

    Parameters
    ----------
    plan : Plan
        The programme.
    scored : Scored
        The run that it was made from.
    model_card_text : str
        The run's ``model_card.md``; empty where there is none, and the card says so.

    Returns
    -------
    str
        Markdown that ends in a line end; the same text for the same arguments.
    """
    parts = [model_card_text.strip() or "# Model card\n\nThe run has no model card of its own."]
    parts += _programme(plan, scored)
    return "\n\n".join(parts) + "\n"


def _programme(plan: Plan, scored: Scored) -> Iterator[str]:
    """Yield the part on the programme, paragraph by paragraph."""
    about, facts = plan.about, record_facts(plan, scored)
    yield f"# The programme: {_cell(facts.get('name', 'unnamed'))}"
    yield (
        f"Quarters: {facts.get('quarters', 'not recorded')}. Areas: {facts['areas']}, of which "
        f"{facts['flagged']} are flagged and {facts['elsewhere']} taken care of elsewhere. Reviews proposed: "
        f"{facts['planned']}. It starts conversations. It grades nobody, and no order of areas may be read "
        "off it."
    )
    yield "## Threshold, and whether acting on it helps"
    yield _line(facts.get("useful", "The plan does not say."))
    if not plan.usefulness.empty:
        yield _table(_curve(plan.usefulness))
    yield "## Rules in force"
    rows = [
        {"rule": f"{section}.{key}", "value": _rule(value)}
        for section, rules in (about.get("rules") or {}).items()
        for key, value in rules.items()
    ]
    yield _table(pd.DataFrame(rows, columns=["rule", "value"]))
    yield f"Capacity: {_line(about.get('capacity_why') or 'not recorded')}"
    ties = facts.get("tie_break", "a rule that is not recorded")
    equals = f"Equals are told apart by {ties}, seed {facts.get('seed', 'not recorded')}."
    yield f"{facts.get('solution', '')} {equals}".strip()
    yield "## Rules that could not be kept"
    if plan.shortfalls.empty:
        yield "None: the plan keeps every rule."
    else:
        yield _table(_shortfalls(plan.shortfalls))
    yield "## For whom"
    yield _line(facts.get("weak_groups", NO_GROUPS))
    if not plan.fairness.empty:
        yield _table(_fairness(plan.fairness))
    cautions = [f"- {_line(caution)}" for caution in about.get("cautions") or ()]
    if cautions:
        yield "## Cautions"
        yield "\n".join(cautions)
    yield "## Gaps"
    asked = [f"{ask}." for ask in ASKED] + [str(question) for question in about.get("questions") or ()]
    yield "\n".join(f"- {GAP} {_line(ask)}" for ask in asked)


def _curve(usefulness: pd.DataFrame) -> pd.DataFrame:
    """Return the net benefit of each strategy at each threshold, the chosen one marked."""
    rows = usefulness.assign(
        words=[
            f"{row['net_benefit'] + 0.0:.2f} ({row['low'] + 0.0:.2f} to {row['high'] + 0.0:.2f})"
            for row in usefulness.to_dict("records")
        ]
    )
    wide = rows.pivot_table(
        index=["threshold", "cost_ratio"], columns="strategy", values="words", aggfunc="first"
    )
    wide = wide[list(dict.fromkeys(usefulness["strategy"]))]
    chosen = set(usefulness.loc[usefulness["chosen"], "threshold"])
    named = [f"{risk:.0%}{' (chosen)' if risk in chosen else ''}" for risk, _ in wide.index]
    ratios = [f"{ratio:.2g}" for _, ratio in wide.index]
    wide = wide.reset_index(drop=True).rename(columns=lambda name: f"net benefit: {name.replace('_', ' ')}")
    wide.insert(0, "threshold", named)
    wide.insert(1, "cost ratio", ratios)
    return wide


def _fairness(fairness: pd.DataFrame) -> pd.DataFrame:
    """Return the table of fairness as words: a row for each level of a group, a column for each measure."""
    keys = ["group", "level"]
    rows = fairness[[*keys, "measure"]].assign(words=[_figure(row) for row in fairness.to_dict("records")])
    wide = rows.pivot_table(index=keys, columns="measure", values="words", aggfunc="first")
    ordered = pd.MultiIndex.from_frame(rows[keys].drop_duplicates())
    wide = wide.reindex(index=ordered, columns=pd.unique(rows["measure"]))
    return wide.fillna("not counted").reset_index()


def _figure(row: Mapping[Any, Any]) -> str:
    """Write a figure with its interval, or why there is none.

    Examples
    --------
    >>> _figure({"measure": "flagged", "value": 0.25, "low": 0.1, "high": 0.4, "n": 20, "reason": ""})
    '25% (10% to 40%), n = 20'
    >>> _figure({"measure": "flagged", "value": math.nan, "low": 0, "high": 0, "n": 2, "reason": "areas: 2"})
    'areas: 2'
    """
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    if math.isnan(value):
        return str(row["reason"])
    if row["measure"] == WAITED:
        interval = "" if math.isnan(low) else f" ({low:.1f} to {high:.1f})"
        return f"{value:.1f}{interval}, n = {row['n']:.0f}"
    return f"{value:.0%} ({low:.0%} to {high:.0%}), n = {row['n']:.0f}"


def _shortfalls(shortfalls: pd.DataFrame) -> pd.DataFrame:
    """Return the rules that could not be kept, as words."""
    return pd.DataFrame(
        {
            "rule": shortfalls["rule"],
            "quarter": [quarter_words(quarter) for quarter in shortfalls["quarter"]],
            "what": shortfalls["words"],
            "what would help": shortfalls["remedy"],
        }
    )


def _rule(value: object) -> str:
    """Write a rule's value.

    Examples
    --------
    >>> _rule(["good", "outstanding"]), _rule({"good": 36}), _rule(True), _rule([])
    ('good and outstanding', 'good: 36', 'yes', 'none')
    """
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_rule(part)}" for key, part in value.items()) or "none"
    if isinstance(value, list | tuple):
        return joined([str(part) for part in value]) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in (None, "") else "not set"


def _table(table: pd.DataFrame) -> str:
    """Write a table in Markdown."""
    cells = [list(map(str, table.columns)), ["---"] * table.shape[1]]
    cells += [[_cell(value) for value in row] for row in table.to_numpy()]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _cell(value: object) -> str:
    r"""Return text that stays in its cell and is no HTML.

    Examples
    --------
    >>> print(_cell("a|b <i>"))
    a\|b &lt;i&gt;
    """
    return _line(value).replace("|", "\\|")


def _line(value: object) -> str:
    """Return text in one line that is no HTML."""
    return " ".join(str(value).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
