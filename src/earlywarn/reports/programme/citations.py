"""A numbered list of where evidence comes from, so that a sentence can point to it."""

from dataclasses import dataclass, field

__all__ = ["Citations"]


@dataclass
class Citations:
    """Sources in the order in which a document first speaks of them.

    Examples
    --------
    >>> cited = Citations()
    >>> cited.mark("DfE Children in need census", "31 March 2024"), cited.mark("The inspectorate", "")
    ('[1]', '[2]')
    >>> cited.mark("DfE Children in need census", "31 March 2023"), cited.mark("", "")
    ('[1]', '')
    >>> cited.rows()
    [('[1]', 'DfE Children in need census', '31 March 2024; 31 March 2023'), ('[2]', 'The inspectorate', '')]
    """

    periods: dict[str, dict[str, None]] = field(default_factory=dict)

    def mark(self, source: str, period: str) -> str:
        """Return the mark of a source, noting of when it speaks; nothing where there is none."""
        if not source:
            return ""
        known = self.periods.setdefault(source, {})
        if period:
            known[period] = None
        return f"[{list(self.periods).index(source) + 1}]"

    def rows(self) -> list[tuple[str, str, str]]:
        """Return the list: mark, source, periods."""
        return [
            (f"[{number}]", source, "; ".join(periods))
            for number, (source, periods) in enumerate(self.periods.items(), start=1)
        ]
