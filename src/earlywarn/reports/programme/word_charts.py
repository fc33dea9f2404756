"""Small charts as one picture for Word, drawn with matplotlib from the same places as the page's."""

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform

from earlywarn.reports.programme.drawing import HEIGHT, LEFT, RIGHT, WIDTH, Chart, Drawing, drawn

__all__ = ["COLOURS", "DASHES", "Sheet", "charts_picture"]

INCHES, DPI = 6.85, 150  # the width of the text on A4; dots to the inch
COLUMNS, GAP, HEAD = 2, 22, 30  # charts side by side; between them and above each, in the drawing's units
WRAP = 44  # letters to a line above a chart
COLOURS = {
    "a": "#0b5a6f",
    "n": "#7d5200",
    "e": "#5b6672",
    "y": "#55606d",
    "x": "#55606d",
    "m": "#1b2430",
    "g": "#d5dad6",
    "v": "#e3ecee",
    "ink": "#1b2430",
}
Dash = str | tuple[float, tuple[float, float]]
DASHES: dict[str, Dash] = {"a": "solid", "n": (0, (4, 2)), "e": (0, (1, 1.6))}
WEIGHTS = {"a": 1.7, "n": 1.1, "e": 1.2}
ALIGNED: dict[str, Literal["left", "center", "right"]] = {"start": "left", "middle": "center", "end": "right"}
FONT = "DejaVu Sans"  # comes with matplotlib, so the picture is the same everywhere

Place = tuple[float, float]


@cache
def canvas() -> FigureCanvasAgg:
    """Return the canvas that every picture of a process is drawn on, one after the other."""
    return FigureCanvasAgg(Figure(dpi=DPI))


@dataclass(frozen=True)
class Sheet:
    """A blank sheet with units of its own, y running down; without axes, which take long to make.

    Parameters
    ----------
    canvas : FigureCanvasAgg
        Cleared, in the size of the sheet.
    units : Transform
        From places on the sheet to the figure.
    """

    canvas: FigureCanvasAgg
    units: Transform

    @classmethod
    def blank(cls, wide: float, high: float) -> "Sheet":
        """Take the canvas of this process for a sheet of so many units."""
        figure = canvas().figure
        figure.clear()
        figure.set_size_inches(INCHES, INCHES * high / wide)
        return cls(canvas(), Affine2D().scale(1 / wide, -1 / high).translate(0, 1) + figure.transFigure)

    def lines(
        self, lines: Sequence[Sequence[Place]], colour: str, width: float, dash: Dash = "solid"
    ) -> None:
        """Draw lines, each through its places."""
        self.canvas.figure.add_artist(
            LineCollection(lines, colors=colour, linewidths=width, linestyles=[dash], transform=self.units)
        )

    def areas(self, areas: Sequence[Sequence[Place]], colour: str) -> None:
        """Fill areas, each between its places."""
        self.canvas.figure.add_artist(
            PolyCollection(areas, facecolors=colour, linewidths=0, transform=self.units)
        )

    def marks(
        self, places: Sequence[Place], colour: str, *, shape: str = "o", size: float = 4, face: str = ""
    ) -> None:
        """Set marks of one shape at places."""
        xs, ys = ([place[axis] for place in places] for axis in (0, 1))
        self.canvas.figure.add_artist(
            Line2D(
                xs,
                ys,
                linestyle="none",
                marker=shape,
                markersize=size,
                color=colour,
                markerfacecolor=face or colour,
                transform=self.units,
            )
        )

    def words(
        self,
        x: float,
        y: float,
        said: str,
        *,
        colour: str = COLOURS["ink"],
        align: str = "start",
        bold: bool = False,
        size: float = 6.6,
    ) -> None:
        """Write words as they stand, whatever signs of mathematics they hold."""
        self.canvas.figure.add_artist(
            Text(
                x,
                y,
                said,
                color=colour,
                fontsize=size,
                fontweight="bold" if bold else "normal",
                fontfamily=FONT,
                horizontalalignment=ALIGNED[align],
                verticalalignment="baseline",
                parse_math=False,
                transform=self.units,
            )
        )

    def picture(self) -> bytes:
        """Return what is on the sheet as PNG, without the name and version of what drew it."""
        written = io.BytesIO()
        self.canvas.print_png(written, metadata={"Software": None}, pil_kwargs={"compress_level": 5})
        return written.getvalue()


def charts_picture(charts: Sequence[Chart]) -> bytes:
    """Draw small charts side by side.

    Parameters
    ----------
    charts : sequence of Chart
        In reading order: two to a row.

    Returns
    -------
    bytes
        A PNG image, the same for the same charts.
    """
    rows = -(-len(charts) // COLUMNS)
    sheet = Sheet.blank(COLUMNS * WIDTH + GAP, rows * (HEAD + HEIGHT) + (rows - 1) * GAP / 2)
    for number, chart in enumerate(charts):
        row, column = divmod(number, COLUMNS)
        left, top = column * (WIDTH + GAP), row * (HEAD + HEIGHT + GAP / 2)
        heading(sheet, chart, left, top)
        drawing = drawn(chart)
        if drawing is None:
            sheet.words(left, top + HEAD + 20, "No figure was known at the as-of date.")
        else:
            panel(sheet, drawing, left, top + HEAD)
    return sheet.picture()


def heading(sheet: Sheet, chart: Chart, left: float, top: float) -> None:
    """Write what a chart shows above it, with its unit and which way is worse."""
    lines = textwrap.wrap(chart.series.label, WRAP)[:2]
    for number, line in enumerate(lines):
        sheet.words(left, top + 11 + 12 * number, line, bold=True, size=7.6)
    if len(lines) == 1 and chart.note:
        sheet.words(left, top + 24, chart.note, colour=COLOURS["x"])


def panel(sheet: Sheet, drawing: Drawing, left: float, top: float) -> None:
    """Draw one chart with its upper left corner at a place."""

    def moved(stretch: Sequence[tuple[int, int]]) -> list[Place]:
        return [(left + x, top + y) for x, y in stretch]

    sheet.areas(
        [moved([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) for x0, y0, x1, y1 in drawing.band], COLOURS["v"]
    )
    sheet.lines([moved([(LEFT, y), (RIGHT, y)]) for y in drawing.grid], COLOURS["g"], 0.6)
    for key, stretches in drawing.lines:
        whole = [moved(stretch) for stretch in stretches if len(stretch) > 1]
        sheet.lines(whole, COLOURS[key], WEIGHTS[key], DASHES[key])
        sheet.marks(moved([stretch[0] for stretch in stretches if len(stretch) == 1]), COLOURS[key], size=2.2)
    sheet.marks(moved(drawing.dots), COLOURS["a"])
    sheet.marks(moved(drawing.diamonds), COLOURS["a"], shape="D", face="#ffffff")
    for text in drawing.texts:
        colour = COLOURS[text.key.removeprefix("l")]
        place = left + text.x, top + text.y
        sheet.words(*place, text.words, colour=colour, align=text.align, bold=text.key == "la")
