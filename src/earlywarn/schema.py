"""Columns, types, units, keys and allowed values of every table that crosses a doorway.

``TABLES`` is the one description of the canonical folder: the readers, the checks and the reference page
all follow it. Importing this module costs next to nothing; pandera is loaded when a frame is checked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = [
    "DATE_NAMES",
    "ENABLERS",
    "GRADES",
    "GRADE_CODES",
    "NEIGHBOUR_MODELS",
    "POLARITIES",
    "QUESTIONS",
    "SCALES",
    "STATUSES",
    "SUB_JUDGEMENTS",
    "TABLES",
    "TARGETS",
    "TIERS",
    "UNITS",
    "WITH_VALUE",
    "Column",
    "Rule",
    "Table",
    "empty_table",
    "pandera_schema",
    "theme_column",
    "violations",
]

GRADES = ("inadequate", "requires_improvement", "good", "outstanding")  # worst first
GRADE_CODES = {grade: code for code, grade in enumerate(GRADES)}
SUB_JUDGEMENTS = ("leadership", "help_and_protection", "care", "care_leavers", "adoption")
TARGETS = ("adverse", "decline", "serious")
QUESTIONS = {  # what each target asks the risk of, in words
    "adverse": "a judgement below good",
    "decline": "a judgement below the last one",
    "serious": "a judgement of inadequate",
}
# The seven enablers: the themes under which a reason is explained.
ENABLERS = (
    "strategic approach",
    "leadership and governance",
    "workforce",
    "partners",
    "supporting apparatus",
    "innovation",
    "resources",
)
POLARITIES = ("higher_is_worse", "higher_is_better", "neutral")
TIERS = ("open", "sector", "restricted")  # of sensitivity, most open first
GRAVEST = 5  # the greatest strength of an entry
STATUSES = (  # why a value is there or not; the last four are what publishers' symbols say
    "ok", "missing", "suppressed", "not_applicable", "unavailable", "unreliable", "rounded",
)  # fmt: skip
WITH_VALUE = ("ok", "rounded")  # statuses with a value: rounded is a small number printed as nought
UNITS: dict[str, tuple[float, float]] = {  # least and greatest value that can be true
    "percent": (0, 100),
    "rate_per_10000": (0, np.inf),  # events can outnumber children
    "per_100": (0, np.inf),  # a ratio of two counts taken at different moments can pass 100
    "count": (0, np.inf),
    "gbp": (-np.inf, np.inf),  # net spend can be below zero
    "gbp_per_week": (0, np.inf),
    "cases_per_fte": (0, np.inf),
    "score": (-np.inf, np.inf),
}
# What the units that are a share or a rate of something are per; the others are per nothing.
SCALES = {"percent": 100.0, "per_100": 100.0, "rate_per_10000": 10_000.0, "cases_per_fte": 1.0}
DATE_NAMES = ("known_on", "published_on", "observed_on")  # read as known_on, whichever is there
NEIGHBOUR_MODELS = {"2021": "2021-04-30", "2025": "2025-05-31"}  # England's models and when each was known

Kind = Literal["text", "date", "number", "whole", "yes_no"]
DTYPES: dict[str, str] = {
    "text": "object",
    "date": "datetime64[ns]",
    "number": "float64",
    "whole": "int64",
    "yes_no": "bool",
}


@dataclass(frozen=True)
class Column:
    """One column of one table.

    Parameters
    ----------
    name : str
        As it is called once read.
    kind : {"text", "date", "number", "whole", "yes_no"}
        How its cells are written.
    meaning : str
        What it holds, with the unit.
    required : bool
        Whether a file without it is refused.
    may_be_empty : bool
        Whether a cell may be empty; every optional column's may.
    allowed : tuple of str
        All the values there are; empty where any will do.
    least : float or None
        Least number allowed.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    may_be_empty: bool = False
    allowed: tuple[str, ...] = ()
    least: float | None = None

    @property
    def filled(self) -> bool:
        """Whether every cell must say something."""
        return self.required and not self.may_be_empty

    @property
    def dtype(self) -> str:
        """The pandas dtype once read; whole numbers that may be empty are floats with NaN."""
        return "float64" if self.kind == "whole" and not self.filled else DTYPES[self.kind]


@dataclass(frozen=True)
class Rule:
    """One thing that must hold in every row.

    Parameters
    ----------
    columns : tuple of str
        The columns it reads; a fault is reported at the first.
    holds : callable
        Frame to a boolean array of shape (rows,): True where all is well.
    problem, remedy : str
        The words of the fault; ``{column}`` in braces stands for that row's text.
    repeats : bool
        Whether the rule asks for a key, so that the fault can name the earlier row.
    """

    columns: tuple[str, ...]
    holds: Callable[[pd.DataFrame], "pd.Series[bool]"]
    problem: str
    remedy: str
    repeats: bool = False


