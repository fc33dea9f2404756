"""What a figure is a share or a rate of: the number that says how much chance there is in it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.schema import SCALES

__all__ = ["Denominators", "denominators_of"]

NONE = -1  # the position of a denominator that is not known
STEPS = 4  # longest chain from a figure down to a count, such as conferences, enquiries, residents


@dataclass(frozen=True)
class Denominators:
    """Beneath each indicator another one, from which its denominator follows.

    Attributes
    ----------
    beneath : array of int, shape (indicator,)
        Position of the indicator beneath; -1 where none is known.
    share : array, shape (indicator,)
        Part of it that counts, mostly 1.
    scale : array, shape (indicator,)
        What the figure is per: 100 for a percentage; NaN for a unit that is per nothing.
    counts : array of bool, shape (indicator,)
        Whether the indicator is itself a number of people or cases.
    shares : array of bool, shape (indicator,)
        Whether it is a share, which cannot be more than all.
    basis : array of str, shape (indicator,)
        What the denominator counts, in words; empty where there is none.
    near : array of bool, shape (indicator,)
        Whether it stands in for one that is not published.
    """

    beneath: npt.NDArray[np.int64]
    share: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    counts: npt.NDArray[np.bool_]
    shares: npt.NDArray[np.bool_]
    basis: npt.NDArray[np.object_]
    near: npt.NDArray[np.bool_]


def denominators_of(indicators: pd.DataFrame) -> Denominators:
    """Find what stands beneath each indicator.

    Parameters
    ----------
    indicators : DataFrame
        ``indicator, label, unit`` and, where known, ``denominator``: the name of the indicator beneath, which
        wins over the packaged list.

    Returns
    -------
    Denominators
        In the order of the rows. None is given that does not end in a count after at most four steps.

    Examples
    --------
    >>> indicators = pd.DataFrame({"indicator": ["cin_rate", "population_0_17"], "label": ["", ""],
    ...                            "unit": ["rate_per_10000", "count"]})
    >>> denominators_of(indicators).beneath.tolist()
    [1, -1]
    """
    names = pd.Index(indicators["indicator"])
    units = indicators["unit"].astype(str).to_numpy()
    scale = np.array([SCALES.get(unit, np.nan) for unit in units], dtype=float)
    found = Denominators(
        beneath=np.full(len(names), NONE),
        share=np.ones(len(names)),
        scale=scale,
        counts=units == "count",
        shares=units == "percent",
        basis=np.full(len(names), "", dtype=object),
        near=np.zeros(len(names), dtype=bool),
    )
    labels = dict(zip(names, indicators["label"], strict=True))
    own = indicators["denominator"].to_numpy() if "denominator" in indicators else np.full(len(names), "")
    for place, (name, declared) in enumerate(zip(names, own, strict=True)):
        named = {"beneath": declared, "basis": labels.get(declared, ""), "near": False}
        for said in (named,) if declared else _packaged().get(name, ()):
            beneath = int(names.get_indexer(pd.Index([said["beneath"]]))[0])
            if beneath != NONE and not np.isnan(scale[place]):
                found.beneath[place] = beneath
                found.share[place] = said.get("share", 1.0)
                found.basis[place] = said["basis"]
                found.near[place] = said.get("near", False)
                break
    for place in list(_loose(found)):
        found.beneath[place] = NONE
        found.basis[place] = ""
    return found


@cache
def _packaged() -> dict[str, list[Mapping[str, Any]]]:
    """Return the packaged list, by indicator, in its order."""
    text = (files("earlywarn.panel") / "denominators.toml").read_text(encoding="utf-8")
    listed: dict[str, list[Mapping[str, Any]]] = {}
    for entry in tomllib.loads(text)["denominator"]:
        for name in entry["of"]:
            listed.setdefault(name, []).append(entry)
    return listed


def _loose(found: Denominators) -> Iterator[int]:
    """Yield the indicators from which no chain ends in a count."""
    for place in np.flatnonzero(found.beneath != NONE):
        at, steps = int(place), 0
        while at != NONE and not found.counts[at] and steps <= STEPS:
            at, steps = int(found.beneath[at]), steps + 1
        if at == NONE or not found.counts[at]:
            yield int(place)
