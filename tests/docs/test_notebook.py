"""The notebook for researchers runs from the first cell to the last, and its page tells what it finds."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

RESULT = len(["model", "metric", "value", "low", "high", "n", "events"])
NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "your-own-feature.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook, run from the first cell to the last in a kernel of its own."""
    book = nbformat.read(NOTEBOOK, as_version=4)
    folder = tmp_path_factory.mktemp("notebook")
    client = NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}
    )
    return client.execute()


def printed(book, *, after):
    """What the code cell that holds a text has printed."""
    cell = next(cell for cell in book.cells if cell.cell_type == "code" and after in cell.source)
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def test_it_is_kept_without_outputs():
    book = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client", "ignore::ResourceWarning")
def test_a_feature_of_ones_own_runs_in_the_same_race(executed):
    assert "nothing moved" in printed(executed, after="poisoned")
    rows = [line.split() for line in printed(executed, after="compare(").splitlines()]
    assert {row[0] for row in rows if row[1:2] == ["auc"] and len(row) == RESULT} == {
        "default",
        "with_own",
        "last_judgement",
    }


def test_the_page_tells_the_result_truly(executed):
    """The tutorial says that the difference holds zero for all three targets."""
    table = [line.split() for line in printed(executed, after="compare(").splitlines()]
    differences = [row for row in table if row[:1] and row[0] in {"adverse", "decline", "serious"}]
    assert len(differences) == 6
    assert all(float(low) <= 0 <= float(high) for *_, low, high in differences)
