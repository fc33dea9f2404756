"""The predictions of a back-test, checked and put in one order.

`races` cuts the long table into races: one target at one lead, where every model meets the same
inspections. Rows are in order of area code and inspection, so the order of the table never matters.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import DataError, Fault
from earlywarn.schedule import DAYS_PER_YEAR
from earlywarn.validation.ranking import TIE_DECIMALS

__all__ = ["DECIMALS", "KEY", "Race", "races"]

Floats = npt.NDArray[np.float64]

KEY = ("target", "lead_months", "area_code", "inspection_id", "model")
FACTS = ("label", "as_of", "start_date", "last_judgement", "base_rate", "recent_rate")
FILE = "predictions"
DECIMALS = 10  # kept in results; further digits vary from machine to machine


@dataclass(frozen=True)
class Race:
    """One target at one lead: n inspections and every model's risks for them.

    Parameters
    ----------
    target : str
        The question asked.
    lead_months : int
        Least lead, in months.
    area_codes, inspection_ids : arrays of str, shape (n,)
        Sorted by area code, then inspection.
    y : array of shape (n,)
        1 where it happened, 0 where it did not.
    year : array of shape (n,)
        Year in which the inspection started.
    months : array of shape (n,)
        From the as-of date to the start of the inspection, in months of 365.25 / 12 days.
    last_judgement : array of shape (n,)
        0 to 3, NaN unknown.
    base_rate, recent_rate : arrays of shape (n,)
        References known at the origin, in [0, 1]; NaN unknown.
    risks : dict of str to array of shape (n,)
        Per model, in [0, 1]; NaN where the model gave no risk.
    """

    target: str
    lead_months: int
    area_codes: npt.NDArray[np.object_]
    inspection_ids: npt.NDArray[np.object_]
    y: Floats
    year: npt.NDArray[np.int64]
    months: Floats
    last_judgement: Floats
    base_rate: Floats
    recent_rate: Floats
    risks: dict[str, Floats]


def races(predictions: pd.DataFrame) -> Iterator[Race]:
    """Check the predictions and cut them into races, by target and lead.

    Rows without a label are left out. Risks are rounded to 12 decimals, so that ties are the same on
    every machine.

    Parameters
    ----------
    predictions : DataFrame
        Long: ``area_code``, ``inspection_id``, ``as_of``, ``start_date``, ``lead_months``, ``target``,
        ``model``, ``risk`` and ``label`` in [0, 1], ``last_judgement``, ``base_rate``, ``recent_rate``.

    Raises
    ------
    DataError
        With every fault: columns that are not there, two rows for one key, a risk outside [0, 1], a
        label other than 0 and 1, or models that were told different facts of one inspection.

    Examples
    --------
    >>> facts = {"as_of": pd.Timestamp("2024-01-01"), "start_date": pd.Timestamp("2024-05-01"),
    ...     "last_judgement": 2, "base_rate": 0.5, "recent_rate": 0.4}
    >>> predictions = pd.DataFrame({"area_code": ["Kent", "Bury"], "inspection_id": ["2", "1"],
    ...     "lead_months": 3, "target": "adverse", "model": "default", "risk": [0.8, 0.6], "label": [1, 0],
    ...     **facts})
    >>> race = next(races(predictions))
    >>> race.area_codes.tolist(), race.y.tolist(), race.risks["default"].tolist()
    (['Bury', 'Kent'], [0.0, 1.0], [0.6, 0.8])
    >>> next(races(predictions.drop(columns="risk")))
    Traceback (most recent call last):
    ...
    earlywarn.errors.DataError: the predictions: 1 fault found; nothing was written.
      predictions, column risk: is missing. To mend it: add this column.
    """
    _check(predictions)
    labelled = predictions[predictions["label"].notna()].sort_values(list(KEY), kind="stable")
    for _, rows in labelled.groupby(["target", "lead_months"], sort=True):
        yield _race(rows)


def _race(rows: pd.DataFrame) -> Race:
    """Spread the models of one target and lead over columns."""
    inspection = rows.groupby(["area_code", "inspection_id"], sort=True).ngroup().to_numpy()
    first = rows[np.diff(inspection, prepend=-1) > 0]
    model, names = pd.factorize(rows["model"], sort=True)
    risks = np.full((len(names), len(first)), np.nan)
    risks[model, inspection] = np.round(rows["risk"].to_numpy(dtype=float), TIE_DECIMALS)
    days = (first["start_date"] - first["as_of"]).dt.days.to_numpy(dtype=float)
    return Race(
        target=str(first["target"].iloc[0]),
        lead_months=int(first["lead_months"].iloc[0]),
        area_codes=first["area_code"].to_numpy(dtype=object),
        inspection_ids=first["inspection_id"].to_numpy(dtype=object),
        y=first["label"].to_numpy(dtype=float),
        year=first["start_date"].dt.year.to_numpy(dtype=np.int64),
        months=np.asarray(days / (DAYS_PER_YEAR / 12), dtype=float),
        last_judgement=first["last_judgement"].to_numpy(dtype=float),
        base_rate=first["base_rate"].to_numpy(dtype=float),
        recent_rate=first["recent_rate"].to_numpy(dtype=float),
        risks=dict(zip(names, risks, strict=True)),
    )


def _check(predictions: pd.DataFrame) -> None:
    """Raise with every fault of the table."""
    missing = [name for name in (*KEY, "risk", *FACTS) if name not in predictions]
    if missing:
        raise DataError(
            [Fault(FILE, None, name, None, "is missing", "add this column") for name in missing],
            where="the predictions",
        )
    twice = predictions.duplicated(list(KEY), keep=False)
    outside = predictions["risk"].notna() & ~predictions["risk"].between(0, 1)
    neither = predictions["label"].notna() & ~predictions["label"].isin([0, 1])
    facts = predictions.groupby(list(KEY[:-1]), sort=False)[list(FACTS)].nunique(dropna=False)
    divided = facts.gt(1)
    faults = [
        Fault(
            FILE, int(np.flatnonzero(bad)[0]) + 2, column, predictions[column][bad].iloc[0], problem, remedy
        )
        for bad, column, problem, remedy in (
            (
                twice,
                "inspection_id",
                f"has {int(twice.sum())} rows of one key",
                "keep one row for each of them",
            ),
            (outside, "risk", "is outside 0 to 1", "give a probability"),
            (neither, "label", "is neither 0 nor 1", "give 0, 1, or nothing where it is unknown"),
        )
        if bad.any()
    ]
    faults += [
        Fault(
            FILE,
            None,
            str(fact),
            facts.index[differs][0],
            "has a different value from model to model",
            "give every model the same facts of an inspection",
        )
        for fact, differs in divided.items()
        if differs.any()
    ]
    if faults:
        raise DataError(faults, where="the predictions")
