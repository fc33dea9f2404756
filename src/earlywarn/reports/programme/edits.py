"""Documents that people have changed: they are theirs, and survive a programme that is planned again."""

import hashlib
import json
import shutil
from pathlib import Path

__all__ = ["EDITED", "fingerprints", "keep_edits"]

EDITED = "edited"  # where changed documents are kept


def fingerprints(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by its place in it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     size = Path(home, "programme.ics").write_text("BEGIN:VCALENDAR")
    ...     {name: mark[:8] for name, mark in fingerprints(Path(home)).items()}
    {'programme.ics': '9daa8e24'}
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): fingerprint(path) for path in files}


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def keep_edits(target: Path, staging: Path, *, mark: str) -> list[str]:
    """Copy what people have changed in an earlier programme's documents into the new one's folder.

    Parameters
    ----------
    target : Path
        The folder of the earlier programme; it need not be there.
    staging : Path
        Where the new one is being written.
    mark : str
        The file of the earlier programme that tells the fingerprints of its ``documents``.

    Returns
    -------
    list of str
        Where in ``edited`` each changed document was put; copies that were kept before stay as well.
    """
    for file in sorted((target / EDITED).rglob("*")):
        if file.is_file():
            copy(file, staging / file.relative_to(target))
    try:
        written = json.loads((target / mark).read_text(encoding="utf-8"))["documents"]
    except (OSError, ValueError, KeyError):
        return []
    kept = []
    for name, said in sorted(written.items()):
        file = target / name
        if file.is_file() and fingerprint(file) != said:
            place = free(staging / EDITED / name)
            copy(file, place)
            kept.append(place.relative_to(staging).as_posix())
    return kept


def free(place: Path) -> Path:
    """Return a place that no file has yet: "Bury.docx", or else "Bury 2.docx" and so on."""
    number, tried = 1, place
    while tried.exists():
        number += 1
        tried = place.with_name(f"{place.stem} {number}{place.suffix}")
    return tried


def copy(file: Path, place: Path) -> None:
    """Copy a file, making folders as needed."""
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, place)
