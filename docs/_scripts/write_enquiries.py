"""Write ``docs/reference/enquiries.md``: the packaged lines of enquiry and the models of support, as tables.

``python docs/_scripts/write_enquiries.py`` writes it. A test in ``tests/targeting`` compares what is there with
what this would write.
"""

from collections.abc import Iterator
from pathlib import Path

from earlywarn.schema import ENABLERS
from earlywarn.targeting.library import SIGNAL, Enquiry, read_enquiries
from earlywarn.targeting.support import SOURCE, read_support
from earlywarn.targeting.support_rules import CAPACITIES

__all__ = ["PAGE", "enquiries_page"]

PAGE = Path(__file__).resolve().parents[1] / "reference" / "enquiries.md"
HEAD = """\
# Lines of enquiry

What a briefing suggests that reviewers ask: {count} questions, of which {positive} are about practice that others
may learn from. They are our own words, under the seven enablers of improvement, and cover every signal that the
field's sources name. This page is written from `src/earlywarn/targeting/enquiries.toml` by
`docs/_scripts/write_enquiries.py`.

A question follows from evidence about the area: a reason that raises the risk, a figure that stands out, a fresh
and clear concern in the log, or something to ask about the figures themselves. It never says that something went
wrong. The area knows why its figures are what they are; a reviewer asks in order to understand.

## How lines are chosen

- Each piece of evidence goes to the line that answers to it most closely. A line can also listen for words in an
  entry's note, since a kind such as "Concern about practice" says little by itself.
- A line occurs once in an area, however much points to it, with up to three pieces of evidence.
- First come the lines that more than one *kind* of evidence points to: figures are to be read together with audit,
  feedback and what people say. Then each kind's strongest evidence before any kind's second strongest. Lines about
  practice come last.
- Where the evidence gives fewer than four lines, those marked *any review* follow, and the briefing says so.
- A move from its own past that more than a third of all areas made the same way is left out, unless the area also
  stands out from the others: it is not this area's to explain.
- What is more sensitive than the reader may see is left out before anything is chosen. The area itself gets lines
  from what is published about it and from open entries about it.

## Lines of your own

Write a file `enquiries.toml` like this into the folder of your programme's inputs. A line with a name of ours
takes its place. Faults are named all at once.

```text
[housing_of_families]
theme = "partners"
about = ["housing_*", "partnership_concern"]
words = ["housing", "homeless"]
question = "How do families in temporary homes come to your notice, and who stays in touch when they move?"
look_for = "The protocol with housing; three families who moved between areas this year."
```

`about` lists what the line answers to: indicators, features, kinds of entry (with role and detail, as in
`leadership_change:director:interim`), gaps (`gap:late`) and relations (`relation:timeliness_given_caseload`); `*`
stands for anything. `theme` in it takes whatever has no better line under the same theme, `practice` likewise for
what goes well, and `every` marks a question for any review.
"""
SUPPORT = """\
## Support that might follow

Three models, as hypotheses and not as findings ({source}). They differ in two things: {capacities}. What speaks for
either is listed in `src/earlywarn/targeting/support.toml`; a file `support.toml` of your own in the folder of your
programme's inputs takes its place. Where nothing is known, that is said.

| Model | {columns} |
|---|---|---|
"""


def _row(line: Enquiry) -> str:
    signals = [key.removeprefix(SIGNAL) for key in line.about if key.startswith(SIGNAL)]
    marks = [
        *(["*to learn from*"] if line.positive else []),
        *(["*any review*"] if "every" in line.about else []),
    ]
    name = f"`{line.name}` {' '.join(marks)}".strip()
    return f"| {name} | {line.question} | {line.look_for} | {'; '.join(signals)} |"


def _theme(theme: str) -> Iterator[str]:
    yield f"## {theme[:1].upper()}{theme[1:]}\n"
    yield "| Line | What to ask | Where to look | Signals of the sources |"
    yield "|---|---|---|---|"
    yield from (_row(line) for line in read_enquiries().values() if line.theme == theme)
    yield ""


def enquiries_page() -> str:
    """Return the page."""
    lines, support = read_enquiries().values(), read_support()
    head = HEAD.format(count=len(lines), positive=sum(line.positive for line in lines))
    columns = " | ".join(words[:1].upper() + words[1:] for words in CAPACITIES.values())
    tail = SUPPORT.format(source=SOURCE, capacities=" and ".join(CAPACITIES.values()), columns=columns)
    models = [
        f"| {label} | " + " | ".join(support.needs[name][capacity] for capacity in CAPACITIES) + " |"
        for name, label in support.labels.items()
    ]
    themes = [row for theme in ENABLERS for row in _theme(theme)]
    return "\n".join([head, *themes, tail + "\n".join(models)]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(enquiries_page(), encoding="utf-8")
