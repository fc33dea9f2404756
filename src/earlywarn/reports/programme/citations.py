"""A numbered list of where evidence comes from, so that a sentence can point to it."""

from dataclasses import dataclass, field

__all__ = ["Citations"]

AND = "; "  # between several sources, or several periods, of one piece of evidence


@dataclass
class Citations:
    """Sources in the order in which a document first speaks of them.

    Examples
    --------
    >>> cited = Citations()
    >>> cited.mark("DfE census", "31 March 2024"), cited.mark("inspection reports", "")
    ('[1]', '[2]')

    Evidence that rests on several sources points to each; with as many periods, each has its own:

    >>> cited.mark("DfE workforce; DfE census; DfE workforce", "2023; 2022; 2021"), cited.mark("", "")
    ('[3] [1]', '')
    >>> cited.rows()[:2], cited.rows()[2]
    ([('[1]', 'DfE census', '31 March 2024; 2022'), ('[2]', 'Inspection reports', '')],
     ('[3]', 'DfE workforce', '2023; 2021'))
    """

    periods: dict[str, dict[str, None]] = field(default_factory=dict)

    def mark(self, source: str, period: str) -> str:
        """Return the marks of the sources, noting of when they speak; nothing where there is none."""
        sources = [part for part in source.split(AND) if part]
        whens = [part for part in period.split(AND) if part]
        paired = len(whens) == len(sources)
        marks: dict[str, None] = {}
        for place, name in enumerate(sources):
            known = self.periods.setdefault(name, {})
            known.update(dict.fromkeys([whens[place]] if paired else whens))
            marks[f"[{list(self.periods).index(name) + 1}]"] = None
        return " ".join(marks)

    def rows(self) -> list[tuple[str, str, str]]:
        """Return the list: mark, source, periods."""
        return [
            (f"[{number}]", f"{source[:1].upper()}{source[1:]}", AND.join(periods))
            for number, (source, periods) in enumerate(self.periods.items(), start=1)
        ]
