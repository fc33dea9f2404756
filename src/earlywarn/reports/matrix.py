"""The overview: areas by vital indicators, each cell a sign with its words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from earlywarn.reports.anchors import by_name, marks_of
from earlywarn.reports.content import Content
from earlywarn.reports.symbols import SYMBOLS, Symbol, symbol_of
from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.themes import in_themes

__all__ = ["Matrix", "MatrixRow", "overview_matrix"]


@dataclass(frozen=True)
class MatrixRow:
    """One area's line: where its profile stands, and a sign for each indicator."""

    anchor: str
    name: str
    region: str
    signs: list[Symbol]


@dataclass(frozen=True)
class Matrix:
    """The overview: its columns with their themes, its lines, and how often each sign occurs."""

    themes: list[tuple[str, int]]
    indicators: list[Row]
    rows: list[MatrixRow]
    legend: list[tuple[Symbol, int]]

    @property
    def regions(self) -> list[str]:
        """The regions that a reader can choose."""
        return sorted({row.region for row in self.rows if row.region})


def overview_matrix(content: Content) -> Matrix:
    """Return the overview of all scored areas that have signals, by name."""
    signalled = set(content.signals["indicator"])
    indicators = [row for row in in_themes(content.indicators) if row.vital and row.indicator in signalled]
    signs = {(row.area_code, row.indicator): row.symbol for row in rows_in(content.signals)}
    marks = marks_of(content)
    rows = [
        MatrixRow(
            anchor=marks[area.area_code],
            name=area.name,
            region=area.region,
            signs=[symbol_of(signs.get((area.area_code, row.indicator), "")) for row in indicators],
        )
        for area in rows_in(by_name(content.risks))
        if area.area_code in marks
    ]
    return Matrix(
        themes=[(theme, len(list(group))) for theme, group in groupby(indicators, key=theme_words)],
        indicators=indicators,
        rows=rows,
        legend=legend(rows),
    )


def theme_words(row: Row) -> str:
    """Return an indicator's theme as it is read."""
    return str(row.theme).replace("_", " ")


def legend(rows: Sequence[MatrixRow]) -> list[tuple[Symbol, int]]:
    """Return every sign and how often it stands in the overview."""
    counts = Counter(symbol.key for row in rows for symbol in row.signs)
    return [(symbol, counts[symbol.key]) for symbol in SYMBOLS.values()]
