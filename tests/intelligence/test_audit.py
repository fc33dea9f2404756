import pytest

from earlywarn.errors import LogError
from earlywarn.intelligence.audit import audited
from earlywarn.intelligence.chain import GENESIS, chained, row_hash
from earlywarn.intelligence.table import COLUMNS

FORGED = {
    "seq": "70",
    "version": "9",
    "strength": "1",
    "amount": "99.5",
    "exposure": "3",
    "retracted": "(NOT retracted)",
    "recorded_at": "'2020-01-01T00:00:00.000000Z'",
}


@pytest.fixture
def five(log, clock, many):
    """Five entries, of which the second was corrected and the third withdrawn: seven rows."""
    entries = many(5, kind="caseload_concern", amount=17.25)
    names = log.add(entries, by="C009").entry_ids
    clock.on()
    log.supersede(names[1], {"amount": 20}, by="C002", reason="counted again")
    log.retract(names[2], by="C002", reason="hearsay")
    return log


def test_a_log_that_nobody_touched_is_whole(five):
    audit = five.audit()
    assert (audit.whole, audit.verified, audit.broken_at, audit.historic) == (True, 7, None, 0)
    assert audit.head == five.history(five.entries()["entry_id"].iloc[-1])["hash"].iloc[-1]


def test_an_empty_log_is_whole(log):
    assert (log.audit().whole, log.audit().head) == (True, GENESIS)


def forged(column):
    """An SQL expression for another value of a column."""
    if column in {"hash", "previous_hash"}:
        return f"'{'ab' * 32}'"
    if column in {"occurred_on", "known_on"}:
        return "'2020-01-01'"
    return FORGED.get(column, f"{column} || 'x'")


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_in_any_column_of_any_row_is_found(five, tamper, column):
    for row in (7, 4, 1):  # backwards, so that each is the first to be found
        tamper(f"UPDATE log SET {column} = {forged(column)} WHERE seq = {row}".replace("70", str(70 + row)))  # noqa: S608
        audit = five.audit()
        assert not audit.whole
        assert audit.verified == row - 1
        assert audit.why


@pytest.mark.parametrize("row", [1, 3, 6])
def test_a_row_that_was_taken_out_is_found(five, tamper, row):
    tamper(f"DELETE FROM log WHERE seq = {row}")  # noqa: S608  ours
    audit = five.audit()
    assert (audit.verified, audit.broken_at) == (row - 1, row + 1)
    assert audit.why == f"the row that should stand before it, number {row}, is missing"


def test_a_tail_that_was_cut_off_is_found_by_the_head_that_was_kept(five, tamper):
    head = five.audit().head
    assert five.audit(head=head).whole
    assert five.audit(head=f" {head[:16].upper()}").head_found is True
    tamper("DELETE FROM log WHERE seq > 5")
    assert five.audit().whole  # nothing inside the log can show it
    audit = five.audit(head=head)
    assert (audit.whole, audit.head_found, audit.verified) == (False, False, 5)


def test_a_head_too_short_to_tell_heads_apart_is_refused(five):
    with pytest.raises(LogError, match=r"has 15 digits.+ at least the first 16 of its 64"):
        five.audit(head="a" * 15)


def test_the_head_of_a_log_without_rows_is_in_every_chain(log, entry):
    log.add(entry(), by="C009")
    assert log.audit(head=GENESIS).head_found is True


def rows(count):
    plain = (
        {"seq": seq, "recorded_at": f"2024-05-0{seq}T", "known_on": f"2024-05-0{seq}"}
        for seq in range(1, count + 1)
    )
    return list(chained(plain, after=GENESIS))


def test_a_log_that_was_written_anew_is_whole_but_has_another_head():
    first, *_ = rows(3)
    anew = list(chained([{**row, "note": "other"} for row in rows(3)], after=GENESIS))
    assert audited(anew).whole
    assert not audited(anew, head=first["hash"]).whole


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"recorded_at": "2024-04-30T", "known_on": "2024-04-30"}, "recorded before the row before it"),
        ({"known_on": "2024-05-09"}, "known before it was recorded"),
    ],
)
def test_a_row_that_cannot_be_true_is_found_even_in_a_new_chain(change, why):
    forged = rows(3)
    forged[1] |= change
    assert why in audited(chained(forged, after=GENESIS)).why


def test_a_column_of_a_later_form_leaves_the_hashes_as_they_are():
    row = {"seq": 1, "previous_hash": GENESIS}
    assert row_hash(row) == row_hash(row | {"colour": None}) != row_hash(row | {"colour": "red"})
