"""OUT. The only room that knows HTML, Excel and the shape of a run folder.

A *run folder* is what one run hands over: CSV files in a published form, and the pages drawn from
them. Everything a reader sees is drawn from those files, so a page can be drawn again without the
data or the model, and nothing can stand in it that the files do not hold. A folder appears whole or
not at all.
"""

from earlywarn.homes import fetcher

HOMES = {  # the module that defines each public name; some load what a check of a folder has no need of
    "earlywarn.reports.content": ("Content",),
    "earlywarn.reports.folder": ("check_ours", "output_folder"),
    "earlywarn.reports.render": ("render_report",),
    "earlywarn.reports.signals": ("render_signals",),
    "earlywarn.reports.tables": ("read_csv", "write_csv"),
    "earlywarn.reports.workbook": ("write_workbook",),
}

__all__ = sorted(name for names in HOMES.values() for name in names)  # noqa: PLE0605 - one list, in one place

__getattr__ = fetcher(__name__, HOMES)
