import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from earlywarn.cli import verbs
from earlywarn.intelligence.log import Log

SAVING = {
    "area": "E06000001",
    "kind": "savings",
    "occurred-on": "2024-05-01",
    "strength": "3",
    "confidence": "medium",
    "tier": "sector",
}


@pytest.fixture
def place(tmp_path):
    return str(tmp_path / "log.db")


@pytest.fixture
def intel(place, monkeypatch):
    """Run a command on a log of this test's own; the options of ``add`` by keyword."""
    monkeypatch.setenv("EARLYWARN_LOG", place)
    monkeypatch.delenv("EARLYWARN_CONTRIBUTOR", raising=False)

    def run(*arguments, code=0, **options):
        told = [part for name, word in options.items() for part in (f"--{name.replace('_', '-')}", word)]
        result = CliRunner().invoke(verbs, ["intel", *arguments, *told], prog_name="earlywarn")
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def add(intel):
    def run(**cells):
        options = {name.replace("-", "_"): word for name, word in (SAVING | cells).items()}
        return intel("add", "--by", "C001", **options).stdout.split()[-1]

    return run


def listed(intel, *arguments):
    return json.loads(intel("list", "--json", *arguments).stdout)


class TestLogging:
    def test_an_entry_is_logged_and_listed(self, intel, add):
        entry_id = add(note="three cuts")
        (entry,) = listed(intel)
        assert (entry["entry_id"], entry["note"], entry["contributor"]) == (entry_id, "three cuts", "C001")
        assert "Savings" in intel("list").stdout

    def test_it_is_not_logged_twice(self, intel, add):
        assert add() == add()
        assert len(listed(intel)) == 1

    def test_every_fault_is_named_at_once_and_no_log_entry_is_made(self, intel):
        result = intel(
            "add", "--by", "C001", "--kind", "saving", "--strength", "x", "--occurred-on", "1/13/2024", code=2
        )
        for said in (
            "write savings",
            "'x' is not a whole number",
            "not in the calendar",
            "area_code: '' is empty",
        ):
            assert said in result.stderr
        assert listed(intel) == []

    def test_who_records_it_comes_from_the_option_or_the_environment_and_never_from_the_system(
        self, intel, monkeypatch
    ):
        cells = {name.replace("-", "_"): word for name, word in SAVING.items()}
        assert "Give a pseudonym with --by" in intel("add", code=2, **cells).stderr
        monkeypatch.setenv("EARLYWARN_CONTRIBUTOR", "C042")
        intel("add", **cells)
        assert listed(intel)[0]["contributor"] == "C042"

    def test_likely_personal_data_is_a_note(self, intel):
        result = intel(
            "add",
            "--by",
            "C001",
            note="Mrs Miggins said so",
            **{n.replace("-", "_"): w for n, w in SAVING.items()},
        )
        assert result.stderr.startswith(
            "Note: entry, row 1, column note: seems to hold the name of a person."
        )
        assert "Miggins" not in result.stderr

    @pytest.mark.parametrize(
        ("command", "where"),
        [
            *[("add", name) for name in ("note", "link", "by")],
            *[("supersede", name) for name in ("note", "link", "reason", "by")],
            *[("retract", name) for name in ("reason", "by")],
        ],
    )
    def test_personal_data_is_pointed_out_before_and_refused_where_asked(
        self, intel, add, place, command, where
    ):
        entry_id = add()
        saving = {name.replace("-", "_"): word for name, word in SAVING.items()}
        cells = {
            "add": saving | {"by": "C002", "note": "x"},
            "supersede": {"by": "C002", "reason": "why", "note": "x"},
            "retract": {"by": "C002", "reason": "why"},
        }[command] | {where: "Siân Davies"}
        target = [] if command == "add" else [entry_id]
        said = f"column {where}: seems to hold the name of a person"
        assert said in intel(command, *target, "--strict", code=2, **cells).stderr
        with Log.open(place) as log:
            assert len(log.entries()) == 1
            assert said in intel(command, *target, **cells).stderr
            assert len(log.entries()) == 2

    def test_what_was_withdrawn_is_not_logged_again(self, intel, add):
        entry_id = add()
        intel("retract", entry_id, by="C001", reason="x")
        cells = {name.replace("-", "_"): word for name, word in SAVING.items()}
        again = intel("add", "--by", "C001", **cells).stdout
        assert again == f"Withdrawn before, and not logged again: {entry_id}\n"

    def test_a_log_moves_by_export_and_historic_import(self, intel, add, tmp_path):
        intel("retract", add(note="=first"), by="C001", reason="x")
        intel("supersede", add(note="second"), by="C001", reason="x", strength="1")
        file, other = tmp_path / "all.csv", tmp_path / "other.db"
        intel("export", str(file), audience="restricted")
        intel("import", str(file), "--historic", by="C001", log=str(other))
        again = tmp_path / "again.csv"
        intel("export", str(again), audience="restricted", log=str(other))
        assert again.read_bytes() == file.read_bytes()

    def test_correct_and_withdraw(self, intel, add):
        entry_id = add()
        intel("supersede", entry_id[:8], "--by", "C002", strength="grave", amount="", reason="more")
        assert listed(intel)[0]["strength"] == 5
        intel("retract", entry_id[:8], "--by", "C002", reason="hearsay")
        assert listed(intel) == []
        history = intel("history", entry_id).stdout
        assert "version 2, supersede" in history
        assert "hearsay" in history

    def test_a_file_is_imported_and_its_bad_rows_are_exit_code_2(self, intel, tmp_path):
        file = tmp_path / "may.csv"
        header = "Area,Kind,Occurred on,Strength,Confidence,Who may see it\n"
        file.write_text(header + "Leeds,Savings,1/5/2024,3,low,open\nAtlantis,Savings,1/5/2024,3,low,open\n")
        result = intel("import", str(file), "--sample", "england", "--by", "C001", code=2)
        assert result.stdout.startswith("may.csv: 2 rows. 1 logged, 0 in the log already, 1 set aside.\n")
        assert "Note: may.csv, row 3, column Area: 'Atlantis' is no area that is known." in result.stderr
        assert (tmp_path / "may-rejected.csv").is_file()
        assert listed(intel)[0]["area_code"] == "E08000035"

    def test_areas_that_were_not_checked_are_said(self, intel, tmp_path):
        file = tmp_path / "may.csv"
        file.write_text("area_code,kind,occurred_on,tier\nE1,data_late,2024-05-01,open\n")
        assert "areas were taken as they are" in intel("import", str(file), "--by", "C001").stderr


