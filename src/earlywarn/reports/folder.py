"""Output folders that appear whole or not at all.

A run writes into a *staging* folder beside its target. Only when it has ended well does the one
take the place of the other, in a single step where the system has one (Linux). A run that is
stopped, in whatever way, leaves the last good folder as it was; what it left half done is
cleared away by the next run. For a target ``england`` the neighbours are ``.england.lock``,
``.england.staging`` and, on systems without the single step, for a moment ``.england.previous``.
"""

import ctypes
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from earlywarn.errors import OutputError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["check_ours", "output_folder"]

MARK = "run.json"  # a folder is ours if this file says which earlywarn wrote it
WRITTEN = ".written"  # the files that we wrote, so that files which a user added are not lost
AT_FDCWD, RENAME_EXCHANGE = -100, 2  # of Linux, see renameat2(2)


def check_ours(path: str | Path, *, mark: str = MARK) -> None:
    """Refuse, before any work is done, a folder that earlywarn may not write over.

    Parameters
    ----------
    path : str or Path
        Where the results are to go. Missing, empty, or written by an earlier run: all are well.
    mark : str
        The file by which a folder of this sort is known. What was made to be read, such as a made-up
        world, has another than a run's results, and neither is written over the other.

    Raises
    ------
    OutputError
        If it is a file, lies below a file, cannot be written to, is a mount point, or holds files
        that are not a run's.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     check_ours(Path(home) / "out")
    ...     note = Path(home, "letters.txt").write_text("Dear reviewer")
    ...     check_ours(home)
    Traceback (most recent call last):
    ...
    earlywarn.errors.OutputError: ... holds files that earlywarn did not write, so nothing was written.
    Name a new or empty folder with --out.
    """
    target = Path(path).resolve()
    if target.exists() and not target.is_dir():
        message = f"{target} is a file, and a folder is wanted. Name a new or empty folder with --out."
        raise OutputError(message)
    ground = next(parent for parent in (target.parent, *target.parent.parents) if parent.exists())
    if not ground.is_dir():
        message = f"{target} cannot be made, because {ground} is a file. Name another folder with --out."
        raise OutputError(message)
    if not os.access(ground, os.W_OK | os.X_OK):
        message = (
            f"{target} cannot be written, because {ground} is closed to you. Name another folder with --out."
        )
        raise OutputError(message)
    if target.is_dir() and target.is_mount():
        message = f"{target} is a whole disk or share, which cannot be replaced. Name a folder inside it."
        raise OutputError(message)
    if target.is_dir() and any(target.iterdir()) and not is_ours(target, mark):
        message = (
            f"{target} holds files that earlywarn did not write, so nothing was written. "
            "Name a new or empty folder with --out."
        )
        raise OutputError(message)


def is_ours(folder: Path, mark: str = MARK) -> bool:
    """Tell whether an earlier run wrote the folder."""
    if (folder / WRITTEN).is_file():  # then whatever else it holds will be carried over
        return mark in (folder / WRITTEN).read_text(encoding="utf-8").splitlines()
    if mark != MARK:
        return False
    try:
        run = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(run, dict) and "earlywarn" in run


@contextmanager
def output_folder(path: str | Path, *, keep: bool = False, mark: str = MARK) -> Iterator[Path]:
    """Yield a staging folder that becomes the target as a whole once the block ends well.

    If the block raises, or the process is killed, the target stays as it was. Files that a user
    has put into an earlier run's folder are carried over into the new one, unless the run writes a
    file of the same name.

    Parameters
    ----------
    path : str or Path
        The target.
    keep : bool
        Start from a copy of the target's files, so that a verb can add to them.
    mark : str
        As for ``check_ours``; the block writes a file of this name.

    Yields
    ------
    Path
        The staging folder, to be written into.

    Raises
    ------
    OutputError
        If ``check_ours`` refuses the target, or another run is writing to it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     with output_folder(Path(home) / "out") as folder:
    ...         size = (folder / "run.json").write_text('{"earlywarn": "0.1.0"}')
    ...     sorted(path.name for path in Path(home, "out").iterdir())
    ['.written', 'run.json']
    """
    check_ours(path, mark=mark)
    target = Path(path).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    staging, previous = (target.with_name(f".{target.name}.{part}") for part in ("staging", "previous"))
    with locked(target):
        recover(target, staging=staging, previous=previous, mark=mark)
        check_ours(target, mark=mark)
        staging.mkdir()
        try:
            added = added_by_users(target)
            if keep and target.is_dir():
                shutil.copytree(target, staging, dirs_exist_ok=True)
            yield staging
            carry_over(added, target, staging)
            replace(target, staging=staging, previous=previous)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the target's lock, which the system lets go of however the process ends."""
    lock = target.with_name(f".{target.name}.lock")
    while True:
        handle = lock.open("a+", encoding="utf-8")
        if not seize(handle):
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            handle.close()
            message = (
                f"Another run (process {holder}) is writing to {target}. "
                "Wait until it has ended, or name another folder with --out."
            )
            raise OutputError(message)
        if lock.exists() and lock.stat().st_ino == os.fstat(handle.fileno()).st_ino:
            break
        handle.close()  # its last holder removed the file between our opening and our locking it
    with handle:
        handle.truncate(0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()
        try:
            yield
        finally:
            with suppress(OSError):
                lock.unlink()


def seize(handle: IO[str]) -> bool:
    """Try to lock an open file for this process alone."""
    try:
        if sys.platform == "win32":
            handle.seek(1 << 20)  # far beyond the number that others read
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def recover(target: Path, *, staging: Path, previous: Path, mark: str = MARK) -> None:
    """Clear away what a killed run left, and give back a folder that it had set aside."""
    shutil.rmtree(staging, ignore_errors=True)
    if is_ours(previous, mark):
        if target.exists():
            shutil.rmtree(previous)
        else:
            previous.rename(target)


def files_below(folder: Path) -> set[str]:
    """Return the relative paths of all files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def added_by_users(target: Path) -> set[str]:
    """Return the files in an earlier run's folder that no run wrote; none where that is not recorded."""
    try:
        written = (target / WRITTEN).read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return files_below(target) - set(written) - {WRITTEN}


def carry_over(added: set[str], target: Path, staging: Path) -> None:
    """Copy the users' files into the new folder and record there which files are ours."""
    for name in sorted(added):
        if (staging / name).exists():
            continue
        (staging / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(target / name, staging / name)
    ours = sorted(files_below(staging) - added - {WRITTEN})
    (staging / WRITTEN).write_text("".join(f"{name}\n" for name in ours), encoding="utf-8")


def replace(target: Path, *, staging: Path, previous: Path) -> None:
    """Put the staging folder in the target's place."""
    if not target.exists():
        staging.rename(target)
    elif exchange(staging, target):
        shutil.rmtree(staging)  # which is now the former target
    else:
        target.rename(previous)
        try:
            staging.rename(target)
        except OSError:
            previous.rename(target)
            raise
        shutil.rmtree(previous)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system or the disk has no such step."""
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if renameat2 is None:
        return False
    return bool(renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0)
