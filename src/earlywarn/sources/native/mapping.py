"""What a user says of a spreadsheet of their own, so that it can be read: a mapping in TOML."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from earlywarn.errors import DataError, Fault
from earlywarn.schema import POLARITIES, UNITS
from earlywarn.sources.native.periods import read_periods

__all__ = ["Mapping", "OnePeriod", "Periods", "read_mapping"]

Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def _one_of(words: Iterable[str]) -> AfterValidator:
    allowed = tuple(words)

    def check(word: str) -> str:
        if word not in allowed:
            message = f"write one of {', '.join(allowed)}"
            raise ValueError(message)
        return word

    return AfterValidator(check)


class Part(BaseModel):
    """A part of a mapping: a key that is none of its own is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Area(Part):
    """Which column names the area: by name, by code or by number."""

    column: Words


class Indicator(Part):
    """What the figures are; ``text`` is what the column of indicators says in their rows."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]
    label: Words
    unit: Annotated[str, _one_of(UNITS)]
    polarity: Annotated[str, _one_of(POLARITIES)]
    text: str = ""
    domain: str = ""
    period_type: str = ""
    description: str = ""
    denominator: str = ""
    target: float | None = None


class Periods(Part):
    """Period columns found by a pattern of their headings."""

    pattern: Words
    year_type: Words
    lone_year: Literal["ends", "begins"] = "ends"

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        try:
            re.compile(self.pattern)
        except re.error as wrong:
            message = f"pattern is no regular expression ({wrong})"
            raise ValueError(message) from wrong
        if read_periods(["2023", "2023/24"], self.year_type).unreadable.all():
            message = (
                f"year_type {self.year_type!r} does not say which days a year covers; write such as financial"
            )
            raise ValueError(message)
        return self


class OnePeriod(Part):
    """One period column by its heading, with the days that it covers."""

    column: Words
    end: dt.date
    start: dt.date | None = None
    known_on: dt.date | None = None


class KnownOn(Part):
    """From which day the figures could be read: one of these."""

    date: dt.date | None = None
    days_after: Annotated[int, Field(ge=0)] | None = None
    publication: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(value is not None for value in (self.date, self.days_after, self.publication)) != 1:
            message = "give one of date, days_after and publication"
            raise ValueError(message)
        return self


class Cells(Part):
    """What stands in a cell in place of a figure, and by what the figures are multiplied."""

    missing: tuple[str, ...] = ()
    suppressed: tuple[str, ...] = ()
    nought: tuple[str, ...] = ()
    times: float = 1


class Mapping(Part):
    """Everything that is said of one layout; see ``read_wide`` for an example."""

    area: Area
    indicator: tuple[Indicator, ...]
    periods: Annotated[
        Annotated[Periods, Tag("by pattern")] | Annotated[tuple[OnePeriod, ...], Tag("one by one")],
        Discriminator(lambda said: "one by one" if isinstance(said, list | tuple) else "by pattern"),
    ]
    known_on: KnownOn | None = None
    indicator_column: Words | None = None
    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1)] | None = None
    cells: Cells = Cells()
    source: str = ""
    licence: str = ""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        wrong = [f"{part} is empty" for part in ("indicator", "periods") if getattr(self, part) == ()]
        names = [indicator.name for indicator in self.indicator]
        if self.indicator_column is None and len(names) > 1:
            wrong.append("several indicators need indicator_column, and each a text")
        if self.indicator_column is not None and not all(indicator.text for indicator in self.indicator):
            wrong.append("with indicator_column each indicator needs a text")
        if len(set(names)) < len(names):
            wrong.append("an indicator's name is there twice")
        undated = not isinstance(self.periods, tuple) or any(
            period.known_on is None for period in self.periods
        )
        if self.known_on is None and undated:
            wrong.append("known_on is missing: it says from which day the figures could be read")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


def read_mapping(path: str | Path) -> Mapping:
    """Read a mapping.

    Raises
    ------
    DataError
        If the file is not there or is not TOML, and with everything that is wrong in it at once.
    """
    path = Path(path)
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        fault = Fault(path.name, None, None, None, f"cannot be read ({wrong})", "name a mapping in TOML")
        raise DataError([fault], where=path.name) from None
    try:
        return Mapping.model_validate(said)
    except ValidationError as wrong:
        faults = {_fault(path.name, found): None for found in wrong.errors()}
        raise DataError(list(faults), where=path.name) from None


def _fault(file: str, found: ErrorDetails) -> Fault:
    where = [part for part in found["loc"] if part not in {"by pattern", "one by one"}]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in where) or "the whole"
    words = str(found["msg"]).removeprefix("Value error, ")
    value = found["input"] if isinstance(found["input"], str | int | float) else None
    remedies = {
        "missing": ("is missing", "add it"),
        "extra_forbidden": ("is no key of a mapping", "leave it out, or correct its name"),
    }
    problem, remedy = remedies.get(
        found["type"], (f"will not do: {words[0].lower()}{words[1:]}", "correct it")
    )
    return Fault(file, None, key, value, problem, remedy)
