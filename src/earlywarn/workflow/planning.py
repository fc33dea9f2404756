"""The verbs of a programme: plan it, and ask what would move if the rules were others."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from earlywarn.errors import ConfigError, DataError, Fault
from earlywarn.explain.change import decompose
from earlywarn.panel.known import known
from earlywarn.reports.content import Content
from earlywarn.reports.folder import check_ours, output_folder
from earlywarn.reports.programme.edits import keep_edits
from earlywarn.reports.programme.files import DOCUMENTS, MARK, write_programme
from earlywarn.reports.tables import write_csv
from earlywarn.sources.programme import ProgrammeInputs, read_programme
from earlywarn.sources.samples import sample_folder
from earlywarn.targeting.library import Enquiry, read_enquiries
from earlywarn.targeting.make import make_plan
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.rules import Rules, changed_rules, read_rules
from earlywarn.targeting.summary import plan_summary
from earlywarn.targeting.support_rules import SupportRules, read_support
from earlywarn.targeting.what_if import SHOWN, moves
from earlywarn.workflow.result import Result

__all__ = ["RULES", "inputs_folder", "plan", "scored_run", "what_if"]

RULES = "rules.toml"
ENQUIRIES, SUPPORT = "enquiries.toml", "support.toml"  # of a coordinator's own
SAMPLES_INPUTS = "programme"  # the folder of a packaged sample that holds made-up inputs of a programme


def plan(
    run: str | Path,
    *,
    inputs: str | Path | None = None,
    sample: str | None = None,
    out: str | Path | None = None,
    since: str | Path | None = None,
    changes: Mapping[str, object] | None = None,
    documents: str | Sequence[str] | None = None,
    progress: bool = False,
) -> Result:
    """Turn a scored run into a programme of reviews: whom to visit, when, with whom, asking what.

    Parameters
    ----------
    run : path
        A run folder that ``earlywarn run`` or ``earlywarn score`` wrote.
    inputs : path, optional
        A folder with any of ``rules.toml, reviews.csv, reviewers.csv, overrides.csv, findings.csv,
        enquiries.toml, support.toml``; without one the packaged rules
        hold, no review is on record and teams are to be named.
    sample : str, optional
        Take the inputs that lie beside a packaged sample, instead.
    out : path, optional
        A new or empty folder, or one that an earlier ``plan`` wrote; by default ``plan-NAME`` beside the run.
    since : path, optional
        An earlier run folder; the briefings then say what has changed, and why.
    changes : mapping of str to object, optional
        Rules to lay over those of the file, by dotted key.
    documents : sequence of str, or str, optional
        Which documents to write, of ``page, programme, briefings, workbook, calendar, records``; a text names
        them with commas between. All of them unless told.
    progress : bool
        Show bars on a terminal.

    Returns
    -------
    Result
        The tables of the plan, see ``targeting.tables``; the summary says who is visited when, which rules
        could not be kept, and how sure the order of areas is.

    Raises
    ------
    PlanError
        If the rules cannot all be kept and the rule ``due.when_impossible`` is ``"refuse"``.
    DataError, ConfigError
        With every fault of the run, of the inputs or of the rules in one message; nothing is written.
    OutputError
        If the output folder cannot be used.
    """
    wanted = _documents(documents)
    folder = Path(run)
    target = Path(out) if out is not None else folder.resolve().parent / f"plan-{folder.resolve().name}"
    _keep_apart(target, folder)
    check_ours(target, mark=MARK)
    scored = scored_run(folder)
    home = inputs_folder(inputs, sample)
    given, rules = _read(home, scored, changes)
    library, support = _words(home)
    made = make_plan(scored, given, rules, library=library, support=support)
    made = _with_changes(made, scored, since)
    with output_folder(target, mark=MARK) as staging:
        files = write_programme(
            made,
            scored,
            staging,
            documents=wanted,
            overrides=given.overrides,
            library=library,
            card=_card(folder),
            progress=progress,
        )
        if home is not None:
            _keep_inputs(home, staging)
        edited = keep_edits(target, staging, mark=MARK)
    lines = ["Written:", *(f"  {target / name}" for name in files)]
    if edited:
        lines += ["Kept, as it was changed since it was written:", *(f"  {target / name}" for name in edited)]
    return Result(target, "\n".join([plan_summary(made), "", *lines]), made.tables)


def what_if(
    run: str | Path,
    *,
    changes: Mapping[str, object],
    inputs: str | Path | None = None,
    sample: str | None = None,
    out: str | Path | None = None,
) -> Result:
    """Change rules, and see who moves: before and after in one table.

    Parameters
    ----------
    run, inputs, sample
        As for ``plan``.
    changes : mapping of str to object
        Rules by dotted key, such as ``{"capacity.per_quarter": 8, "targeted.cost_ratio": 3}``.
    out : path, optional
        A CSV file for the table.

    Returns
    -------
    Result
        With the table ``moves``; the summary has it in words.

    Raises
    ------
    ConfigError
        If nothing is changed, or a change is not sound.
    PlanError
        If the rules cannot all be kept, before or after.
    """
    if not changes:
        message = "Nothing is changed. Name a rule and its new value, such as --set capacity.per_quarter=8."
        raise ConfigError(message)
    scored = scored_run(run)
    home = inputs_folder(inputs, sample)
    given, rules = _read(home, scored, None)
    changed = changed_rules(rules, changes)
    before, after = (make_plan(scored, given, asked, briefly=True) for asked in (rules, changed))
    told = moves(before.areas, after.areas, before.about, after.about)
    file = Path(out) if out is not None else None
    if file is not None:
        write_csv(told.table, file)
    moved = int(told.table["part"].eq("area").sum())
    hint = "\n\nTo have all of them in a table, name a CSV file with --out." if moved > SHOWN else ""
    written = f"\n\nWritten:\n  {file}" if file is not None else hint
    where = file.parent if file is not None else Path(run)
    return Result(where, f"{told.summary}{written}", {"moves": told.table})


def scored_run(run: str | Path) -> Content:
    """Read a run folder that has been scored; what became known on its as-of date or later is left out.

    Raises
    ------
    MissingTableError, DataError
        If it is not one, or cannot be read.
    """
    scored = Content.read(run)
    if scored.risks.empty:
        fault = Fault("risk_list.csv", None, None, None, "holds no area", "run `earlywarn run` again")
        raise DataError([fault], where=str(run))
    # a run folder holds no more; should it have been given more, that changes nothing
    entries, judgements = (known(table, scored.as_of) for table in (scored.entries, scored.judgements))
    return replace(scored, entries=entries, judgements=judgements)


def inputs_folder(inputs: str | Path | None, sample: str | None) -> Path | None:
    """Return the folder with a coordinator's inputs; None where there is none.

    Raises
    ------
    ConfigError
        If both are given, or the folder is not there, or the sample has no inputs.
    """
    if inputs is not None and sample is not None:
        message = "--inputs and --sample both say which inputs to read. Give one of them."
        raise ConfigError(message)
    if inputs is None and sample is None:
        return None
    home = Path(inputs) if inputs is not None else sample_folder(str(sample)) / SAMPLES_INPUTS
    if not home.is_dir():
        said = f"{home}: there is no such folder" if inputs is not None else f"{sample} has no made-up inputs"
        message = f"{said}. Write one with `earlywarn plan init`, or leave the option out."
        raise ConfigError(message)
    return home


def _read(
    home: Path | None, scored: Content, changes: Mapping[str, object] | None
) -> tuple[ProgrammeInputs, Rules]:
    """Read what a coordinator has given; the faults of the rules and of the tables in one message."""
    file = home / RULES if home is not None and (home / RULES).is_file() else None
    found: list[str] = []
    rules, given = Rules(), ProgrammeInputs()
    try:
        rules = read_rules(file, changes=changes)
    except ConfigError as wrong:
        found.append(str(wrong))
    try:
        if home is not None:
            given = read_programme(home, areas=scored.risks[["area_code", "name", "region"]])
    except DataError as wrong:
        if not found:
            raise
        found.append(str(wrong))
    if found:
        raise ConfigError("\n".join(found))
    return given, rules


def _words(home: Path | None) -> tuple[dict[str, Enquiry], SupportRules]:
    """Read the lines of enquiry and models of support, a coordinator's own where there are any."""
    files = [home / name if home is not None else None for name in (ENQUIRIES, SUPPORT)]
    own, model = (file if file is not None and file.is_file() else None for file in files)
    return read_enquiries(own), read_support(model)


