"""A long table of 641,000 rows in the published layout: read, banded, ranked and set against neighbours.

The peer does the same by plain pandas: ``read_csv``, ``to_numeric`` and ``groupby``. Each runs in a process
of its own, so that its peak of memory is its own.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

MEASURES, YEARS = 286, range(2013, 2026)
GROUPS = {"984": "England_all_schools", "970": "North East", "971": "North West", "972": "East Midlands"}
GROUPS |= {"973": "West Midlands", "974": "East of England", "975": "Inner London", "976": "Outer London"}
GROUPS |= {"977": "London", "978": "South East", "979": "South West", "980": "Yorkshire and the Humber"}
MISSING = 0.06


def write_table(folder: Path) -> tuple[Path, Path]:
    """Make up a long table and its data dictionary in the published layout."""
    from earlywarn.sources.native.places import read_register  # noqa: PLC0415 - the peer does without

    draw = np.random.default_rng(0)
    register = read_register()
    today = register[register["active_to"].isna()]
    number = np.append(today["dfe_code"].to_numpy(), list(GROUPS))
    name = np.append(today["name"].to_numpy(), list(GROUPS.values()))
    codes = [f"Measure_{place}" for place in range(MEASURES)]
    kinds = ["Financial Year", "Academic Year", "Calendar Year"]
    pd.DataFrame(
        {
            "Measure_short": codes,
            "Topic": "Made up",
            "Measure": codes,
            "Polarity": [("Low", "High", "-")[place % 3] for place in range(MEASURES)],
            "y_axis_name": "% of children",
            "Year_Type": [kinds[place % 3] for place in range(MEASURES)],
            "No_Quartile": ["N" if place % 20 == 0 else "NA" for place in range(MEASURES)],
        }
    ).to_csv(folder / "dictionary.csv", index=False)
    shape = (MEASURES, len(YEARS), len(number))
    value = draw.uniform(0, 100, shape).round(2).astype(str).astype(object)
    value[draw.random(shape) < MISSING] = "-"
    measure, year, place = (index.ravel() for index in np.indices(shape))
    labels = np.array(
        [[f"{y - 1}/{y % 100:02d}", f"{y - 1}-{y % 100:02d}", str(y)] for y in YEARS], dtype=object
    )
    table = pd.DataFrame(
        {
            "LA Number": number[place],
            "LA and Regions": name[place],
            "Short Desc": np.array(codes, dtype=object)[measure],
            "Years": labels[year, measure % 3],
            "Values": value.ravel(),
        }
    )
    more = 641_000 - len(table)  # the newest year again, revised, for some of the measures
    again = table[year == len(YEARS) - 1].head(more)
    table = pd.concat([table, again.assign(Years=again["Years"] + " (Rev)")])
    table.to_csv(folder / "bds_long.csv", index=False)
    print(f"{len(table):,} rows, {(folder / 'bds_long.csv').stat().st_size / 2**20:.0f} MB")
    return folder / "bds_long.csv", folder / "dictionary.csv"


def neighbours_of(count: int) -> np.ndarray:
    """Return ten made-up neighbours of each area."""
    return (np.arange(count)[:, None] + np.arange(1, 11)) % count


def ours(table: str, dictionary: str) -> None:
    """Read the table, and band, rank and compare every indicator in every period."""
    from earlywarn.signals.benchmarks import quartile_bands, ranks  # noqa: PLC0415 - loading is not timed
    from earlywarn.sources.native.lait import read_lait  # noqa: PLC0415

    begun = time.perf_counter()
    tables = read_lait(table, dictionary).tables
    read = time.perf_counter()
    observations, indicators = tables["observations"], tables["indicators"].set_index("indicator")
    newest = observations.drop_duplicates(["area_code", "indicator", "period_end"], keep="last")
    area, areas = pd.factorize(newest["area_code"], sort=True)
    which, names = pd.factorize(newest["indicator"], sort=True)
    period, ends = pd.factorize(newest["period_end"], sort=True)
    cube = np.full((len(areas), len(names), len(ends)), np.nan)
    cube[area, which, period] = newest["value"]
    ways = {"higher_is_worse": "lower", "higher_is_better": "higher"}
    better = np.array([ways.get(way) for way in indicators.loc[names, "polarity"]], dtype=object)
    banded = np.where(indicators.loc[names, "no_quartile"], None, better)
    band = quartile_bands(cube, improvement=banded[:, None])
    rank = ranks(cube, improvement=better[:, None]).rank
    means = _means(cube, neighbours_of(len(areas)))
    done = time.perf_counter()
    print(f"earlywarn: read {read - begun:.2f} s, banded, ranked and compared {done - read:.2f} s")
    _said(done - begun, len(observations), int((band != "").sum()), int(np.isfinite(rank).sum()), means)


def _means(cube: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """Return the mean of each area's neighbours, of those that have a figure."""
    total, count = np.zeros_like(cube), np.zeros_like(cube)
    for column in neighbours.T:
        theirs = cube[column]
        count += ~np.isnan(theirs)
        total += np.nan_to_num(theirs)
    return total / np.where(count > 0, count, np.nan)


