"""The decision curve as a picture for Word."""

from collections.abc import Sequence

import pandas as pd

from earlywarn.reports.programme.curve import strategy_words
from earlywarn.reports.programme.word_charts import COLOURS, DASHES, Sheet
from earlywarn.reports.trends import nice_ticks
from earlywarn.reports.words import percent

__all__ = ["curve_alt", "curve_picture"]

WIDE, HIGH = 520, 244  # of the sheet
LEFT, RIGHT, TOP, BOTTOM = 40, 350, 18, 200
LOOKS = (("model", "a"), ("all", "n"), ("none", "e"))  # a line's look by its strategy; floors share the last
FLOOR = -0.1  # visiting all soon costs more than it gains; the drawing stops here
LINE = 15  # between two names of lines


def curve_picture(usefulness: pd.DataFrame) -> bytes:
    """Draw net benefit against the threshold, a line for each strategy.

    Parameters
    ----------
    usefulness : DataFrame
        The plan's table of that name, with at least one row.

    Returns
    -------
    bytes
        A PNG image, the same for the same table.
    """
    table = usefulness.sort_values(["strategy", "threshold"], kind="stable")
    ceiling = max(float(table["net_benefit"].max()), 0.05)
    first, last = float(table["threshold"].min()), float(table["threshold"].max())
    across = max(last - first, 0.01)

    def x_of(threshold: float) -> float:
        return LEFT + (threshold - first) / across * (RIGHT - LEFT)

    def y_of(benefit: float) -> float:
        return BOTTOM - (max(benefit, FLOOR) - FLOOR) / (ceiling - FLOOR) * (BOTTOM - TOP)

    sheet = Sheet.blank(WIDE, HIGH)
    ticks = [tick for tick in nice_ticks(FLOOR, ceiling) if FLOOR <= tick <= ceiling]
    sheet.lines([[(LEFT, y_of(tick)), (RIGHT, y_of(tick))] for tick in ticks], COLOURS["g"], 0.6)
    for tick in ticks:
        sheet.words(LEFT - 6, y_of(tick) + 4, f"{100 * tick:.0f}", colour=COLOURS["y"], align="end")
    for tick in nice_ticks(first, last):
        if first <= tick <= last:
            sheet.words(x_of(tick), BOTTOM + 18, percent(tick), colour=COLOURS["x"], align="middle")
    sheet.words((LEFT + RIGHT) / 2, BOTTOM + 36, "Threshold", colour=COLOURS["x"], align="middle")
    sheet.words(LEFT, TOP - 6, "Net benefit per 100 areas", colour=COLOURS["y"])
    names = []
    for strategy, rows in table.dropna(subset="net_benefit").groupby("strategy", sort=False):
        look = dict(LOOKS).get(str(strategy), "e")
        places = [
            (x_of(threshold), y_of(benefit))
            for threshold, benefit in zip(rows["threshold"], rows["net_benefit"], strict=True)
            if benefit > FLOOR
        ]
        if places:
            sheet.lines([places], COLOURS[look], 1.8 if look == "a" else 1.2, DASHES[look])
            names.append((places[-1][1], look, strategy_words(str(strategy))))
    for chosen in table.loc[table["chosen"], "threshold"].unique()[:1]:
        sheet.lines([[(x_of(chosen), TOP), (x_of(chosen), BOTTOM)]], COLOURS["ink"], 0.8)
        sheet.words(x_of(chosen) + 5, TOP + 8, f"chosen: {percent(float(chosen))}")
    for y, look, words in apart(sorted(names)):
        sheet.words(RIGHT + 10, y + 4, words, colour=COLOURS[look], bold=look == "a")
    return sheet.picture()


def apart(names: Sequence[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    """Move names of lines apart, downwards, so that each can be read.

    Examples
    --------
    >>> apart([(10, "a", "One"), (12, "e", "Two")])
    [(10, 'a', 'One'), (25, 'e', 'Two')]
    """
    placed: list[tuple[float, str, str]] = []
    for y, look, words in names:
        placed.append((max(y, placed[-1][0] + LINE) if placed else y, look, words))
    return placed


def curve_alt(usefulness: pd.DataFrame, sentences: Sequence[str]) -> str:
    """Say what the picture shows."""
    strategies = ", ".join(dict.fromkeys(strategy_words(str(name)) for name in usefulness["strategy"]))
    return " ".join((f"Net benefit against the threshold, a line for each of: {strategies}.", *sentences))
