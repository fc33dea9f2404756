"""The entries that inform a run: those of the data folder and of the log that the audience allows."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.intelligence.audience import within
from earlywarn.intelligence.kinds import Kind
from earlywarn.sources.tables import Tables, fingerprint
from earlywarn.sources.writing import as_csv

__all__ = ["Informed", "informed"]


@dataclass(frozen=True)
class Informed:
    """Tables with the entries that may inform a run.

    Attributes
    ----------
    tables : Tables
        ``concerns`` holds all versions of those entries. The fingerprint covers those that the audience may
        know of.
    seen : DataFrame
        The versions that the audience may know of.
    elsewhere : list of str
        Codes of areas that such entries are about and the data do not hold, sorted; entries about them are
        left out.
    """

    tables: Tables
    seen: pd.DataFrame
    elsewhere: list[str]


def informed(
    tables: Tables, *, log: str, kinds: Mapping[str, Kind], audience: str, informing: str = ""
) -> Informed:
    """Add the entries of a log to tables, and leave out what the audience may not know of.

    Parameters
    ----------
    tables : Tables
        As read; ``concerns`` may hold entries already.
    log : str
        A file or a database address; empty for none. An entry that is in both is taken from the log.
    kinds : mapping of str to Kind
        What there is to log.
    audience : str
        For whom the results are made: see `earlywarn.intelligence.audience`.
    informing : str
        The audience whose entries inform the risks; the same where not given. What this one sees beyond
        ``audience`` shows in nothing but the risks.

    Raises
    ------
    ConfigError
        If entries are of kinds that are not known.
    LogError
        If there is no such log, or it cannot be read.

    Notes
    -----
    Nothing above the audience's tier is handed on, so it cannot reach a file by any way round.
    """
    entries = tables.concerns
    if log:
        module = importlib.import_module("earlywarn.intelligence.log")  # the database library, only if asked
        with module.Log.open(log, kinds=kinds, create=False) as opened:
            logged = opened.entries()
        logged = logged.assign(area_code=_current(logged["area_code"], tables.areas))
        entries = pd.concat([logged, entries], ignore_index=True) if len(entries) else logged
        entries = entries.drop_duplicates(["entry_id", "version"], ignore_index=True)
    if entries.empty:
        return Informed(tables, entries, [])
    entries = within(entries, informing or audience)
    unknown = sorted(set(entries["kind"]) - set(kinds))
    if unknown:
        message = (
            f"{len(unknown)} kind{'s' if len(unknown) > 1 else ''} of entry not known: "
            f"{name_a_few(unknown)}. "
            "Name the file that describes them under [intelligence] kinds."
        )
        raise ConfigError(message)
    seen = within(entries, audience)
    areas = set(tables.areas["area_code"])
    elsewhere = sorted(set(seen["area_code"]) - areas)
    entries, seen = (
        table[table["area_code"].isin(areas)].reset_index(drop=True) for table in (entries, seen)
    )
    both = fingerprint([("tables", tables.fingerprint.encode()), ("entries", as_csv(seen))])
    return Informed(replace(tables, concerns=entries, fingerprint=both), seen, elsewhere)


def _current(codes: pd.Series, areas: pd.DataFrame) -> pd.Series:
    """Put today's code in place of an area's former ones."""
    pairs = zip(areas["former_codes"], areas["area_code"], strict=True)
    renamed = {former.strip(): code for cell, code in pairs for former in cell.split(";") if former.strip()}
    return codes.map(renamed).fillna(codes)