def peer(table: str, dictionary: str) -> None:
    """Do the same by plain pandas."""
    begun = time.perf_counter()
    frame = pd.read_csv(table, dtype={"LA Number": str, "Years": str})
    about = pd.read_csv(dictionary, keep_default_na=False).set_index("Measure_short")
    frame["value"] = pd.to_numeric(frame["Values"], errors="coerce")
    frame = frame[frame["LA Number"].astype(int) < min(map(int, GROUPS))]
    frame["year"] = frame["Years"].str[:4].astype(int)
    frame = frame.drop_duplicates(["LA Number", "Short Desc", "year"], keep="last")
    read = time.perf_counter()
    grouped = frame.groupby(["Short Desc", "year"])["value"]
    better = frame["Short Desc"].map(about["Polarity"])
    for share in (0.25, 0.5, 0.75):
        frame[f"cut_{share}"] = grouped.transform("quantile", share)
    above = sum((frame["value"] > frame[f"cut_{share}"]).astype(int) for share in (0.25, 0.5, 0.75))
    place = above.where(better != "High", 3 - above)
    frame["band"] = place.map(dict(enumerate("ABCD"))).where(better.ne("-") & frame["value"].notna(), "")
    sign = better.map({"Low": 1.0, "High": -1.0})
    frame["rank"] = (frame["value"] * sign).groupby([frame["Short Desc"], frame["year"]]).rank(method="min")
    wide = frame.pivot_table(index="LA Number", columns=["Short Desc", "year"], values="value")
    means = np.stack([wide.to_numpy()[row] for row in neighbours_of(len(wide))])
    means = np.nanmean(means, axis=1)
    done = time.perf_counter()
    print(f"pandas:    read {read - begun:.2f} s, banded, ranked and compared {done - read:.2f} s")
    _said(done - begun, len(frame), int((frame["band"] != "").sum()), int(frame["rank"].notna().sum()), means)


def _said(seconds: float, rows: int, bands: int, ranked: int, means: np.ndarray) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    held = int(np.isfinite(means).sum())
    print(f"           together {seconds:.2f} s, peak {peak:,.0f} MB of memory")
    print(f"           {rows:,} figures, {bands:,} bands, {ranked:,} ranks, {held:,} means of neighbours")


def main() -> None:
    """Make up the table, and run both, each in a process of its own."""
    if len(sys.argv) > 1:
        {"ours": ours, "peer": peer}[sys.argv[1]](*sys.argv[2:])
        return
    with tempfile.TemporaryDirectory() as folder:
        files = [str(path) for path in write_table(Path(folder))]
        for who in ("ours", "peer"):
            subprocess.run([sys.executable, __file__, who, *files], check=True)


if __name__ == "__main__":
    main()
