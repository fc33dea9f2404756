"""From a scored run to a programme on disk, and what a coordinator does with it."""

import json
import shutil

import pandas as pd
import pytest
from click.testing import CliRunner

import earlywarn as ew
from earlywarn.cli import verbs
from earlywarn.errors import ConfigError, DataError, MissingTableError, OutputError, PlanError
from earlywarn.intelligence.log import Log
from earlywarn.reports.programme.files import read_plan
from earlywarn.sources.samples import sample_folder
from earlywarn.targeting.tables import COLUMNS
from earlywarn.targeting.what_if import SHOWN
from earlywarn.workflow.coordinating import feedback, outcomes, override, start_inputs
from earlywarn.workflow.planning import plan, what_if

BRIEF = ("workbook", "calendar")  # enough to write, and quick
NOTHING = ()  # but the tables


def everything(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture(scope="module")
def names(home):
    risks = pd.read_csv(home / "out" / "risk_list.csv")
    return risks["name"].tolist()


@pytest.fixture
def inputs(tmp_path, names):
    folder = tmp_path / "mine"
    start_inputs(folder)
    first, second, third = names[:3]
    (folder / "reviews.csv").write_text(
        f"area_code,offered_on,held_on,declined_on\n{first},2017-01-10,2017-05-10,\n{second},2018-11-01,,2018-12-01\n"
    )
    (folder / "reviewers.csv").write_text(
        "reviewer,area_code,role,available,skills\n"
        f"R1,{first},director,2,workforce\nR2,{second},practitioner,2,\nR3,{third},lead_member,1,\n"
    )
    (folder / "findings.csv").write_text(
        "area_code,held_on,theme,finding,strength,words\n"
        f"{first},2017-05-10,workforce,concern,4,Caseloads had doubled.\n"
        f"{second},2018-05-10,partners,strength,3,Partners share what they know.\n"
    )
    return folder


@pytest.fixture(scope="module")
def done(home, tmp_path_factory):
    """A programme without any inputs, with the quick documents."""
    out = tmp_path_factory.mktemp("plans") / "plan"
    return plan(home / "out", out=out, documents=BRIEF)


def test_a_plan_needs_nothing_but_a_run_and_says_what_it_assumed(done):
    assert "the fewest that reach every area" in done.summary
    assert "No review is on record" in done.summary
    assert "that is proven" in done.summary
    assert (done.tables["teams"]["reviewer"] == "").all()
    assert {"plan.json", "programme.xlsx", "programme.ics"} <= {path.name for path in done.folder.iterdir()}


def test_the_tables_on_disk_are_those_of_the_plan(done):
    again = read_plan(done.folder)
    assert set(done.tables) == set(COLUMNS)
    for name, table in done.tables.items():
        assert list(table.columns) == list(COLUMNS[name]), name
        pd.testing.assert_frame_equal(
            getattr(again, name), table.reset_index(drop=True), rtol=1e-9, check_dtype=False
        )


def test_the_same_run_and_rules_write_the_same_bytes(home, done, tmp_path):
    plan(home / "out", out=tmp_path / "again", documents=BRIEF)
    first, second = everything(done.folder), everything(tmp_path / "again")
    assert first.keys() == second.keys()
    assert [name for name, content in first.items() if content != second[name]] == []


def test_what_a_run_folder_was_given_later_changes_nothing(home, done, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(home / "out", run)
    day = json.loads((run / "run.json").read_text())["as_of"]
    for name, poison in (
        (
            "entries",
            {"kind": "leadership_concern", "strength": "grave", "tier": "open", "occurred_on": "2018-01-01"},
        ),
        ("judgements", {"overall": "inadequate", "leadership": "inadequate", "start_date": "2018-01-01"}),
    ):
        file = run / "evidence" / f"{name}.csv"
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        later = rows.drop_duplicates("area_code").assign(known_on=day, **poison)
        if name == "entries":
            later = later.assign(
                entry_id=[f"S{number:08}" for number in range(90_000_000, 90_000_000 + len(later))]
            )
        assert len(later)
        pd.concat([rows, later]).to_csv(file, index=False)
    plan(run, out=tmp_path / "plan", documents=BRIEF)
    assert everything(tmp_path / "plan") == everything(done.folder)


def test_what_people_changed_in_a_document_survives_the_next_plan(home, tmp_path):
    out = tmp_path / "plan"
    plan(home / "out", out=out, documents=["calendar"])
    for words in ("mine", "mine again"):
        (out / "programme.ics").write_text(words)
        told = plan(home / "out", out=out, documents=["calendar"])
    assert "Kept, as it was changed since it was written" in told.summary
    assert (out / "programme.ics").read_text().startswith("BEGIN:VCALENDAR")
    kept = {path.name: path.read_text() for path in (out / "edited").iterdir()}
    assert kept == {"programme.ics": "mine", "programme 2.ics": "mine again"}
    untouched = plan(home / "out", out=out, documents=["calendar"])
    assert "Kept" not in untouched.summary
    assert {path.name for path in (out / "edited").iterdir()} == set(kept)


def test_inputs_are_used_and_a_copy_is_kept(home, inputs, tmp_path, names):
    made = plan(home / "out", inputs=inputs, out=tmp_path / "plan", documents=NOTHING)
    areas = made.tables["areas"].set_index("name")
    assert areas.loc[names[0], "due_on"] == pd.Timestamp("2019-05-10")
    assert "declined" in areas.loc[names[1], "conversation"]
    assert set(made.tables["load"]["name"]) == set(names[:3])
    assert (tmp_path / "plan" / "inputs" / "reviews.csv").read_bytes() == (
        inputs / "reviews.csv"
    ).read_bytes()


def test_every_fault_of_rules_and_tables_comes_in_one_message_and_nothing_is_written(home, inputs, tmp_path):
    (inputs / "rules.toml").write_text("[capacity]\nper_quarter = -3\n[due]\nevry_months = 12\n")
    (inputs / "reviews.csv").write_text("area_code,held_on\nNowhere,2018-01-01\n")
    (inputs / "reviewers.csv").write_text("reviewer,area_code,role,available\nR1,Nowhere,director,0\n")
    with pytest.raises(ConfigError) as told:
        plan(home / "out", inputs=inputs, out=tmp_path / "plan")
    message = str(told.value)
    for fault in ("-3", "evry_months", "'Nowhere'", "reviews.csv, row 2", "reviewers.csv, row 2"):
        assert fault in message
    assert not (tmp_path / "plan").exists()


def test_rules_that_cannot_all_be_kept_are_named_and_nothing_is_overwritten(home, done, tmp_path):
    out = tmp_path / "plan"
    shutil.copytree(done.folder, out)
    before = everything(out)
    with pytest.raises(PlanError, match=r"(?s)capacity is 4 in all, but .* when_impossible = 'postpone'"):
        plan(home / "out", out=out, changes={"capacity.per_quarter": 1}, documents=NOTHING)
    assert everything(out) == before


def test_postponed_reviews_are_the_first_thing_said(home, tmp_path):
    changes = {"capacity.per_quarter": 1, "due.when_impossible": "postpone"}
    made = plan(home / "out", out=tmp_path / "plan", changes=changes, documents=NOTHING)
    assert len(made.tables["shortfalls"]) > 0
    assert made.summary.splitlines()[2].startswith("Could not be kept: ")


def test_a_folder_of_somebody_elses_is_left_alone(home, tmp_path):
    (tmp_path / "letters.txt").write_text("Dear reviewer")
    with pytest.raises(OutputError, match="did not write"):
        plan(home / "out", out=tmp_path, documents=NOTHING)
    with pytest.raises(ConfigError, match="is the run itself"):
        plan(home / "out", out=home / "out")


def test_what_is_no_run_is_said_so(tmp_path):
    with pytest.raises(MissingTableError, match=r"run\.json: is missing"):
        plan(tmp_path, out=tmp_path / "plan")


def test_a_plan_says_what_moved_each_risk_since_an_earlier_run(home, done, tmp_path):
    assert done.tables["changes"].empty  # of an earlier run nothing was said
    model = home / "out" / "model"
    later = ew.score(home / "earlywarn.toml", as_of="2019-07-01", model=model, out=tmp_path / "later").folder
    made = plan(later, out=tmp_path / "plan", since=home / "out", documents=NOTHING)
    whole = made.tables["changes"].query("order == 0").set_index("area_code")
    for column, folder in (("before", home / "out"), ("now", later)):
        risks = pd.read_csv(folder / "risk_list.csv").set_index("area_code")["risk_adverse"]
        assert whole[column].to_numpy() == pytest.approx(risks.reindex(whole.index).to_numpy(), nan_ok=True)
    with pytest.raises(ConfigError, match="earlier"):
        plan(home / "out", out=tmp_path / "other", since=later, documents=NOTHING)


def test_more_capacity_moves_areas_forward_and_what_if_says_which(home):
    told = what_if(home / "out", changes={"capacity.per_quarter": 30})
    moved = told.tables["moves"]
    areas = moved[moved["part"] == "area"]
    assert len(areas) > 0
    assert f"{len(areas)} of" in told.summary
    assert ("name a CSV file with --out" in told.summary) == (len(areas) > SHOWN)
    with pytest.raises(ConfigError, match="Nothing is changed"):
        what_if(home / "out", changes={})


def test_an_override_is_kept_with_its_reason_and_obeyed(home, inputs, tmp_path):
    run = home / "out"
    before = plan(run, inputs=inputs, out=tmp_path / "one", documents=NOTHING).tables["areas"]
    planned = before[before["status"] == "planned"]
    name = planned["name"].iloc[-1]
    said = {"action": "remove", "reason": "It merges next year.", "by": "C1", "decided_on": "2019-04-02"}
    told = override(run, inputs, area=name, **said)
    assert f"O0001: remove {name}" in told.summary
    after = (
        plan(run, inputs=inputs, out=tmp_path / "two", documents=NOTHING).tables["areas"].set_index("name")
    )
    assert after.loc[name, "status"] == "removed"
    assert "It merges next year." in after.loc[name, "override"]
    again = override(run, inputs, area=name, **said)
    assert "Nothing new" in again.summary


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"area": "Nowhere", "action": "add", "reason": "x"}, "Nowhere"),
        ({"area": "{first}", "action": "praise", "reason": "x"}, "praise"),
        ({"area": "{first}", "action": "move", "quarter": "Q9", "reason": "x"}, "Q9"),
        ({"area": "{first}", "action": "remove"}, "reason"),
    ],
)
def test_an_override_that_cannot_be_is_refused_and_the_file_stays(home, inputs, names, said, fault):
    cells = {key: value.format(first=names[0]) for key, value in said.items()}
    before = (inputs / "overrides.csv").read_bytes()
    with pytest.raises(DataError, match=fault):
        override(home / "out", inputs, decided_on="2019-04-02", **cells)
    assert (inputs / "overrides.csv").read_bytes() == before


