"""Keep a spreadsheet from running what somebody wrote: text that begins like a formula gets an apostrophe."""

import pandas as pd

__all__ = ["RUNNABLE", "guarded", "unguarded"]

RUNNABLE = r"'*[=+\-@\t\r\n]"  # a cell that begins so is a formula to a spreadsheet


def guarded(texts: pd.Series) -> pd.Series:
    """Put an apostrophe before each text that a spreadsheet would run.

    Parameters
    ----------
    texts : Series of str, shape (rows,)

    Examples
    --------
    >>> guarded(pd.Series(["=1+1", "'=1", "three left", "-"])).tolist()
    ["'=1+1", "''=1", 'three left', "'-"]
    """
    return texts.mask(texts.str.match(RUNNABLE), "'" + texts)


def unguarded(texts: pd.Series) -> pd.Series:
    """Take the apostrophe of `guarded` away again.

    Examples
    --------
    >>> unguarded(guarded(pd.Series(["=1+1", "'=1", "'quoted'"]))).tolist()
    ['=1+1', "'=1", "'quoted'"]
    """
    quoted = texts.str.startswith("'")
    if not quoted.any():
        return texts
    return texts.mask(quoted & texts.str.match("'" + RUNNABLE), texts.str.slice(1))
