"""Published files become a folder of tables: added to, never written over, and accounted for."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner

from earlywarn.cli.group import Verbs
from earlywarn.cli.importing import import_files as command
from earlywarn.errors import ConfigError, DataError, OutputError
from earlywarn.schema import violations
from earlywarn.sources.tables import read_tables
from earlywarn.workflow.importing import import_files

FILES = Path(__file__).parents[1] / "sources" / "native" / "files"
LAIT, DICTIONARY = FILES / "lait" / "bds_long.csv", FILES / "lait" / "lait_data_dictionary.csv"
EES, META = FILES / "ees" / "children_in_need.csv", FILES / "ees" / "children_in_need.meta.csv"
INSPECTIONS = "area_code,start_date,known_on,overall\nE09000005,2023-02-20,2023-04-17,good\n"


@click.group(cls=Verbs)
def verbs():
    """Stand in for the command line."""


verbs.add_command(command)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".written"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home") / "data"
    first = import_files("lait", LAIT, folder, dictionary=DICTIONARY)
    return folder, first, contents(folder)


def test_the_tables_and_the_account_are_written(made):
    folder, first, files = made
    assert set(files) == {
        "areas.csv",
        "indicators.csv",
        "observations.csv",
        "skipped.csv",
        "imports.json",
        "provenance.toml",
    }
    assert (
        "Read bds_long.csv (the long table of the Local Authority Interactive Tool): 8 areas" in first.summary
    )
    assert "Left out, as listed in skipped.csv" in first.summary
    assert (
        f"Still wanted for a run: inspections, as from  earlywarn import ofsted FILE... --out {folder}"
        in (first.summary)
    )
    record = json.loads(files["imports.json"])["imports"]
    assert [entry["kind"] for entry in record] == ["lait"]
    assert record[0]["options"]["dictionary"]["name"] == "lait_data_dictionary.csv"
    assert str(folder.parent) not in files["imports.json"].decode() + files["skipped.csv"].decode()


def test_the_tables_handed_back_are_typed_and_break_no_rule(made):
    for name, table in made[1].tables.items():
        assert violations(table, name) == []


def test_reading_files_loads_no_models():
    code = "import sys, earlywarn.workflow.importing; print({'sklearn', 'scipy.stats'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "set()\n"


def test_a_second_import_adds_and_the_same_one_changes_nothing(made, tmp_path):
    _, _, once = made
    folder = tmp_path / "data"
    import_files("lait", LAIT, folder, dictionary=DICTIONARY)
    again = import_files("lait", LAIT, folder, dictionary=DICTIONARY)
    assert "All of it was there already." in again.summary
    assert contents(folder) == once
    import_files("ees", [EES], folder, metadata=META, where={"category": "Total"})
    both = pd.read_csv(folder / "observations.csv")
    assert len(both) == 13 + 20
    assert set(pd.read_csv(folder / "skipped.csv")["kind"]) == {"lait", "ees"}
    (folder / "inspections.csv").write_text(INSPECTIONS, encoding="utf-8")
    last = import_files("ees", EES, folder, metadata=META, where={"category": "Total"})
    assert f"Next:  earlywarn check {folder}" in last.summary
    tables = read_tables(folder)
    assert len(tables.observations) == 33
    assert tables.source.count(";") == 1


def test_the_folder_passes_every_check_of_a_run_once_it_is_whole(tmp_path):
    folder = tmp_path / "data"
    import_files("lait", LAIT, folder, dictionary=DICTIONARY)
    (folder / "inspections.csv").write_text(INSPECTIONS.replace("good", "splendid"), encoding="utf-8")
    before = contents(folder)
    with pytest.raises(DataError, match="'splendid' is not one of the words"):
        import_files("ees", EES, folder, metadata=META)
    assert contents(folder) == before


def test_another_figure_under_the_same_key_is_refused(tmp_path):
    folder = tmp_path / "data"
    import_files("lait", LAIT, folder, dictionary=DICTIONARY)
    before = contents(folder)
    other = tmp_path / "other.csv"
    other.write_text(LAIT.read_text(encoding="utf-8").replace('"17.4"', '"17.5"'), encoding="utf-8")
    with pytest.raises(DataError, match=r"(?s)value 17.4 and 17.5.*earlywarn update") as caught:
        import_files("lait", other, folder, dictionary=DICTIONARY)
    assert [fault.value for fault in caught.value.faults] == [
        "E09000005, agency_rate, 2023-09-30, 2024-02-28"
    ]
    assert contents(folder) == before


def test_what_cannot_be_asked_is_refused_before_anything_is_read(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(ConfigError, match="There is no kind 'lite'"):
        import_files("lite", LAIT, out)
    with pytest.raises(ConfigError, match=r"takes no 'metadata', but .* 'metadata' is for: ees"):
        import_files("lait", LAIT, out, metadata=META)
    with pytest.raises(ConfigError, match="reads one file at a time, and 2 are named"):
        import_files("lait", [LAIT, LAIT], out)
    with pytest.raises(ConfigError, match="The kind wide needs 'mapping'"):
        import_files("wide", LAIT, out)
    with pytest.raises(DataError, match=r"(?s)2 faults.*none.csv.*no.csv"):
        import_files("lait", tmp_path / "none.csv", out, dictionary=tmp_path / "no.csv")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("Dear reviewer", encoding="utf-8")
    with pytest.raises(OutputError, match="did not write"):
        import_files("lait", LAIT, mine)
    assert not out.exists()


def test_files_of_which_nothing_can_be_read_are_refused_with_the_reasons(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("LA Number,Short Desc,Years,Values\n984,LAC,2023,4\n304,LAC,Target,4\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"(?s)2 faults.*cannot be read for sure"):
        import_files("lait", file, tmp_path / "out")
    file.write_text("LA Number,Short Desc,Years,Values\n", encoding="utf-8")
    with pytest.raises(DataError, match="hold no rows"):
        import_files("lait", file, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_takes_options_and_tells_faults_with_exit_code_2(tmp_path):
    out = tmp_path / "out"
    words = ["import", "ees", EES, "--metadata", META, "--where", "category=Total", "--out", out]
    done = CliRunner().invoke(verbs, [str(word) for word in [*words, "--year-type", "financial_year"]])
    assert done.exit_code == 0, done.output
    assert "Read children_in_need.csv" in done.output
    words[words.index("category=Total")] = "category=Nobody"
    refused = CliRunner().invoke(verbs, [str(word) for word in words])
    assert refused.exit_code == 2
    assert "has no value 'Nobody'" in refused.output
    words[words.index("category=Nobody")] = "category"
    assert "Write it as NAME=VALUE" in CliRunner().invoke(verbs, [str(word) for word in words]).output


def test_a_compressed_table_stays_compressed_and_a_parquet_one_is_refused(tmp_path):
    folder = tmp_path / "data"
    import_files("lait", LAIT, folder)
    table = pd.read_csv(folder / "areas.csv", keep_default_na=False)
    (folder / "areas.csv").unlink()
    table.to_csv(folder / "areas.csv.gz", index=False)
    import_files("lait", LAIT, folder)
    assert not (folder / "areas.csv").exists()
    (folder / "areas.csv.gz").unlink()
    table.to_parquet(folder / "areas.parquet")
    with pytest.raises(DataError, match="is Parquet, to which nothing is added"):
        import_files("lait", LAIT, folder)
