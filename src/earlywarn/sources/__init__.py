"""IN: the only room that opens data files. Tidy tables come out, each row with the day it was known.

The public readers of native layouts are names of this package, as in ``earlywarn.sources.read_lait``.
"""

from earlywarn.homes import fetcher

__all__: list[str] = []

HOMES: dict[str, tuple[str, ...]] = {}

__getattr__ = fetcher(__name__, HOMES)
