"""The field's statistics: arrays in, numbers out.

A *signal* is a figure that chance and usual variation do not explain. Every function here works on plain
arrays of any shape, knows no area, file or date, and follows a published definition that it names. Which
way is worse is always an argument: nothing is guessed from a name.

>>> import earlywarn as ew
>>> sorted(set(ew.signals.__all__)) == ew.signals.__all__
True
"""

from earlywarn.homes import fetcher

__all__: list[str] = []

HOMES: dict[str, tuple[str, ...]] = {}

__getattr__ = fetcher(__name__, HOMES)
