"""The order in which indicators stand: by theme, then by name."""

import pandas as pd

from earlywarn.reports.tables import Row, rows_in
from earlywarn.schema import ENABLERS

__all__ = ["in_themes"]


def in_themes(indicators: pd.DataFrame) -> list[Row]:
    """Return the rows of indicators by theme, in the order of the enablers, then by label.

    Examples
    --------
    >>> listed = pd.DataFrame({"indicator": ["b", "a"], "label": ["B", "A"], "theme": ["workforce"] * 2})
    >>> [row.indicator for row in in_themes(listed)]
    ['a', 'b']
    """
    order = {theme: place for place, theme in enumerate(ENABLERS)}

    def place(row: Row) -> tuple[int, str, str, str]:
        theme = row.theme.replace("_", " ")
        return order.get(theme, len(order)), theme, row.label.casefold(), row.indicator

    return sorted(rows_in(indicators), key=place)
