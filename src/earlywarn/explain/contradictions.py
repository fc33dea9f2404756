"""Cautions, in sentences, where figures of one area cannot both be right.

A caution blames nobody: a typing error, a late correction or two definitions under one name do the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.explain.reasons import number_words, range_words
from earlywarn.explain.relations import described, period_ends, period_words, where_from
from earlywarn.features.contradictions import Held, contradictions
from earlywarn.features.relation_list import Relation, read_relations
from earlywarn.panel.snapshot import Snapshot

__all__ = ["inconsistencies"]

NARROW = 0.01  # of a number: a range no wider is told by its middle
PERCENT = "percent"
COLUMNS = ("area_code", "relation", "indicators", "period_end", "words")


def inconsistencies(
    snapshot: Snapshot,
    indicators: pd.DataFrame,
    *,
    relations: Sequence[Relation] | None = None,
    every_period: bool = False,
) -> pd.DataFrame:
    """List figures of one area that cannot both be right.

    Parameters
    ----------
    snapshot, indicators, relations
        As for ``earlywarn.explain.relations.relation_table``; here only the checks count.
    every_period : bool
        Whether to look at every period that is known, instead of the latest one while it is fresh.

    Returns
    -------
    DataFrame
        ``area_code, relation, indicators`` (joined by ``+``), ``period_end, words``, by area, then period.
        Empty where nothing contradicts anything.
    """
    relations = tuple(read_relations().values()) if relations is None else relations
    by_name = {relation.name: relation for relation in relations}
    about = described(indicators)
    ends = period_ends(snapshot)
    rows = []
    for name, held in contradictions(snapshot, relations, every_period=every_period).items():
        relation = by_name[name]
        joined = "+".join(relation.indicators)
        for area, figure in zip(*np.nonzero(held.wrong), strict=True):
            end = pd.Timestamp(ends[held.period[area, figure]])
            words = _fault_words(relation, held, (area, figure), end, about)
            rows.append((snapshot.position[area], name, joined, end, words))
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"period_end": "datetime64[ns]"})
    return table.sort_values(["area_code", "period_end"], kind="stable", ignore_index=True)


def _fault_words(
    relation: Relation,
    held: Held,
    at: tuple[int, int],
    end: pd.Timestamp,
    about: Mapping[str, Mapping[str, Any]],
) -> str:
    """Write one caution."""
    bound = relation.bound
    unit = str(about[bound if isinstance(bound, str) else relation.numerator[0]]["unit"])
    if not isinstance(bound, str) and relation.denominator:
        unit = PERCENT
    low, high = held.low[at], held.high[at]
    implied = range_words(low, high, unit)
    if high - low <= NARROW * abs(low):
        implied = f"about {number_words((low + high) / 2, unit)}"
    said = relation.words.format(implied=implied, printed=number_words(held.printed[at], unit))
    names = relation.indicators
    return f"{said} {where_from(names, [period_words(about[names[0]], end)], about)}"