def test_what_is_added_says_what_comes_first(home, inputs, names):
    said = {"action": "add", "after": names[4], "reason": "To compare.", "by": "C1"}
    told = override(home / "out", inputs, area=names[3], decided_on="2019-04-02", **said)
    assert f"O0001: add {names[3]}, after {names[4]}" in told.summary


def test_the_workbooks_sheet_is_read_back(home, inputs, tmp_path, names):
    openpyxl = pytest.importorskip("openpyxl")
    made = plan(home / "out", inputs=inputs, out=tmp_path / "plan", documents=BRIEF)
    book = openpyxl.load_workbook(made.folder / "programme.xlsx")
    sheet = book["Overrides"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "Area")
    row = header[0].row + 1
    columns = {cell.value: cell.column for cell in header}
    for title, value in {
        "Area": names[4],
        "Action": "remove",
        "Reason": "It asked for it.",
        "By": "C2",
    }.items():
        sheet.cell(row, columns[title], value)
    book.save(tmp_path / "filled.xlsx")
    told = override(home / "out", inputs, workbook=tmp_path / "filled.xlsx")
    assert names[4] in told.summary
    assert "It asked for it." in (inputs / "overrides.csv").read_text()


def test_outcomes_ask_for_a_later_run(home, done, tmp_path):
    with pytest.raises(ConfigError, match="no later than the plan"):
        outcomes(done.folder, home / "out")
    later = tmp_path / "later"
    shutil.copytree(home / "out", later)
    about = json.loads((later / "run.json").read_text()) | {"as_of": "2020-04-01"}
    (later / "run.json").write_text(json.dumps(about))
    told = outcomes(done.folder, later, out=tmp_path / "outcomes.csv")
    assert told.tables["outcomes"]["areas"].sum() > 0
    assert told.summary


