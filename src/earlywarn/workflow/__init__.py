"""The verbs: calls only, no arithmetic.

Those of a run are in ``runs``; ``worlds`` makes one up to try them on.
"""

from typing import TYPE_CHECKING

from earlywarn.homes import fetcher

if TYPE_CHECKING:
    from earlywarn.workflow.result import Result
    from earlywarn.workflow.runs import backtest, build, report, run, score, train
    from earlywarn.workflow.worlds import simulate

__all__ = ["Result", "backtest", "build", "report", "run", "score", "simulate", "train"]

HOMES = {  # the module that defines each public name; those of a run take seconds to load
    "earlywarn.workflow.result": ("Result",),
    "earlywarn.workflow.runs": ("backtest", "build", "report", "run", "score", "train"),
    "earlywarn.workflow.worlds": ("simulate",),
}

__getattr__ = fetcher(__name__, HOMES)
