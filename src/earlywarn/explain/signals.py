"""What stands out in each area's latest figures, for readers: one row for each area and indicator."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.explain.benchmarks import benchmarks
from earlywarn.explain.charts import drawn_limits, rule_words
from earlywarn.explain.facts import STATUS_WORDS
from earlywarn.explain.funnels import among_areas
from earlywarn.explain.signal_words import Signalled, symbol_of, words_of
from earlywarn.features.control_chart import MIN_FIGURES
from earlywarn.features.level import latest
from earlywarn.features.level_shift import latest_shift
from earlywarn.features.returns import latest_status
from earlywarn.panel.snapshot import MISSING, Snapshot
from earlywarn.signals.control_chart import xmr

__all__ = ["signal_table"]

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]
SAID = [  # columns, in the order of what there is to say
    "variation", "direction", "run", "points", "lower", "upper", "assurance", "funnel", "funnel_side",
    "significance",
]  # fmt: skip
NEVER = np.datetime64("NaT", "ns")
PERCENT, WHOLE = "percent", 100.0
RATE = 0.05  # of false discoveries among all areas and indicators


def signal_table(
    snapshot: Snapshot, indicators: pd.DataFrame, *, quality: "pd.Series[str]", nation: str = "England"
) -> pd.DataFrame:
    """List what stands out in every area's latest figures, against its own past and against other areas.

    Parameters
    ----------
    snapshot : Snapshot
        What was known.
    indicators : DataFrame
        ``indicator, unit, polarity, period_type, target, no_quartile``.
    quality : Series of str
        By area code and indicator, what to ask about a figure before relying on it.
    nation : str
        What all areas together are called.

    Returns
    -------
    DataFrame
        One row for each area that exists and each indicator, sorted; the columns are those of
        ``evidence/signals.csv`` in the reference of outputs. Numbers are in the indicator's unit and with the
        sign of the published figure.
    """
    about = indicators.set_index("indicator").reindex(snapshot.indicators)
    sign = np.ones(len(about)) if snapshot.sign is None else snapshot.sign.to_numpy()
    neutral = about["polarity"].eq("neutral").to_numpy()
    held = benchmarks(snapshot, unbanded=about["no_quartile"].to_numpy(dtype=bool))
    among = among_areas(snapshot)
    value = latest(snapshot).to_numpy() * sign
    known = ~np.isnan(value)
    own = _own_past(snapshot, about, sign=sign, neutral=neutral)
    away = np.where(np.isnan(among.z), 0, np.sign(among.z)).astype(int)
    clear = among.q <= RATE
    verdict = np.where(clear, _way(away, sign, neutral), np.where(np.isnan(among.q), "", "similar"))
    out = np.isin(among.beyond, ["beyond_95", "beyond_998"])
    status = latest_status(snapshot)
    columns: dict[str, npt.NDArray[np.generic]] = {
        "status": np.vectorize(STATUS_WORDS.get, otypes=[object])(status, ""),
        **own,
        "funnel": among.beyond,
        "funnel_side": np.where(out, _way(away, sign, neutral), ""),
        "band": held.band,
        "significance": verdict,
        "period_end": _ends(snapshot),
        "value": value,
        "england": held.england,
        "region": held.region,
        "neighbours_mean": held.neighbours_mean,
        "neighbours_median": held.neighbours_median,
        "own_past": np.where(known, held.own_past, np.nan),
        "rank": held.rank,
        "rank_of": np.broadcast_to(held.rank_of, value.shape),
        "denominator": among.denominator,
        "funnel_z": among.z,
        "p": among.p,
        "q": among.q,
    }
    index = pd.MultiIndex.from_product(
        [snapshot.position, snapshot.indicators], names=["area_code", "indicator"]
    )
    table = pd.DataFrame({name: np.ravel(column) for name, column in columns.items()}, index=index)
    table["quality"] = quality.reindex(index).fillna("").to_numpy()
    there = snapshot.areas["exists"].to_numpy(dtype=bool)
    table = table[np.repeat(there, len(about))]
    found = list(_signalled(table, about, reach=_reach(snapshot, sign)))
    missing = (table["status"] == STATUS_WORDS[MISSING]).tolist()
    figures = table["value"].notna().tolist()
    table["words"] = [words_of(one, nation=nation) for one in found]
    table["symbol"] = [
        symbol_of(one, missing=gone, known=there)
        for one, gone, there in zip(found, missing, figures, strict=True)
    ]
    return table.reset_index()


def _own_past(
    snapshot: Snapshot, about: pd.DataFrame, *, sign: Floats, neutral: npt.NDArray[np.bool_]
) -> dict[str, npt.NDArray[np.generic]]:
    """Return how the latest figures stand to their own series, arrays of shape (area, indicator)."""
    figures, _, _ = snapshot.series
    shape = figures.shape[:2]
    if figures.shape[2] == 0:
        texts = dict.fromkeys(("variation", "direction", "assurance"), np.full(shape, "", dtype=object))
        numbers = dict.fromkeys(
            ("points", "provisional", "run", "lower", "mean", "upper"), np.full(shape, np.nan)
        )
        return {**texts, **numbers, **_shifted(snapshot, sign)}
    better = np.where(neutral, "", "lower").astype(object)  # the cube is signed so that higher is worse
    target = np.broadcast_to(about["target"].to_numpy(dtype=float) * sign, shape)
    chart = xmr(figures, improvement=np.broadcast_to(better, shape), target=target)
    lower, upper = drawn_limits(chart, sign, about["unit"].tolist())
    telling = snapshot.fresh & (chart.points >= MIN_FIGURES)
    at_last = {name: (flags[:, :, -1] & telling).ravel() for name, flags in chart.rules.items()}
    return {
        "variation": rule_words(at_last).reshape(shape),
        "direction": np.where(telling, _way(chart.direction[:, :, -1], np.ones(shape[1]), neutral), ""),
        "assurance": np.where(telling, chart.assurance, ""),
        "points": chart.points,
        "provisional": chart.provisional.astype(int),
        "run": chart.run,
        "lower": lower[:, :, -1],
        "mean": chart.mean[:, :, -1] * sign,
        "upper": upper[:, :, -1],
        **_shifted(snapshot, sign),
    }


def _shifted(snapshot: Snapshot, sign: Floats) -> dict[str, npt.NDArray[np.generic]]:
    """Return by how much a level lately changed, and the end of the first period on it."""
    found = latest_shift(snapshot)
    _, _, position = snapshot.series
    there = found.first >= 0
    if not there.any():
        return {"shift": np.full(there.shape, np.nan), "shifted_on": np.full(there.shape, NEVER)}
    began = np.take_along_axis(position, np.maximum(found.first, 0)[:, :, None], axis=2)[:, :, 0]
    ends = snapshot.values.coords["period"].to_numpy()  # noqa: PD011 - a cube, not a pandas object
    return {
        "shift": np.where(there, found.size * sign, np.nan),
        "shifted_on": np.where(there, ends[began], NEVER),
    }


def _way(direction: npt.NDArray[np.int_], sign: Floats, neutral: npt.NDArray[np.bool_]) -> Texts:
    """Say which way something points, up or down, by which way is worse for each indicator."""
    signed = direction * sign
    worse = np.where(signed > 0, "worse", np.where(signed < 0, "better", ""))
    plain = np.where(direction > 0, "higher", np.where(direction < 0, "lower", ""))
    return np.where(neutral, plain, worse).astype(object)


def _ends(snapshot: Snapshot) -> npt.NDArray[np.datetime64]:
    """Return where each latest figure's period ends, NaT where there is none, shape (area, indicator)."""
    _, _, position = snapshot.series
    ends = snapshot.values.coords["period"].to_numpy()  # noqa: PD011 - a cube, not a pandas object
    periods = np.append(ends, NEVER)
    newest = position[:, :, -1] if position.shape[2] else np.full(position.shape[:2], -1)
    return np.asarray(periods[np.where(snapshot.fresh, newest, -1)])


