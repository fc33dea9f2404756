"""How much of what is known of an area stands out for the worse."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from earlywarn.features.control_chart import own_gap
from earlywarn.features.funnel import funnel_gap
from earlywarn.features.signals_worse import signals_worse
from earlywarn.panel.panel import Panel
from earlywarn.sources.england import read_england


@pytest.fixture(scope="module")
def snapshot():
    tables = read_england()
    kept = ["assessments_within_45_days", "caseload", "cla_rate", "population_0_17", "referral_rate"]
    chosen = tables.observations["indicator"].astype(str).isin(kept)
    part = replace(
        tables,
        indicators=tables.indicators[tables.indicators["indicator"].isin(kept)],
        observations=tables.observations[chosen],
    )
    return Panel(part).known_at(pd.Timestamp("2022-01-01"))


def test_it_counts_what_is_beyond_either_limit_of_what_can_be_judged(snapshot):
    own, among = own_gap(snapshot).to_pandas(), funnel_gap(snapshot).to_pandas()
    found = signals_worse(snapshot).to_series()
    for area in found.index:
        judged = [
            name
            for name in ("assessments_within_45_days", "caseload")
            if not (np.isnan(own.loc[area, name]) and np.isnan(among.loc[area, name]))
        ]
        out = [name for name in judged if own.loc[area, name] > 3 or among.loc[area, name] > 3.09]
        expected = len(out) / len(judged) if judged else np.nan
        assert found[area] == pytest.approx(expected, nan_ok=True)
    assert 0 < found.mean() < 0.5


def test_an_area_without_figures_is_not_known(snapshot):
    cube = snapshot.values  # noqa: PD011 - a cube, not a pandas object
    empty = replace(snapshot, values=cube.where(cube["area"] != "E06000001"))
    assert np.isnan(signals_worse(empty).sel(area="E06000001"))
