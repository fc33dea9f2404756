"""Briefings about all areas, in Word and as pages: a folder for each audience, a file for each area."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
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

AT_ONCE = 8  # areas that a process is handed at a time


@dataclass(frozen=True)
class Desk:
    """What one process writes briefings from."""

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
    processes: int = 1,
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
    processes : int
        How many processes share the work; they are started afresh, and run nothing of the caller's script.
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
    with tqdm(total=len(codes), desc="Briefings", disable=not progress, leave=False) as bar:
        written = 0
        for done, files in working(
            plan, scored, place, audiences, codes=codes, library=library, processes=processes
        ):
            bar.update(done)
            written += files
    return written


def working(
    plan: Plan,
    scored: Scored,
    folder: Path,
    audiences: Sequence[str],
    *,
    codes: Sequence[str],
    library: Library,
    processes: int,
) -> Iterator[tuple[int, int]]:
    """Write briefings, and yield after each handful how many areas and files they were."""
    handfuls = [codes[start : start + AT_ONCE] for start in range(0, len(codes), AT_ONCE)]
    if processes <= 1 or len(handfuls) <= 1:
        desk = Desk.of(plan, scored, folder, audiences, library)
        for code in codes:
            yield 1, desk.write(code)
        return
    with (
        without_main(),
        ProcessPoolExecutor(
            max_workers=min(processes, len(handfuls)),
            mp_context=get_context("spawn"),
            initializer=sit_down,
            initargs=(plan, scored, folder, tuple(audiences), library),
        ) as pool,
    ):
        for handful, files in zip(handfuls, pool.map(write_handful, handfuls), strict=True):
            yield len(handful), files


@contextmanager
def without_main() -> Iterator[None]:
    """Let processes start without the caller's script, which each of them would else run once more."""
    main = sys.modules["__main__"]
    known: dict[str, object] = {
        name: main.__dict__.pop(name) for name in ("__file__", "__spec__") if name in main.__dict__
    }
    main.__spec__ = None
    try:
        yield
    finally:
        main.__dict__.update(known)


AT: dict[str, Desk] = {}  # the desk of this process, where it is one of several


def sit_down(
    plan: Plan, scored: Scored, folder: Path, audiences: Sequence[str], library: Library = None
) -> None:
    """Set up a process that writes briefings."""
    AT["desk"] = Desk.of(plan, scored, folder, audiences, library)


def write_handful(codes: Sequence[str]) -> int:
    """Write all briefings about a few areas."""
    return sum(AT["desk"].write(code) for code in codes)


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
