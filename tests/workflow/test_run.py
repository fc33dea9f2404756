"""One run from end to end, read from the outside: the files and nothing else."""

import json
import math
import re

import numpy as np
import pandas as pd
import pytest

TARGETS = ("adverse", "decline", "serious")
FLOORS = {"base_rate", "majority_class", "deprivation", "last_judgement"}
BESIDE = {"default", "history_only"}
GRADES = {"inadequate", "requires_improvement", "good", "outstanding"}
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
CONTRACT = {
    "risk_list.csv": [
        *("area_code", "name", "region", "as_of", "horizon_months", "last_judgement", "last_judged_on"),
        *(f"risk_{target}{end}" for target in TARGETS for end in ("", "_low", "_high")),
        *("band", "rank_low", "rank_high", "soft_share"),
        *(f"reason_{place}" for place in range(1, 6)),
        "caution",
    ],
    "backtest_predictions.csv": [
        *("area_code", "inspection_id", "as_of", "lead_months", "target", "model", "risk", "label"),
        "label_known_on",
    ],
    "backtest_metrics.csv": [
        *("target", "model", "lead_months", "metric", "value", "low", "high", "n", "events"),
    ],
    "contributions.csv": [
        *("area_code", "target", "feature", "indicator", "theme", "value", "contribution"),
    ],
}
EVIDENCE = {
    "cohort",
    "comparison",
    "indicators",
    "judgements",
    "notes",
    "reasons",
    "reliability",
    "series",
    "verdicts",
}


@pytest.fixture(scope="module")
def out(home):
    return home / "out"


def read(out, name):
    """Read a CSV as text, so that dtypes are those that stand in the file."""
    return pd.read_csv(out / name, dtype=str, keep_default_na=False)


def test_every_file_of_the_contract_is_there(out):
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    wanted = {*CONTRACT, "features.parquet", "model_card.md", "report.html", "risk_list.xlsx", "run.json"}
    assert wanted <= files
    assert {f"evidence/{name}.csv" for name in EVIDENCE} <= files
    assert any(file.startswith("model/") for file in files)


@pytest.mark.parametrize("name", CONTRACT)
def test_a_table_has_exactly_the_contracts_columns(out, name):
    assert list(read(out, name)) == CONTRACT[name]


@pytest.mark.parametrize("name", CONTRACT)
def test_a_table_is_utf_8_with_lf_and_no_byte_order_mark(out, name):
    content = (out / name).read_bytes()
    content.decode("utf-8")
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\n")


def numbers(cells, *, low=-math.inf, high=math.inf, empty=False):
    given = cells[cells != ""]
    assert empty or len(given) == len(cells)
    values = given.astype(float)
    assert values.between(low, high).all()


def whole(cells, *, empty=False):
    given = cells[cells != ""]
    assert empty or len(given) == len(cells)
    assert given.str.fullmatch(r"\d+").all()


def test_the_risk_list_holds_what_the_contract_says(out):
    table = read(out, "risk_list.csv")
    assert table["area_code"].is_unique
    assert table["as_of"].eq("2019-04-01").all()
    assert table["horizon_months"].eq("12").all()
    assert set(table["last_judgement"]) <= GRADES | {""}
    assert table["last_judged_on"].str.fullmatch(r"(\d{4}-\d{2}-\d{2})?").all()
    assert (table["last_judged_on"] < "2019-04-01").all()
    for target in TARGETS:
        for end in ("", "_low", "_high"):
            numbers(table[f"risk_{target}{end}"], low=0, high=1, empty=target == "decline")
    whole(table["rank_low"])
    whole(table["rank_high"])
    assert set(table["band"]) <= {"higher than most", "about the same as most", "lower than most"}
    assert table["reason_1"].ne("").all()


def test_the_risk_list_is_sorted_by_name(out):
    names = read(out, "risk_list.csv")["name"].tolist()
    assert names == sorted(names)
    assert len(names) > 50


def test_an_area_that_was_inadequate_has_no_risk_of_decline(out):
    table = read(out, "risk_list.csv")
    inadequate = table["last_judgement"].eq("inadequate") | table["last_judgement"].eq("")
    assert inadequate.any()
    assert (table["risk_decline"].eq("") == inadequate).all()


def test_areas_that_have_ended_are_not_scored_and_it_is_said_why(out):
    cohort = read(out, "evidence/cohort.csv").set_index("area_code")
    scored = set(read(out, "risk_list.csv")["area_code"])
    assert scored == set(cohort.index[cohort["eligible"] == "true"])
    gone = cohort[cohort["eligible"] == "false"]
    assert len(gone) == 3  # two merged, one split
    assert gone["why"].str.match("ended on 31 March 201[57]").all()


