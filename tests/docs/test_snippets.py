"""Python in the pages runs, page by page, as a reader would paste it; README's figures are a run's."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from earlywarn.sources.synthetic import synthetic_tables
from earlywarn.sources.writing import write_tables

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]
REFERENCE_LEAD = 3  # months, which stands for 90 days
ROUNDING = 0.0075  # half of the last digit given, and what another version of a library may move
QUICK = """
[model]
replicates = 4
[backtest]
draws = 20
leads_months = [3]
models = []
"""


def earlywarn(*words, cwd):
    """Run a command as a user would, in a process of its own."""
    subprocess.run([sys.executable, "-m", "earlywarn", *words, "--quiet"], cwd=cwd, check=True)  # noqa: S603  ours


def python_in(page):
    return re.findall(
        r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )


PAGES = [
    path.relative_to(REPOSITORY).as_posix()
    for path in sorted((REPOSITORY / "docs").rglob("*.md"))
    if python_in(path) and path.stem != "your-own-feature"  # that one runs as the notebook
]
GIVEN = {  # what a page takes for granted, in words, and shows no code for
    "docs/reference/configuration.md": """
                import pandas as pd
        matrix = pd.read_parquet("out/england-2025-04-01/features.parquet")
        X = matrix.xs(pd.Timestamp("2025-04-01"), level="as_of")
    """,
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder as it is after the tutorial: a run of the sample, a configuration, data of one's own."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "quick.toml").write_text(QUICK, encoding="utf-8")
    earlywarn("run", "quick.toml", "--out", "out/england-2025-04-01", cwd=folder)
    (folder / "my-area").mkdir()
    shutil.copy(folder / "quick.toml", folder / "my-area" / "earlywarn.toml")
    write_tables(synthetic_tables(seed=1), folder / "my-data")
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_python_in_the_page_runs(page, desk):
    given = "\n".join(line.strip() for line in GIVEN.get(page, "").splitlines())
    script = "\n".join([given, *python_in(REPOSITORY / page)])
    # a process of its own, as a reader's would be, in the folder where the reader stands
    done = subprocess.run(  # noqa: S603  our own pages
        [sys.executable, "-c", script], cwd=desk, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """The reference evaluation at 90 days' lead, with all its draws."""
    folder = tmp_path_factory.mktemp("measured")
    config = folder / "earlywarn.toml"
    config.write_text("[backtest]\nmodels = []\n[tracking]\nenabled = false\n", encoding="utf-8")
    earlywarn("backtest", config.name, "--compare", "hard,soft,hard+soft", "--out", "out", cwd=folder)
    found = pd.read_csv(folder / "out" / "backtest_metrics.csv")
    found.attrs["folder"] = folder / "out"
    return found


def test_the_figures_in_readme_are_those_of_the_reference_evaluation(measured):
    page = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    models = {
        "this model": "default",
        "this model on past judgements alone": "history_only",
        "last judgement and years since": "last_judgement",
    }
    reference = measured[measured["lead_months"] == REFERENCE_LEAD]
    reference = reference.set_index(["target", "model", "metric"])[["value", "low", "high"]]
    target, compared = "", 0
    for line in re.findall(r"^\| (.*) \|$", page, flags=re.MULTILINE):
        question, *cells = [cell.strip() for cell in line.split("|")]
        target = question.split("`")[1] if question.startswith("`") else target
        if cells[0] in models:
            told = [float(number) for cell in cells[1:] for number in re.findall(r"-?\d\.\d\d", cell)]
            rows = [(target, models[cells[0]], metric) for metric in ("auc", "brier_skill")]
            assert told == pytest.approx(reference.loc[rows].to_numpy().ravel(), abs=ROUNDING), line
            compared += 1
    assert compared == len(["adverse", "decline", "serious"]) * len(models)


def test_the_summary_in_readme_is_one_of_a_run(measured):
    page = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    shown = next(block for block in re.findall(r"^```text\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))
    texts = pd.read_csv(measured.attrs["folder"] / "evidence" / "verdicts.csv")
    text = texts.query("target == 'adverse' and lead_months == @REFERENCE_LEAD")["text"].iloc[0]
    told = next(part for part in re.split(r"\n\n", shown) if "Better than" in part).partition(": ")[2]
    number = r"-?\d+\.?\d*"
    assert re.sub(number, "0", " ".join(told.split())) == re.sub(number, "0", text)
    numbers = [[float(found) for found in re.findall(number, said.rstrip("."))] for said in (told, text)]
    assert numbers[0] == pytest.approx(numbers[1], abs=2 * ROUNDING)


def test_the_figures_of_what_soft_evidence_adds_are_those_of_a_comparison(measured):
    page = (REPOSITORY / "docs" / "how-to" / "what-does-soft-evidence-add.md").read_text(encoding="utf-8")
    metrics = ["auc", "brier_skill", "precision_at_20", "warning_months"]
    values, apart = (
        pd.read_csv(measured.attrs["folder"] / f"evidence_{name}.csv").query(
            "target == 'adverse' and lead_months == @REFERENCE_LEAD"
        )
        for name in ("sets", "differences")
    )
    values = values.set_index(["set", "metric"])["value"]
    apart = apart.query("set == 'hard+soft' and other == 'hard'").set_index("metric")
    wanted = {
        words: [values[name, metric] for metric in metrics]
        for words, name in {
            "past judgements alone": "history_only",
            "published figures": "hard",
            "soft evidence": "soft",
            "both": "hard+soft",
        }.items()
    } | {"both, less figures": apart.loc[metrics, ["difference", "low", "high"]].to_numpy().ravel().tolist()}
    rows = dict(re.findall(r"^\| ([^|]+?) \|(.*)\|$", page, flags=re.MULTILINE))
    for words, figures in wanted.items():
        for number, figure in zip(re.findall(r"-?\d+\.\d+", rows[words]), figures, strict=True):
            decimals = len(number.partition(".")[2])
            assert float(number) == pytest.approx(figure, abs=ROUNDING * 10 ** (2 - decimals)), words
