import errno
import os
import signal
import subprocess
import sys
import types
import warnings
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from earlywarn.cli import verbs
from earlywarn.config import load_config
from earlywarn.errors import DataError, Fault

VERBS = ("build", "backtest", "train", "score", "report", "run")


@pytest.fixture
def workflow(monkeypatch):
    """A workflow that notes how it was called, and raises what it is told to."""
    fake = types.ModuleType("earlywarn.workflow")
    fake.calls = []
    fake.error = None

    def verb(name):
        def called(config, **options):
            fake.calls.append((name, config, options))
            if fake.error is not None:
                raise fake.error
            return types.SimpleNamespace(summary=f"{name} is done: grüße", folder="out")

        return called

    for name in VERBS:
        setattr(fake, name, verb(name))
    monkeypatch.setitem(sys.modules, "earlywarn.workflow", fake)
    return fake


def earlywarn(*arguments):
    return CliRunner().invoke(verbs, arguments, prog_name="earlywarn")


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_takes_the_file_and_every_override_and_prints_its_summary(workflow, verb, tmp_path):
    file = tmp_path / "my.toml"
    file.write_text("[model]\nseed = 7\n[question]\nhorizon_months = 24\n")
    options = ["--data", "d", "--as-of", "2024-07-01", "--horizon", "6", "--target", "decline", "--out", "o"]
    result = earlywarn(verb, str(file), *options)
    assert (result.exit_code, result.stdout) == (0, f"{verb} is done: grüße\n")
    name, config, passed = workflow.calls[0]
    assert name == verb
    assert passed == {"progress": True} | {"score": {"model": None}, "report": {"run": None}}.get(verb, {})
    assert config == load_config(file, data="d", as_of="2024-07-01", horizon=6, target="decline", out="o")
    assert config.model.seed == 7


def test_nothing_given_is_the_default(workflow):
    earlywarn("run")
    assert workflow.calls == [("run", load_config(), {"progress": True})]


def test_a_slip_in_the_configuration_is_found_before_anything_is_loaded(workflow):
    result = earlywarn("run", "--target", "declines", "--horizon", "99")
    assert result.exit_code == 2
    assert "--horizon" in result.stderr
    assert "Did you mean 'decline'?" in result.stderr
    assert workflow.calls == []


def test_score_takes_a_model_and_report_a_run(workflow):
    earlywarn("score", "--model", "models/england")
    earlywarn("report", "--run", "out/england-2025-04-01")
    assert workflow.calls[0][2]["model"] == "models/england"
    assert workflow.calls[1][2]["run"] == "out/england-2025-04-01"


