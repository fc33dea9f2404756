"""Early warning of decline in local public services: what was known, what it was worth, and why.

The one idea is the **as-of date**, the midnight at which a prediction is made. Everything here first
cuts the records to those that were known on an earlier day, and only then computes. Six verbs do the
work, each from the same configuration, and each returns a result with a ``summary`` and a ``folder``:

- ``build`` computes the features at every as-of date;
- ``backtest`` judges the model, and the floors that it has to beat, on inspections that it never saw;
- ``train`` fits the model that is deployed, and registers it;
- ``score`` gives every area its risk, interval, band and reasons;
- ``report`` writes them up;
- ``run`` does all of it.

``plan`` then turns a scored run into a programme of peer reviews, and ``what_if`` says who would move.

Three make the data ready: ``import_files`` reads what others publish, ``check`` looks at a folder of tables,
and ``update`` merges a new release. A further one, ``simulate``, makes up a world to try them on. The field's
statistics are functions on plain arrays in ``signals``, the readers of published files are in ``sources``.

>>> import earlywarn as ew
>>> ew.load_config(as_of="2024-07-01").question.horizon_months
12

Nothing is loaded before it is asked for, so ``import earlywarn`` is quick.
"""

import importlib
from typing import TYPE_CHECKING, Any

from earlywarn.homes import fetcher

if TYPE_CHECKING:
    from earlywarn import signals, sources
    from earlywarn.config import Config, load_config
    from earlywarn.errors import (
        ConfigError,
        DataError,
        DateError,
        EarlywarnError,
        Fault,
        LabelError,
        LogError,
        MissingTableError,
        ModelFileError,
        OutputError,
        PlanError,
    )
    from earlywarn.intelligence.log import Log
    from earlywarn.panel.panel import Panel
    from earlywarn.panel.snapshot import Snapshot
    from earlywarn.sources.tables import Tables, read_tables
    from earlywarn.workflow import (
        backtest,
        build,
        check,
        import_files,
        plan,
        report,
        run,
        score,
        simulate,
        train,
        update,
        what_if,
    )

    __version__: str

__all__ = [
    "Config",
    "ConfigError",
    "DataError",
    "DateError",
    "EarlywarnError",
    "Fault",
    "LabelError",
    "Log",
    "LogError",
    "MissingTableError",
    "ModelFileError",
    "OutputError",
    "Panel",
    "PlanError",
    "Snapshot",
    "Tables",
    "__version__",
    "backtest",
    "build",
    "check",
    "import_files",
    "load_config",
    "plan",
    "read_tables",
    "report",
    "run",
    "score",
    "signals",
    "simulate",
    "sources",
    "train",
    "update",
    "what_if",
]

ROOMS = ("signals", "sources")  # packages with public names of their own

HOMES = {  # the module that defines each public name
    "earlywarn.config": ("Config", "load_config"),
    "earlywarn.errors": (
        "ConfigError",
        "DataError",
        "DateError",
        "EarlywarnError",
        "Fault",
        "LabelError",
        "LogError",
        "MissingTableError",
        "ModelFileError",
        "OutputError",
        "PlanError",
    ),
    "earlywarn.intelligence.log": ("Log",),
    "earlywarn.panel.panel": ("Panel",),
    "earlywarn.panel.snapshot": ("Snapshot",),
    "earlywarn.sources.tables": ("Tables", "read_tables"),
    "earlywarn.workflow": (
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
    ),
}


_fetch = fetcher(__name__, HOMES)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version(__name__)
    if name in ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    return _fetch(name)


def __dir__() -> list[str]:
    return __all__
