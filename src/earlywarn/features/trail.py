"""Which entries of the log stand behind each number: the way back from a reason to what people said."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.features.soft import soft_features
from earlywarn.features.spec import FeatureSpec
from earlywarn.panel.snapshot import Snapshot

__all__ = ["trail"]

COLUMNS = ["area_code", "feature", "entry_id"]


def trail(snapshot: Snapshot, features: Sequence[FeatureSpec] | None = None) -> pd.DataFrame:
    """List the entries behind each feature of each area.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``entries``, and whatever the features do.
    features : sequence of FeatureSpec, optional
        Those of the log where not given. One without ``behind`` has no trail.

    Returns
    -------
    DataFrame
        ``area_code, feature, entry_id``, each row once, sorted by area and feature, the entries in the order
        in which they occurred. Entries of every tier are listed: whoever shows them keeps to the audience's.

    Notes
    -----
    Entries are listed that a number rests on, echoes among them, although they count once. Behind a number
    that is not known stands nothing. A feature that rests on what was *not* said, such as ``silence``, has
    none.

    Examples
    --------
    >>> import xarray as xr
    >>> cube = xr.DataArray(np.empty((1, 0, 0)), dims=("area", "indicator", "period"),
    ...                     coords={"area": ["A"], "indicator": [], "period": pd.DatetimeIndex([])})
    >>> nobody = Snapshot(as_of=pd.Timestamp("2024-01-01"), values=cube,
    ...                   neighbours=xr.DataArray(np.empty((1, 0), dtype=int), dims=("area", "rank")))
    >>> trail(nobody).columns.tolist()
    ['area_code', 'feature', 'entry_id']
    """
    entries = snapshot.entries
    specs = [spec for spec in (soft_features() if features is None else features) if spec.behind is not None]
    specs.sort(key=lambda spec: spec.name)
    found = [_rows(snapshot, spec) for spec in specs]
    rows = np.concatenate([*found, np.empty(0, dtype=np.int64)])
    if len(entries) == 0 or len(rows) == 0:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    feature = np.repeat(np.arange(len(specs)), [len(of) for of in found])
    order = np.lexsort((rows, feature, entries.area[rows]))
    rows, feature = rows[order], feature[order]
    codes = snapshot.position.to_numpy()
    names = np.array([spec.name for spec in specs], dtype=object)
    return pd.DataFrame(
        dict(zip(COLUMNS, (codes[entries.area[rows]], names[feature], entries.entry_id[rows]), strict=True))
    )


def _rows(snapshot: Snapshot, spec: FeatureSpec) -> npt.NDArray[np.int64]:
    """Return the entries behind one feature, where its number is known."""
    rows = np.unique(spec.behind(snapshot)) if spec.behind else np.empty(0, dtype=np.int64)
    known = ~np.isnan(spec.builder(snapshot).to_numpy())
    shown: npt.NDArray[np.int64] = rows[known[snapshot.entries.area[rows]]]
    return shown
