"""Briefings about all areas, in Word and as pages: a folder for each audience, a file for each area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.reports.programme.briefing import write_briefing
from earlywarn.reports.programme.briefing_html import render_briefing
from earlywarn.reports.programme.file_names import file_stem, file_stems
from earlywarn.reports.programme.shelf import READERS, Shelf, check_audience, drawable
from earlywarn.reports.programme.word import word_file
from earlywarn.reports.programme.word_charts import charts_picture
from earlywarn.targeting.library import Enquiry
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.scored import Scored

__all__ = ["briefing_links", "file_stem", "write_briefings"]

Library = Mapping[str, Enquiry] | None


@dataclass(frozen=True)
class Desk:
    """What briefings are written from."""

    shelves: Mapping[str, Shelf]
    stems: Mapping[str, str]
    folder: Path

    @classmethod
    def of(
        cls, plan: Plan, scored: Scored, folder: Path, audiences: Sequence[str], library: Library = None
    ) -> "Desk":
        """Sort plan and run once for every audience."""
        figures = drawable(scored)
        return cls(
            shelves={
                audience: Shelf.of(plan, scored, audience=audience, figures=figures, library=library)
                for audience in audiences
            },
            stems=stems_of(plan),
            folder=folder,
        )

    def write(self, code: str) -> int:
        """Write all briefings about one area; the same charts are drawn once."""
        drawn: dict[str, bytes] = {}
        for audience, shelf in self.shelves.items():
            paper = write_briefing(shelf, code)
            for block in paper.charts:
                if block.key not in drawn:
                    drawn[block.key] = charts_picture(block.charts)
            stem = self.folder / audience / self.stems[code]
            put(stem.with_name(f"{stem.name}.html"), render_briefing(paper).encode())
            put(stem.with_name(f"{stem.name}.docx"), word_file(paper, drawn))
        return 2 * len(self.shelves)


def write_briefings(
    plan: Plan,
    scored: Scored,
    folder: str | Path,
    *,
    audiences: Sequence[str] = ("sector", "area"),
    areas: Sequence[str] | None = None,
    library: Library = None,
    progress: bool = False,
) -> int:
    """Write the briefings about every scored area, as ``folder/AUDIENCE/NAME.docx`` and ``.html``.

    Parameters
    ----------
    plan, scored
        The programme and the run that it was made from.
    folder : str or Path
        Where to; folders are made as needed, files of the same names replaced.
    audiences : sequence of {"sector", "area"}
        For whom.
    areas : sequence of str, optional
        Codes of the areas to write about; all by default.
    library : mapping of str to Enquiry, optional
        The lines of enquiry that the plan was made with; the packaged ones where not given.
    progress : bool
        Show a bar on standard error.

    Returns
    -------
    int
        How many files were written. The same plan and run write the same bytes.

    Raises
    ------
    ConfigError
        If there is no such audience or area.
    """
    place = Path(folder)
    codes = [str(code) for code in (plan.areas["area_code"] if areas is None else areas)]
    for audience in audiences:
        check_audience(audience)
    unknown = sorted(set(codes) - set(plan.areas["area_code"]))
    if unknown:
        message = f"There is no area {name_a_few(unknown)} in the plan. Use the codes of scored areas."
        raise ConfigError(message)
    for audience in audiences:
        (place / audience).mkdir(parents=True, exist_ok=True)
    desk = Desk.of(plan, scored, place, audiences, library)
    return sum(desk.write(code) for code in tqdm(codes, desc="Briefings", disable=not progress, leave=False))


def briefing_links(
    plan: Plan, *, audiences: Sequence[str] = ("sector", "area"), folder: str = "briefings"
) -> dict[str, list[tuple[str, str]]]:
    """Return for each area code where its briefings are, as a page beside ``folder`` links to them.

    Parameters
    ----------
    plan : Plan
        The programme.
    audiences : sequence of {"sector", "area"}
        Those that the briefings were written for.
    folder : str
        Name of the folder that they were written to.

    Returns
    -------
    dict of str to list of (str, str)
        Places with words: ``("briefings/sector/Bury.html", "Briefing for sector bodies (page)")``.
    """
    return {
        code: [
            (f"{folder}/{audience}/{stem}.{ending}", f"Briefing {READERS[audience]} ({words})")
            for audience in audiences
            for ending, words in (("html", "page"), ("docx", "Word"))
        ]
        for code, stem in stems_of(plan).items()
    }


def stems_of(plan: Plan) -> dict[str, str]:
    """Return the stem of every area's files."""
    return file_stems(dict(zip(plan.areas["area_code"], plan.areas["name"], strict=True)))


def put(path: Path, content: bytes) -> None:
    """Write a file in one step: whoever looks sees all of it, or the one before."""
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(content)
    aside.replace(path)
