"""The made-up world as a whole: tables that are read like any other, and the truth behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from earlywarn.schema import empty_table
from earlywarn.sources.synthetic.draft import COLUMNS
from earlywarn.sources.synthetic.engagement import peer_reviews, support
from earlywarn.sources.synthetic.indicators import indicators
from earlywarn.sources.synthetic.inspections import inspections, report_themes
from earlywarn.sources.synthetic.neighbours import neighbours
from earlywarn.sources.synthetic.network import Network, network
from earlywarn.sources.synthetic.notes import notes
from earlywarn.sources.synthetic.observations import late_returns, observations
from earlywarn.sources.synthetic.plan import Plan
from earlywarn.sources.synthetic.posts import leadership, log_posts, posts
from earlywarn.sources.synthetic.quality import Quality, hidden_quality
from earlywarn.sources.synthetic.register import Lives, register
from earlywarn.sources.synthetic.returns import complaints, data_late, shares
from earlywarn.sources.synthetic.settings import SETTINGS, settings_text
from earlywarn.sources.synthetic.versions import kept_log
from earlywarn.sources.synthetic.voices import voices
from earlywarn.sources.tables import Tables, fingerprint
from earlywarn.sources.writing import as_csv, contents, write_tables

__all__ = ["TRUTH", "World", "synthetic_tables", "synthetic_world", "write_world"]

TRUTH = "truth"  # the folder of what nobody in the world knows
QUARTER = 3  # months between the dates at which the truth is written


@dataclass(frozen=True)
class World:
    """A made-up world.

    Parameters
    ----------
    plan : Plan
        What was asked of it.
    tables : Tables
        What can be known.
    truth : dict of str to DataFrame
        What cannot: ``quality`` (area_code, date, quality: higher is better, at each quarter start),
        ``breaks`` (area_code, began_on, drop), ``contributors`` (contributor, bias, pace, echoes),
        ``entries`` (entry_id, nature, copy_of) and ``areas`` (area_code, heard: the share of what is seen
        that is recorded).
    """

    plan: Plan
    tables: Tables
    truth: dict[str, pd.DataFrame]


def synthetic_tables(
    *,
    areas: int = 120,
    seed: int = 0,
    effect: float = 1.0,
    soft_effect: float = 1.0,
    years: Sequence[int] = range(2012, 2026),
    frequency: str = "annual",
) -> Tables:
    """Make up the tables of a world; ``synthetic_world`` gives the truth with them.

    Parameters
    ----------
    areas : int
        How many areas there ever are, at least 16. Half-way through the first two merge into the last, and
        after two thirds the third splits into the two before it.
    seed : int
        The same seed makes the same world.
    effect : float
        How strongly everything follows quality. At 0 all of it is noise, and a grade does not depend on the
        one before it either.
    soft_effect : float
        How strongly soft intelligence does, as a multiple of ``effect``: the log of concerns, who leads, and
        the themes of reports. At 0 these are noise, and every other table is as it was.
    years : sequence of int
        Years in which periods end, at least 5 and without a gap. The last inspections start before 1 April of
        the last; the log goes on to its end.
    frequency : {"annual", "quarterly", "monthly"}
        Length of the indicators' periods.

    Returns
    -------
    Tables
        Named ``synthetic``; every code, name and pseudonym is made up. There are no visits.

    Raises
    ------
    ConfigError
        If no such world can be made.

    Examples
    --------
    >>> world = synthetic_tables(areas=20, seed=1)
    >>> world.areas["name"].tolist()[:2], world.fingerprint == synthetic_tables(areas=20, seed=1).fingerprint
    (['Area 001', 'Area 002'], True)
    >>> synthetic_tables(areas=3)
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: This world cannot be made; 1 to mend.
      areas: 3 are too few; ask for 16 or more, as some merge or split.
    """
    plan = Plan(
        areas=areas, seed=seed, effect=effect, soft_effect=soft_effect, years=years, frequency=frequency
    )
    return synthetic_world(plan).tables


def synthetic_world(plan: Plan) -> World:
    """Make up a world.

    Parameters
    ----------
    plan : Plan
        What is asked of it.

    Examples
    --------
    >>> world = synthetic_world(Plan(areas=20))
    >>> sorted(world.truth)
    ['areas', 'breaks', 'contributors', 'entries', 'quality']
    """
    areas = register(plan)
    codes = areas["area_code"].to_numpy(dtype=object)
    quality, people = hidden_quality(plan), network(plan)
    described = indicators(plan)
    figures = observations(plan, codes, quality)
    held, score = inspections(plan, codes, quality)
    changes = posts(plan, quality)
    late = late_returns(figures, described.set_index("indicator")["publication_lag_days"])
    late = late.assign(area=pd.Index(codes).get_indexer(pd.Index(late["area_code"])))
    concerns, entries = kept_log(plan, codes, _entries(plan, quality, people, changes, late))
    tables = Tables(
        name="synthetic",
        root="",
        fingerprint="",
        licence="",
        source="Made up",
        areas=areas,
        indicators=described,
        observations=figures,
        inspections=held,
        neighbours=neighbours(plan, codes, figures),
        leadership=leadership(codes, changes, held),
        report_themes=report_themes(plan, held, score),
        concerns=concerns,
        visits=empty_table("visits"),
    )
    tables = replace(tables, fingerprint=fingerprint(contents(tables).items()))
    return World(plan, tables, _truth(plan, codes, quality, people, entries))


def _entries(
    plan: Plan, quality: Quality, people: Network, changes: pd.DataFrame, late: pd.DataFrame
) -> pd.DataFrame:
    """Return everything that the network records; the voices come first, as their copies count rows."""
    rng = {stream: plan.rng(stream) for stream in ("voices", "returns", "engagement", "versions")}
    parts = [
        voices(rng["voices"], plan, quality, people),
        log_posts(rng["engagement"], plan, people, changes),
        peer_reviews(rng["engagement"], plan, quality, people),
        support(rng["engagement"], plan, quality, people),
        complaints(rng["returns"], plan, quality, people),
        shares(rng["returns"], plan, quality, people),
        data_late(rng["returns"], plan, quality, people, late),
    ]
    entries = pd.concat(parts, ignore_index=True)[list(COLUMNS)]
    # copies say what their source says
    own = notes(rng["voices"], entries["kind"].to_numpy(dtype=object))
    source = entries["copy_of"].to_numpy()
    entries["note"] = own[np.where(source >= 0, source, np.arange(len(entries)))]
    return entries


def _truth(
    plan: Plan, codes: np.ndarray, quality: Quality, people: Network, entries: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    starts = np.arange(0, len(plan.months), QUARTER)
    dates = plan.months[starts].astype("datetime64[D]")
    area, place = np.nonzero(Lives(plan).exist(np.arange(plan.areas)[:, None], dates[None, :]))
    level = pd.DataFrame(
        {
            "area_code": codes[area],
            "date": dates[place].astype("datetime64[ns]"),
            "quality": quality.level[area, starts[place]].round(3),
        }
    )
    breaks = pd.DataFrame(
        {
            "area_code": codes[quality.breaks["area"].to_numpy()],
            "began_on": plan.months[quality.breaks["month"].to_numpy()].astype("datetime64[ns]"),
            "drop": quality.breaks["drop"].round(3),
        }
    )
    heard = pd.DataFrame({"area_code": codes, "heard": people.heard})
    return {
        "quality": level,
        "breaks": breaks,
        "contributors": people.table,
        "entries": entries,
        "areas": heard,
    }


def write_world(
    world: World, folder: str | Path, *, compressed: Sequence[str] = ("observations",)
) -> list[Path]:
    """Write the tables into a folder that ``read_tables`` reads, with settings, and the truth into ``truth``.

    Parameters
    ----------
    world : World
        Made up.
    folder : path
        Made if need be; files of the same names are replaced.
    compressed : sequence of str
        Tables that are written with gzip.

    Returns
    -------
    list of Path
        The files written; the same world gives the same bytes.
    """
    paths = write_tables(world.tables, folder, compressed=compressed)
    settings = Path(folder) / SETTINGS
    settings.write_text(settings_text(world.plan), encoding="utf-8", newline="\n")
    paths.append(settings)
    below = Path(folder) / TRUTH
    below.mkdir(exist_ok=True)
    for name, table in world.truth.items():
        path = below / f"{name}.csv"
        path.write_bytes(as_csv(table))
        paths.append(path)
    return paths
