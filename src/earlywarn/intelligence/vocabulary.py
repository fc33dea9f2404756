"""The words that people use for columns, kinds and the rest, and the canonical names behind them."""

import re
from collections.abc import Mapping

import pandas as pd

from earlywarn.intelligence.kinds import CONFIDENCES, ROLES, SOURCE_TYPES, STRENGTHS, Kind
from earlywarn.schema import TIERS

__all__ = ["LABELS", "REASON", "canonical_columns", "canonical_words", "spoken", "strength_words"]

LABELS = {  # the columns of the template, in its order
    "area_code": "Area",
    "kind": "Kind",
    "role": "Role",
    "detail": "Detail",
    "occurred_on": "Occurred on",
    "strength": "Strength",
    "confidence": "Confidence",
    "source_type": "Source type",
    "contributor": "Contributor",
    "tier": "Who may see it",
    "amount": "Amount",
    "exposure": "Exposure",
    "note": "Note",
    "link": "Link",
}
REASON = "Why it was not imported"  # the column that a file of rejected rows has besides
OTHER_NAMES = {"recorded on": "known_on", "area name": "area_code", "source": "source_type"}
FURTHER = ("entry_id", "version", "known_on", "retracted")


def _plain(word: str) -> str:
    return " ".join(re.sub(r"[_\s]+", " ", word).split()).casefold()


def canonical_columns(names: list[str]) -> dict[str, str]:
    """Return the canonical name of each column that is known, by its name in a file.

    Examples
    --------
    >>> canonical_columns(["Area", "occurred_on", "Who may see it", "colour"])
    {'Area': 'area_code', 'occurred_on': 'occurred_on', 'Who may see it': 'tier'}
    """
    known = {_plain(name): name for name in (*LABELS, *FURTHER)} | OTHER_NAMES
    known |= {_plain(label): name for name, label in LABELS.items()}
    return {name: known[_plain(name)] for name in names if _plain(name) in known}


def strength_words() -> list[str]:
    """Return the five strengths as the template offers them.

    Examples
    --------
    >>> strength_words()[0]
    '1 slight'
    """
    return [f"{number} {word}" for number, word in STRENGTHS.items()]


def spoken(word: str) -> str:
    """Return a canonical word as people write it.

    Examples
    --------
    >>> spoken("follow_up")
    'follow up'
    """
    return word.replace("_", " ")


def canonical_words(texts: pd.Series, column: str, kinds: Mapping[str, Kind]) -> pd.Series:
    """Return the canonical words for what people wrote in one column.

    Parameters
    ----------
    texts : Series of str, shape (rows,)
        As written.
    column : str
        Of ``concerns``.
    kinds : mapping of str to Kind
        Those that can be logged.

    Returns
    -------
    Series of str, shape (rows,)
        What is not known stays as it was written; other columns than those with set words are returned as
        they are.

    Examples
    --------
    >>> from earlywarn.intelligence.kinds import read_kinds
    >>> canonical_words(pd.Series(["Change of leadership", "savings", "?"]), "kind", read_kinds()).tolist()
    ['leadership_change', 'savings', '?']
    >>> canonical_words(pd.Series(["3 clear", "grave", "2"]), "strength", {}).tolist()
    ['3', '5', '2']
    """
    pairs: dict[str, str] = {}
    if column == "kind":
        pairs = {kind.label: name for name, kind in kinds.items()} | {name: name for name in kinds}
    elif column == "role":
        pairs = {label: name for name, label in ROLES.items()} | {name: name for name in ROLES}
    elif column == "source_type":
        pairs = {label: name for name, label in SOURCE_TYPES.items()} | {name: name for name in SOURCE_TYPES}
    elif column == "detail":
        pairs = {word: word for kind in kinds.values() for word in kind.details}
    elif column == "confidence":
        pairs = {word: word for word in CONFIDENCES}
    elif column == "tier":
        pairs = {word: word for word in TIERS}
    elif column == "strength":
        pairs = {f"{number} {word}": str(number) for number, word in STRENGTHS.items()}
        pairs |= {word: str(number) for number, word in STRENGTHS.items()}
    known = {_plain(said): name for said, name in pairs.items()}
    return texts.map({text: known.get(_plain(text), text) for text in texts.unique()}) if known else texts
