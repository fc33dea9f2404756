"""Whatever is wrong with the input is said in words at its place, with exit code 2 and nothing written."""

import gzip
import subprocess
import sys

import pytest
from click.testing import CliRunner

from earlywarn.cli import verbs


class Spoiled:
    """The made-up world with one thing wrong, and the command line to try it with."""

    def __init__(self, place, read_all):
        self.place = place
        self.read_all = read_all

    def lines(self, table):
        path = self.path(table)
        content = path.read_bytes()
        return (gzip.decompress(content) if path.suffix == ".gz" else content).decode().splitlines()

    def path(self, table):
        return self.place / "data" / (f"{table}.csv.gz" if table == "observations" else f"{table}.csv")

    def write(self, table, lines):
        content = ("\n".join(lines) + "\n").encode()
        path = self.path(table)
        path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)

    def cell(self, table, row, column, text):
        """Put a text into a cell; row 1 is the header."""
        lines = [line.split(",") for line in self.lines(table)]
        lines[row - 1][lines[0].index(column)] = text
        self.write(table, [",".join(line) for line in lines])

    def config(self, old, new):
        file = self.place / "earlywarn.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def refused(self, *arguments, verb="run"):
        """Run a verb that must fail; return what was said."""
        before = self.read_all(self.place)
        config = str(self.place / "earlywarn.toml")
        result = CliRunner().invoke(verbs, [verb, config, *arguments], prog_name="earlywarn")
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        assert result.stderr.startswith("Error: ")
        assert self.read_all(self.place) == before
        assert not (self.place / "out").exists()
        return result.stderr


@pytest.fixture
def spoiled(place, read_all):
    return Spoiled(place, read_all)


def test_a_missing_file(spoiled):
    spoiled.path("inspections").unlink()
    said = spoiled.refused()
    assert "inspections" in said
    assert "To mend it: " in said


def test_a_missing_folder(spoiled):
    said = spoiled.refused("--data", str(spoiled.place / "nowhere"))
    assert "nowhere" in said


def test_a_missing_column(spoiled):
    lines = [line.split(",", 1)[1] for line in spoiled.lines("areas")]
    spoiled.write("areas", lines)
    said = spoiled.refused()
    assert "areas.csv" in said
    assert "area_code" in said
    assert "To mend it: " in said


CELLS = [
    pytest.param("observations", "value", "many", "not a number", id="wrong dtype"),
    pytest.param("observations", "period_end", "31/03/2014", "YYYY-MM-DD", id="wrong date format"),
    pytest.param("observations", "area_code", "X99", "area_code", id="unknown area"),
    pytest.param("observations", "indicator", "agency_rat", "agency_rate", id="unknown indicator"),
    pytest.param("observations", "value", "140", "from 0 to 100", id="value out of range"),
    pytest.param("observations", "value", "inf", "infinite", id="infinite value"),
    pytest.param("observations", "known_on", "1999-01-01", "before the period_end", id="published too early"),
    pytest.param("inspections", "overall", "fair", "requires_improvement", id="unknown judgement"),
    pytest.param("inspections", "area_code", "X99", "area_code", id="inspection of an unknown area"),
    pytest.param("inspections", "known_on", "", "is empty", id="judgement never published"),
    pytest.param("areas", "name", "", "is empty", id="nameless area"),
    pytest.param("indicators", "unit", "furlongs", "percent", id="unknown unit"),
]


@pytest.mark.parametrize(("table", "column", "text", "words"), CELLS)
def test_a_bad_cell_is_named_by_file_row_and_column(spoiled, table, column, text, words):
    spoiled.cell(table, 2, column, text)
    said = spoiled.refused()
    assert f"{spoiled.path(table).name}, row 2, column {column}: " in said
    assert words in said
    assert "To mend it: " in said


@pytest.mark.parametrize("table", ["areas", "indicators", "observations", "inspections"])
def test_a_repeated_row_is_named(spoiled, table):
    lines = spoiled.lines(table)
    spoiled.write(table, [*lines, lines[1]])
    said = spoiled.refused()
    assert f"{spoiled.path(table).name}, row {len(lines) + 1}" in said
    assert "repeats row 2" in said


@pytest.mark.parametrize("table", ["areas", "indicators", "observations", "inspections"])
def test_an_empty_table_is_named(spoiled, table):
    spoiled.write(table, spoiled.lines(table)[:1])
    said = spoiled.refused()
    assert spoiled.path(table).name in said
    assert "To mend it: " in said


