"""Signals put into sentences: what stands out, against what, and how sure one can be."""

import math
from typing import NamedTuple

from earlywarn.explain.reasons import number_words, range_words

__all__ = ["Signalled", "symbol_of", "words_of"]

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
BEYOND = {"beyond_95": "95%", "beyond_998": "99.8%"}
ASSURED = {
    "passing": "It can be expected to meet its target.",
    "failing": "Unless something changes, it cannot be expected to meet its target.",
    "inconsistent": "It will at times meet its target and at times not.",
}
CHANCE = {"beyond_95": ", as one area in 20 is by chance"}  # what alone is too little to stand out
EDGES = {"higher": "upper", "lower": "lower", "worse": "worse", "better": "better"}
ROUGHLY = 3  # significant digits of what is said to be about so much
FEW = 12  # figures below which a control chart is provisional
ANNUAL = ("year", "snapshot")  # how the types of period that come once a year are called


class Signalled(NamedTuple):
    """What there is to say of one area's latest figure of one indicator.

    Attributes
    ----------
    unit, period_type : str
        Of the indicator.
    variation : str
        Rules that the latest figure meets, joined by ``+``: ``beyond, side, trend, two_of_three``.
    direction : str
        Which way they point: ``worse, better, higher, lower`` or empty.
    run : int
        How many figures in a row stand on the latest one's side of the mean.
    points : int
        Figures in the chart.
    lower, upper : float
        Its limits, in the indicator's unit.
    assurance : str
        ``passing, failing, inconsistent`` or empty.
    funnel, funnel_side : str
        ``within, beyond_95, beyond_998`` or empty, and on which side.
    significance : str
        ``worse, better, higher, lower, similar`` or empty: against England, many comparisons allowed for.
    changed, change : str, float
        When its level last changed, as people write it, and by how much; empty and NaN where it did not, or
        where that is too old to say.
    least, most : float
        Between which the indicator's figures can lie, such as 0 and 100.
    """

    unit: str
    period_type: str
    variation: str
    direction: str
    run: int
    points: int
    lower: float
    upper: float
    assurance: str
    funnel: str
    funnel_side: str
    significance: str
    changed: str = ""
    change: float = math.nan
    least: float = -math.inf
    most: float = math.inf


def words_of(found: Signalled, *, nation: str = "England") -> str:
    """Return what stands out in sentences; empty where nothing does.

    Examples
    --------
    >>> words_of(Signalled("percent", "snapshot_30_september", "side", "worse", 7, 13, 4.0, 20.0, "",
    ...                    "beyond_998", "worse", "worse"))
    '7 years on the worse side of its own mean. Beyond 99.8% of what chance and usual variation among areas
    allow, on the worse side.'
    """
    said = [*_of_its_own(found), *_against_others(found, nation)]
    if found.changed and not math.isnan(found.change):
        by = number_words(_about(found.change), found.unit, change=True)
        up = "up" if found.change > 0 else "down"
        said.append(f"Its level moved {up} by about {by} around {found.changed}.")
    return " ".join(said)


def _of_its_own(found: Signalled) -> list[str]:
    """Say how the latest figures stand to the area's own past."""
    rules, side = found.variation.split("+"), _side(found.direction)
    annual = found.period_type.startswith(ANNUAL) or found.period_type.endswith("year")
    figures = "years" if annual else "figures"
    said = []
    if "beyond" in rules:
        low, high = max(found.lower, found.least), min(found.upper, found.most)
        usual = range_words(low, high, found.unit)
        said.append(f"Outside its own usual range of {usual}{side and ', on the ' + side + ' side'}.")
    if "side" in rules:
        said.append(f"{found.run} {figures} on {'the ' + side if side else 'one'} side of its own mean.")
    if "trend" in rules:
        said.append(f"Seven {figures} running, each {side or 'further'} than the one before.")
    if "two_of_three" in rules and "beyond" not in rules:
        edge = EDGES[side] + " edge" if side else "edge"
        said.append(f"Two of its last three figures near the {edge} of its own usual range.")
    if said and found.points < FEW:
        count = NUMBER_WORDS[found.points] if found.points < len(NUMBER_WORDS) else str(found.points)
        said.append(f"Provisional, as there are only {count} figures.")
    return [*said, ASSURED[found.assurance]] if found.assurance in ASSURED else said


def _against_others(found: Signalled, nation: str) -> list[str]:
    """Say how the latest figure stands to other areas'."""
    side = _side(found.funnel_side)
    if found.funnel in BEYOND:
        share = BEYOND[found.funnel]
        where = f", on the {side} side" if side else ""
        chance = CHANCE.get(found.funnel, "") if found.significance in {"similar", ""} else ""
        return [f"Beyond {share} of what chance and usual variation among areas allow{where}{chance}."]
    if found.significance in {"worse", "better", "higher", "lower"}:
        return [f"{found.significance.capitalize()} than {nation} by more than chance is likely to make."]
    return []


def _about(value: float) -> float:
    """Round to as many digits as "about" promises.

    Examples
    --------
    >>> _about(66_096_843.0), _about(-4.25)
    (66100000.0, -4.25)
    """
    return float(f"{value:.{ROUGHLY}g}")


def _side(direction: str) -> str:
    return direction if direction in {"worse", "better", "higher", "lower"} else ""


def symbol_of(found: Signalled, *, missing: bool, known: bool) -> str:
    """Return the code of the symbol that stands for one area's indicator.

    Parameters
    ----------
    found : Signalled
        What stands out.
    missing : bool
        Whether the figure of the newest period is not there.
    known : bool
        Whether there is a figure to judge.

    Returns
    -------
    str
        ``missing``, ``none``, ``worse_strong``, ``worse``, ``better_strong``, ``better``, ``change`` or
        ``usual``. Strong is what stands out both from the area's own past and from other areas.

    Examples
    --------
    >>> found = Signalled("percent", "", "", "", 1, 9, 4.0, 20.0, "", "within", "", "better")
    >>> symbol_of(found, missing=False, known=True)
    'better'
    """
    if missing:
        return "missing"
    if not known:
        return "none"
    own = found.direction
    others = found.significance if found.significance != "similar" else ""
    if not others and found.funnel == "beyond_998":
        others = found.funnel_side
    pair = [way for way in (own, others) if way]
    if not pair:
        return "usual"
    if set(pair) == {"worse"} or set(pair) == {"better"}:
        return pair[0] + ("_strong" if len(pair) > 1 else "")
    return "change"  # a signal on an indicator that is neither better nor worse, or two that disagree
