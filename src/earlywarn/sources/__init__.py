"""IN: the only room that opens data files. Tidy tables come out, each row with the day it was known.

The public readers of native layouts are names of this package, as in ``earlywarn.sources.read_lait``.
"""

from earlywarn.homes import fetcher

HOMES = {  # the module that defines each public name
    "earlywarn.sources.native.ees": ("read_ees",),
    "earlywarn.sources.native.imported": ("Imported",),
    "earlywarn.sources.native.lait": ("read_lait",),
    "earlywarn.sources.native.ofsted": ("read_ofsted",),
    "earlywarn.sources.native.ombudsman": ("read_ombudsman",),
    "earlywarn.sources.native.statistical_neighbours": ("read_neighbours",),
    "earlywarn.sources.native.wide": ("read_wide",),
}

__all__ = sorted(name for names in HOMES.values() for name in names)  # noqa: PLE0605 - one list, in one place

__getattr__ = fetcher(__name__, HOMES)


def __dir__() -> list[str]:
    return __all__
