"""Write what can be read off the code or off another page.

``python docs/_scripts/write_pages.py`` writes ``reference/features.md``, ``reference/kinds.md``, ``reference/rules.md``, the tree in
``explanation/architecture.md`` and, from the tutorial, ``notebooks/your-own-feature.ipynb``. A test
in ``tests/docs`` compares what is there with what this would write.
"""

import ast
import inspect
import json
import re
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd

from earlywarn.config import Config
from earlywarn.features.catalogue import (
    DOMAIN_THEMES,
    JOIN,
    MEASURES,
    OTHER_THEME,
    PUBLISHED_FEATURES,
    FeatureSpec,
    describe,
)
from earlywarn.features.soft import soft_features
from earlywarn.intelligence.kinds import CONFIDENCES, ROLES, SOURCE_TYPES, STRENGTHS, Kind, read_kinds
from earlywarn.schema import ENABLERS
from earlywarn.targeting.rules import Rules, starter_rules

__all__ = ["PAGES", "architecture_page", "features_page", "kinds_page", "notebook", "rules_page"]

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "src" / "earlywarn"
DOCS = REPOSITORY / "docs"
BEGIN, END = "<!-- tree: written by docs/_scripts/write_pages.py -->", "<!-- end of the tree -->"
ORDER = (  # from the ground up; a room that is not named here is a KeyError, so that it gets a place
    "errors",
    "homes",
    "schema",
    "schedule",
    "signals",
    "sources",
    "intelligence",
    "panel",
    "features",
    "models",
    "validation",
    "targeting",
    "explain",
    "reports",
    "config",
    "tracking",
    "pipeline",
    "results",
    "summary",
    "workflow",
    "cli",
)
DOORS = ("__init__", "__main__")
WORSE = {"higher_is_worse": "higher", "higher_is_better": "lower", "neutral": "neutral"}

FEATURES = """\
# Features

Every number that a model can be given. `earlywarn build` writes them all; a model reads the few that the
[configuration](configuration.md) names. This page is written from the catalogue by
`docs/_scripts/write_pages.py`.

A feature is computed from what was known before the as-of date, for all areas at once. Nothing is fitted and
nothing is filled in: an empty value means *not known*, and the model fills it from its own training rows.
*Worse* says which way the number should speak of a higher risk. The ordered logit and the boosted trees are
held to it, the penalised logit is not. A theme is one of the seven enablers of improvement: {enablers}.
No published figure speaks of innovation.

## What the default model reads

{default}

## Features of an indicator

One for each indicator and measure, named `indicator{join}measure`, such as `agency_rate{join}national_gap`.
Gaps and changes are signed so that positive is worse, whatever the indicator's own polarity; for an indicator
of which neither direction is worse they keep its own sign, and *worse* is neutral.

{measures}

The theme of a measure is the indicator's, unless it has one of its own. An indicator's theme follows from its
domain. The grouping is ours; the source names the enablers but assigns no indicators.

{domains}

## Features of the area as a whole

Soft evidence is what people wrote, saw and said: the themes of reports, what is known of leaders, and the
[log of soft intelligence](kinds.md).

{area}

## Features of the log

What people logged, cut like everything else to what was recorded before the as-of date. There is a feature
`pressure_<kind>` for each kind that counts as pressure, so a kind of your own gets one too. Without a log
all of them are empty, save what reports say of posts. An area of which nothing is logged is *unknown*, never
fine.

{log}
"""


def features_page() -> str:
    """Return the page on features."""
    asked = Config().features
    default = [f"{indicator}{JOIN}{measure}" for indicator in asked.vital for measure in asked.measures]
    default += asked.history
    domains = [f"| `{domain}` | {theme} |" for domain, theme in DOMAIN_THEMES.items()]
    return FEATURES.format(
        enablers=", ".join(ENABLERS),
        join=JOIN,
        default="\n".join(f"- `{name}`" for name in default),
        measures="\n".join(_table("Measure", MEASURES)),
        domains="\n".join(
            ["| Domain | Theme |", "|---|---|", *domains, f"| another, or none | {OTHER_THEME} |"]
        ),
        area="\n".join(_table("Feature", PUBLISHED_FEATURES)),
        log="\n".join(_table("Feature", soft_features())),
    )


