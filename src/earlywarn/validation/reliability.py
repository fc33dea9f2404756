"""Do risks of 20% happen 20% of the time? A table by bins of equal size."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm, rankdata

from earlywarn.validation.predictions import DECIMALS, races

__all__ = ["BINS", "reliability", "wilson_interval"]

BINS = 5  # about 50 inspections each in the England reference evaluation
COLUMNS = ["target", "model", "lead_months", "bin", "predicted", "observed", "low", "high", "n"]


def wilson_interval(
    events: npt.ArrayLike, count: npt.ArrayLike, *, level: float = 0.95
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return Wilson's score interval of a share [1]_.

    Parameters
    ----------
    events, count : arrays of the same shape
        Events, and trials of which at least one.
    level : float
        In (0, 1).

    Returns
    -------
    low, high : arrays
        In [0, 1].

    References
    ----------
    .. [1] Wilson (1927), Probable inference, JASA 22(158), 209-212.

    Examples
    --------
    >>> low, high = wilson_interval([2], [10])
    >>> low.round(4), high.round(4)
    (array([0.0567]), array([0.5098]))
    """
    happened, trials = np.asarray(events, dtype=float), np.asarray(count, dtype=float)
    z = norm.ppf((1 + level) / 2)
    share = happened / trials
    centre = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    return np.clip(centre - half, 0, share), np.clip(centre + half, share, 1)


def reliability(predictions: pd.DataFrame, *, bins: int = BINS) -> pd.DataFrame:
    """Set what was predicted beside what happened, in bins of about as many inspections each.

    Bins follow the order of the risks. Tied risks share a bin, so bins may differ in size, and a bin may
    hold nothing and have no row: a floor that gives one risk has one bin.

    Parameters
    ----------
    predictions : DataFrame
        As `earlywarn.validation.predictions.races` reads it, in any order.
    bins : int
        Most bins for each target, model and lead.

    Returns
    -------
    DataFrame
        ``target, model, lead_months, bin, predicted, observed, low, high, n``, sorted by the first four.
        ``bin`` runs from 1, the lowest risks; ``predicted`` is the mean risk and ``observed`` the share of
        events; ``low`` and ``high`` are Wilson's 95% interval of the share, which takes inspections as
        independent.

    Raises
    ------
    DataError
        If the predictions cannot be used.

    Examples
    --------
    >>> predictions = pd.DataFrame({
    ...     "area_code": ["Bury", "Kent", "Leeds", "York"], "inspection_id": ["1", "2", "3", "4"],
    ...     "as_of": pd.Timestamp("2024-01-01"), "start_date": pd.Timestamp("2024-05-01"),
    ...     "lead_months": 3, "target": "adverse", "model": "default", "risk": [0.1, 0.3, 0.6, 0.8],
    ...     "label": [0, 1, 1, 1], "last_judgement": 2, "base_rate": 0.5, "recent_rate": 0.4})
    >>> reliability(predictions, bins=2)[["bin", "predicted", "observed", "n"]]
       bin  predicted  observed  n
    0    1        0.2       0.5  2
    1    2        0.7       1.0  2
    """
    found = [
        pd.DataFrame({"target": race.target, "model": model, "lead_months": race.lead_months, **columns})
        for race in races(predictions)
        for model, risk in race.risks.items()
        for columns in _binned(risk, race.y, bins=bins)
    ]
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)
    return table.sort_values(COLUMNS[:4], ignore_index=True)[COLUMNS].round(DECIMALS)


def _binned(
    risk: npt.NDArray[np.float64], y: npt.NDArray[np.float64], *, bins: int
) -> Iterator[dict[str, npt.NDArray[np.float64] | npt.NDArray[np.int64]]]:
    """Yield the columns of one model's bins, if it gave any risk."""
    seen = np.isfinite(risk)
    if not seen.any():
        return
    risk, y = risk[seen], y[seen]
    place = (rankdata(risk) - 0.5) / len(risk)  # tied risks share their mean place, in (0, 1)
    number = np.floor(place * bins).astype(int)
    count = np.bincount(number, minlength=bins)
    used = np.flatnonzero(count)
    n, events = count[used], np.bincount(number, weights=y)[used]
    low, high = wilson_interval(events, n)
    yield {
        "bin": used + 1,
        "predicted": np.bincount(number, weights=risk)[used] / n,
        "observed": events / n,
        "low": low,
        "high": high,
        "n": n,
    }
