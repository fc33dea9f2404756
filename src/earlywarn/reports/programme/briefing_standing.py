"""The parts of a briefing that say where an area stands: the programme, the risk, its journey, the team."""

import pandas as pd

from earlywarn.reports.areas import GRADED, figures, judged_words
from earlywarn.reports.content import TARGETS
from earlywarn.reports.programme.citations import Citations
from earlywarn.reports.programme.paper import Block, Bullets, Facts, Grid, History, Item, Strip, Words
from earlywarn.reports.programme.plan_words import place_label, standing_words, week_words, why_words
from earlywarn.reports.programme.shelf import Shelf
from earlywarn.reports.tables import Row
from earlywarn.reports.words import (
    DASH,
    GRADES,
    grade_words,
    percent,
    risk_words,
    window_words,
)
from earlywarn.schedule import date_words, quarter_words
from earlywarn.schema import QUESTIONS
from earlywarn.targeting.matching import ANY, LEAD

__all__ = ["facts", "journey", "purpose", "risk", "support", "team"]

REPORTS = "inspection reports"
JUDGEMENTS = 4  # the newest; all of them are in the report
BANDS_SAID = {
    "higher than most": "That is higher than in most areas.",
    "about the same as most": "That is about the same as in most areas.",
    "lower than most": "That is lower than in most areas.",
}
UNKNOWN = "Nothing that is known."  # as the plan says where there is no evidence
HYPOTHESIS = " A hypothesis in the source, not a finding."  # said once, above the table
RESEARCH = (
    "Hypotheses from the action research on improvement in local children's services (Local Government "
    "Association, 2016), held against what is known here. None is a finding."
)


def facts(shelf: Shelf, code: str) -> Facts:
    """Return what a reader wants to know first.

    An area of which some evidence is hidden is not told whether, or why, a review is targeted: that could
    tell it of the evidence. Whoever offers the review does so in person.
    """
    row, sector = shelf.areas[code], shelf.audience == "sector"
    whole = sector or code not in shelf.hidden
    review = standing_words(row)
    if row.status == "planned":
        review = review if whole else f"Review, {quarter_words(row.quarter)}"
        review += f", week of Monday {week_words(row.week)}" if row.week is not pd.NaT else ""
    why = why_words(row) if row.status == "planned" and whole else ""
    due = [date_words(row.due_on), row.due_why if whole and row.due_why != why else ""]
    told = [
        ("Review", review),
        ("Why now", why),
        ("Taken care of", row.route if row.status == "elsewhere" else ""),
        ("Fell due" if row.due_on < shelf.as_of else "Falls due", " · ".join(filter(None, due))),
        ("Last judged", capital(judged_words(shelf.risks[code]).removeprefix("Last judged "))),
        ("Next inspection", inspection_words(row)),
        ("Could change places", row.interchangeable_words if sector else ""),
        ("Conversation first", row.conversation if sector else ""),
        ("Changed by hand", row.override if sector else ""),
    ]
    return Facts([(what, str(words)) for what, words in told if words], caption="At a glance")


def inspection_words(row: Row) -> str:
    """Say when the next inspection is likely, and how that was guessed."""
    day = date_words(row.expected_inspection)
    guess = f"About {day}" if day else ""
    return ". ".join(part for part in (guess, row.expected_why) if part)


