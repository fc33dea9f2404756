"""The verbs: calls only, no arithmetic.

Those of a run are in ``runs``; ``importing``, ``checking`` and ``updating`` make ready the folder of tables
that it reads, and ``worlds`` makes one up. ``planning`` turns a run into a programme of reviews, and
``coordinating`` follows it.
"""

from typing import TYPE_CHECKING

from earlywarn.homes import fetcher

if TYPE_CHECKING:
    from earlywarn.workflow.checking import check
    from earlywarn.workflow.importing import import_files
    from earlywarn.workflow.planning import plan, what_if
    from earlywarn.workflow.result import Result
    from earlywarn.workflow.runs import backtest, build, report, run, score, train
    from earlywarn.workflow.updating import update
    from earlywarn.workflow.worlds import simulate

__all__ = [
    "Result",
    "backtest",
    "build",
    "check",
    "import_files",
    "plan",
    "report",
    "run",
    "score",
    "simulate",
    "train",
    "update",
    "what_if",
]

HOMES = {  # the module that defines each public name; those of a run take seconds to load
    "earlywarn.workflow.checking": ("check",),
    "earlywarn.workflow.importing": ("import_files",),
    "earlywarn.workflow.planning": ("plan", "what_if"),
    "earlywarn.workflow.result": ("Result",),
    "earlywarn.workflow.runs": ("backtest", "build", "report", "run", "score", "train"),
    "earlywarn.workflow.updating": ("update",),
    "earlywarn.workflow.worlds": ("simulate",),
}

__getattr__ = fetcher(__name__, HOMES)