def _reach(snapshot: Snapshot, sign: Floats) -> dict[str, tuple[float, float]]:
    """Return between which each indicator's figures can lie, so far as they themselves tell."""
    cube = snapshot.values.transpose("indicator", ...).to_numpy()  # noqa: PD011 - a cube
    figures = cube.reshape(len(sign), -1) * sign[:, None]
    below, above = (figures < 0).any(axis=1), (figures > WHOLE).any(axis=1)  # NaN compares False
    least, most = np.where(below, -np.inf, 0.0), np.where(above, np.inf, WHOLE)
    return dict(zip(snapshot.indicators, zip(least.tolist(), most.tolist(), strict=True), strict=True))


def _signalled(
    table: pd.DataFrame, about: pd.DataFrame, *, reach: dict[str, tuple[float, float]]
) -> Iterator[Signalled]:
    units, types = (dict(about[name]) for name in ("unit", "period_type"))
    indicator = table.index.get_level_values("indicator")
    columns = [table[name].tolist() for name in SAID]
    columns += [table["shifted_on"].dt.strftime("%B %Y").fillna("").tolist(), table["shift"].tolist()]
    for name, *rest in zip(indicator, *columns, strict=True):
        least, most = reach[name]
        said = Signalled(units[name], types[name], *rest)
        yield said._replace(least=least, most=most if units[name] == PERCENT else np.inf)
