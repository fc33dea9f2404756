"""The decision curve: what acting at a threshold is worth, drawn, tabled and said."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from earlywarn.reports.render import MODELS
from earlywarn.reports.tables import rows_in
from earlywarn.reports.words import DASH, percent

__all__ = ["DecisionCurve", "decision_curve", "strategy_words"]

WORDS = {"model": "Acting on this model", "all": "Visiting every area", "none": "Visiting none"}
LEFT, RIGHT, TOP, BOTTOM = 44, 352, 12, 196  # of the drawing, in its own units
FLOOR = -0.1  # visiting all soon costs more than it gains; the drawing stops here
TALLEST = 0.05


@dataclass(frozen=True)
class DecisionCurve:
    """A decision curve in three forms.

    Parameters
    ----------
    strategies : dict of str to str
        Each strategy with its words, in the order of the columns of `rows`.
    rows : list of list of str
        One per threshold: threshold, cost ratio, share flagged, then the net benefit of each strategy per
        100 areas, with its interval.
    chosen : int
        Which row the programme uses; -1 where none of them.
    sentences : list of str
        What the curve says at the chosen threshold.
    drawing : Markup
        An SVG with its title.
    """

    strategies: dict[str, str]
    rows: list[list[str]]
    chosen: int
    sentences: list[str]
    drawing: Markup


def strategy_words(strategy: str) -> str:
    """Return a strategy in words; a floor of the back-test by its own name.

    Examples
    --------
    >>> strategy_words("model"), strategy_words("last_judgement")
    ('Acting on this model', 'Acting on the last judgement')
    """
    if strategy in WORDS:
        return WORDS[strategy]
    floor = MODELS.get(strategy, strategy.replace("_", " "))
    return f"Acting on the {floor[:1].lower()}{floor[1:]}"


def decision_curve(usefulness: pd.DataFrame, about: Mapping[str, Any]) -> DecisionCurve | None:
    """Return the decision curve of a plan, None where there was no back-test to draw it from.

    Net benefit counts the visits that were called for, less those that were not, each of these weighing
    as much as the threshold says (threshold / (1 - threshold)), per 100 areas [1]_.

    Parameters
    ----------
    usefulness : DataFrame
        The plan's table of that name; ``net_benefit`` is a share of areas.
    about : mapping
        ``threshold``, ``cost_ratio`` and ``threshold_why`` of the plan.

    References
    ----------
    .. [1] Vickers & Elkin (2006), Decision curve analysis, Medical Decision Making 26(6), 565-574.
    """
    if usefulness.empty:
        return None
    order = [*WORDS, *usefulness["strategy"]]
    found = [name for name in dict.fromkeys(order) if (usefulness["strategy"] == name).any()]
    strategies = {name: strategy_words(name) for name in found}
    table = usefulness.sort_values("threshold", kind="stable")
    rows, chosen = [], -1
    for place, (_, at) in enumerate(table.groupby("threshold", sort=True)):
        said = {row.strategy: row for row in rows_in(at)}
        first = next(iter(said.values()))
        flagged = said["model"].flagged_share if "model" in said else float("nan")
        ratio = f"{first.cost_ratio:.2g}" if not math.isnan(first.cost_ratio) else DASH
        cells = [percent(first.threshold), ratio, percent(flagged) or DASH]
        rows.append([*cells, *(benefit_words(said.get(name)) for name in found)])
        chosen = place if any(row.chosen for row in said.values()) else chosen
    return DecisionCurve(strategies, rows, chosen, sentences(table, about), drawing(table, strategies, about))


def benefit_words(row: Any) -> str:
    """Return a net benefit per 100 areas with its interval."""
    if row is None or math.isnan(row.net_benefit):
        return DASH
    middle, low, high = (f"{100 * value + 0.0:.1f}" for value in (row.net_benefit, row.low, row.high))
    interval = "" if "nan" in (low, high) or low == high else f" ({low} to {high})"
    return f"{middle}{interval}".replace("-", "\u2212")


def sentences(table: pd.DataFrame, about: Mapping[str, Any]) -> list[str]:
    """Say what the threshold is, why, and what acting on it was worth."""
    threshold, ratio = float(about["threshold"]), float(about["cost_ratio"])
    told = [
        str(about.get("threshold_why", ""))
        or f"A review is targeted from a risk of {percent(threshold)}: not visiting an area that needed it "
        f"is taken to cost {ratio:g} times as much as a visit that was not needed."
    ]
    near = table.loc[(table["threshold"] - threshold).abs().groupby(table["strategy"]).idxmin()]
    gains = dict(zip(near["strategy"], 100 * near["net_benefit"], strict=True))
    if "model" in gains and not math.isnan(gains["model"]):
        others = [
            f"{strategy_words(name).lower()} as {gain:.1f}".replace("-", "\u2212")
            for name, gain in gains.items()
            if name not in ("model", "none") and not math.isnan(gain)
        ]
        against = f"; {', '.join(others)}" if others else ""
        told.append(
            "In the back-test, at about that threshold, acting on the model was worth as much per 100 areas "
            f"as {gains['model']:.1f} visits that were called for and none that was not{against}. "
            "The intervals stand in the table."
        )
    return told


def drawing(table: pd.DataFrame, strategies: Mapping[str, str], about: Mapping[str, Any]) -> Markup:
    """Draw net benefit against the threshold, one line per strategy, the chosen threshold marked."""
    shown = table[table["net_benefit"].notna()]
    if shown.empty:
        return Markup("")
    first, last = float(shown["threshold"].min()), float(shown["threshold"].max())
    highest = max(TALLEST, float(shown[["net_benefit", "high"]].max().max()))
    lowest = max(FLOOR, min(0.0, float(shown["net_benefit"].min())))

    def x_of(threshold: float) -> float:
        return LEFT + (threshold - first) / max(last - first, 1e-9) * (RIGHT - LEFT)

    def y_of(benefit: float) -> float:
        return BOTTOM - (min(max(benefit, lowest), highest) - lowest) / (highest - lowest) * (BOTTOM - TOP)

    threshold = float(about["threshold"])
    names = ", ".join(words.lower() for words in strategies.values())
    title = (
        f"Net benefit per 100 areas at thresholds from {percent(first)} to {percent(last)}: {names}. "
        "The figures stand in the table below."
    )
    parts = [
        '<svg class="curve" viewBox="0 0 364 238" role="img">',
        f"<title>{escape(title)}</title>",
    ]
    for benefit in steps(lowest, highest):
        y = y_of(benefit)
        parts.append(f'<path class="g" d="M{LEFT} {y:.1f}H{RIGHT}"/>')
        label = f"{100 * benefit + 0.0:.0f}".replace("-", "\u2212")
        parts.append(f'<text class="y" x="{LEFT - 6}" y="{y + 3.5:.1f}">{label}</text>')
    parts += [
        f'<text class="x c" x="{x_of(value):.1f}" y="{BOTTOM + 16}">{percent(value)}</text>'
        for value in (
            tenth / 10 for tenth in range(math.ceil(10 * first - 1e-9), math.floor(10 * last + 1e-9) + 1)
        )
    ]
    middle = (LEFT + RIGHT) / 2
    parts.append(
        f'<text class="x c" x="{middle:.0f}" y="{BOTTOM + 36}">Threshold: risk from which one acts</text>'
    )
    band = shown[(shown["strategy"] == "model") & shown["low"].notna() & shown["high"].notna()]
    if len(band) > 1:
        up = "L".join(f"{x_of(row.threshold):.1f} {y_of(row.high):.1f}" for row in rows_in(band))
        down = "L".join(f"{x_of(row.threshold):.1f} {y_of(row.low):.1f}" for row in rows_in(band[::-1]))
        parts.append(f'<path class="model-band" d="M{up}L{down}Z"/>')
    for name in reversed(list(strategies)):
        line = shown[shown["strategy"] == name]
        key = name if name in WORDS else "floor"
        points = "L".join(f"{x_of(row.threshold):.1f} {y_of(row.net_benefit):.1f}" for row in rows_in(line))
        parts.append(f'<path class="line {key}" d="M{points}"/>')
    if first <= threshold <= last:
        x = x_of(threshold)
        side, gap = ("z", -5) if x > middle else ("", 5)
        words = f"chosen: {percent(threshold)}"
        parts.append(f'<path class="chosen" d="M{x:.1f} {TOP}V{BOTTOM}"/>')
        parts.append(f'<text class="r {side}" x="{x + gap:.1f}" y="{TOP + 8}">{words}</text>')
    return Markup("".join(parts) + "</svg>")  # noqa: S704 (numbers; names are escaped)


def steps(lowest: float, highest: float) -> list[float]:
    """Return round values between two, zero among them where it lies there.

    Examples
    --------
    >>> steps(-0.1, 0.31)
    [-0.1, 0.0, 0.1, 0.2, 0.3]
    """
    step = next(size for size in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if (highest - lowest) / size <= 6)  # noqa: PLR2004
    return [
        round(place * step, 4)
        for place in range(math.ceil(lowest / step - 1e-9), math.floor(highest / step + 1e-9) + 1)
    ]
