"""All briefings of a programme in Word and HTML: seconds and memory, and the charts against plain subplots.

    python benchmarks/briefings.py RUN_FOLDER PLAN_FOLDER

The bar: 153 areas within 60 s and 1 GB on 2 cores. The peer draws the same figures the plain way, an axes
for each chart.
"""

import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from earlywarn.reports import Content
from earlywarn.reports.programme.briefing import write_briefing
from earlywarn.reports.programme.briefings import write_briefings
from earlywarn.reports.programme.drawing import Chart
from earlywarn.reports.programme.files import read_plan
from earlywarn.reports.programme.shelf import Shelf
from earlywarn.reports.programme.word_charts import charts_picture

SOME = 20  # areas whose charts are drawn both ways
KILOBYTES = 1024


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds some work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def plain(charts: Sequence[Chart]) -> bytes:
    """Draw charts with an axes for each, as the manual shows."""
    figure = Figure(figsize=(6.85, 4), dpi=150)
    canvas = FigureCanvasAgg(figure)
    for axes, chart in zip(figure.subplots(2, 2).flat, charts, strict=False):
        for values in (chart.series.value, chart.series.neighbours, chart.series.england):
            axes.plot(chart.series.ends, values)
        axes.set_title(chart.series.label, fontsize=8)
    written = io.BytesIO()
    canvas.print_png(written)
    return written.getvalue()


def main() -> None:
    """Print seconds, the most memory that was held, and the charts against the peer."""
    scored, plan = Content.read(sys.argv[1]), read_plan(sys.argv[2])
    print(f"{len(plan.areas)} areas")
    for audiences in (("sector",), ("sector", "area")):
        with tempfile.TemporaryDirectory() as folder:
            took = timed(partial(write_briefings, plan, scored, folder, audiences=audiences))
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES
        print(f"{' and '.join(audiences):18} {took:6.1f} s  peak {most:4.0f} MB")
    shelf = Shelf.of(plan, scored, audience="sector")
    papers = [write_briefing(shelf, code) for code in list(shelf.areas)[:SOME]]
    drawn = [block.charts for paper in papers for block in paper.charts]
    charts_picture(drawn[0])
    plain(drawn[0])
    ours = timed(lambda: [charts_picture(charts) for charts in drawn])
    peer = timed(lambda: [plain(charts) for charts in drawn])
    print(f"charts of {len(drawn)} areas: ours {ours:.2f} s, plain {peer:.2f} s, {ours / peer:.2f} of it")


if __name__ == "__main__":
    main()