def _table(head: str, specs: tuple[FeatureSpec, ...]) -> Iterator[str]:
    yield f"| {head} | What it is | Unit | Worse | Theme | Evidence |"
    yield "|---|---|---|---|---|---|"
    for spec in specs:
        theme = spec.theme or "the indicator's"
        yield f"| `{spec.name}` | {_what(spec)} | {spec.unit} | {_worse(spec)} | {theme} | {spec.evidence} |"


def _worse(spec: FeatureSpec) -> str:
    """Say which way is worse, be it of the measure itself or of its indicator."""
    kinds = [
        {"indicator": "x", "label": "x", "polarity": polarity} for polarity in WORSE if polarity != "neutral"
    ]
    found = {
        describe(pd.DataFrame([kind]), measures=[spec], area_features=[])["polarity"].iloc[0]
        for kind in kinds
    }
    if spec.theme and spec not in MEASURES:
        found = {spec.polarity}
    return WORSE[found.pop()] if len(found) == 1 else "as its indicator"


def _what(spec: FeatureSpec) -> str:
    """Return what the builder says of itself, as a description."""
    builder, given = spec.builder, {}
    if isinstance(builder, partial):
        builder, given = builder.func, builder.keywords
    defaults = {name: value.default for name, value in inspect.signature(builder).parameters.items()}
    chosen = [
        str(value).replace("_", " ") for value in ({**defaults, **given}).values() if isinstance(value, str)
    ]
    chosen += [f"{given['months']} months"] if "months" in given else []
    told = f" (here: {', '.join(chosen)})" if chosen else ""
    first = (inspect.getdoc(builder) or "").split("\n\n")[0].replace("\n", " ")
    said = first.removeprefix("Return ").removeprefix("Say ").rstrip(".")
    return f"{said[:1].upper()}{said[1:]}{told}"


KINDS_PAGE = """\
# Kinds and tiers

What can be logged, who may see it, and the words that an entry is made of. `earlywarn intel template`
writes them as drop-downs. This page is written from `src/earlywarn/intelligence/kinds.toml` by
`docs/_scripts/write_pages.py`; [a kind of your own](../how-to/add-a-kind.md) takes one file.

## An entry

One entry is one concern or event in one area, in the columns of the table
[`concerns`](tables.md#concerns): what it is (`kind`, and where the kind asks for them `role`, `detail`,
`amount`, `exposure`), the day it happened or the last day of the period it counts (`occurred_on`), the
day it was recorded (`known_on`), how grave it is (`strength`), how sure the contributor is
(`confidence`), where they have it from (`source_type`), a pseudonym for who they are (`contributor`), who
may see it (`tier`), a free `note` and a `link`. Only the day of recording decides from when an entry may
be used.

## Kinds

*Worse* says what more of it says about the service. *Pressure* says whether it adds to [concern
pressure](../explanation/soft-intelligence.md), or has a pressure apart; the others have features of their
own.

| Kind | | Theme | More is | Pressure | It asks for |
|---|---|---|---|---|---|
{kinds}

## What to log under each

{guidance}

## Roles

Leadership changes name a post, never a person.

{roles}

## Strength and confidence

| Strength | |
|---|---|
{strengths}

| Confidence | Weight |
|---|---|
{confidences}

## Source types

{sources}

## Tiers and audiences

| Tier | Audience `area` | Audience `sector` | Audience `restricted` |
|---|---|---|---|
| `open` | sees it, without the contributor | sees it | sees it |
| `sector` | no | sees it | sees it |
| `restricted` | no | no | sees it |

Results are made for one audience, `sector` unless `--audience` says otherwise. Entries above its tier are
left out before anything is computed, so they can reach none of its files; an entry that ever was above
the tier counts as above it in all its versions. Only where the configuration says
`restricted_informs_score = true` do restricted entries inform the risks of other audiences. The report
then says so; what all entries do to a risk is given as one sum, no feature of the log is written, and no
model is saved.

Counts of people below a threshold (5, `suppress_below`) are not shown, but to the audience
`restricted`: small numbers of complaints read *fewer than 5*. A rate that rests on one is unknown in
every file, and to the model as well, because a reader could work it out from a risk that it had moved.
To the audience `area`, who are not told who contributed, the number of independent sources is unknown
where it is below the threshold.
"""


