"""Numbers that rest on few people are unknown, to a reader and to a model."""

from dataclasses import replace

import pandas as pd
import pytest

from earlywarn.features.catalogue import AREA_FEATURES
from earlywarn.features.matrix import build_matrix
from earlywarn.features.small import small_cells, without
from earlywarn.intelligence.kinds import read_kinds
from earlywarn.panel.panel import Panel
from earlywarn.sources.synthetic import synthetic_tables

KINDS = read_kinds()
AS_OF = pd.Timestamp("2017-01-01")


@pytest.fixture(scope="module")
def panel():
    """A world in which one area had two complaints in a quarter, and every other number is large."""
    world = synthetic_tables(areas=20, seed=1, years=range(2011, 2018))
    entries = world.concerns
    counted = entries["kind"].isin([name for name, kind in KINDS.items() if kind.exposure])
    entries = entries.assign(
        amount=entries["amount"].mask(counted, 40.0), exposure=entries["exposure"].mask(counted, 900.0)
    )
    recent = entries["occurred_on"].between(AS_OF - pd.Timedelta(days=200), AS_OF - pd.Timedelta(days=100))
    own = entries["area_code"].eq("X00000005") & entries["kind"].eq("complaints") & recent
    entries.loc[entries.index[own][:1], "amount"] = 2.0
    assert own.any()
    return Panel(replace(world, concerns=entries))


def test_one_small_part_hides_the_whole_number(panel):
    cells = small_cells(panel.known_at(AS_OF), AREA_FEATURES, kinds=KINDS, below=5)
    assert set(cells["area_code"]) == {"X00000005"}
    assert "complaints_rate" in set(cells["feature"])
    matrix = build_matrix(panel, [AS_OF])
    shown = without(matrix, cells)
    changed = matrix.notna() & shown.isna()
    assert changed.index[changed.any(axis=1)].tolist() == [("X00000005", AS_OF)]
    assert matrix.loc[("X00000005", AS_OF), "complaints_rate"] > 0


def test_where_nothing_is_too_small_nothing_is_hidden(panel):
    assert small_cells(panel.known_at(AS_OF), AREA_FEATURES, kinds=KINDS, below=0).empty


def test_without_entries_nothing_is_hidden(panel):
    empty = Panel(replace(panel.tables, concerns=panel.tables.concerns.iloc[:0]))
    assert small_cells(empty.known_at(AS_OF), AREA_FEATURES, kinds=KINDS, below=5).empty
