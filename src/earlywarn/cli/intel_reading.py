"""The commands that read the log: list, history, export, stats, audit; and the template."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from earlywarn.cli.group import MEND, debug_option, say
from earlywarn.cli.intel import (
    area_options,
    areas_of,
    audience_option,
    date_of,
    intel,
    json_option,
    log_options,
    opened,
    suppress_option,
)

if TYPE_CHECKING:
    import pandas as pd

    from earlywarn.intelligence.log import Log

__all__ = ["audit", "export", "history", "list_", "stats", "template"]

as_of_option = click.option(
    "--as-of", metavar="DATE", callback=date_of, help="As known at its midnight: recorded on an earlier day."
)


def seen(log: "Log", audience: str, as_of: str | None) -> "pd.DataFrame":
    """Return the versions known at a date that an audience may see, as it may see them."""
    from earlywarn.intelligence.audience import visible  # noqa: PLC0415  half a second
    from earlywarn.intelligence.entries import known_before  # noqa: PLC0415  likewise
    from earlywarn.intelligence.withheld import without_former_words  # noqa: PLC0415  likewise

    entries = without_former_words(visible(log.entries(), audience), audience)
    return known_before(entries, as_of)  # last: what was narrowed or taken back stays so at every date


@intel.command("list", epilog="Example:  earlywarn intel list --area E06000001 --as-of 2025-04-01")
@click.option("--area", help="Only entries about this area, by its code.")
@click.option("--kind", help="Only entries of this kind.")
@as_of_option
@audience_option
@suppress_option
@json_option
@log_options
def list_(
    *,
    place: str,
    kinds: str | None,
    audience: str,
    suppress_below: int,
    as_of: str | None,
    area: str | None,
    kind: str | None,
    as_json: bool,
) -> None:
    """Show the entries that are in force."""
    from earlywarn.intelligence import words  # noqa: PLC0415  half a second
    from earlywarn.intelligence.entries import in_force  # noqa: PLC0415
    from earlywarn.intelligence.withheld import without_small_counts  # noqa: PLC0415

    with opened(place, kinds) as log:
        entries = in_force(seen(log, audience, as_of))
        for column, asked in (("area_code", area), ("kind", kind)):
            entries = entries if asked is None else entries[entries[column] == asked]
        entries = without_small_counts(
            entries, audience, kinds=log.kinds, below=suppress_below, said=not as_json
        )
        say(words.as_json(entries) if as_json else words.entry_lines(entries, log.kinds))


@intel.command(epilog="Example:  earlywarn intel history 3f9a12bc")
@click.argument("entry")
@audience_option
@suppress_option
@json_option
@log_options
def history(
    *, place: str, kinds: str | None, audience: str, suppress_below: int, entry: str, as_json: bool
) -> None:
    """Show every version of an entry: who, when, why."""
    from earlywarn.intelligence import words  # noqa: PLC0415  half a second
    from earlywarn.intelligence.audience import NAMELESS  # noqa: PLC0415
    from earlywarn.intelligence.withheld import (  # noqa: PLC0415
        SEES_ALL,
        without_former_words,
        without_small_counts,
    )

    with opened(place, kinds) as log:
        versions = without_former_words(log.history(entry, audience=audience), audience)
        versions = without_small_counts(
            versions, audience, kinds=log.kinds, below=suppress_below, said=not as_json
        )
        if audience != SEES_ALL:  # they follow from all that is in the log
            versions = versions.drop(columns=["seq", "previous_hash", "hash"])
        if audience in NAMELESS:
            versions = versions.assign(contributor="", recorded_by="", reason="")
        say(words.as_json(versions) if as_json else words.history_lines(versions))


@intel.command(epilog="Example:  earlywarn intel export concerns.csv --audience area")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--in-force", "only_in_force", is_flag=True, help="Leave out versions that were corrected or withdrawn."
)
@as_of_option
@audience_option
@suppress_option
@log_options
def export(
    *,
    place: str,
    kinds: str | None,
    audience: str,
    suppress_below: int,
    as_of: str | None,
    file: Path,
    only_in_force: bool,
) -> None:
    """Write entries to CSV or XLSX, as a table concerns."""
    from earlywarn.intelligence.entries import in_force  # noqa: PLC0415  half a second
    from earlywarn.intelligence.export import write_entries  # noqa: PLC0415
    from earlywarn.intelligence.withheld import without_small_counts  # noqa: PLC0415

    with opened(place, kinds) as log:
        versions = seen(log, audience, as_of)
        versions = without_small_counts(versions, audience, kinds=log.kinds, below=suppress_below)
    versions = in_force(versions) if only_in_force else versions
    write_entries(versions, file)
    say(f"Wrote {len(versions):,} rows for the audience {audience} to {file}")


@intel.command(epilog="Example:  earlywarn intel stats --rows area --columns theme")
@click.option("--rows", default="kind", show_default=True, help="What to count by.")
@click.option("--columns", default="", help="What to count by besides.")
@click.option(
    "--suppress-below", default=5, show_default=True, type=click.IntRange(0, 100), help="Hide smaller counts."
)
@as_of_option
@audience_option
@json_option
@log_options
def stats(
    *,
    place: str,
    kinds: str | None,
    audience: str,
    as_of: str | None,
    rows: str,
    columns: str,
    suppress_below: int,
    as_json: bool,
) -> None:
    """Count entries by kind, theme, area, month and so on."""
    from earlywarn.intelligence import words  # noqa: PLC0415  half a second
    from earlywarn.intelligence.counts import count_entries  # noqa: PLC0415
    from earlywarn.intelligence.entries import in_force  # noqa: PLC0415

    with opened(place, kinds) as log:
        entries = in_force(seen(log, audience, as_of))
        table = count_entries(entries, log.kinds, rows=rows, columns=columns, threshold=suppress_below)
    flat = table.rename_axis(index=rows).reset_index()
    say(words.as_json(flat) if as_json else words.count_lines(table, threshold=suppress_below))


@intel.command(epilog="Example:  earlywarn intel audit --head 5d1c0e...")
@click.option("--head", default="", help="A head that an earlier audit printed: is it still in the chain?")
@log_options
def audit(*, place: str, kinds: str | None, head: str) -> None:
    """Check that no row of the log was changed or removed."""
    from earlywarn.intelligence.words import audit_words  # noqa: PLC0415  half a second

    with opened(place, kinds) as log:
        found = log.audit(head=head)
    say(audit_words(found))
    if not found.whole:
        click.get_current_context().exit(MEND)


@intel.command(epilog="Example:  earlywarn intel template concerns.xlsx --sample england")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--kinds", metavar="FILE", help="A TOML file with kinds of your own, beside the packaged ones.")
@area_options
@debug_option
def template(*, file: Path, kinds: str | None, data: str | None, sample: str | None) -> None:
    """Write an Excel workbook with drop-downs to fill in."""
    from earlywarn.intelligence.export import write_template  # noqa: PLC0415  half a second
    from earlywarn.intelligence.kinds import read_kinds  # noqa: PLC0415

    areas = areas_of(data, sample)
    write_template(file, read_kinds(kinds), areas)
    offered = "areas by name" if areas is not None else "areas by code, as --data or --sample was not given"
    say(f"Wrote {file}, with {offered}. Filled in, it goes back with:  earlywarn intel import {file}")
