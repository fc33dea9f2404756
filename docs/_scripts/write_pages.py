"""Write what can be read off the code or off another page.

``python docs/_scripts/write_pages.py`` writes ``reference/features.md``, the tree in
``explanation/architecture.md`` and, from the tutorial, ``notebooks/your-own-feature.ipynb``. A test
in ``tests/docs`` compares what is there with what this would write.
"""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd

from earlywarn.config import Config
from earlywarn.features.catalogue import (
    AREA_FEATURES,
    DOMAIN_THEMES,
    ENABLERS,
    JOIN,
    MEASURES,
    OTHER_THEME,
    FeatureSpec,
    describe,
)

__all__ = ["PAGES", "architecture_page", "features_page", "notebook"]

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "src" / "earlywarn"
DOCS = REPOSITORY / "docs"
BEGIN, END = "<!-- tree: written by docs/_scripts/write_pages.py -->", "<!-- end of the tree -->"
ORDER = (  # from the ground up; a room that is not named here is a KeyError, so that it gets a place
    "errors",
    "schema",
    "schedule",
    "sources",
    "panel",
    "features",
    "models",
    "validation",
    "explain",
    "reports",
    "config",
    "tracking",
    "pipeline",
    "results",
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

{area}
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
        area="\n".join(_table("Feature", AREA_FEATURES)),
    )


def _table(head: str, specs: tuple[FeatureSpec, ...]) -> Iterator[str]:
    yield f"| {head} | What it is | Unit | Worse | Theme |"
    yield "|---|---|---|---|---|"
    for spec in specs:
        theme = spec.theme or "the indicator's"
        yield f"| `{spec.name}` | {_what(spec)} | {spec.unit} | {_worse(spec)} | {theme} |"


def _worse(spec: FeatureSpec) -> str:
    """Say which way is worse, be it of the measure itself or of its indicator."""
    kinds = [
        {"indicator": "x", "label": "x", "polarity": polarity} for polarity in WORSE if polarity != "neutral"
    ]
    found = {
        describe(pd.DataFrame([kind]), measures=[spec], area_features=[])["polarity"].iloc[0]
        for kind in kinds
    }
    if spec in AREA_FEATURES:
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
    told = f" (here: {', '.join(chosen)})" if chosen else ""
    first = (inspect.getdoc(builder) or "").split("\n\n")[0].replace("\n", " ")
    said = first.removeprefix("Return ").removeprefix("Say ").rstrip(".")
    return f"{said[:1].upper()}{said[1:]}{told}"


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
        for file in sorted(folder.glob("*.py")):
            if file.stem not in DOORS:
                yield _line(f"    {file.name}", file)


def _line(name: str, file: Path) -> str:
    told = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n")[0]
    return f"{name:<22}{told}".rstrip()


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


PAGES = {
    DOCS / "reference" / "features.md": features_page,
    DOCS / "explanation" / "architecture.md": architecture_page,
    REPOSITORY / "notebooks" / "your-own-feature.ipynb": notebook,
}

if __name__ == "__main__":
    for file, written in PAGES.items():
        file.write_text(written(), encoding="utf-8")
