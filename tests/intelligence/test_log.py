import json
from hashlib import sha256

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import DataError, LogError
from earlywarn.intelligence.entries import CANONICAL, as_entries, content
from earlywarn.intelligence.log import Log
from earlywarn.schema import TABLES, violations


def rows_of(cells):
    """The columns of which a case gives one value for each row."""
    return [name for name, value in cells.items() if isinstance(value, list)] or ["area_code"]


@pytest.fixture
def one(log, entry):
    return log.add(entry(), by="C009").entry_ids[0]


def test_an_entry_comes_back_as_it_was_written(log, entry):
    note = "Naïve “quotes”, ; \n line two, 100% 'o''clock' \\ <b>&amp; 東京 🙂"
    log.add(entry(note=note, kind="agency_reliance", amount=12.5, link="https://example.org/?a=1"), by="C009")
    (row,) = log.entries().to_dict("records")
    assert (row["note"], row["amount"], row["link"]) == (note, 12.5, "https://example.org/?a=1")
    assert (row["version"], row["retracted"], row["strength"], row["tier"]) == (1, False, 3, "sector")
    assert np.isnan(row["exposure"])
    assert row["known_on"] == pd.Timestamp("2024-05-02")


def test_the_table_is_that_of_the_schema(log, many):
    log.add(many(3), by="C009")
    for table in (log.entries(), log.entries("2000-01-01"), log.in_force()):
        assert tuple(table.columns) == CANONICAL
        assert table.dtypes.astype(str).to_dict() == {
            column.name: column.dtype for column in TABLES["concerns"].columns
        }
        assert violations(table, "concerns") == []


def test_it_is_known_from_the_day_after_it_was_recorded(log, one):
    assert log.entries("2024-05-02").empty
    assert log.entries("2024-05-03")["entry_id"].tolist() == [one]


def test_the_same_entry_is_not_logged_twice(log, entry):
    first = log.add([entry(), entry(note="another"), entry()], by="C009")
    again = log.add([entry(note="another")], by="C010")
    assert (first.new, first.count) == ((True, True, False), 2)
    assert again.new == (False,)
    assert again.entry_ids[0] == first.entry_ids[1]
    assert len(log.entries()) == 2


NUMBERS = st.floats(min_value=0, allow_infinity=False) | st.sampled_from([-0.0, 5e-324])