def purpose(shelf: Shelf, code: str) -> list[Block]:
    """Say what a briefing is for, and what it is not."""
    name = str(shelf.areas[code].name)
    if shelf.audience == "sector":
        opening = (
            f"To prepare a conversation with {name} about support and, where a review takes place, the "
            "questions that it starts from. It is one source among several: read it beside audit, feedback "
            "and what people who know the area say."
        )
        closing = Item(
            "It holds entries that are open or for the sector. Give the area the copy that is made for it.",
            lead="This copy is for sector bodies.",
        )
    else:
        opening = (
            f"To prepare a conversation about support, and to show {name} what a review would start from, "
            "so that it can be put right where it is wrong and filled in where it is thin."
        )
        closing = Item(
            "It holds what is published and what was logged openly about it, never who logged it, and "
            "nothing about any other area's risk.",
            lead=f"This copy is for {name}.",
        )
    return [
        Words(opening),
        Bullets(
            [
                Item("Only an inspection judges a service.", lead="Not a finding and not a grade."),
                Item(
                    "It is an association, not a cause, and not something that anybody did wrong.",
                    lead="A reason says what the model saw.",
                ),
                Item(
                    "Figures may have been revised since. Ask before relying on one.",
                    lead=f"Nothing that became known on {date_words(shelf.as_of)} or later is in here.",
                ),
                closing,
            ]
        ),
    ]


def risk(shelf: Shelf, code: str) -> list[Block]:
    """Say the risk with its interval, and on what it is conditional."""
    row = shelf.risks[code]
    window = window_words(shelf.as_of, shelf.horizon)
    if code in shelf.veiled:
        return [
            Words(
                "No risk is given in this copy. The one that the sector body holds rests in part on evidence "
                "that is not open, and a number would tell of it. Ask the sector body for one "
                "that is made from open evidence alone.",
            )
        ]
    asked, low, high = of_target(row, shelf.target)
    blocks: list[Block] = []
    if percent(asked):
        blocks += [
            Words(
                f"{risk_words(asked, low, high).capitalize()}: the risk of {QUESTIONS[shelf.target]}, if an "
                f"inspection starts from {window}. {BANDS_SAID.get(row.band, '')}".strip(),
                tone="lead",
            ),
            Strip(asked, low, high),
        ]
    else:
        blocks.append(Words(f"Whether {QUESTIONS[shelf.target]} is likely was not asked of it.", tone="lead"))
    blocks.append(
        Grid(
            caption=f"Risks, if an inspection starts from {window}",
            head=("Risk of", "In words", "In figures, with 95% interval"),
            rows=[question(row, target) for target in TARGETS],
            widths=(0.36, 0.36, 0.28),
        )
    )
    notes = shelf.notes.get(code, [])
    doubts = [note.note for note in notes if note.about in TARGETS and known(row, note.about)]
    if row.caution and not any(note.note in row.caution for note in notes):  # else it only joins them
        doubts.append(row.caution)
    blocks += [Words(doubt, tone="caution", lead="Caution.") for doubt in dict.fromkeys(doubts)]
    soft = percent(float(row.soft_share)) if row.soft_share > 0 else ""
    blocks.append(
        Words(
            "The risk holds if an inspection takes place; when inspections take place is not random. The "
            "interval says how far the risk itself could lie from this figure."
            + (
                f" {soft} of what moves it comes from soft evidence, the rest from figures and judgements."
                if soft
                else ""
            ),
            tone="quiet",
        )
    )
    return blocks


def of_target(row: Row, target: str) -> tuple[float, float, float]:
    """Return a risk and its interval."""
    risk, low, high = (float(getattr(row, f"risk_{target}{part}")) for part in ("", "_low", "_high"))
    return risk, low, high


def known(row: Row, target: str) -> bool:
    """Tell whether an area has a risk for a question."""
    return percent(of_target(row, target)[0]) != ""


def question(row: Row, target: str) -> tuple[str, str, str]:
    """Return one question's line in the table of risks."""
    found = of_target(row, target)
    words = risk_words(*found)
    if target == "decline" and row.last_judgement == GRADES[0] and not known(row, target):
        words += ", as the last one was inadequate"
    return QUESTIONS[target], words, figures(*found) or DASH


