import json
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from earlywarn.errors import OutputError
from earlywarn.reports import check_ours, folder, output_folder


def write_run(target, text, **files):
    with output_folder(target) as place:
        (place / "run.json").write_text(json.dumps({"earlywarn": "0.1.0"}), encoding="utf-8")
        for name, content in ({"text": text} | files).items():
            (place / f"{name}.txt").write_text(content, encoding="utf-8")


def stop_in(place, error):
    (place / "text.txt").write_text("half")
    raise error


def text_of(target):
    return (target / "text.txt").read_text(encoding="utf-8")


@pytest.fixture(params=["one step", "two renames"])
def target(request, tmp_path, monkeypatch):
    """A target, on a system with an atomic exchange and on one without."""
    if request.param == "two renames":
        monkeypatch.setattr(folder, "exchange", lambda *_: False)
    return tmp_path / "out" / "england"


def test_a_later_run_takes_the_place_of_the_former_as_a_whole(target):
    write_run(target, "first", only_then="x")
    write_run(target, "second")
    assert text_of(target) == "second"
    assert not (target / "only_then.txt").exists()
    assert [path.name for path in target.parent.iterdir()] == ["england"]


def test_an_error_leaves_the_last_good_folder(target):
    write_run(target, "good")
    with pytest.raises(KeyboardInterrupt), output_folder(target) as place:
        stop_in(place, KeyboardInterrupt)
    assert text_of(target) == "good"
    assert [path.name for path in target.parent.iterdir()] == ["england"]


def test_an_error_in_a_first_run_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError), output_folder(tmp_path / "out") as place:
        (place / "text.txt").write_text(str(1 / 0))
    assert list(tmp_path.iterdir()) == []


def test_a_killed_run_leaves_the_last_good_folder_and_the_next_one_clears_up(tmp_path):
    target = tmp_path / "england"
    write_run(target, "good")
    script = """
        import os, signal, sys
        from earlywarn.reports.folder import output_folder
        with output_folder(sys.argv[1]) as place:
            (place / "text.txt").write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(target)], check=False)  # noqa: S603
    assert killed.returncode == -signal.SIGKILL
    assert text_of(target) == "good"
    assert (tmp_path / ".england.staging").exists()
    write_run(target, "next")
    assert text_of(target) == "next"
    assert [path.name for path in tmp_path.iterdir()] == ["england"]


def test_a_run_killed_between_two_renames_is_put_right_by_the_next(tmp_path):
    target = tmp_path / "england"
    write_run(target, "good")
    target.rename(tmp_path / ".england.previous")
    with output_folder(target, keep=True) as place:
        assert (place / "text.txt").read_text() == "good"
    assert [path.name for path in tmp_path.iterdir()] == ["england"]


def test_keep_starts_from_a_copy_that_can_be_dropped(target):
    write_run(target, "good")
    with pytest.raises(RuntimeError), output_folder(target, keep=True) as place:
        stop_in(place, RuntimeError)
    assert text_of(target) == "good"
    with output_folder(target, keep=True) as place:
        (place / "more.txt").write_text("more")
    assert text_of(target) == "good"
    assert (target / "more.txt").exists()


def test_what_a_user_added_is_carried_over(target):
    write_run(target, "first")
    (target / "notes").mkdir()
    (target / "notes" / "visit.docx").write_text("Dear reviewer")
    for turn in ("second", "third"):
        write_run(target, turn)
        assert (target / "notes" / "visit.docx").read_text() == "Dear reviewer"
        assert text_of(target) == turn


def test_a_folder_that_is_not_ours_is_refused_and_left_alone(tmp_path):
    target = tmp_path / "letters"
    target.mkdir()
    (target / "run.json").write_text('{"somebody": "else"}')
    with pytest.raises(OutputError, match="holds files that earlywarn did not write"):
        check_ours(target)
    with pytest.raises(OutputError, match=r"Name a new or empty folder with --out\."), output_folder(target):
        pytest.fail("the block ran")
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


@pytest.mark.parametrize("below", ["file.txt", "file.txt/out"])
def test_a_file_in_the_way_is_refused(tmp_path, below):
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(OutputError, match=r"is a file"):
        check_ours(tmp_path / below)


def test_a_whole_disk_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(type(tmp_path), "is_mount", lambda _: True)
    with pytest.raises(OutputError, match="whole disk or share"):
        check_ours(tmp_path)


def test_a_new_and_an_empty_folder_are_well(tmp_path):
    check_ours(tmp_path)
    check_ours(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_two_runs_cannot_write_to_one_folder(tmp_path):
    target = tmp_path / "out"
    with output_folder(target) as place:
        (place / "run.json").write_text('{"earlywarn": "0.1.0"}')
        with (
            pytest.raises(OutputError, match=rf"Another run \(process {os.getpid()}\)"),
            output_folder(target),
        ):
            pytest.fail("the block ran")
    assert sorted(path.name for path in target.iterdir()) == [".written", "run.json"]


def test_the_lock_of_a_run_that_is_gone_does_not_hold(tmp_path):
    (tmp_path / ".out.lock").write_text("1\n")
    write_run(tmp_path / "out", "good")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_to_a_folder_stays_a_link(tmp_path):
    write_run(tmp_path / "real", "first")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_run(tmp_path / "link", "second")
    assert (tmp_path / "link").is_symlink()
    assert text_of(tmp_path / "real") == "second"