def test_quiet_prints_nothing_and_shows_no_progress(workflow):
    result = earlywarn("run", "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    assert workflow.calls[0][2]["progress"] is False


@pytest.mark.parametrize("command", [*VERBS, "init"])
def test_help_ends_with_an_example(command):
    result = earlywarn(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.strip().splitlines()[-1].strip().startswith(f"Example:  earlywarn {command} ")


def test_the_list_of_commands_is_not_cut_short():
    commands = earlywarn("--help").stdout.partition("Commands:")[2]
    assert "train" in commands
    assert "..." not in commands
    assert "Example:  earlywarn run" in earlywarn("--help").stdout


def test_version():
    assert earlywarn("--version").stdout.startswith("earlywarn ")


class TestErrors:
    def test_a_known_error_is_one_message_and_exit_code_2(self, workflow):
        fault = Fault("areas.csv", 3, "area_code", "", "is empty", "give every area a code")
        workflow.error = DataError([fault], where="figures")
        result = earlywarn("run")
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.startswith("Error: figures: 1 fault found")
        assert "Traceback" not in result.stderr

    @pytest.mark.parametrize("arguments", [("--debug", "run"), ("run", "--debug")], ids=["before", "after"])
    def test_debug_shows_the_traceback_before_or_after_the_verb(self, workflow, arguments):
        workflow.error = DataError([], where="figures")
        result = earlywarn(*arguments)
        assert result.exit_code == 2
        assert "Traceback (most recent call last)" in result.stderr
        assert "Error: figures" in result.stderr.splitlines()[-1]

    def test_debug_does_not_stay_on_for_the_next_call(self, workflow):
        workflow.error = DataError([], where="figures")
        earlywarn("run", "--debug")
        assert "Traceback" not in earlywarn("run").stderr

    def test_a_fault_of_ours_says_so_with_exit_code_1(self, workflow):
        workflow.error = KeyError("area_code")
        result = earlywarn("run")
        assert result.exit_code == 1
        assert result.stderr == (
            "Something went wrong inside earlywarn (not your data): KeyError: 'area_code'. "
            "Run again with --debug for the details.\n"
        )

    def test_an_interrupt_is_a_sentence_and_130(self, workflow):
        workflow.error = KeyboardInterrupt()
        result = earlywarn("run")
        assert result.exit_code == 130
        assert result.stderr.startswith("Stopped.")

    def test_a_file_that_the_system_refuses_is_the_users_to_mend(self, workflow):
        workflow.error = PermissionError(errno.EACCES, "Permission denied", "out/risk_list.csv")
        result = earlywarn("run")
        assert (result.exit_code, result.stderr) == (2, "Error: out/risk_list.csv: Permission denied.\n")

    def test_a_wrong_option_is_exit_code_2(self, workflow):
        assert earlywarn("run", "--horizon", "x").exit_code == 2
        assert earlywarn("run", "--colour").exit_code == 2
        assert earlywarn("rnu").exit_code == 2
        assert workflow.calls == []


class TestWarnings:
    @pytest.fixture
    def warn(self, workflow):
        def of(message, category, module):
            def verb(_config, **_):
                warnings.warn_explicit(message, category, "x.py", 1, module=module, registry={})
                return types.SimpleNamespace(summary="done")

            workflow.run = verb

        return of

    def test_ours_is_shown_as_a_note(self, warn):
        warn("one origin was skipped", RuntimeWarning, "earlywarn.models.ordinal")
        result = earlywarn("run")
        assert (result.stdout, result.stderr) == ("done\n", "Note: one origin was skipped\n")

    def test_a_librarys_is_not_shown(self, warn):
        warn("will change in 3.0", FutureWarning, "pandas.core")
        assert earlywarn("run").stderr == ""

    def test_the_filters_are_as_before_afterwards(self, warn):
        warn("any", RuntimeWarning, "earlywarn.models")
        before = (warnings.filters[:], warnings.showwarning)
        earlywarn("run")
        assert (warnings.filters[:], warnings.showwarning) == before


class TestInit:
    def test_it_writes_a_configuration_that_loads(self, tmp_path):
        result = earlywarn("init", str(tmp_path / "new" / "place"))
        assert result.exit_code == 0
        file = tmp_path / "new" / "place" / "earlywarn.toml"
        assert f"earlywarn run {file}" in result.stdout
        assert load_config(file).fingerprint == load_config().fingerprint

    def test_it_never_writes_over_a_file(self, tmp_path):
        file = tmp_path / "earlywarn.toml"
        file.write_text("mine")
        result = earlywarn("init", str(tmp_path))
        assert result.exit_code == 2
        assert "is there already" in result.stderr
        assert file.read_text() == "mine"

    def test_a_file_is_no_folder(self, tmp_path):
        (tmp_path / "file").write_text("")
        assert earlywarn("init", str(tmp_path / "file")).exit_code == 2


def python(*arguments, **options):
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # noqa: S603  our own


def test_python_dash_m_is_the_same_command():
    done = python("-m", "earlywarn", "run", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: earlywarn run")


def test_a_configuration_that_is_not_there_is_one_line_and_exit_code_2(tmp_path):
    done = python("-m", "earlywarn", "run", "none.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: none.toml: there is no such file.")
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


FAKE = """
import signal, sys, time, types
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background starts without it
workflow = types.ModuleType("earlywarn.workflow")
def run(config, **options):
    print("begun", file=sys.stderr, flush=True)
    {body}
    return types.SimpleNamespace(summary="line\\n" * 100_000)
workflow.run = run
sys.modules["earlywarn.workflow"] = workflow
from earlywarn.cli import main
sys.argv = ["earlywarn", "run"]
main()
"""


def test_a_reader_who_leaves_early_is_no_error():
    command = [sys.executable, "-c", FAKE.format(body="pass")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:  # noqa: S603
        running.stdout.close()
        said = running.stderr.read()
        assert running.wait(timeout=30) == 0
    assert said == "begun\n"


@pytest.mark.skipif(os.name == "nt", reason="signals of a terminal")
def test_control_c_ends_with_a_sentence_and_130():
    command = [sys.executable, "-c", FAKE.format(body="time.sleep(60)")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:  # noqa: S603
        assert running.stderr.readline() == "begun\n"
        running.send_signal(signal.SIGINT)
        said = running.stderr.read()
        assert running.wait(timeout=30) == 130
    assert said.startswith("Stopped.")
    assert "Traceback" not in said


def test_help_loads_nothing_heavy():
    heavy = "{'pandas', 'numpy', 'mlflow', 'shap', 'sklearn', 'pydantic', 'xarray'}"
    code = f"import sys, earlywarn.cli; print({heavy} & set(sys.modules))"
    assert python("-c", code).stdout == "set()\n"


def test_every_command_is_a_click_command_with_debug():
    for command in verbs.commands.values():
        assert isinstance(command, click.Command)
        assert any("--debug" in parameter.opts for parameter in command.params)


def test_the_reference_page_has_every_command_and_option():
    page = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"
    if not page.is_file():
        pytest.skip("the documentation is not part of this tree")
    text = page.read_text(encoding="utf-8")
    for name, command in verbs.commands.items():
        assert f"| `{name}` | {command.help.partition(chr(10))[0].rstrip('.')} |" in text
        assert f"`{command.epilog.removeprefix('Example:  ')}`" in text
        options = {
            option for parameter in command.params for option in parameter.opts if option.startswith("--")
        }
        assert all(f"`{option}" in text for option in options)
