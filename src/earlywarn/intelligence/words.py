"""What the log's commands say: lists, histories, counts and summaries as plain text or JSON."""

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd

from earlywarn.intelligence.audit import Audit
from earlywarn.intelligence.importing import Imported
from earlywarn.intelligence.kinds import STRENGTHS, Kind
from earlywarn.intelligence.screen import shown
from earlywarn.intelligence.vocabulary import spoken

__all__ = ["as_json", "audit_words", "count_lines", "entry_lines", "history_lines", "import_words"]

HIDDEN = "*"
TWO = 2


def entry_lines(entries: pd.DataFrame, kinds: Mapping[str, Kind]) -> str:
    """Return entries as text, two or three lines each.

    Parameters
    ----------
    entries : DataFrame
        In the columns of ``concerns``, already cut to what the reader may see; an amount may be words.
    kinds : mapping of str to Kind
        For their labels.
    """
    lines = [f"{len(entries):,} {'entry' if len(entries) == 1 else 'entries'}"]
    for entry in entries.to_dict("records"):
        kind = kinds[entry["kind"]].label if entry["kind"] in kinds else entry["kind"]
        about = [kind, *(spoken(word) for word in (entry["role"], entry["detail"]) if word)]
        said = [f"occurred {entry['occurred_on']:%Y-%m-%d}, known {entry['known_on']:%Y-%m-%d}"]
        said += [] if np.isnan(entry["strength"]) else [STRENGTHS[int(entry["strength"])]]
        said += [f"{entry['confidence']} confidence"] if entry["confidence"] else []
        numbers = {name: entry[name] for name in ("amount", "exposure") if not pd.isna(entry[name])}
        said += [f"{name} {_number(number)}" for name, number in numbers.items()]
        said += [f"from {entry['contributor']}"] if entry["contributor"] else []
        lines += ["", shown(f"{entry['entry_id']}  {entry['area_code']}  {': '.join(about)}")]
        lines += [shown("    " + "; ".join([*said, entry["tier"]]))]
        lines += [f"    {shown(text)}" for text in (entry["note"], entry["link"]) if text]
    return "\n".join(lines)


def _number(number: float | str) -> str:
    return number if isinstance(number, str) else f"{number:g}"


def history_lines(history: pd.DataFrame) -> str:
    """Return the versions of one entry as text: who logged each, when and why, and what it changed."""
    lines = []
    before: dict[str, object] = {}
    for version in history.to_dict("records"):
        who = f" by {version['recorded_by']}" if version["recorded_by"] else ""
        why = f": {version['reason']}" if version["reason"] else ""
        head = f"version {version['version']}, {version['action']}, {version['recorded_at']}{who}{why}"
        lines.append(shown(head))
        fields = {str(name): value for name, value in version.items() if name not in OF_THE_CHAIN}
        changed = {name: value for name, value in fields.items() if before.get(name, "") != value}
        changed = {} if version["retracted"] else changed  # it says nothing but that it withdraws the entry
        lines += [shown(f"    {name}: {value}") for name, value in changed.items() if not pd.isna(value)]
        before = fields
    return "\n".join(lines)


OF_THE_CHAIN = frozenset(
    {"seq", "version", "action", "recorded_at", "recorded_by", "reason", "previous_hash", "hash"}
)


def count_lines(table: pd.DataFrame, *, threshold: int) -> str:
    """Return a table of counts as text.

    Examples
    --------
    >>> print(count_lines(pd.DataFrame({"entries": [np.nan, 7.0]}, index=["savings", "total"]), threshold=5))
             entries
    savings        *
    total          7
    * hidden: a count from 1 to 4, or one from which such a count could be worked out
    """
    written = table.map(lambda count: HIDDEN if np.isnan(count) else f"{count:,.0f}")
    written.index = pd.Index([shown(str(name)) for name in written.index])
    written.columns = pd.Index([shown(str(name)) for name in written.columns])
    said = written.to_string()
    if table.isna().to_numpy().any():
        below = f"from 1 to {threshold - 1}" if threshold > TWO else "of 1"
        said += f"\n{HIDDEN} hidden: a count {below}, or one from which such a count could be worked out"
    return said


def as_json(table: pd.DataFrame) -> str:
    """Return rows as JSON: dates as ISO text, what is empty as null, all but ASCII escaped.

    Examples
    --------
    >>> print(as_json(pd.DataFrame({"day": pd.to_datetime(["2024-05-01"]), "amount": [np.nan]})))
    [
      {
        "day": "2024-05-01",
        "amount": null
      }
    ]
    """
    plain = pd.DataFrame(
        {
            name: column.dt.strftime("%Y-%m-%d") if column.dtype.kind == "M" else column
            for name, column in table.items()
        }
    ).astype(object)
    return json.dumps(plain.where(plain.notna(), None).to_dict("records"), indent=2)


def import_words(done: Imported) -> str:
    """Return what became of a file, in a sentence or two.

    Examples
    --------
    >>> print(import_words(Imported("may.csv", rows=3, added=2, repeated=1, rejected=0, rejected_file=None)))
    may.csv: 3 rows. 2 logged, 1 in the log already, 0 set aside.
    """
    gone = f"{done.withdrawn:,} withdrawn before and not logged again, " if done.withdrawn else ""
    said = (
        f"{shown(done.file)}: {done.rows:,} row{'' if done.rows == 1 else 's'}. {done.added:,} logged, "
        f"{done.repeated:,} in the log already, {gone}{done.rejected:,} set aside."
    )
    if done.rejected_file is not None:
        said += (
            f"\nThe rows set aside stand in {shown(str(done.rejected_file))}, each with the reason. "
            "Mend them there and import that file."
        )
    return said


def audit_words(found: Audit) -> str:
    """Return what an audit found, in sentences.

    Examples
    --------
    >>> print(audit_words(Audit(2, "ab12", 3, "it was changed after it was written", 0, None)))
    2 rows verified, then the chain breaks at row 3: it was changed after it was written.
    Head of what is verified: ab12
    """
    rows = f"{found.verified:,} row{'' if found.verified == 1 else 's'} verified"
    if found.broken_at is not None:
        said = [f"{rows}, then the chain breaks at row {found.broken_at}: {found.why}."]
        said.append(f"Head of what is verified: {found.head}")
    else:
        said = [f"{rows}: each is as it was written.", f"Head: {found.head}"]
        said.append("Keep the head outside the log; --head HEAD then shows whether the end was cut off.")
        said = said if found.head_found is None else said[:2]
    if found.historic:
        said.append(
            f"{found.historic:,} of them were loaded with an earlier day than that of their recording."
        )
    if found.head_found is not None:
        held = (
            "is in the chain"
            if found.head_found
            else "is NOT in the chain: rows were cut off or written anew"
        )
        said.append(f"The head that was asked for {held}.")
    return "\n".join(said)
