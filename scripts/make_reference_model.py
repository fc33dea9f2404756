"""Train the reference model on the packaged sample and put it into ``models/england``.

Run it after a change that moves the model: ``python scripts/make_reference_model.py``.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import earlywarn as ew

HERE = Path(__file__).resolve().parents[1] / "models" / "england"


def main() -> None:
    """Run the whole job once, so that the card holds the back-test, and keep the model."""
    with tempfile.TemporaryDirectory() as work:
        result = ew.run(ew.Config(tracking={"enabled": False}), out=Path(work) / "england", progress=True)
        shutil.rmtree(HERE, ignore_errors=True)
        shutil.copytree(result.folder / "model", HERE)
    sys.stdout.write(f"{result.summary}\n\nThe model is in {HERE.name}.\n")


if __name__ == "__main__":
    main()
