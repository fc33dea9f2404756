"""Where an area stands on its improvement journey, as its judgements tell, and how long journeys took."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.schedule import date_words
from earlywarn.schema import GRADE_CODES
from earlywarn.targeting.journeys_taken import ENOUGH, Typical, journeys_taken, typical_time
from earlywarn.targeting.nerve import hold_your_nerve
from earlywarn.targeting.scored import Scored
from earlywarn.targeting.tables import COLUMNS

__all__ = ["STAGES", "journeys", "stages"]

BASELINE, STABILISING, IMPLEMENTING, SUSTAINING = (
    "getting to a baseline",
    "stabilising",
    "implementing",
    "sustaining",
)
HOLDING, SLIPPING, UNJUDGED = "holding", "at risk of slipping back", "not judged yet"
STAGES = (BASELINE, STABILISING, IMPLEMENTING, SUSTAINING, HOLDING, SLIPPING, UNJUDGED)
# Months after the judgement that began the journey at which the next stage begins: the source's yardstick.
BEGINS = {BASELINE: 0, STABILISING: 6, IMPLEMENTING: 12}
TWO_YEARS, THREE_YEARS = 24, 36  # months: the first part of the way, and the rest of it
HIGHER = "higher than most"
SOURCE_SAYS = (
    "The research that this rests on found about two years for the first part of such a journey (some 6 "
    "months to get to a baseline, 6 to stabilise, 12 to implement), and about three more to good and great."
)
READ_OFF = "The stage is read off judgements and time alone; the area knows better where it stands."
WAITS = (
    "A journey counts from the first judgement on record and ends with an inspection, so the wait for one is "
    "part of the time."
)


def stages(scored: Scored) -> pd.DataFrame:
    """Say at which stage of its journey each area is.

    Parameters
    ----------
    scored : Scored
        Uses ``risks, judgements, as_of``.

    Returns
    -------
    DataFrame
        By area code: ``stage`` (one of ``STAGES``), ``since`` (NaT where not judged), ``words``.

    Notes
    -----
    An area that is below good began its journey on the day on which the first judgement of this stretch
    below good was published, and begins it anew where it fell further within it. 6 months are for getting to
    a baseline and 6 for stabilising; it is implementing from 12 months on, and where that is longer than 24,
    the words say so. One that was below good and has returned is sustaining for three years, then holding;
    where its risk is higher than most it is at risk of slipping back. One never judged below good is holding.
    Stages are no grades: time passes for everybody, and says nothing of how well it was used.
    """
    codes = sorted(set(scored.risks["area_code"]))
    known = _known(scored)
    grade, below = known["grade"], known["below"]
    before = grade.groupby(known["area_code"]).shift()
    was_below = before < GRADE_CODES["good"]  # False for a first judgement
    started = below & (~was_below | (grade < before))
    returned = ~below & was_below

    def last_day(chosen: "pd.Series[bool]") -> pd.Series:
        return known[chosen].groupby("area_code")["known_on"].last().reindex(codes)

    last = known.groupby("area_code").last().reindex(codes)
    table = pd.DataFrame(
        {
            "grade": last["overall"],
            "below": last["below"].eq(1),
            "started": last_day(started),
            "returned": last_day(returned),
            "first": known.groupby("area_code")["known_on"].first().reindex(codes),
            "higher": scored.risks.drop_duplicates("area_code").set_index("area_code")["band"].reindex(codes)
            == HIGHER,
        }
    )
    rows = [_stage(row, scored.as_of) for row in table.to_dict("records")]
    told = pd.DataFrame(rows, columns=["stage", "since", "words"], index=pd.Index(codes, name="area_code"))
    return told.assign(since=pd.to_datetime(told["since"])).reset_index()


def _known(scored: Scored) -> pd.DataFrame:
    """Return the judgements that were known, in order, with the grade as a number and ``below`` good."""
    known = scored.judgements
    known = known[(known["known_on"] < scored.as_of) & known["overall"].isin(GRADE_CODES)]
    known = known.sort_values(["area_code", "start_date", "known_on"], kind="stable", ignore_index=True)
    grade = known["overall"].map(GRADE_CODES).astype(int)
    return known.assign(grade=grade, below=grade < GRADE_CODES["good"])


def _stage(row: Mapping[Any, Any], as_of: pd.Timestamp) -> tuple[str, pd.Timestamp, str]:
    """Return an area's stage, since when, and why in words."""
    first, started, returned = (pd.Timestamp(str(row[name])) for name in ("first", "started", "returned"))
    grade = str(row["grade"]).replace("_", " ")
    if pd.isna(first):
        return UNJUDGED, pd.NaT, "It has not been judged yet, so no journey can be read off."
    if row["below"]:
        return _on_the_way(grade, started, as_of)
    if pd.isna(returned):
        words = (
            f"It has not been judged below good since the first judgement on record, published {_on(first)}."
        )
        return HOLDING, first, f"{words} {READ_OFF}"
    months = _months(returned, as_of)
    words = "It had been judged below good; the judgement that it had returned was published "
    words += f"{_on(returned)}, {_ago(months)}."
    if row["higher"]:
        may_slip = "Its risk is higher than most, and progress that was made can slip at any stage."
        return SLIPPING, returned, f"{words} {may_slip} {READ_OFF}"
    if months < THREE_YEARS:
        return SUSTAINING, returned, f"{words} {READ_OFF}"
    held = pd.Timestamp(returned + pd.DateOffset(months=THREE_YEARS))
    return HOLDING, held, f"{words} It has held that for three years or longer. {READ_OFF}"