def test_all_faults_are_said_at_once(spoiled):
    spoiled.cell("areas", 2, "name", "")
    spoiled.cell("inspections", 3, "overall", "fair")
    spoiled.cell("observations", 4, "value", "140")
    said = spoiled.refused()
    for place in ("areas.csv, row 2", "inspections.csv, row 3", "observations.csv.gz, row 4"):
        assert place in said


@pytest.mark.parametrize("verb", ["build", "backtest", "train", "run"])
def test_every_verb_refuses(spoiled, verb):
    spoiled.cell("areas", 2, "name", "")
    assert "areas.csv, row 2, column name" in spoiled.refused(verb=verb)


@pytest.mark.parametrize(
    ("as_of", "relation"),
    [("1999-01-01", "before anything was known"), ("2031-01-01", "after the last record")],
)
def test_an_impossible_date_is_told_the_possible_ones(spoiled, as_of, relation):
    said = spoiled.refused("--as-of", as_of)
    assert relation in said
    assert "Choose a date from 201" in said


@pytest.mark.parametrize("as_of", ["01/04/2019", "2019-02-30", "soon"])
def test_what_is_no_date_is_told_how_to_write_one(spoiled, as_of):
    said = spoiled.refused("--as-of", as_of)
    assert "--as-of" in said
    assert "YYYY-MM-DD" in said


def test_an_unknown_key_is_told_the_nearest(spoiled):
    spoiled.config("replicates", "replicats")
    said = spoiled.refused()
    assert "replicats" in said
    assert "'replicates'" in said


def test_an_unknown_vital_indicator_is_told_the_nearest(spoiled):
    spoiled.config('"caseload"', '"caselaod"')
    said = spoiled.refused()
    assert "caselaod" in said
    assert "'caseload'" in said


def test_an_unknown_feature_is_refused(spoiled):
    spoiled.config("[model]", 'extra = ["agency_rate__levle"]\n\n[model]')
    assert "agency_rate__levle" in spoiled.refused()


def test_too_few_labels_say_which_are_wanted_and_what_to_do(spoiled):
    said = spoiled.refused("--as-of", "2013-07-01", verb="train")
    assert "labelled inspections are known (30 are wanted)" in said
    assert "--as-of" in said


def test_nothing_that_can_be_tested_says_what_to_do(spoiled):
    spoiled.config("first_start = 2016-10-01", "first_start = 2013-01-01\nlast_start = 2014-03-31")
    said = spoiled.refused(verb="backtest")
    assert "No origin can be tested. At the last of them, 201" in said
    assert "30 are wanted" in said
    assert "backtest.first_start" in said


def test_a_folder_that_is_not_ours_is_refused(spoiled):
    (spoiled.place / "theirs").mkdir()
    (spoiled.place / "theirs" / "letters.txt").write_text("Dear reviewer")
    said = spoiled.refused("--out", str(spoiled.place / "theirs"))
    assert "earlywarn did not write" in said
    assert "--out" in said


def test_the_folder_of_the_data_is_refused_as_output(spoiled):
    assert "earlywarn did not write" in spoiled.refused("--out", str(spoiled.place / "data"))


def test_an_earlier_result_outlives_bad_input(home, spoiled, read_all):
    (spoiled.place / "data" / "areas.csv").write_text("area_code,name\n")
    before = read_all(home / "out")
    result = CliRunner().invoke(
        verbs, ["run", str(spoiled.place / "earlywarn.toml"), "--out", str(home / "out")]
    )
    assert result.exit_code == 2
    assert read_all(home / "out") == before


def test_the_shell_sees_exit_code_2_and_no_traceback(spoiled):
    spoiled.cell("areas", 2, "name", "")
    command = [sys.executable, "-m", "earlywarn", "run", "earlywarn.toml"]
    done = subprocess.run(  # noqa: S603  our own
        command, cwd=spoiled.place, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "areas.csv, row 2, column name: '' is empty" in done.stderr


def test_debug_shows_the_traceback(spoiled):
    spoiled.cell("areas", 2, "name", "")
    arguments = ["run", str(spoiled.place / "earlywarn.toml"), "--debug"]
    result = CliRunner().invoke(verbs, arguments)
    assert result.exit_code == 2
    assert "Traceback (most recent call last)" in result.stderr
