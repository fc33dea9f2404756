"""OUT. The only room that knows HTML, Excel and the shape of a run folder.

A *run folder* is what one run hands over: CSV files in a published form, and the pages drawn from
them. Everything a reader sees is drawn from those files, so a page can be drawn again without the
data or the model, and nothing can stand in it that the files do not hold. A folder appears whole or
not at all.
"""

from earlywarn.reports.content import Content
from earlywarn.reports.folder import check_ours, output_folder
from earlywarn.reports.render import render_report
from earlywarn.reports.signals import render_signals
from earlywarn.reports.tables import read_csv, write_csv
from earlywarn.reports.workbook import write_workbook

__all__ = [
    "Content",
    "check_ours",
    "output_folder",
    "read_csv",
    "render_report",
    "render_signals",
    "write_csv",
    "write_workbook",
]
