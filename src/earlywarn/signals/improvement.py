"""Which way is better, as the caller says it: in words, one for all or one for each."""

import numpy as np

from earlywarn.errors import ConfigError, name_a_few

__all__ = ["directions"]

SIGNS = {"higher": 1, "lower": -1, "": 0, None: 0}


def directions(improvement: object, shape: tuple[int, ...]) -> np.ndarray:
    """Return which way is better as a sign.

    Parameters
    ----------
    improvement : {"lower", "higher"}, None, or array-like of them
        None, or empty: neither.
    shape : tuple of int
        What it broadcasts to: one for each series or indicator.

    Returns
    -------
    ndarray of int8, of that shape
        +1 where higher is better, -1 where lower is, 0 where neither.

    Raises
    ------
    ConfigError
        If it holds another word, or does not fit.

    Examples
    --------
    >>> directions(["lower", None, "higher"], (3,))
    array([-1,  0,  1], dtype=int8)
    """
    given = np.asarray(improvement, dtype=object)
    words = given.ravel().tolist()
    strange = [word for word in words if word is not None and not (isinstance(word, str) and word in SIGNS)]
    if strange:
        message = (
            f"improvement: expected 'lower', 'higher' or None, found {name_a_few(dict.fromkeys(strange))}"
        )
        raise ConfigError(message)
    signs = np.array([SIGNS[word] for word in words], dtype=np.int8).reshape(given.shape)
    try:
        return np.broadcast_to(signs, shape)
    except ValueError as error:
        message = (
            f"improvement: expected one, or one for each series (shape {shape}), found shape {given.shape}"
        )
        raise ConfigError(message) from error