class TestAudience:
    @pytest.fixture
    def three(self, add):
        return [add(tier=tier, note=f"note for {tier}") for tier in ("open", "sector", "restricted")]

    @pytest.mark.usefixtures("three")
    @pytest.mark.parametrize(
        ("audience", "tiers"),
        [
            ("area", {"open"}),
            ("sector", {"open", "sector"}),
            ("restricted", {"open", "sector", "restricted"}),
        ],
    )
    def test_nothing_above_the_tier_leaves(self, intel, tmp_path, audience, tiers):
        assert {entry["tier"] for entry in listed(intel, "--audience", audience)} == tiers
        out = tmp_path / "out.csv"
        intel("export", str(out), audience=audience)
        for text in (intel("list", audience=audience).stdout, out.read_text()):
            assert {tier for tier in ("open", "sector", "restricted") if f"note for {tier}" in text} == tiers
            assert ("C001" in text) == (audience != "area")
        counted = json.loads(intel("stats", "--json", "--suppress-below", "0", audience=audience).stdout)
        assert counted[-1]["entries"] == len(tiers)

    def test_an_entry_above_the_tier_is_as_if_it_were_not_there(self, intel, three):
        hidden = intel("history", three[2], audience="sector", code=2).stderr
        assert hidden == intel("history", "f" * 16, code=2).stderr.replace("f" * 16, three[2])
        assert "C001" not in intel("history", three[0], audience="area").stdout

    def test_what_was_narrowed_later_is_narrow_at_every_date(self, intel, three, place):
        intel("supersede", three[0], "--by", "C001", tier="restricted", reason="too much said")
        assert "note for open" not in intel("list", audience="sector").stdout
        with Log.open(place) as log:
            assert len(log.entries()) == 4
        for date in ("2024-01-01", "2100-01-01"):
            assert "note for open" not in intel("list", audience="sector", as_of=date).stdout

    @pytest.mark.parametrize("audience", ["area", "sector", "restricted"])
    def test_few_people_are_counted_for_the_restricted_only(self, intel, add, tmp_path, audience):
        entry_id = add(kind="complaints", detail="stage_1", tier="open", amount="3", exposure="4321")
        number = 3.0 if audience == "restricted" else None
        file = tmp_path / "out.csv"
        intel("export", str(file), audience=audience)
        for command in (["list"], ["history", entry_id]):
            assert json.loads(intel(*command, "--json", audience=audience).stdout)[0]["amount"] == number
            text = intel(*command, audience=audience).stdout
            assert ("fewer than 5" in text) == (number is None)
            assert ("4321" in text) == (number == 3)
            assert "4321" in intel(*command, audience=audience, suppress_below="3").stdout
        assert ("4321" in file.read_text()) == (number == 3)

    @pytest.mark.parametrize("audience", ["area", "sector", "restricted"])
    def test_words_that_were_taken_back_are_for_the_restricted_only(self, intel, add, tmp_path, audience):
        gone, mended = (add(tier="open", note=f"slip {number}", link="https://x") for number in (1, 2))
        intel("retract", gone, by="C001", reason="x")
        intel("supersede", mended, by="C001", reason="x", note="mended")
        file = tmp_path / "out.csv"
        intel("export", str(file), audience=audience)
        texts = [file.read_text()] + [
            intel("history", name, audience=audience).stdout for name in (gone, mended)
        ]
        seen = {slip for slip in ("slip 1", "slip 2") if any(slip in text for text in texts)}
        assert seen == ({"slip 1", "slip 2"} if audience == "restricted" else set())
        assert "mended" in texts[0]
        assert ("withdrawn" in texts[1]) == (audience != "restricted")

    def test_the_chain_is_for_the_restricted_only(self, intel, three):
        for audience in ("area", "sector", "restricted"):
            (version,) = json.loads(intel("history", three[0], "--json", audience=audience).stdout)
            found = {"seq", "hash", "previous_hash"} & set(version)
            assert found == ({"seq", "hash", "previous_hash"} if audience == "restricted" else set())

    def test_the_default_is_the_sector(self, intel, three):
        assert {entry["entry_id"] for entry in listed(intel)} == set(three[:2])


