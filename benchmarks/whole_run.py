"""The whole job in a cold process, against importing the libraries that it needs."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIBRARIES = "import mlflow, pandas, pandera, shap, sklearn.ensemble, statsmodels.api, xarray"


def seconds(command: list[str]) -> float:
    """Return how long a command takes."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    """Print seconds, peak memory, seconds per step, and the ratio to the imports alone."""
    data = ["--data", sys.argv[1]] if len(sys.argv) > 1 else []
    with tempfile.TemporaryDirectory() as work:
        out = Path(work) / "out" / "run"
        took = seconds([sys.executable, "-m", "earlywarn", "run", "--quiet", "--out", str(out), *data])
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
        steps = json.loads((out / "run.json").read_text(encoding="utf-8"))["seconds"]
    peer = seconds([sys.executable, "-c", LIBRARIES])
    print(f"earlywarn run       {took:6.1f} s, {memory:.2f} GB at most")
    print("                    " + ", ".join(f"{name} {value:.1f}" for name, value in steps.items()))
    print(f"importing libraries {peer:6.1f} s")
    print(f"ratio               {took / peer:6.1f}")


if __name__ == "__main__":
    main()
