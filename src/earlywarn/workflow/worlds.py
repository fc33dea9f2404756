"""The verb that makes up a world."""

from collections.abc import Sequence
from pathlib import Path

from earlywarn.reports.folder import check_ours, output_folder
from earlywarn.sources.synthetic import TRUTH, Plan, synthetic_world, write_world
from earlywarn.summary import paths
from earlywarn.workflow.result import Result

__all__ = ["simulate"]

WORLD_MARK = f"{TRUTH}/quality.csv"  # a folder with this file holds a made-up world


def simulate(
    out: str | Path,
    *,
    areas: int = 120,
    seed: int = 0,
    effect: float = 1.0,
    soft_effect: float = 1.0,
    years: Sequence[int] = range(2012, 2026),
    frequency: str = "annual",
) -> Result:
    """Make up a world, and write it whole into a folder that every other verb reads.

    Parameters
    ----------
    out : path
        A new or empty folder, or one that an earlier ``simulate`` wrote.
    areas : int
        How many areas there ever are, at least 16.
    seed : int
        The same seed makes the same world.
    effect : float
        How strongly everything follows hidden quality; 0 for noise.
    soft_effect : float
        How strongly soft intelligence does, as a multiple of ``effect``.
    years : sequence of int
        Years in which periods end, at least 5 and without a gap.
    frequency : {"annual", "quarterly", "monthly"}
        Length of the indicators' periods.

    Returns
    -------
    Result
        Wrote the tables, ``earlywarn.toml`` to run them with, and the folder ``truth``.

    Raises
    ------
    EarlywarnError
        If no such world can be made, or the folder cannot be used; nothing is written then.
    """
    plan = Plan(
        areas=areas, seed=seed, effect=effect, soft_effect=soft_effect, years=years, frequency=frequency
    )
    check_ours(out, mark=WORLD_MARK)
    world = synthetic_world(plan)
    with output_folder(out, mark=WORLD_MARK) as folder:
        written = [path.relative_to(folder).as_posix() for path in write_world(world, folder)]
    target = Path(out)
    count = len(world.tables.concerns["entry_id"].unique())
    held = len(world.tables.inspections)
    said = f"Made up {areas:,} areas with {held:,} inspections and {count:,} entries."
    following = f"Next:  earlywarn run {target / 'earlywarn.toml'}"
    return Result(target, "\n".join([said, *paths(target, written), following]), world.truth)
