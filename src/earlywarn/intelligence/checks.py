"""What every entry must obey before it is logged, in words for whoever has to mend it."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import DataError, Fault, LogError
from earlywarn.intelligence.entries import content
from earlywarn.intelligence.kinds import CONFIDENCES, ROLES, SOURCE_TYPES, STRENGTHS, Kind
from earlywarn.intelligence.screen import shown
from earlywarn.schema import TIERS

__all__ = ["Flaw", "check", "check_signature", "flaws"]

LONGEST_NOTE, LONGEST_WORD = 10_000, 500  # characters: a note, and any other text
LONGEST_SIGNATURE = {"by": 200, "reason": 1_000}
OF_WITHDRAWN = ("area_code", "kind", "occurred_on", "tier")  # all that a withdrawal keeps of what was written
PER_CENT = 100
NO_TEXT = re.compile("[\0\ud800-\udfff]")
Rows = npt.NDArray[np.bool_]


class Flaw(NamedTuple):
    """One thing that is wrong in some rows.

    Attributes
    ----------
    column : str
        Where it is reported.
    rows : array of bool, shape (rows,)
        The rows that have it.
    problem, remedy : str
        What is wrong, and what to do.
    """

    column: str
    rows: Rows
    problem: str
    remedy: str


def flaws(
    entries: pd.DataFrame,
    kinds: Mapping[str, Kind],
    *,
    known_on: pd.Timestamp | pd.Series,
    withdrawn: Rows | None = None,
) -> list[Flaw]:
    """Return everything that keeps entries from being logged.

    Parameters
    ----------
    entries : DataFrame
        See ``entries.as_entries``.
    kinds : mapping of str to Kind
        Those that can be logged.
    known_on : Timestamp or Series of shape (rows,)
        The day on which they are, or were, recorded.
    withdrawn : array of bool, shape (rows,), optional
        Rows that withdraw an entry: only what they keep is looked at.

    Returns
    -------
    list of Flaw
        Those that at least one row has; empty where all is well.

    Examples
    --------
    >>> from earlywarn.intelligence.entries import as_entries
    >>> from earlywarn.intelligence.kinds import read_kinds
    >>> entry = as_entries({"area_code": "E1", "kind": "saving", "occurred_on": "2024-05-01", "tier": "open",
    ...                     "contributor": "C001"})
    >>> found = flaws(entry, read_kinds(), known_on=pd.Timestamp("2024-05-02"))
    >>> [(flaw.column, flaw.remedy) for flaw in found]
    [('kind', 'write savings, if that is meant')]
    """
    found = [*_words(entries, kinds), *_by_kind(entries, kinds), *_numbers(entries, kinds), *_texts(entries)]
    occurred = entries["occurred_on"]
    found.append(
        Flaw("occurred_on", occurred.isna().to_numpy(), "is empty", "write the day on which it happened")
    )
    later = (occurred > known_on).to_numpy()
    found.append(
        Flaw("occurred_on", later, "is after the day it was recorded", "log it once it has happened")
    )
    if withdrawn is not None:
        kept = ~np.asarray(withdrawn, dtype=bool)
        found = [
            flaw if flaw.column in OF_WITHDRAWN else flaw._replace(rows=flaw.rows & kept) for flaw in found
        ]
    return [flaw for flaw in found if flaw.rows.any()]


def _words(entries: pd.DataFrame, kinds: Mapping[str, Kind]) -> Iterator[Flaw]:
    for column, meaning in {
        "area_code": "the area that it is about",
        "kind": "what it is",
        "contributor": "a pseudonym of who says so, such as C001",
        "tier": f"who may see it: {', '.join(TIERS)}",
    }.items():
        yield Flaw(column, _is(entries, column, lambda word: not word), "is empty", f"write {meaning}")
    for column, allowed in {
        "kind": tuple(kinds),
        "role": tuple(ROLES),
        "confidence": tuple(CONFIDENCES),
        "source_type": tuple(SOURCE_TYPES),
        "tier": TIERS,
    }.items():
        for word in pd.unique(entries[column]):
            if word and word not in allowed:
                near = get_close_matches(word, allowed, n=1)
                remedy = (
                    f"write {near[0]}, if that is meant" if near else f"write one of {', '.join(allowed)}"
                )
                yield Flaw(
                    column,
                    (entries[column] == word).to_numpy(),
                    f"is no {column.replace('_', ' ')} that is known",
                    remedy,
                )


def _by_kind(entries: pd.DataFrame, kinds: Mapping[str, Kind]) -> Iterator[Flaw]:
    """Yield what a kind asks for and is not there, and what is there though the kind does not ask for it."""
    for name in pd.unique(entries["kind"]):
        if name not in kinds:
            continue
        kind, of = kinds[name], (entries["kind"] == name).to_numpy()
        role, detail = entries["role"].to_numpy() != "", entries["detail"].to_numpy() != ""
        if kind.role:
            yield Flaw(
                "role", of & ~role, f"is empty, and {name} names a post", f"write one of {', '.join(ROLES)}"
            )
        else:
            yield Flaw("role", of & role, f"is filled in, and {name} names no post", "leave it empty")
        if kind.details:
            allowed = f"write one of {', '.join(kind.details)}"
            yield Flaw("detail", of & ~detail, f"is empty, and {name} needs it", allowed)
            other = detail & ~entries["detail"].isin(kind.details).to_numpy()
            yield Flaw("detail", of & other, f"is no word for {name}", allowed)
        else:
            yield Flaw("detail", of & detail, f"is filled in, and {name} has none", "put it into the note")
        if kind.pressure:
            given = entries["strength"].notna().to_numpy()
            yield Flaw("strength", of & ~given, "is empty", f"write 1 to {len(STRENGTHS)}, 1 being slight")
            sure = entries["confidence"].to_numpy() != ""
            yield Flaw("confidence", of & ~sure, "is empty", f"write one of {', '.join(CONFIDENCES)}")


def _numbers(entries: pd.DataFrame, kinds: Mapping[str, Kind]) -> Iterator[Flaw]:
    strength = entries["strength"].to_numpy()
    odd = ~np.isnan(strength) & ~np.isin(strength, list(STRENGTHS))
    yield Flaw(
        "strength", odd, f"is not a whole number from 1 to {len(STRENGTHS)}", "write 1 (slight) to 5 (grave)"
    )
    for column in ("amount", "exposure"):
        number = entries[column].to_numpy()
        wrong = np.isinf(number) | (number < 0)
        yield Flaw(column, wrong, "is not a number of 0 or more", "correct it, or leave it empty")
        counts = {name: getattr(kind, column) for name, kind in kinds.items()}
        idle = (
            entries["kind"].map({name: not what for name, what in counts.items()}).eq(other=True).to_numpy()
        )
        yield Flaw(
            column,
            idle & ~np.isnan(number),
            "is filled in, and this kind counts nothing there",
            "leave it empty",
        )
        if column == "amount":
            percent = [name for name, what in counts.items() if what.startswith("percent")]
            above = entries["kind"].isin(percent).to_numpy() & (number > PER_CENT) & np.isfinite(number)
            yield Flaw(column, above, f"is a share of more than {PER_CENT} percent", "correct it")
    alone = ~np.isnan(entries["exposure"].to_numpy()) & np.isnan(entries["amount"].to_numpy())
    yield Flaw("amount", alone, "is empty, and its exposure is not", "write both or neither")


def _texts(entries: pd.DataFrame) -> Iterator[Flaw]:
    for column in entries.select_dtypes(object).columns:
        most = LONGEST_NOTE if column == "note" else LONGEST_WORD
        long = _is(entries, column, lambda word, most=most: len(word) > most)  # type: ignore[misc]
        yield Flaw(column, long, f"is longer than {most:,} characters", "shorten it")
        yield Flaw(column, _is(entries, column, _no_text), "holds what is not text", "write it anew")


def _no_text(word: str) -> bool:
    """Say whether a text holds what no database stores: the character NUL, or half a character.

    Examples
    --------
    >>> _no_text("naïve"), _no_text("a" + chr(0)), _no_text(chr(0xDC80))
    (False, True, True)
    """
    return NO_TEXT.search(word) is not None


def _is(entries: pd.DataFrame, column: str, asked: Callable[[str], bool]) -> Rows:
    """Ask each different word of a column once."""
    codes, words = pd.factorize(entries[column])
    answers = np.array([asked(word) for word in words], dtype=bool)
    return answers[codes] if len(words) else np.zeros(len(entries), dtype=bool)


def check(
    entries: pd.DataFrame,
    kinds: Mapping[str, Kind],
    *,
    known_on: pd.Timestamp | pd.Series,
    withdrawn: Rows | None = None,
) -> None:
    """Refuse entries that cannot be logged, naming every fault at once; parameters as in `flaws`.

    Raises
    ------
    DataError
        With one fault for each row and column; rows are counted from 1.
    """
    said = content(entries)
    faults = [
        Fault("entry", int(row) + 1, flaw.column, said[flaw.column][row], flaw.problem, flaw.remedy)
        for flaw in flaws(entries, kinds, known_on=known_on, withdrawn=withdrawn)
        for row in np.flatnonzero(flaw.rows)
    ]
    if faults:
        raise DataError(faults, where="the log")


def check_signature(**said: str) -> None:
    r"""Refuse a name of who records an entry, or a reason, that is empty, too long or no plain text.

    Parameters
    ----------
    **said : str
        ``by``, and ``reason`` where there is one.

    Raises
    ------
    LogError
        If one of them cannot be kept.

    Examples
    --------
    >>> check_signature(by="C001", reason="heard\x07 twice")
    Traceback (most recent call last):
    ...
    earlywarn.errors.LogError: --reason holds what cannot be printed: 'heard\x07 twice'. Write it anew, in one
    line of plain text. Nothing was logged.
    """
    for name, text in said.items():
        most = LONGEST_SIGNATURE[name]
        if not text.strip() and name == "by":
            message = (
                "Nobody is named as recording this. Give a pseudonym with --by, or in EARLYWARN_CONTRIBUTOR."
            )
        elif not text.strip():
            message = "A correction or withdrawal needs a reason. Nothing was logged."
        elif len(text) > most:
            message = f"--{name} has {len(text):,} characters. Write at most {most:,}. Nothing was logged."
        elif shown(text) != text:
            message = (
                f"--{name} holds what cannot be printed: '{shown(text)}'. Write it anew, in one line of "
                "plain text. Nothing was logged."
            )
        else:
            continue
        raise LogError(message)
