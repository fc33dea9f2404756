"""Make the packaged made-up sample.

Usage: ``python scripts/make_synthetic_sample.py [SAMPLE_FOLDER]``

The seed is the day's date when it was first made, and was not chosen for its results. The effect is half as
strong again as usual, so that it shows with so few areas. The same code gives the same bytes.
"""

import sys
from pathlib import Path

from earlywarn.sources.synthetic import Plan, synthetic_world, write_world

PLAN = Plan(areas=60, seed=20261122, effect=1.5, years=range(2012, 2026))
COMPRESSED = ("observations", "concerns")


def make(folder: Path) -> list[Path]:
    """Write the sample into a folder; return the files written."""
    return write_world(synthetic_world(PLAN), folder, compressed=COMPRESSED)


if __name__ == "__main__":
    here = Path(__file__).resolve().parents[1] / "data_samples" / "synthetic"
    for path in make(Path(sys.argv[1]) if len(sys.argv) > 1 else here):
        sys.stdout.write(f"{path.stat().st_size:>9,}  {path}\n")