def test_what_reviews_found_becomes_labels_and_entries_that_the_log_takes(home, inputs, tmp_path):
    told = feedback(home / "out", inputs, out=tmp_path / "found")
    labels = pd.read_csv(tmp_path / "found" / "labels.csv")
    assert labels.set_index("theme")["label"].to_dict() == {"workforce": 1, "partners": 0}
    assert "1 of them a concern" in told.summary
    with Log.open(tmp_path / "log.db", create=True) as log:
        runner = CliRunner()
        folder = str(home / "data")
        wanted = ["intel", "import", str(tmp_path / "found" / "concerns.csv"), "--data", folder]
        result = runner.invoke(verbs, [*wanted, "--by", "C1", "--log", str(tmp_path / "log.db")])
        assert result.exit_code == 0, result.output
        assert log is not None


def test_starting_inputs_twice_leaves_the_first_alone(tmp_path):
    start_inputs(tmp_path / "mine")
    (tmp_path / "mine" / "reviews.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"reviews\.csv"):
        start_inputs(tmp_path / "mine")
    assert (tmp_path / "mine" / "reviews.csv").read_text() == "mine"
    start_inputs(tmp_path / "sample", sample="synthetic")
    sample = sample_folder("synthetic") / "programme"
    assert everything(tmp_path / "sample") == everything(sample)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ([], 2, "--run"),
        (["--run", "{run}", "--set", "capacity"], 2, "KEY=VALUE"),
        (["--run", "{run}", "--set", "capacity.per_quarter=1"], 2, "capacity is 4 in all"),
        (["what-if", "--run", "{run}", "--set", "fairness.ties=rotation"], 0, "areas"),
        (["what-if", "--run", "{run}"], 2, "Nothing is changed"),
    ],
)
def test_the_command_line_says_what_to_mend(home, tmp_path, words, code, told):
    words = [word.format(run=home / "out") for word in words]
    out = ["--out", str(tmp_path / "plan")] if words[:1] == ["--run"] else []
    result = CliRunner().invoke(verbs, ["plan", *words, *out])
    assert result.exit_code == code, result.output
    assert told in result.output
    assert not (tmp_path / "plan").exists()
