"""What a briefing about one area says: written once, for Word and for the page alike.

Two readers: the sector body that prepares a review, and the area itself, which sees its own evidence and
nothing else: no entry that is not open, nobody's name, no risk that rests on more than it may see.
"""

from collections.abc import Iterator

from earlywarn.errors import ConfigError
from earlywarn.reports.programme.briefing_evidence import (
    changed,
    charted,
    enquiries,
    figures,
    logged,
    reasons,
    strengths,
)
from earlywarn.reports.programme.briefing_standing import facts, journey, purpose, risk, support, team
from earlywarn.reports.programme.citations import Citations
from earlywarn.reports.programme.paper import Bullets, Item, Paper, Part, Words
from earlywarn.reports.programme.shelf import READERS, Shelf
from earlywarn.schedule import date_words
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.scored import Scored

__all__ = ["briefing", "write_briefing"]


def briefing(plan: Plan, scored: Scored, area_code: str, *, audience: str) -> Paper:
    """Return the briefing about one area.

    Parameters
    ----------
    plan, scored
        The programme and the run that it was made from.
    area_code : str
        Of a scored area.
    audience : {"sector", "area"}
        Who will read it.

    Raises
    ------
    ConfigError
        If there is no such area in the plan, or no briefing for such an audience.
    """
    return write_briefing(Shelf.of(plan, scored, audience=audience), area_code)


def write_briefing(shelf: Shelf, area_code: str) -> Paper:
    """Return the briefing about one area, from what was sorted already.

    Raises
    ------
    ConfigError
        If there is no such area in the plan.
    """
    if area_code not in shelf.areas or area_code not in shelf.risks:
        message = f"There is no area {area_code!r} in the plan. Use the code of a scored area."
        raise ConfigError(message)
    name = str(shelf.areas[area_code].name)
    day = date_words(shelf.as_of)
    reader = READERS[shelf.audience]
    return Paper(
        kicker=f"Peer review briefing · {reader}",
        title=name,
        subtitle=f"What was known before {day}, and what to ask",
        running=f"{name} · as of {day} · {reader}",
        as_of=shelf.as_of,
        opening=[facts(shelf, area_code)],
        parts=list(parts(shelf, area_code)),
    )


def parts(shelf: Shelf, code: str) -> Iterator[Part]:
    """Yield the parts of a briefing in order; one that has nothing to say is left out."""
    cited = Citations()
    made = [
        Part("purpose", "What this is for", purpose(shelf, code)),
        Part("risk", "The risk", risk(shelf, code)),
        Part("changed", "What changed since last time", changed(shelf, code)),
        Part("reasons", "What raises the risk", reasons(shelf, code, cited)),
        Part("strengths", "Strengths, and what lowers the risk", strengths(shelf, code, cited)),
        Part("charts", "How the figures have moved", charted(shelf, code)),
        Part("enquiries", "Lines of enquiry", enquiries(shelf, code, cited)),
        Part("logged", "What people have logged", logged(shelf, code, cited)),
        Part("figures", "How sound the figures are", figures(shelf, code)),
        Part("journey", "Journey and past judgements", journey(shelf, code, cited)),
        Part("support", "Support that might follow", support(shelf, code)),
        Part("team", "Suggested team", team(shelf, code)),
        Part("evidence", "Evidence", evidence(cited)),
    ]
    yield from (part for part in made if part.blocks)


def evidence(cited: Citations) -> list[Words | Bullets]:
    """Return the numbered list of sources."""
    rows = cited.rows()
    if not rows:
        return [Words("Nothing in here rests on a source that could be named.")]
    return [
        Words("Numbers in square brackets point here.", tone="quiet"),
        Bullets([Item(source, lead=mark, tail=periods) for mark, source, periods in rows]),
    ]