def journey(shelf: Shelf, code: str, cited: Citations) -> list[Block]:
    """Say where an area stands on its journey, with the judgements behind it."""
    judgements = [row for row in shelf.judgements.get(code, []) if row.start_date is not pd.NaT]
    open_ = shelf.audience == "sector" or code not in shelf.hidden
    blocks: list[Block] = []
    if judgements:
        blocks.append(
            History(
                starts=pd.DatetimeIndex([row.start_date for row in judgements]),
                grades=[row.overall for row in judgements],
                as_of=shelf.as_of,
                name=str(shelf.areas[code].name),
            )
        )
    shown = [] if code in shelf.veiled else shelf.journeys.get(code, [])  # a stage may rest on the risk
    for row in shown:
        since = date_words(row.since)
        stage = f"{capital(row.stage)}{f', since {since}' if since else ''}."
        blocks.append(Words(row.words, lead=stage))
        if row.hold_your_nerve and open_:
            told = capital(row.hold_your_nerve.removeprefix("Hold your nerve: "))
            blocks.append(Words(told, tone="caution", lead="Hold your nerve."))
        if row.typical:
            blocks.append(Words(row.typical, tone="quiet"))
    if not judgements:
        return [*blocks, Words("No judgement was known at the as-of date.")]
    mark = cited.mark(REPORTS, date_words(judgements[-1].start_date))
    newest = judgements[: -JUDGEMENTS - 1 : -1]
    older = len(judgements) - len(newest)
    blocks.append(
        Grid(
            caption="Judgements so far",
            head=("Inspection of", "Overall", "Leadership", "Help and protection", "Care", "Care leavers"),
            rows=[
                (
                    Item(date_words(row.start_date), tail=mark if not place else ""),
                    *(capital(grade_words(getattr(row, part))) or DASH for part in GRADED),
                )
                for place, row in enumerate(newest)
            ],
            widths=(0.18, 0.17, 0.17, 0.17, 0.155, 0.155),
        )
    )
    if older > 0:
        told = f"{older} earlier judgement{'s' * (older > 1)} left out here; the report of the run has all."
        blocks.append(Words(told, tone="quiet"))
    return blocks


def support(shelf: Shelf, code: str) -> list[Block]:
    """Return the models of support as hypotheses, for the sector alone."""
    rows = shelf.support.get(code, []) if shelf.audience == "sector" else []
    if not rows:
        return []
    if all(row.evidence_for == row.evidence_against == UNKNOWN for row in rows):
        models = "; ".join(row.label[:1].lower() + row.label[1:] for row in rows)
        told = f"Nothing is known yet that speaks for or against any of the three: {models}."
        return [Words(RESEARCH, tone="quiet"), Words(told)]
    return [
        Words(RESEARCH, tone="quiet"),
        Grid(
            caption="Models of support, with what speaks for and against each",
            head=("Model", "Speaks for it", "Speaks against it", "On balance"),
            rows=[
                (
                    row.label,
                    row.evidence_for or DASH,
                    row.evidence_against or DASH,
                    capital(row.standing.removesuffix(HYPOTHESIS)),
                )
                for row in rows
            ],
            widths=(0.18, 0.31, 0.31, 0.2),
        ),
    ]


def team(shelf: Shelf, code: str) -> list[Block]:
    """Return the team that is suggested; for the area, without what was weighed about others.

    The theme of a place is a reason for the risk, so it is not told where hidden evidence may be behind it.
    """
    rows = shelf.teams.get(code, [])
    if not rows:
        return []
    sector = shelf.audience == "sector"
    whole = sector or code not in shelf.hidden
    head = ("Place", "Reviewer", "From", "Why they fit") if sector else ("Place", "Reviewer", "From", "Role")
    return [
        Words("A suggestion, for the area and the reviewers to agree to.", tone="quiet"),
        Grid(
            caption="The suggested team",
            head=head,
            rows=[
                (
                    place_label(row.place if whole or row.place == LEAD else ANY),
                    row.reviewer or "To be named",
                    row.reviewer_area_name or DASH,
                    (row.why if sector else capital(row.role.replace("_", " "))) or DASH,
                )
                for row in rows
            ],
            widths=(0.2, 0.16, 0.24, 0.4),
        ),
    ]


def capital(words: str) -> str:
    """Return words with a capital first letter, the others as they are."""
    return words[:1].upper() + words[1:]
