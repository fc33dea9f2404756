"""How long until earlywarn answers, in a cold process, against an empty Python and pandas."""

import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

RUNS = 7
COMMAND = shutil.which("earlywarn", path=sysconfig.get_path("scripts")) or str(
    Path(sys.executable).with_name("earlywarn")
)


def seconds(command: list[str]) -> float:
    """Return the median time of a command, the first run left out."""
    times = []
    for _ in range(RUNS + 1):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - begun)
    return statistics.median(times[1:])


def main() -> None:
    """Print each start-up and its ratio to the peers."""
    empty = seconds([sys.executable, "-c", "pass"])
    pandas = seconds([sys.executable, "-c", "import pandas"])
    print(f"{'empty Python':24} {empty:6.3f} s")
    print(f"{'import pandas':24} {pandas:6.3f} s")
    for name, command in {
        "import earlywarn": [sys.executable, "-c", "import earlywarn"],
        "earlywarn --help": [COMMAND, "--help"],
    }.items():
        took = seconds(command)
        print(f"{name:24} {took:6.3f} s   {took / empty:5.2f} x empty Python   {took / pandas:5.2f} x pandas")


if __name__ == "__main__":
    main()