def kinds_page() -> str:
    """Return the page on kinds and tiers."""
    kinds = read_kinds().values()
    return KINDS_PAGE.format(
        kinds="\n".join(_kind_row(kind) for kind in kinds),
        guidance="\n".join(f"- **{kind.label}.** {kind.guidance}" for kind in kinds),
        roles="\n".join(f"- `{name}`: {words}" for name, words in ROLES.items()),
        strengths="\n".join(f"| {number} | {words} |" for number, words in STRENGTHS.items()),
        confidences="\n".join(f"| `{words}` | {weight:g} |" for words, weight in CONFIDENCES.items()),
        sources="\n".join(f"- `{name}`: {words}" for name, words in SOURCE_TYPES.items()),
    )


def _kind_row(kind: Kind) -> str:
    details = f"`detail` ({', '.join(f'`{word}`' for word in kind.details)})" if kind.details else ""
    numbers = (
        f"`{name}` ({words})"
        for name, words in (("amount", kind.amount), ("exposure", kind.exposure))
        if words
    )
    asked = [word for word in ("`role`" if kind.role else "", details, *numbers) if word]
    cells = [
        f"`{kind.name}`", kind.label, kind.theme, kind.direction, _pressure(kind),
        ", ".join(asked) or "nothing more",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _pressure(kind: Kind) -> str:
    if not kind.pressure:
        return "no"
    return "yes" if kind.direction == "worse" else "apart"


def architecture_page() -> str:
    """Return the page on architecture with its tree as the code is now."""
    page = (DOCS / "explanation" / "architecture.md").read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    tree = "\n".join(_tree())
    return f"{before}{BEGIN}\n\n```text\n{tree}\n```\n\n{END}{after}"


def _tree() -> Iterator[str]:
    yield "src/earlywarn/"
    names = [
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    ]
    for room in sorted(set(names) - set(DOORS), key={name: at for at, name in enumerate(ORDER)}.__getitem__):
        folder = PACKAGE / room
        if not folder.is_dir():
            yield _line(f"  {room}.py", PACKAGE / f"{room}.py")
            continue
        yield _line(f"  {room}/", folder / "__init__.py")
        yield from _files(folder, indent="    ")


def _files(folder: Path, *, indent: str) -> Iterator[str]:
    """Yield the modules of a room, and those of the rooms inside it."""
    for path in sorted(folder.iterdir()):
        if (path / "__init__.py").is_file():
            yield _line(f"{indent}{path.name}/", path / "__init__.py")
            yield from _files(path, indent=f"{indent}  ")
        elif path.suffix == ".py" and path.stem not in DOORS:
            yield _line(f"{indent}{path.name}", path)


def _line(name: str, file: Path) -> str:
    told = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n")[0]
    return f"{name:<22} {told}".rstrip()


def notebook() -> str:
    """Return the tutorial on one's own feature as a notebook: the same words and code, no outputs."""
    page = (DOCS / "tutorial" / "your-own-feature.md").read_text(encoding="utf-8")
    page = page.replace("](../", "](../docs/").replace(
        "It is also a notebook, `notebooks/", "It is also a page, `docs/tutorial/"
    )
    page = page.replace("your-own-feature.ipynb", "your-own-feature.md")
    parts = re.split(r"```python\n(.*?)```\n", page, flags=re.DOTALL)
    cells = [_cell(at, part.strip(), code=at % 2 == 1) for at, part in enumerate(parts) if part.strip()]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def _cell(at: int, text: str, *, code: bool) -> dict[str, object]:
    lines = text.splitlines(keepends=True)
    if not code:
        return {"cell_type": "markdown", "id": f"part-{at}", "metadata": {}, "source": lines}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"part-{at}",
        "metadata": {},
        "outputs": [],
        "source": lines,
    }