def test_an_as_of_date_is_a_midnight(intel, add):
    add()
    assert listed(intel, "--as-of", "2024-05-02") == []
    assert len(listed(intel, "--as-of", "2100-01-01")) == 1
    assert "write the date as YYYY-MM-DD" in intel("list", as_of="1/5/2024", code=2).stderr


def test_control_characters_reach_no_terminal(intel, add):
    add(note="red \x1b[31m alert\x07 \u202e drow")
    text = intel("list").stdout
    assert r"red \x1b[31m alert\x07 \u202e drow" in text
    assert not set(text) & {"\x1b", "\x07", "\u202e"}
    assert "\x1b" not in intel("list", "--json").stdout


def test_small_counts_are_hidden(intel, add):
    add()
    assert "hidden: a count from 1 to 4" in intel("stats").stdout
    assert json.loads(intel("stats", "--json").stdout) == [
        {"kind": "savings", "entries": None},
        {"kind": "total", "entries": None},
    ]


class TestAudit:
    def test_the_head_can_be_kept_and_asked_for(self, intel, add):
        add()
        head = intel("audit").stdout.split("Head: ")[1].split()[0]
        add(note="second")
        assert "The head that was asked for is in the chain." in intel("audit", head=head).stdout
        assert "is NOT in the chain" in intel("audit", head="abc123" * 3, code=2).stdout


def test_a_log_that_is_not_there(intel, tmp_path):
    for command in ("list", "audit", "stats"):
        assert "is not there" in intel(command, code=2).stderr
    assert list(tmp_path.iterdir()) == []


def test_no_message_holds_a_password(intel):
    result = intel("list", log="mysql://ann:s3cret@host/log", code=2)
    assert "s3cret" not in result.output


def test_the_template_is_written_once(intel, tmp_path):
    file = str(tmp_path / "t.xlsx")
    assert "areas by name" in intel("template", file, sample="england").stdout
    assert "was left alone" in intel("template", file, code=2).stderr


@pytest.mark.parametrize("command", sorted(verbs.commands["intel"].commands))
def test_help_ends_with_an_example(intel, command):
    said = intel(command, "--help").stdout.strip().splitlines()[-1].strip()
    assert said.startswith(f"Example:  earlywarn intel {command} ")


def test_the_list_of_commands_is_not_cut_short(intel):
    assert "..." not in intel("--help").stdout.partition("Commands:")[2].partition("Example:")[0]


def test_help_loads_nothing_heavy():
    heavy = "{'pandas', 'numpy', 'sqlalchemy', 'alembic', 'openpyxl', 'scipy', 'xarray'}"
    code = f"import sys, earlywarn.cli; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.stdout == "set()\n"