def test_the_predictions_hold_what_the_contract_says(out):
    table = read(out, "backtest_predictions.csv")
    assert set(table["model"]) == BESIDE | FLOORS
    assert set(table["target"]) == set(TARGETS)
    assert set(table["lead_months"]) == {"3", "6"}
    assert set(table["label"]) == {"0", "1"}
    numbers(table["risk"], low=0, high=1)
    for column in ("as_of", "label_known_on"):
        assert table[column].str.fullmatch(DATE).all()
    assert (table["as_of"] < table["label_known_on"]).all()
    assert not table.duplicated(["inspection_id", "lead_months", "target", "model"]).any()
    sizes = table.groupby(["target", "lead_months", "model"]).size().unstack()  # noqa: PD010 - a count of rows, not a reshaped column
    assert sizes.nunique(axis=1).eq(1).all()


def test_the_metrics_hold_what_the_contract_says(out):
    table = read(out, "backtest_metrics.csv")
    whole(table["n"])
    whole(table["events"])
    for column in ("value", "low", "high"):
        numbers(table[column], empty=True)
    given = table[(table["value"] != "") & (table["low"] != "")].astype(
        {"value": float, "low": float, "high": float}
    )
    assert (given["low"] <= given["high"]).all()
    assert set(table["model"]) == BESIDE | FLOORS


def test_the_metrics_follow_from_the_predictions(out):
    predictions, metrics = read(out, "backtest_predictions.csv"), read(out, "backtest_metrics.csv")
    for keys, rows in predictions.groupby(["target", "model", "lead_months"]):
        brier = ((rows["risk"].astype(float) - rows["label"].astype(float)) ** 2).mean()
        found = metrics.set_index(["target", "model", "lead_months", "metric"]).loc[(*keys, "brier")]
        assert float(found["value"]) == pytest.approx(brier, abs=1e-8)
        assert int(found["n"]) == len(rows)


def test_contributions_read_back_sum_to_the_log_odds_of_the_risk_read_back(out):
    contributions, risks = read(out, "contributions.csv"), read(out, "risk_list.csv").set_index("area_code")
    sums = (
        contributions["contribution"]
        .astype(float)
        .groupby([contributions["area_code"], contributions["target"]])
        .sum()
    )
    count = 0
    for target in TARGETS:
        for area, text in risks[f"risk_{target}"].items():
            if text:
                risk = float(text)
                assert sums[area, target] == pytest.approx(math.log(risk / (1 - risk)), abs=1e-6)
                count += 1
    assert count == len(sums)
    assert contributions["feature"].eq("baseline").sum() == count


def test_the_features_are_indexed_by_area_and_as_of_date(out):
    features = pd.read_parquet(out / "features.parquet")
    assert features.index.names == ["area_code", "as_of"]
    assert (features.dtypes == np.float64).all()
    assert features.index.is_unique
    assert features.index.get_level_values("as_of").max() == pd.Timestamp("2019-04-01")


def test_the_run_says_how_it_came_about(out):
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert run["verb"] == "run"
    assert (run["as_of"], run["horizon_months"], run["target"]) == ("2019-04-01", 12, "adverse")
    assert {"earlywarn", "versions", "seed", "fingerprints", "seconds", "trained_on", "calibration"} <= set(
        run
    )
    assert re.fullmatch("[0-9a-f]{64}", run["fingerprints"]["data"])
    assert run["seconds"].keys() >= {"read", "features", "backtest", "train", "score", "explain"}
    assert run["calibration"].startswith("Calibrated on")


def test_every_reason_names_a_direction(out):
    table = read(out, "risk_list.csv")
    cells = table[[f"reason_{place}" for place in range(1, 6)]].to_numpy().ravel()
    assert all(re.match(r"(Raises|Lowers) the risk: .+\.$", cell) for cell in cells if cell)


def test_an_area_with_reasons_both_ways_is_told_of_both(out):
    reasons, table = read(out, "evidence/reasons.csv"), read(out, "risk_list.csv").set_index("area_code")
    ways = reasons[reasons["target"] == "adverse"].groupby("area_code")["direction"].agg(set)
    assert ways.map(len).eq(2).any()
    for area, directions in ways.items():
        told = " ".join(table.loc[area, [f"reason_{place}" for place in range(1, 6)]])
        assert all(f"{direction.capitalize()} the risk" in told for direction in directions)


def test_no_word_judges_an_area(out):
    text = " ".join((out / name).read_text(encoding="utf-8") for name in ("risk_list.csv", "report.html"))
    text = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    for word in ("failing", "failed", "worst", "bad area", "poor performer", "league position", "guilty"):
        assert word not in text.lower(), word


def test_the_summary_gives_the_verdict_and_the_paths(result, out):
    text = result.summary
    assert re.search(r"^A judgement below good: (Better|No better) than ", text, flags=re.MULTILINE)
    assert re.search(r"^\d+ areas scored: ", text, flags=re.MULTILINE)
    for name in ("report.html", "risk_list.csv", "backtest_metrics.csv", "model_card.md"):
        assert str(out / name) in text
    assert set(result.tables) >= {"risk_list.csv", "backtest_predictions.csv", "backtest_metrics.csv"}