def _with_changes(made: Plan, scored: Content, since: str | Path | None) -> Plan:
    """Add what has moved each risk since an earlier run."""
    if since is None:
        return made
    earlier = scored_run(since)
    changes = decompose(
        scored.contributions,
        earlier.contributions,
        now_risks=scored.risks,
        before_risks=earlier.risks,
        now_run=scored.run,
        before_run=earlier.run,
        indicators=scored.indicators,
        target=scored.target,
    )
    return replace(made, changes=changes)


def _documents(asked: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the documents to write.

    Examples
    --------
    >>> _documents("page, calendar")
    ('page', 'calendar')
    >>> _documents("pages")
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: There is no document 'pages'. There are page, programme, briefings,
    workbook, calendar, records.
    """
    if asked is None:
        return DOCUMENTS
    named = [name.strip() for name in asked.split(",")] if isinstance(asked, str) else list(asked)
    unknown = [name for name in named if name not in DOCUMENTS]
    if unknown:
        message = f"There is no document {unknown[0]!r}. There are {', '.join(DOCUMENTS)}."
        raise ConfigError(message)
    return tuple(named)


def _card(run: Path) -> str:
    """Return the model card of a run; empty where it has none, as when a saved model scored."""
    card = run / "model_card.md"
    return card.read_text(encoding="utf-8") if card.is_file() else ""


def _keep_inputs(home: Path, staging: Path) -> None:
    """Keep a copy of what was read, so that the plan can be made again."""
    (staging / "inputs").mkdir(exist_ok=True)
    for file in sorted(home.iterdir()):
        if file.is_file() and file.suffix in {".csv", ".toml"}:
            shutil.copyfile(file, staging / "inputs" / file.name)


def _keep_apart(target: Path, run: Path) -> None:
    if target.resolve() == run.resolve():
        message = f"{target} is the run itself. Name another folder for the plan with --out."
        raise ConfigError(message)
