"""Text as a file can hold it: without the control characters that XML has no place for."""

import re

__all__ = ["clean"]

FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


def clean(text: str) -> str:
    r"""Take out the characters that XML cannot hold.

    Examples
    --------
    >>> clean("Bury\x07, in the north")
    'Bury, in the north'
    """
    return FORBIDDEN.sub("", text)
