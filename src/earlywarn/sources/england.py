"""The packaged sample of England's published figures and judgements."""

from earlywarn.sources.samples import sample_folder
from earlywarn.sources.tables import Tables, read_tables

__all__ = ["read_england"]


def read_england() -> Tables:
    """Read the packaged England sample.

    Examples
    --------
    >>> england = read_england()
    >>> england.name, len(england.areas)
    ('england', 158)
    """
    return read_tables(sample_folder("england"))
