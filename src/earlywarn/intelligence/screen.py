"""Show what somebody wrote on a terminal: a text may not move the cursor, change colours or hide itself."""

import unicodedata

__all__ = ["shown"]

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})  # Unicode's categories of what controls, not says


def shown(text: str) -> str:
    r"""Return a text with every control character written out.

    Examples
    --------
    >>> print(shown("three\x1b[31m left\nin spring"))
    three\x1b[31m left\nin spring
    >>> print(shown("naïve"))
    naïve
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        letter.encode("unicode_escape").decode() if unicodedata.category(letter) in UNSEEN else letter
        for letter in text
    )
