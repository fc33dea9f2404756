import json

import pandas as pd
import pytest

from earlywarn.errors import DataError, MissingTableError
from earlywarn.reports import Content


def test_every_table_has_its_types(content):
    assert content.as_of == pd.Timestamp("2025-04-01")
    assert (content.horizon, content.target) == (12, "adverse")
    assert content.risks["risk_decline"].dtype == float
    assert content.risks["last_judged_on"].dtype == "datetime64[ns]"
    assert set(content.series["status"]) == {"ok", "missing", "suppressed"}
    assert set(content.cohort["eligible"]) == {"true", "false"}
    assert content.signals["period_end"].dtype == "datetime64[ns]"
    assert content.funnel_limits["upper_998"].dtype == float
    assert set(content.indicators["vital"]) == {"yes", ""}


def test_what_folders_of_an_earlier_version_lack_reads_as_nothing_said(world, tmp_path):
    folder = world(areas=3).write(tmp_path)
    path = folder / "evidence" / "indicators.csv"
    pd.read_csv(path).drop(columns=["vital", "description"]).to_csv(path, index=False)
    (folder / "evidence" / "signals.csv").unlink()
    read = Content.read(folder)
    assert set(read.indicators["vital"]) == {""}
    assert read.signals.empty
    assert "symbol" in read.signals


def test_a_run_without_back_test_reads_as_empty_tables(world, tmp_path):
    folder = world(areas=3).write(tmp_path)
    for name in ("backtest_metrics.csv", "evidence/verdicts.csv", "evidence/reliability.csv"):
        (folder / name).unlink()
    read = Content.read(folder)
    assert read.metrics.empty
    assert "lead_months" in read.verdicts


@pytest.mark.parametrize("name", ["run.json", "risk_list.csv"])
def test_a_folder_without_its_main_files_is_refused(world, tmp_path, name):
    folder = world(areas=3).write(tmp_path)
    (folder / name).unlink()
    with pytest.raises(MissingTableError, match=f"{name}: is missing"):
        Content.read(folder)


def test_a_lost_column_is_named(world, tmp_path):
    folder = world(areas=3).write(tmp_path)
    path = folder / "evidence" / "notes.csv"
    path.write_text("area_code\nX00000001\n")
    with pytest.raises(DataError, match=r"notes\.csv, row 1, column note: is missing"):
        Content.read(folder)


def test_a_number_that_is_none_is_named(world, tmp_path):
    folder = world(areas=3).write(tmp_path)
    path = folder / "risk_list.csv"
    table = pd.read_csv(path, dtype=str)
    table["risk_adverse"] = "high"
    table.to_csv(path, index=False)
    with pytest.raises(DataError, match=r"risk_list\.csv: cannot be read .*'high'"):
        Content.read(folder)


def test_a_damaged_run_file_is_named(world, tmp_path):
    folder = world(areas=3).write(tmp_path)
    (folder / "run.json").write_text(json.dumps({"earlywarn": 1})[:-3])
    with pytest.raises(DataError, match=r"run\.json, row 1: is not JSON"):
        Content.read(folder)
