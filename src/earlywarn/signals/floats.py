"""Whatever holds numbers, as plain floats with NaN for a gap."""

import numpy as np

__all__ = ["floats"]

NO_FIGURES = {"m": "durations", "M": "dates", "c": "complex numbers"}  # that numpy would turn into floats


def floats(values: object) -> np.ndarray:
    """Return an array-like as floats, not copied where it holds them already.

    Parameters
    ----------
    values : array-like
        Numbers, None or NaN where there is none. What a masked array hides is not there either.

    Raises
    ------
    TypeError, ValueError
        For what are no numbers, dates and durations among them: numpy would count them in days or in
        thousand-millionths of seconds, and a missing date as a huge number.

    Examples
    --------
    >>> floats([1, None, 3])
    array([ 1., nan,  3.])
    >>> floats(np.ma.masked_equal([4, 999], 999))
    array([ 4., nan])
    """
    kind = getattr(getattr(values, "dtype", None), "kind", "")
    if kind in NO_FIGURES:
        message = f"found {NO_FIGURES[kind]}"
        raise TypeError(message)
    if isinstance(values, np.ma.MaskedArray):
        return np.asarray(np.ma.filled(values.astype(float), np.nan))
    return np.asarray(values, dtype=float)
