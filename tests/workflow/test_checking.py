"""The verb ``check``: a page beside its tables, all faults at once, and no file in the folder it reads."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import earlywarn as ew
from earlywarn.cli.checking import check as command
from earlywarn.cli.group import Verbs
from earlywarn.panel.panel import Panel
from earlywarn.sources.writing import write_tables
from earlywarn.workflow.checking import check
from strategies import made_up

FILES = ["areas", "copied", "coverage", "figures", "heaped", "joint", "jumps", "late", "revised"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A small made-up folder, not to be changed."""
    folder = tmp_path_factory.mktemp("home") / "data"
    write_tables(made_up(5, areas=12), folder)
    return folder


@pytest.fixture(scope="module")
def checked(data):
    return check(data, data.parent / "checked")


def invoke(*words):
    return CliRunner().invoke(Verbs(commands={"check": command}), ["check", *map(str, words)])


def test_it_writes_a_page_a_text_and_the_tables_behind_them(checked):
    names = sorted(path.name for path in checked.folder.iterdir() if not path.name.startswith("."))
    assert names == sorted(["quality.html", "quality.txt", *(f"{name}.csv" for name in FILES)])
    assert sorted(checked.tables) == FILES
    for name, table in checked.tables.items():
        read = pd.read_csv(checked.folder / f"{name}.csv")
        assert list(read) == list(table)
        assert len(read) == len(table)
    text = (checked.folder / "quality.txt").read_text(encoding="utf-8")
    assert checked.summary.startswith(text.rstrip())
    assert str(checked.folder / "quality.html") in checked.summary


def test_nothing_is_said_of_the_log(checked):
    page = (checked.folder / "quality.html").read_text(encoding="utf-8")
    assert "concerns" not in page + checked.summary


def test_it_comes_out_the_same_each_time_and_over_itself(data, checked, read_all):
    before = read_all(checked.folder)
    check(data, checked.folder)
    assert read_all(checked.folder) == before


def test_by_default_everything_known_is_looked_at(data, checked):
    panel = Panel(ew.read_tables(data))
    last = max(panel.tables.observations["known_on"].max(), panel.inspections["known_on"].max())
    assert f"as of {last + pd.Timedelta(days=1):%Y-%m-%d}" in checked.summary


def test_what_was_not_known_at_the_as_of_date_is_not_counted(data, tmp_path):
    early = check(data, tmp_path / "early", as_of="2020-01-01")
    cut = ew.read_tables(data).observations
    cut = cut[(cut["known_on"] < "2020-01-01")].drop_duplicates(["area_code", "indicator", "period_end"])
    assert early.tables["coverage"]["known_on"].max() < pd.Timestamp("2020-01-01")
    assert early.tables["coverage"]["figures"].sum() <= len(cut)


def test_a_day_before_the_first_figure_has_a_page(data, tmp_path):
    first = Panel(ew.read_tables(data)).first_possible()
    assert check(data, tmp_path / "first", as_of=first).folder.is_dir()


def test_the_command_says_what_the_function_does(data, checked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = invoke(data)
    assert done.exit_code == 0, done.output
    assert done.output.split("\n\n")[:-1] == checked.summary.split("\n\n")[:-1]
    assert (tmp_path / "out" / "check-made-up" / "quality.html").is_file()
    assert invoke(data, "--quiet").output == ""


def test_a_folder_under_construction_is_told_what_would_complete_it(data, tmp_path):
    half = tmp_path / "half"
    shutil.copytree(data, half)
    (half / "areas.csv").unlink()
    (half / "observations.csv.gz").unlink()
    (half / "observations.csv").write_text("area_code,indicator\n", encoding="utf-8")
    done = invoke(half, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert f"`earlywarn import lait FILE --out {half}`" in done.output
    assert "column period_end: is missing" in done.output  # and the faults of the others with it
    assert not (tmp_path / "out").exists()


def test_a_folder_with_a_handful_of_figures_has_a_page_too(tmp_path):
    files = Path(__file__).parents[1] / "sources" / "native" / "files"
    ew.import_files(
        "lait", files / "lait" / "bds_long.csv", tmp_path / "data",
        dictionary=files / "lait" / "lait_data_dictionary.csv",
    )  # fmt: skip
    alone = check(tmp_path / "data", tmp_path / "figures")
    assert "figures of 8 indicators" in alone.summary
    ew.import_files("ofsted", files / "ofsted" / "outcomes.ods", tmp_path / "data")
    both = check(tmp_path / "data", tmp_path / "both")
    assert "It holds 8 judgements" in both.summary


def test_what_does_not_apply_to_an_area_is_not_held_against_it(data, tmp_path):
    for status, fewer in (("not_applicable", False), ("unavailable", True)):
        folder = tmp_path / status
        shutil.copytree(data, folder)
        (file,) = folder.glob("observations.csv*")
        table = pd.read_csv(file)
        one = table["area_code"].min()
        gone = (table["area_code"] == one) & (table["period_end"] >= "2018")
        table.loc[gone, ["value", "status"]] = [None, status]
        table.to_csv(file, index=False)
        found = check(folder, tmp_path / f"out-{status}").tables["areas"].set_index("area_code")
        assert (found.loc[one, "missing"] > 0) == fewer


def test_figures_are_looked_at_before_there_are_judgements(data, checked, tmp_path):
    figures = tmp_path / "figures"
    shutil.copytree(data, figures)
    (figures / "inspections.csv").unlink()
    (figures / "report_themes.csv").unlink(missing_ok=True)  # which name inspections
    (figures / "leadership.csv").unlink(missing_ok=True)
    found = check(figures, tmp_path / "out")
    assert "It holds no judgements, which a run wants" in found.summary
    pd.testing.assert_frame_equal(found.tables["figures"], checked.tables["figures"])
    with pytest.raises(ew.MissingTableError, match=r"inspections\.csv: is missing"):
        ew.build(data=figures, out=tmp_path / "run")


@pytest.mark.parametrize(
    ("as_of", "said"),
    [("2001-01-01", "Nothing was known at 2001-01-01. Choose 20"), ("1/2/2024", "write it as YYYY-MM-DD")],
)
def test_a_date_that_cannot_be_served_is_refused(data, tmp_path, as_of, said):
    done = invoke(data, "--out", tmp_path / "out", "--as-of", as_of)
    assert done.exit_code == 2
    assert said in done.output
    assert not (tmp_path / "out").exists()


def test_the_folder_of_the_tables_is_never_written_into(data, tmp_path, read_all):
    before = read_all(data)
    with pytest.raises(ew.ConfigError, match="holds the tables themselves"):
        check(data, data)
    (tmp_path / "letters.txt").write_text("Dear reviewer", encoding="utf-8")
    with pytest.raises(ew.OutputError, match="did not write"):
        check(data, tmp_path)
    assert read_all(data) == before


def test_a_name_that_is_no_folders_name_is_made_one(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    named = tmp_path / "data"
    shutil.copytree(data, named)
    (named / "provenance.toml").write_text('name = "../North / East: 2024"', encoding="utf-8")
    assert check(named).folder.as_posix() == "out/check-North---East--2024"