def _on_the_way(grade: str, started: pd.Timestamp, as_of: pd.Timestamp) -> tuple[str, pd.Timestamp, str]:
    months = _months(started, as_of)
    stage = next(name for name, begins in reversed(BEGINS.items()) if months >= begins)
    since = pd.Timestamp(started + pd.DateOffset(months=BEGINS[stage]))
    words = (
        f"The judgement with which this stretch below good began was published {_on(started)}, {_ago(months)}"
    )
    words += f"; the last one was {grade}."
    if months > TWO_YEARS:
        words += " That is longer than the two years of the source; many journeys are."
    return stage, since, f"{words} {READ_OFF}"


def journeys(scored: Scored, *, audience: str) -> pd.DataFrame:
    """Set out each area's stage, how long such journeys took, and where to hold one's nerve.

    Parameters
    ----------
    scored : Scored
        Uses what `stages` and `earlywarn.targeting.nerve.hold_your_nerve` do.
    audience : {"area", "sector", "restricted"}
        Who reads; a change of director that is not for it gives no note.

    Returns
    -------
    DataFrame
        The table ``journeys`` of `earlywarn.targeting.tables`, by area code. ``typical`` is how long it took
        in the run's own judgements, with the number of journeys, and what the source found; empty for an area
        that began none.
    """
    table = stages(scored)
    taken = {
        grade: typical_time(journeys_taken(scored.judgements, grade=grade, as_of=scored.as_of))
        for grade in ("requires_improvement", "good")
    }
    last = scored.risks.drop_duplicates("area_code").set_index("area_code")["last_judgement"]
    lowest = last.reindex(table["area_code"]).eq("inadequate").to_numpy()
    begun = table["area_code"].isin(set(_known(scored).loc[lambda rows: rows["below"], "area_code"]))
    whole = _typical_words(taken["good"], "good")
    first = _typical_words(taken["requires_improvement"], "requires improvement")
    shared = f"{whole} {WAITS} {SOURCE_SAYS}"
    table["typical"] = np.select([~begun, lowest], ["", f"{first} {shared}"], shared).astype(object)
    notes = hold_your_nerve(scored, audience=audience)
    table["hold_your_nerve"] = table["area_code"].map(notes).fillna("").astype(object)
    return table[list(COLUMNS["journeys"])]


def _typical_words(found: Typical, grade: str) -> str:
    """Say how long it took to be judged at a grade or above it again."""
    journeys_made = f"{found.n} journey{'' if found.n == 1 else 's'}"
    count = f"{journeys_made} from a first judgement below {grade} to one of {grade} or better"
    count += f", {found.arrived} of them at an end"
    if found.n < ENOUGH:
        return f"The run's own judgements are too few to say how long it takes: {count}."
    times = {"a quarter": found.quartile, "half": found.median, "three quarters": found.third}
    reached = [
        f"{share} arrived within {years:.1f} years" for share, years in times.items() if not np.isnan(years)
    ]
    later = next(
        (f"fewer than {share} have arrived yet" for share, years in times.items() if np.isnan(years)), ""
    )
    return f"In the run's own judgements ({count}), {', '.join([*reached, *filter(None, [later])])}."


def _months(start: pd.Timestamp, end: pd.Timestamp) -> int:
    """Return the whole months from one day to another."""
    months = 12 * (end.year - start.year) + end.month - start.month
    return months - (start + pd.DateOffset(months=months) > end)


def _on(day: pd.Timestamp) -> str:
    return f"on {date_words(day)}"


def _ago(months: int) -> str:
    return f"{months} month{'' if months == 1 else 's'} before"
