"""Several processes at one log, and one that is killed in mid-write."""

import signal
import subprocess
import sys
import time

import pytest

from earlywarn.intelligence.log import Log

PROCESSES, EACH = 10, 12
WRITER = """
import sys
from earlywarn.intelligence.log import Log
place, me, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with Log.open(place) as log:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        log.add({"area_code": "E1", "kind": "savings", "occurred_on": "2024-05-01", "strength": 3,
                 "confidence": "low", "tier": "open", "note": f"{me} {number}"}, by=me)
"""
KILLED = """
import sys
import pandas as pd
from earlywarn.intelligence.log import Log
place, where = sys.argv[1:]
def wait(*_):
    print("in mid-write", flush=True)
    sys.stdin.readline()
with Log.open(place) as log:
    import sqlalchemy as sa
    engine = log._engine
    if where == "after the rows":
        sa.event.listen(engine, "after_cursor_execute",
            lambda c, cursor, statement, *_: wait() if statement.startswith("INSERT") else None)
    else:
        sa.event.listen(engine, "commit", wait)
    entry = {"area_code": "E1", "kind": "savings", "occurred_on": "2024-05-01", "strength": 3,
             "confidence": "low", "tier": "open"}
    log.add(pd.DataFrame([entry | {"note": f"lost {n}"} for n in range(20_000)]), by="C666")
"""


def start(code, *arguments):
    command = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, **pipes)  # noqa: S603  our own


@pytest.mark.slow
def test_ten_processes_at_once_lose_nothing(place):
    running = [start(WRITER, place, f"C{number}", EACH) for number in range(PROCESSES)]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:  # all are open before the first one writes
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
    with Log.open(place, create=False) as log:
        notes = log.entries()["note"]
        assert sorted(notes) == sorted(f"C{me} {number}" for me in range(PROCESSES) for number in range(EACH))
        for me in range(PROCESSES):  # each in its own order
            own = [note for note in notes if note.startswith(f"C{me} ")]
            assert own == [f"C{me} {number}" for number in range(EACH)]
        assert log.audit().verified == PROCESSES * EACH


@pytest.mark.slow
def test_ten_processes_may_make_the_log_at_once(nowhere):
    running = [start(WRITER, nowhere, f"C{number}", 1) for number in range(PROCESSES)]
    for process in running:
        _, said = process.communicate("go\n", timeout=120)
        assert (process.returncode, said) == (0, "")
    with Log.open(nowhere, create=False) as log:
        assert sorted(log.entries()["note"]) == sorted(f"C{me} 0" for me in range(PROCESSES))
        assert log.add(log.entries(), by="C001").count == 0  # all have named theirs with one secret
        assert log.audit().whole


@pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")
@pytest.mark.parametrize("where", ["after the rows", "before the commit"])
def test_a_process_killed_in_mid_write_leaves_the_log_as_it_was(place, entry, where):
    with Log.open(place) as log:
        log.add(entry(note="before"), by="C001")
        head = log.audit().head
    process = start(KILLED, place, where)
    assert process.stdout.readline() == "in mid-write\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    with Log.open(place, create=False) as log:
        assert log.entries()["note"].tolist() == ["before"]
        assert log.audit(head=head).whole
        begun = time.monotonic()
        log.add(entry(note="after"), by="C001")  # the dead hold no lock
        assert time.monotonic() - begun < 30
        assert log.entries()["note"].tolist() == ["before", "after"]
        assert log.audit(head=head).verified == 2