@settings(max_examples=10)
@given(
    rows=st.lists(
        st.tuples(NUMBERS, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
    )
)
def test_whatever_was_accepted_is_whole_in_the_audit(new_place, new_clock, entry, rows):
    entries = [entry(kind="caseload_concern", amount=amount, note=note) for amount, note in rows]
    entries.append(entry(kind="caseload_concern", amount="-0.0"))
    with Log.open(new_place(), clock=new_clock()) as log:
        added = log.add(entries, by="C009")
        assert log.audit().verified == added.count
        assert log.audit().whole


def test_an_id_cannot_be_worked_out_from_what_the_entry_says(log, entry, tmp_path, clock):
    with Log.open(tmp_path / "other.db", clock=clock) as other:
        assert log.add(entry(), by="C009").entry_ids != other.add(entry(), by="C009").entry_ids
    plain = json.dumps([values[0] for values in content(as_entries(entry())).values()], separators=(",", ":"))
    assert not sha256(plain.encode()).hexdigest().startswith(log.entries()["entry_id"][0])


def test_an_id_is_looked_up_among_what_the_audience_may_see(log, entry):
    for name, tier in (("abcd1", "open"), ("abcd2", "restricted")):
        old = entry(entry_id=name, tier=tier, known_on="2024-05-01")
        log.load(pd.DataFrame([old]), by="C001")
    assert log.history("abcd", audience="sector")["entry_id"].tolist() == ["abcd1"]
    with pytest.raises(LogError, match="More than one entry"):
        log.history("abcd")
    with pytest.raises(LogError, match="No entry has"):
        log.history("abcd2", audience="sector")


def test_an_empty_contributor_is_whoever_records_it(log, entry):
    log.add(entry(contributor=""), by="C009")
    assert log.entries()["contributor"].tolist() == ["C009"]


class TestCorrections:
    def test_a_correction_is_a_later_version(self, log, clock, one):
        clock.on()
        assert log.supersede(one, {"strength": 5, "note": "worse"}, by="C002", reason="heard more") == 2
        assert log.in_force()[["version", "strength", "note"]].to_numpy().tolist() == [[2, 5.0, "worse"]]
        assert log.in_force("2024-05-03")["strength"].tolist() == [3.0]
        assert len(log.entries()) == 2

    def test_a_withdrawn_entry_is_still_known_as_of_before(self, log, clock, one):
        clock.on(10)
        log.retract(one, by="C002", reason="another area")
        assert log.in_force("2024-05-12")["entry_id"].tolist() == [one]
        assert log.in_force("2024-05-13").empty

    def test_history_keeps_who_when_and_why(self, log, clock, one):
        clock.on()
        log.supersede(one, {"strength": 2}, by="C002", reason="two, not three")
        clock.on()
        log.retract(one, by="C003", reason="hearsay")
        history = log.history(one[:6])
        assert history["action"].tolist() == ["add", "supersede", "retract"]
        assert history["recorded_by"].tolist() == ["C009", "C002", "C003"]
        assert history["reason"].tolist() == ["", "two, not three", "hearsay"]
        assert [moment[:10] for moment in history["recorded_at"]] == [
            "2024-05-02",
            "2024-05-03",
            "2024-05-04",
        ]
        assert history["strength"].fillna(0).tolist() == [3, 2, 0]

    def test_what_was_withdrawn_cannot_be_corrected(self, log, one):
        log.retract(one, by="C002", reason="hearsay")
        with pytest.raises(LogError, match="was withdrawn already"):
            log.supersede(one, {"strength": 1}, by="C002", reason="x")
        with pytest.raises(LogError, match="was withdrawn already"):
            log.retract(one, by="C002", reason="x")

    @pytest.mark.parametrize(
        ("changes", "reason", "said"),
        [
            ({"strength": 3}, "x", "Nothing would change"),
            ({"strength": 2}, " ", "needs a reason"),
            ({"known_on": "2020-01-01"}, "x", "'known_on' cannot be corrected"),
        ],
        ids=["no change", "no reason", "not a cell"],
    )
    def test_what_makes_no_sense_is_refused(self, log, one, changes, reason, said):
        with pytest.raises(LogError, match=said):
            log.supersede(one, changes, by="C002", reason=reason)
        assert len(log.entries()) == 1

    def test_a_correction_obeys_the_same_rules(self, log, one):
        with pytest.raises(DataError, match="is not a whole number from 1 to 5"):
            log.supersede(one, {"strength": 7}, by="C002", reason="x")
        assert len(log.entries()) == 1

    def test_a_withdrawal_holds_none_of_the_words(self, log, clock, entry):
        cells = entry(kind="leadership_change", role="director", detail="vacant", note="Ann left", link="x")
        name = log.add(cells, by="C009").entry_ids[0]
        clock.on()
        log.retract(name, by="C002", reason="names somebody")
        gone = log.entries().iloc[-1]
        kept = {"area_code": "E1", "kind": "leadership_change", "tier": "sector", "version": 2}
        assert gone[list(kept)].to_dict() == kept
        assert gone["occurred_on"] == pd.Timestamp("2024-05-01")
        assert (
            gone[["role", "detail", "confidence", "source_type", "contributor", "note", "link"]] == ""
        ).all()
        assert gone[["strength", "amount", "exposure"]].isna().all()
        assert violations(log.entries(), "concerns") == []

    def test_what_was_withdrawn_is_not_logged_again(self, log, entry, one):
        log.retract(one, by="C002", reason="x")
        again = log.add([entry(), entry(note="other")], by="C009")
        assert (again.new, again.withdrawn) == ((False, True), (True, False))
        assert log.in_force()["note"].tolist() == ["other"]

    @pytest.mark.parametrize("name", ["zzzz", "", "%", "____"])
    @pytest.mark.usefixtures("one")
    def test_an_entry_that_is_not_there(self, log, name):
        with pytest.raises(LogError, match=f"No entry has an id that begins with {name!r}"):
            log.history(name)


class TestRefusals:
    def test_every_fault_is_named_and_nothing_is_written(self, log, entry):
        bad = [entry(), entry(kind="saving"), entry(tier=""), entry(occurred_on="2024-05-03")]
        with pytest.raises(DataError) as caught:
            log.add(bad, by="C009")
        assert [(fault.row, fault.column) for fault in caught.value.faults] == [
            (3, "tier"),
            (2, "kind"),
            (4, "occurred_on"),
        ]
        assert "write savings, if that is meant" in str(caught.value)
        assert log.entries().empty

    def test_somebody_must_record_it(self, log, entry):
        with pytest.raises(LogError, match="Nobody is named"):
            log.add(entry(), by=" ")
        assert log.entries().empty

    @pytest.mark.parametrize(
        ("signature", "said"),
        [
            ({"by": "C\0"}, r"--by holds what cannot be printed: 'C\\x00'"),
            ({"by": "\ud800"}, r"'\\ud800'"),
            ({"by": "C" * 201}, "--by has 201 characters. Write at most 200"),
            ({"reason": "two\nlines"}, "--reason holds what cannot be printed"),
            ({"reason": "x" * 1001}, "has 1,001 characters"),
        ],
        ids=["nul", "half a character", "long name", "line", "long reason"],
    )
    def test_a_signature_is_a_line_of_text(self, log, entry, one, signature, said):
        with pytest.raises(LogError, match=said):
            log.retract(one, **({"by": "C001", "reason": "x"} | signature))
        if "by" in signature:
            with pytest.raises(LogError, match=said):
                log.add(entry(note="other"), by=signature["by"])
        assert len(log.entries()) == 1

    @pytest.mark.parametrize("statement", ["UPDATE log SET note = 'x'", "DELETE FROM log"])
    @pytest.mark.usefixtures("one")
    def test_the_database_itself_refuses_to_change_a_row(self, log, engine, statement):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(sa.text(statement))
        assert log.audit().verified == 1


class TestTime:
    def test_a_clock_that_is_a_little_behind_waits_for_the_log(self, log, clock, entry):
        log.add(entry(), by="C009")
        clock.on(-0.5)
        log.add(entry(note="later"), by="C009")
        assert log.entries()["known_on"].dt.strftime("%d").tolist() == ["02", "02"]
        assert log.audit().whole

    def test_a_clock_that_is_far_behind_is_refused(self, log, clock, entry):
        log.add(entry(occurred_on="2024-01-01"), by="C009")
        clock.on(-3)
        with pytest.raises(
            LogError, match="clock says 2024-04-29, and the log has rows recorded on 2024-05-02"
        ):
            log.add(entry(occurred_on="2024-01-02"), by="C009")

    def test_a_clock_far_ahead_is_refused_by_a_server_and_pointed_out_for_a_file(
        self, log, clock, entry, place
    ):
        log.add(entry(), by="C009")
        clock.set("9000-01-01")
        if "://" in place:
            with pytest.raises(LogError, match="clock says 9000-01-01, and that of the database server 20"):
                log.add(entry(note="later"), by="C009")
            return
        with pytest.warns(
            UserWarning, match="clock says 9000-01-01, and the last row of the log is of 2024-05"
        ):
            log.add(entry(note="later"), by="C009")
        clock.set("2024-05-03")
        with pytest.raises(LogError, match=r"recorded with one that was ahead.+ in a new log"):
            log.add(entry(note="now"), by="C009")

    def test_a_historic_load_keeps_its_dates_and_shows_in_the_audit(self, log, entry):
        log.add(entry(), by="C009")
        old = pd.DataFrame([entry(occurred_on="2020-01-01", known_on="2020-02-01")])
        assert log.load(old, by="C001").count == 1
        assert log.entries("2020-02-02")["occurred_on"].tolist() == [pd.Timestamp("2020-01-01")]
        assert log.entries("2020-02-01").empty
        audit = log.audit()
        assert (audit.whole, audit.historic) == (True, 1)

    def test_a_log_moves_to_another_place_with_all_its_versions(self, log, clock, one, tmp_path):
        clock.on()
        log.supersede(one, {"strength": 5}, by="C002", reason="x")
        clock.on()
        log.retract(one, by="C002", reason="x")
        with Log.open(tmp_path / "other.db", clock=clock) as other:
            assert other.load(log.entries(), by="C001").count == 3
            assert other.load(log.entries(), by="C001").count == 0
            pd.testing.assert_frame_equal(other.entries(), log.entries())

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            ({"known_on": None}, "needs known_on in every row"),
            ({"known_on": "2024-06-01"}, "none after today"),
            ({"known_on": "2024-05-01", "entry_id": "a", "version": 2}, "do not follow the one before: 'a'"),
            (
                {"known_on": "2024-05-01", "entry_id": "a", "version": [1, 2], "retracted": [True, False]},
                "follow the withdrawal of their entry: 'a'",
            ),
        ],
        ids=["no date", "ahead", "a gap", "after a withdrawal"],
    )
    def test_a_historic_load_without_sense_is_refused(self, log, entry, cells, said):
        with pytest.raises(LogError, match=said):
            log.load(pd.DataFrame([entry(**cells)]).explode(rows_of(cells)), by="C001")
        assert log.entries().empty

    def test_a_load_does_not_bring_back_what_was_withdrawn(self, log, one, entry):
        log.retract(one, by="C002", reason="x")
        later = entry(entry_id=one, version=3, known_on="2024-05-02")
        with pytest.raises(LogError, match="follow the withdrawal"):
            log.load(pd.DataFrame([later]), by="C001")
        assert log.in_force().empty


class TestOpening:
    def test_a_log_that_is_not_there_is_not_made_by_reading(self, nowhere):
        with pytest.raises(LogError, match=r"is not there|holds no log"):
            Log.open(nowhere, create=False)

    def test_a_file_that_is_no_log(self, tmp_path):
        (tmp_path / "log.db").write_text("area_code,kind\n")
        with pytest.raises(LogError, match="is no SQLite database"):
            Log.open(tmp_path / "log.db")

    # the driver leaves an unconnected connection to the garbage collector
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_no_message_holds_a_password(self):
        with pytest.raises(LogError) as caught:
            Log.open("postgresql://ann:s3cret@127.0.0.1:1/log")
        assert "s3cret" not in str(caught.value)
        assert "ann:***@127.0.0.1" in str(caught.value)

    def test_a_new_file_is_in_write_ahead_mode_and_leaves_nothing_beside_it(self, tmp_path, entry):
        with Log.open(tmp_path / "log.db") as log:
            log.add(entry(), by="C009")
        assert [file.name for file in tmp_path.iterdir()] == ["log.db"]
        engine = sa.create_engine(f"sqlite:///{tmp_path / 'log.db'}")
        with engine.connect() as connection:
            assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"
        engine.dispose()
