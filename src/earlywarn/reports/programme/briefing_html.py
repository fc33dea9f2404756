"""A briefing as one HTML file that needs nothing but itself: no network, no script, made to be printed."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from earlywarn.reports.control import diamond
from earlywarn.reports.figures import judgement_strip, risk_strip
from earlywarn.reports.pages import fingerprint, page_environment, resource
from earlywarn.reports.programme.drawing import HEIGHT, LEFT, RIGHT, WIDTH, Chart, Drawing, drawn
from earlywarn.reports.programme.paper import Block, Charts, History, Paper, Strip
from earlywarn.reports.programme.word_text import clean
from earlywarn.reports.trends import trend_table

__all__ = ["chart_figure", "render_briefing"]

ALIGNED = {"start": "", "middle": " c", "end": " z"}


def render_briefing(paper: Paper) -> str:
    """Return a briefing as one HTML page.

    Parameters
    ----------
    paper : Paper
        What ``briefing`` wrote.

    Returns
    -------
    str
        The page, the same for the same briefing. It may be opened from a file share or a phone.
    """
    style = resource("briefing.css")
    return clean(
        page_environment()
        .get_template("briefing.html.j2")
        .render(paper=paper, style=style, style_hash=fingerprint(style), figure_of=figure_of, kind_of=kind_of)
    )


def kind_of(block: Block) -> str:
    """Return what a block is, as the template knows it."""
    return type(block).__name__


def figure_of(block: Strip | History | Charts) -> Markup:
    """Return a drawing as markup; nothing where there is nothing to draw."""
    if isinstance(block, Strip):
        return risk_strip(block.risk, block.low, block.high)
    if isinstance(block, History):
        return judgement_strip(block.starts, block.grades, block.as_of, block.name)
    return Markup("").join(
        chart_figure(chart, block.name, f"chart-{number}")
        for number, chart in enumerate(block.charts, start=1)
    )


def chart_figure(chart: Chart, name: str, mark: str) -> Markup:
    """Return one small chart with its title, what it shows in words, and the figures behind it.

    Parameters
    ----------
    chart : Chart
        What to draw.
    name : str
        The area's name.
    mark : str
        What the parts of the drawing are known by in the page.
    """
    drawing = drawn(chart)
    inside = svg(drawing, chart, name, mark) if drawing else "<p>No figure was known at the as-of date.</p>"
    named = f'<div class=scroll tabindex=0 role=region aria-label="Figures for {escape(chart.series.label)}">'
    figures = trend_table(chart.series).replace("<div class=scroll>", named)  # it may scroll, on a phone
    return Markup(  # noqa: S704 (label, note and all that is drawn are escaped)
        f'<figure class="chart"><figcaption><b>{escape(chart.series.label)}</b> '
        f"<span>{escape(chart.note)}</span></figcaption>{inside}{figures}</figure>"
    )


def svg(drawing: Drawing, chart: Chart, name: str, mark: str) -> str:
    """Return the drawing alone."""
    band = "".join(f"M{left} {top}H{right}V{bottom}H{left}z" for left, top, right, bottom in drawing.band)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{mark}-t {mark}-d">',
        f'<title id="{mark}-t">{escape(chart.series.label)}, {escape(name)}</title>',
        f'<desc id="{mark}-d">{escape(chart.said(name))}</desc>',
        f'<path class="v" d="{band}"/>' if band else "",
        '<path class="g" d="' + "".join(f"M{LEFT} {y}H{RIGHT}" for y in drawing.grid) + '"/>',
    ]
    parts += [f'<path class="{key}" d="{path(stretches)}"/>' for key, stretches in drawing.lines]
    parts += [f'<circle class="d" cx="{x}" cy="{y}" r="3"/>' for x, y in drawing.dots]
    parts += [diamond(x, y, 5) for x, y in drawing.diamonds]
    parts += [
        f'<text class="{text.key}{ALIGNED[text.align]}" x="{text.x:g}" y="{text.y:g}">'
        f"{escape(text.words)}</text>"
        for text in drawing.texts
    ]
    return "".join(parts) + "</svg>"


def path(stretches: Sequence[Sequence[tuple[int, int]]]) -> str:
    """Return stretches of points as a path; a lone point becomes a dot.

    Examples
    --------
    >>> path([[(0, 1)], [(20, 3), (30, 4)]])
    'M0 1h0M20 3L30 4'
    """
    return "".join(
        f"M{first[0]} {first[1]}" + ("".join(f"L{x} {y}" for x, y in rest) or "h0")
        for first, *rest in stretches
    )
