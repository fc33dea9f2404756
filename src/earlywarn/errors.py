"""Everything that earlywarn raises on purpose.

Catch ``EarlywarnError`` for all of it, or the built-in that you would expect::

    EarlywarnError
    ├── DataError (ValueError)             a table cannot be used; ``faults`` lists every reason
    │   └── MissingTableError (FileNotFoundError)
    ├── ConfigError (ValueError)           the configuration asks for something that does not exist
    ├── DateError (ValueError)             an as-of date or horizon that the data cannot serve
    ├── LabelError (ValueError)            too few labelled rows, or only one class, to learn from
    ├── LogError (ValueError)              a log that cannot be opened, or refuses what is asked
    ├── ModelFileError (ValueError)        a model folder that is not ours, or not safe to load
    ├── PlanError (ValueError)             a programme whose rules cannot all be kept
    └── OutputError (FileExistsError)      a folder that earlywarn will not write over

Every message says what was wanted, what was found, and what to do.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "ConfigError",
    "DataError",
    "DateError",
    "EarlywarnError",
    "Fault",
    "LabelError",
    "LogError",
    "MissingTableError",
    "ModelFileError",
    "OutputError",
    "PlanError",
    "masked",
    "name_a_few",
]

SHOWN = 5  # offenders named in a message; the rest are counted
LISTED = 200  # faults printed in a message; ``DataError.faults`` has them all


def name_a_few(offenders: Iterable[object], *, shown: int = SHOWN) -> str:
    """Name the first few offenders and count the rest.

    Examples
    --------
    >>> name_a_few(["Bury", "Kent", "Leeds"], shown=2)
    "'Bury', 'Kent' and 1 more"
    >>> name_a_few(["Bury"])
    "'Bury'"
    """
    named = [repr(offender) for offender in offenders]
    rest = len(named) - shown
    return ", ".join(named[:shown]) + (f" and {rest:,} more" if rest > 0 else "")


def masked(text: str) -> str:
    """Hide every password in a text that may hold addresses.

    Examples
    --------
    >>> masked("cannot open postgresql://ann:s3cret@db.example.org/mlflow")
    'cannot open postgresql://ann:***@db.example.org/mlflow'
    >>> masked("https://mlflow.example.org/?token=abc&x=1")
    'https://mlflow.example.org/?token=***&x=1'
    """
    text = re.sub(r"(\w[\w+.-]*://[^\s:/@]*):[^\s]*@", r"\1:***@", text)
    return re.sub(r"(?i)\b(password|passwd|pwd|token|secret)=[^&\s'\"]+", r"\1=***", text)


@dataclass(frozen=True)
class Fault:
    """One thing to mend in one place of one table.

    Parameters
    ----------
    file : str
        The file's name, as the user knows it.
    row : int or None
        Line of the file, the header being line 1; None where the whole table or column is meant.
    column : str or None
        The column, None where the whole table is meant.
    value : object
        What was found there.
    problem, remedy : str
        What is wrong with it, and what to do.

    Examples
    --------
    >>> print(Fault("areas.csv", 3, "area_code", "", "is empty", "give every area a code"))
    areas.csv, row 3, column area_code: '' is empty. To mend it: give every area a code.
    """

    file: str
    row: int | None
    column: str | None
    value: object
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = self.file
        place += f", row {self.row}" if self.row is not None else ""
        place += f", column {self.column}" if self.column is not None else ""
        found = f"{self.value!r} " if self.value is not None else ""
        return f"{place}: {found}{self.problem}. To mend it: {self.remedy}."


class EarlywarnError(Exception):
    """Base of everything that earlywarn raises on purpose."""


class DataError(EarlywarnError, ValueError):
    """Tables that cannot be used as they are.

    Parameters
    ----------
    faults : sequence of Fault
        All of them, in the order of the files.
    where : str
        The folder or file that was read.
    """

    def __init__(self, faults: Sequence[Fault], *, where: str = "the data") -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        lines = [f"{where}: {count:,} fault{'' if count == 1 else 's'} found; nothing was written."]
        lines += [f"  {fault}" for fault in self.faults[:LISTED]]
        if count > LISTED:
            lines.append(f"  and {count - LISTED:,} more of the same kinds.")
        super().__init__("\n".join(lines))


class MissingTableError(DataError, FileNotFoundError):
    """A folder or a required table that is not there."""


class ConfigError(EarlywarnError, ValueError):
    """A configuration that asks for something that does not exist."""


class DateError(EarlywarnError, ValueError):
    """An as-of date or a horizon that the data cannot serve."""


class LabelError(EarlywarnError, ValueError):
    """Too few labelled rows, or only one class, to learn from."""


class LogError(EarlywarnError, ValueError):
    """A log of intelligence that cannot be opened, is not whole, or refuses what is asked of it."""


class ModelFileError(EarlywarnError, ValueError):
    """A model folder that is not ours, is damaged, or is not safe to load."""


class PlanError(EarlywarnError, ValueError):
    """A programme whose rules cannot all be kept; the message names each, and what would suffice."""


class OutputError(EarlywarnError, FileExistsError):
    """A folder that earlywarn will not write over."""