RULES = """\
# Rules of a programme

What `earlywarn plan` keeps to. `earlywarn plan init` writes them as a commented `rules.toml`; what a file leaves out is
as packaged. This page is written from the packaged file by `docs/_scripts/write_pages.py`; `--set KEY=VALUE` changes
one rule for one plan or what-if, the key with its section before it, such as `capacity.per_quarter=8`.

Rules are hard unless this page says otherwise: no plan breaks one in silence. Those that no plan can keep together are
named, with what would suffice: *Jul-Sep 2025: capacity is 4, but 6 areas fall due by then*. With `due.when_impossible =
"postpone"` the plan is made all the same, with the fewest quarters of lateness, and its shortfalls come first in every document.

| What | Hard | How it is decided |
|---|---|---|
| Windows of an area: cool-off, likely inspection, closed weeks | yes | An area with no open quarter before its deadline is due in the first open one after it |
| Capacity of each quarter | yes | Without `capacity.per_quarter` it is the fewest that reach everyone in time, and the plan says how many |
| Deadlines: every two years, targeted sooner | yes, or `postpone` | Lateness weighs more than all benefit |
| Overrides of coordinators | yes | One that contradicts a window or another override is refused, with the reason |
| Whom a reviewer may visit, and how often | yes | A place that nobody may fill is *to be named*, and the plan says so |
| Expected benefit | as much as possible | Risk in steps of `fairness.risk_step`, times what the area can act on, times the months left before the likely inspection |
| Equals | by lot or in rotation | After benefit, never against it |
| Places in teams | as many filled as can be, those to lead first | After deadlines, before benefit; in runs of more than 500 areas the quarters are not moved for it |
| The match of reviewers | as good as possible | After who and when |

{sections}
"""


def rules_page() -> str:
    """Return the page on the rules of a programme."""
    comments: dict[str, dict[str, str]] = {}
    section = ""
    above = ""
    for line in starter_rules().splitlines():
        if head := re.match(r"\[(.+?)\]", line):
            section = head[1]
            comments[section] = {}
        elif key := re.match(r"(?:# )?(\w+) = .*?(?:  # (.*))?$", line):
            comments[section][key[1]] = key[2] or above
        above = line.removeprefix("# ") if line.startswith("# ") else ""
    return RULES.format(sections="\n".join(_rules_section(name, told) for name, told in comments.items()))


def _rules_section(name: str, told: dict[str, str]) -> str:
    kind: type = Rules
    for part in name.split("."):
        kind = kind.model_fields[part].annotation
    packaged = tomllib.loads(starter_rules())
    for part in name.split("."):
        packaged = packaged.get(part, {})
    rows = [
        f"| `{key}` | {_rule_default(packaged, key)} | {field.description} | {told.get(key, '')} |"
        for key, field in kind.model_fields.items()
        if not hasattr(field.annotation, "model_fields")
    ]
    head = f"## `[{name}]`\n\n{inspect.getdoc(kind)}\n"
    return "\n".join([head, "| Key | Packaged | Wants | What it does |", "|---|---|---|---|", *rows, ""])


def _rule_default(packaged: dict[str, object], key: str) -> str:
    if key not in packaged:
        return "left out"
    text = json.dumps(packaged[key], ensure_ascii=False)
    return f"`{text}`"


PAGES = {
    DOCS / "reference" / "rules.md": rules_page,
    DOCS / "reference" / "features.md": features_page,
    DOCS / "reference" / "kinds.md": kinds_page,
    DOCS / "explanation" / "architecture.md": architecture_page,
    REPOSITORY / "notebooks" / "your-own-feature.ipynb": notebook,
}

if __name__ == "__main__":
    for file, written in PAGES.items():
        file.write_text(written(), encoding="utf-8")