@dataclass(frozen=True)
class Table:
    """One table of the canonical folder.

    Parameters
    ----------
    name : str
        The file is called so, with ``.csv``, ``.csv.gz`` or ``.parquet``.
    required : bool
        Whether a folder without it is refused.
    columns : tuple of Column
        In order.
    keys : tuple of tuple of str
        Each names columns that together occur once.
    orders : tuple of pairs of str
        Dates of which the second may not be before the first.
    rules : tuple of Rule
        What else must hold.
    """

    name: str
    required: bool
    columns: tuple[Column, ...]
    keys: tuple[tuple[str, ...], ...] = ()
    orders: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = field(default=())

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]


def _known(what: str) -> Column:
    return Column("known_on", "date", what, required=True)


def _area(what: str = "the area") -> Column:
    return Column("area_code", "text", what, required=True)


def _after_the_version_before(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Say of each version of an entry whether the one before it was not recorded later."""
    known = frame.sort_values(["entry_id", "version"], kind="stable")[["entry_id", "known_on"]]
    early = (known["known_on"] < known["known_on"].shift()) & (known["entry_id"] == known["entry_id"].shift())
    return ~early.reindex(frame.index)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "areas",
            required=True,
            columns=(
                _area("code of the area, kept for life"),
                Column("name", "text", "its name", required=True),
                Column("region", "text", "the region it lies in"),
                Column("area_type", "text", "its kind, such as County or Unitary"),
                Column("active_from", "date", "first day of its existence; empty: always there"),
                Column("active_to", "date", "last day of its existence; empty: exists today"),
                Column("predecessors", "text", "codes of the areas it came from, joined by `;`"),
                Column("successors", "text", "codes of the areas it went to, joined by `;`"),
                Column("former_codes", "text", "earlier codes of the same area, joined by `;`"),
            ),
            keys=(("area_code",),),
            orders=(("active_from", "active_to"),),
        ),
        Table(
            "indicators",
            required=True,
            columns=(
                Column(
                    "indicator", "text", "short name, such as `agency_rate`; no `__` in it", required=True
                ),
                Column("label", "text", "what people call it", required=True),
                Column("unit", "text", "unit of its values", required=True, allowed=tuple(UNITS)),
                Column("polarity", "text", "which way is worse", required=True, allowed=POLARITIES),
                Column("domain", "text", "the part of the service it is about"),
                Column("source", "text", "publication it comes from, printed beside its values"),
                Column("period_type", "text", "what a period is, such as year_to_31_march"),
                Column("publication_lag_days", "whole", "days from period end to publication", least=0),
                Column("description", "text", "how it is counted"),
                Column(
                    "denominator",
                    "text",
                    "the indicator that its values are a share or a rate of, which a funnel needs; empty: "
                    "as in the packaged list",
                ),
                Column("target", "number", "what its values should reach, in its unit; empty: nothing set"),
                Column("no_quartile", "yes_no", "whether its publisher shows no quarters for it"),
            ),
            keys=(("indicator",),),
            rules=(
                Rule(
                    ("indicator",),
                    lambda frame: ~frame["indicator"].str.contains("__", regex=False),
                    "has two underscores running, which feature names keep for themselves",
                    "write one underscore",
                ),
            ),
        ),
        Table(
            "observations",
            required=True,
            columns=(
                _area(),
                Column("indicator", "text", "the indicator", required=True),
                Column("period_start", "date", "first day of the period"),
                Column("period_end", "date", "last day of the period, or the day counted", required=True),
                Column("value", "number", "in the indicator's unit", required=True, may_be_empty=True),
                Column("status", "text", "why a value is there or not", allowed=STATUSES),
                _known("first day the value could be read"),
            ),
            keys=(("area_code", "indicator", "period_end", "known_on"),),
            orders=(("period_start", "period_end"), ("period_end", "known_on")),
            rules=(
                Rule(
                    ("value", "status"),
                    lambda frame: ~frame["status"].isin(WITH_VALUE) | frame["value"].notna(),
                    "is empty although the status is {status}",
                    "give the value, or write the status missing or suppressed",
                ),
                Rule(
                    ("value", "status"),
                    lambda frame: frame["status"].isin(WITH_VALUE) | frame["value"].isna(),
                    "is given although the status is {status}",
                    "leave the value empty, or write the status ok",
                ),
            ),
        ),
        Table(
            "inspections",
            required=True,
            columns=(
                Column("inspection_id", "text", "name of the inspection; made from area and start if empty"),
                _area(),
                Column("framework", "text", "rules it was held under, such as ILACS"),
                Column("inspection_type", "text", "such as standard, short or full"),
                Column("start_date", "date", "first day on site", required=True),
                Column("end_date", "date", "last day on site"),
                _known("day the report was published"),
                Column("overall", "text", "overall judgement", required=True, allowed=GRADES),
                *(
                    Column(part, "text", f"judgement on {part.replace('_', ' ')}", allowed=GRADES)
                    for part in SUB_JUDGEMENTS
                ),
            ),
            keys=(("area_code", "start_date"), ("inspection_id",)),
            orders=(("start_date", "end_date"), ("start_date", "known_on")),
        ),
        Table(
            "neighbours",
            required=False,
            columns=(
                _area(),
                Column("neighbour_code", "text", "a statistical neighbour of the area", required=True),
                Column("rank", "whole", "1 for the nearest", required=True, least=1),
                Column("closeness", "text", "how close, in the publisher's words"),
                Column("model", "text", "which published set it belongs to"),
                _known("day the set was published; may be left out for the models 2021 and 2025"),
            ),
            keys=(("area_code", "neighbour_code", "model"), ("area_code", "rank", "model")),
            rules=(
                Rule(
                    ("neighbour_code", "area_code"),
                    lambda frame: frame["neighbour_code"] != frame["area_code"],
                    "is the area itself",
                    "name another area",
                ),
            ),
        ),
        Table(
            "leadership",
            required=False,
            columns=(
                _area(),
                Column("role", "text", "such as director_of_childrens_services", required=True),
                Column("in_post_since", "date", "first day in post", required=True),
                Column("interim", "yes_no", "whether the post is held for the time being"),
                _known("day it was published"),
                Column("inspection_id", "text", "the report that says so"),
            ),
            keys=(("area_code", "role", "in_post_since", "known_on"),),
        ),
        Table(
            "report_themes",
            required=False,
            columns=(
                _area(),
                Column("inspection_id", "text", "the inspection", required=True),
                _known("day the report was published"),
                Column("words", "whole", "words in the report", required=True, least=1),
            ),
            keys=(("inspection_id",),),
        ),
        Table(
            "concerns",
            required=False,
            columns=(
                Column("entry_id", "text", "name of the entry, the same in all its versions", required=True),
                Column(
                    "version",
                    "whole",
                    "1 for the first, one more for each correction",
                    required=True,
                    least=1,
                ),
                _area("the area it is about"),
                Column("kind", "text", "what it is: a kind of the reference of kinds", required=True),
                Column("role", "text", "for a change of leadership, whose post"),
                Column("detail", "text", "what happened, where the kind has words for it"),
                Column(
                    "occurred_on",
                    "date",
                    "day it happened, or the last day of the period it counts",
                    required=True,
                ),
                _known("day it was recorded"),
                Column("strength", "whole", "from 1, slight, to 5, grave", least=1),
                Column(
                    "confidence", "text", "how sure the contributor is", allowed=("low", "medium", "high")
                ),
                Column("source_type", "text", "where the contributor has it from"),
                Column("contributor", "text", "pseudonym of who recorded it"),
                Column("tier", "text", "who may see it", required=True, allowed=TIERS),
                Column("amount", "number", "a number, where the kind has one", least=0),
                Column("exposure", "number", "the size against which the amount is read", least=0),
                Column("retracted", "yes_no", "whether this version withdraws the entry"),
                Column("note", "text", "free text"),
                Column("link", "text", "where more can be read; entries that share one echo one source"),
            ),
            keys=(("entry_id", "version"),),
            orders=(("occurred_on", "known_on"),),
            rules=(
                Rule(
                    ("strength",),
                    lambda frame: ~(frame["strength"] > GRAVEST),
                    f"is above {GRAVEST}",
                    f"give a strength from 1, slight, to {GRAVEST}, grave",
                ),
                Rule(
                    ("known_on", "entry_id", "version"),
                    _after_the_version_before,
                    "is before the day on which the version before {version} of {entry_id} was recorded",
                    "correct whichever of the dates or versions is wrong",
                ),
            ),
        ),
        Table(
            "visits",
            required=False,
            columns=(
                _area(),
                Column("start_date", "date", "first day of the visit", required=True),
                _known("day the letter was published"),
                Column("visit_type", "text", "such as focused or monitoring"),
                Column("theme", "text", "what it looked at"),
            ),
            keys=(("area_code", "start_date", "visit_type"),),
            orders=(("start_date", "known_on"),),
        ),
    )
}


def empty_table(name: str) -> pd.DataFrame:
    """Return a table without rows, with all its columns and dtypes.

    Examples
    --------
    >>> empty_table("visits").dtypes["known_on"]
    dtype('<M8[ns]')
    """
    return pd.DataFrame({column.name: pd.Series(dtype=column.dtype) for column in TABLES[name].columns})


def theme_column(name: str) -> Column:
    """Return the description of one further column of ``report_themes``.

    Examples
    --------
    >>> theme_column("drift_and_delay").dtype
    'int64'
    """
    return Column(name, "whole", "mentions of the theme in the report", required=True, least=0)


def _rules(table: Table, extra: tuple[str, ...]) -> Iterator[Rule]:
    """Yield every rule of a table: those of its columns, its keys, its dates and its own."""
    for column in (*table.columns, *map(theme_column, extra)):
        yield from _column_rules(column)
    for key in table.keys:
        yield Rule(
            key,
            lambda frame, key=key: ~frame.duplicated(list(key)),  # type: ignore[misc]
            "repeats an earlier row",
            "keep one of the two rows" + ("; a revision has a later known_on" if "known_on" in key else ""),
            repeats=True,
        )
    for first, second in table.orders:
        yield Rule(
            (second, first),
            lambda frame, first=first, second=second: ~(frame[second] < frame[first]),  # type: ignore[misc]
            f"is before the {first} {{{first}}}",
            "correct whichever of the two dates is wrong",
        )
    yield from table.rules


def _column_rules(column: Column) -> Iterator[Rule]:
    name, allowed, least = column.name, column.allowed, column.least
    if column.filled:
        text = column.kind == "text"
        yield Rule(
            (name,),
            lambda frame: frame[name] != "" if text else frame[name].notna(),
            "is empty",
            f"fill it in ({column.meaning})",
        )
    if allowed:
        yield Rule(
            (name,),
            lambda frame: frame[name].isin(("", *allowed)),
            "is not one of the words for it",
            f"write one of {', '.join(allowed)}",
        )
    if least is not None:
        yield Rule(
            (name,),
            lambda frame: ~(frame[name] < least),
            f"is below {least:g}",
            f"give a number of {least:g} or more",
        )


@cache
def pandera_schema(name: str, *, extra: tuple[str, ...] = ()) -> "pa.DataFrameSchema":
    """Return the pandera schema of one table, once read.

    Parameters
    ----------
    name : str
        A key of ``TABLES``.
    extra : tuple of str
        Further whole-number columns: the themes of ``report_themes``.

    Examples
    --------
    >>> pandera_schema("visits").columns["start_date"].dtype
    DataType(datetime64[ns])
    """
    import pandera.pandas as pa  # noqa: PLC0415 - most of a second, and only checks need it

    table = TABLES[name]
    columns = {column.name: pa.Column(column.dtype, nullable=True) for column in table.columns}
    columns |= {theme: pa.Column("int64") for theme in extra}
    # each check answers for the whole frame: naming every failing cell would take pandera minutes
    checks = [
        pa.Check(lambda frame, rule=rule: bool(rule.holds(frame).all()), error=str(place), ignore_na=False)
        for place, rule in enumerate(_rules(table, extra))
    ]
    return pa.DataFrameSchema(columns, checks=checks, strict=True, ordered=True, name=name)


def violations(frame: pd.DataFrame, name: str) -> list[tuple[Rule, np.ndarray]]:
    """Return each broken rule of a table with the positions of the rows that break it.

    Parameters
    ----------
    frame : DataFrame
        All columns of the table, in order, with the dtypes of ``TABLES``; index 0, 1, 2, ...
    name : str
        A key of ``TABLES``.

    Returns
    -------
    list of (Rule, ndarray of int)
        Empty where all is well.

    Raises
    ------
    pandera.errors.SchemaErrors
        If columns or dtypes are not those of the table: a mistake of the caller, not of the user.

    Examples
    --------
    >>> visits = empty_table("visits")
    >>> visits.loc[0] = ["E06000001", pd.Timestamp("2024-07-31"), pd.Timestamp("2024-07-01"), "focused", ""]
    >>> [(rule.problem, rows.tolist()) for rule, rows in violations(visits, "visits")]
    [('is before the start_date {start_date}', [0])]
    """
    from pandera.errors import SchemaErrors  # noqa: PLC0415 - see pandera_schema

    table = TABLES[name]
    extra = tuple(column for column in frame.columns if column not in table.names)
    try:
        pandera_schema(name, extra=extra).validate(frame, lazy=True)
    except SchemaErrors as broken:
        cases = broken.failure_cases
        ours = cases[cases["check"].astype(str).str.isdecimal()]
        if len(ours) < len(cases):
            raise
        by_rule = list(_rules(table, extra))
        rules = [by_rule[place] for place in sorted(ours["check"].astype(int))]
        return [(rule, np.flatnonzero(~rule.holds(frame).to_numpy(dtype=bool))) for rule in rules]
    return []
