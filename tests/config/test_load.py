import datetime as dt
import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.config import MODELS, TARGETS, Config, did_you_mean, load_config, starter_text
from earlywarn.errors import ConfigError


@pytest.fixture
def write(tmp_path):
    def write(text, name="my.toml"):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write


def faults_of(file, **overrides):
    with pytest.raises(ConfigError) as caught:
        load_config(file, **overrides)
    return str(caught.value)


def test_without_a_file_everything_is_at_its_default():
    config = load_config()
    assert config.question.as_of == dt.date(2025, 4, 1)
    assert config.question.horizon_months == 12
    assert config.question.target == "adverse"
    assert config.data.packaged
    assert config.backtest.leads_months == (3, 6, 12, 18)
    assert config.tracking.enabled


def test_an_empty_file_is_the_default_but_for_where_it_lies(write):
    file = write("")
    assert load_config(file).fingerprint == load_config().fingerprint
    assert load_config(file).output_folder == file.parent / "out" / "england-2025-04-01"


def test_the_starter_says_the_defaults(write):
    assert load_config(write(starter_text())) == load_config(write(""))


def test_the_starter_explains_every_key():
    lines = starter_text().splitlines()
    found = {}
    section = ""
    for before, line in pairwise(lines):
        section = line.strip("[]") if line.startswith("[") else section
        key = re.match(r"(?:# )?([a-z_]+) = ", line)
        if key:
            assert before.startswith("#"), f"{section}.{key[1]} has no comment above it"
            found.setdefault(section, set()).add(key[1])
    settings = {name: set(type(part).model_fields) for name, part in Config()}
    assert found == settings


def test_a_key_that_is_commented_out_in_the_starter_may_be_uncommented(write):
    config = load_config(write(re.sub(r"(?m)^# (penalty|last_start) = ", r"\1 = ", starter_text())))
    assert config.model.penalty is not None
    assert config.backtest.last_start == dt.date(2025, 3, 31)


@pytest.mark.parametrize("written", ["2024-07-01", '"2024-07-01"'], ids=["TOML date", "text"])
def test_a_date_may_be_written_either_way(write, written):
    assert load_config(write(f"[question]\nas_of = {written}")).question.as_of == dt.date(2024, 7, 1)


@pytest.mark.parametrize("given", ["2024-07-01", dt.date(2024, 7, 1), pd.Timestamp("2024-07-01")], ids=repr)
def test_an_override_may_be_any_date(given):
    assert load_config(as_of=given).question.as_of == dt.date(2024, 7, 1)


def test_overrides_win(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = write('[question]\nas_of = 2024-01-01\nhorizon_months = 24\ntarget = "serious"')
    config = load_config(file, data="figures", as_of="2024-07-01", horizon=6, target="decline", out="there")
    assert config.question.model_dump(mode="json") == {
        "as_of": "2024-07-01", "horizon_months": 6, "target": "decline",
    }  # fmt: skip
    assert config.data.folder == str(tmp_path / "figures")
    assert config.output_folder == tmp_path / "there"
    assert config.name == "figures"


def test_paths_in_a_file_are_relative_to_it_and_overrides_to_the_working_directory(tmp_path, monkeypatch):
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    monkeypatch.chdir(work)
    file = home / "my.toml"
    file.write_text('[data]\nfolder = "figures"\n[output]\nfolder = "results/{target}"')
    assert load_config(file).data.folder == str(home / "figures")
    assert load_config(file).output_folder == home / "results" / "adverse"
    assert load_config(file, out="mine").output_folder == work / "mine"
    assert load_config().output_folder == work / "out" / "england-2025-04-01"


def test_england_is_the_packaged_sample_and_dot_england_a_folder(write):
    assert load_config(data="england").data.packaged
    assert not load_config(data="./england").data.packaged
    assert not load_config(write('[data]\nfolder = "./england"')).data.packaged


def test_a_config_may_be_passed_on_with_overrides():
    first = load_config(as_of="2024-07-01")
    second = load_config(first, horizon=6)
    assert (second.question.as_of, second.question.horizon_months) == (dt.date(2024, 7, 1), 6)
    assert load_config(first) == first
    assert second.output_folder == first.output_folder


def test_a_config_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        load_config().question.target = "decline"


def test_a_name_from_an_odd_folder_is_fit_for_a_path():
    assert load_config(data="Figures of 2024 (new)").name == "Figures-of-2024-new"
    assert load_config(data="/").name == "data"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[qestion]\n", r"\[qestion\] is not known. Did you mean 'question'\?", id="section"),
        pytest.param(
            "[question]\nhorizon = 6", r"key is not known. Did you mean 'horizon_months'\?", id="key"
        ),
        pytest.param(
            "[model]\nas_of = 2024-01-01", r"as_of: .* It belongs under \[question\]", id="other section"
        ),
        pytest.param("seed = 1", r"seed: this key stands outside any section. .* \[model\]", id="no section"),
        pytest.param("[data]\nzzz = 1", r"Known here: 'folder', 'name'", id="unlike any"),
        pytest.param("data = 3", r"\[data\]: 3 will not do; it wants a table", id="value for a section"),
    ],
)
def test_an_unknown_key_is_told_its_nearest_neighbour(write, text, message):
    with pytest.raises(ConfigError, match=message):
        load_config(write(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[question]\nhorizon_months = "12"', r"horizon_months: '12' will not do; it wants a whole number"),
        ("[question]\nhorizon_months = true", r"horizon_months: true will not do"),
        ("[question]\nhorizon_months = 0", r"0 will not do; .* from 1 to 36"),
        ("[question]\nhorizon_months = 37", r"37 will not do; .* from 1 to 36"),
        ("[question]\nas_of = 2024-01-01T09:00:00", r"as_of: 2024-01-01T09:00:00 will not do; .* YYYY-MM-DD"),
        ('[question]\nas_of = "1 April 2024"', r"as_of: '1 April 2024' will not do"),
        ('[question]\nas_of = "2024-W14-1"', r"as_of: '2024-W14-1' will not do"),
        ('[question]\nas_of = "2024-02-30"', r"as_of: '2024-02-30' will not do"),
        ('[question]\ntarget = "declin"', r"target: 'declin' .* Did you mean 'decline'\?"),
        ('[model]\nname = "boost"', r"\[model\] name: 'boost' .* Did you mean 'boosting'\?"),
        ("[model]\npenalty = 0", r"penalty: 0 will not do; it wants a number above 0"),
        ("[model]\npenalty = inf", r"penalty: inf will not do"),
        ("[model]\nseed = 1.5", r"seed: 1.5 will not do; it wants a whole number"),
        ("[backtest]\nleads_months = [3, 3]", r"leads_months: \[3, 3\] will not do; .* each once"),
        ("[backtest]\nleads_months = []", r"leads_months: \[\] will not do"),
        ("[backtest]\nleads_months = 3", r"leads_months: 3 will not do; it wants a list"),
        ('[backtest]\nmodels = ["logits"]', r"models: 'logits' will not do; .* Did you mean 'logit'\?"),
        ('[backtest]\ncompare = ["sfot"]', r"compare: 'sfot' will not do; .* Did you mean 'soft'\?"),
        ('[backtest]\ncompare = ["soft", "soft"]', r"compare: \['soft', 'soft'\] will not do; .* each once"),
        ('[features]\nsoft = ["theme_*", "theme_*"]', r"soft: .* each once"),
        ('[features]\nvital = "caseload"', r"vital: 'caseload' will not do; it wants a list"),
        ('[features]\nvital = ["caseload", "caseload"]', r"vital: .* each once"),
        ('[tracking]\nenabled = "yes"', r"enabled: 'yes' will not do; it wants true or false"),
        ('[output]\nfolder = "out/{place}"', r"folder: .*\{place\}.* with no braces but \{name\}"),
        ('[data]\nname = "a/b"', r"name: 'a/b' will not do; it wants letters"),
    ],
)
def test_a_wrong_value_is_told_what_is_wanted(write, text, message):
    with pytest.raises(ConfigError, match=message):
        load_config(write(text))


def test_all_faults_come_in_one_message_with_file_and_key(write):
    file = write('[question]\nhorizon_months = 99\ncolour = "red"\n[model]\nname = "magic"\n[zoo]\n')
    message = faults_of(file, target="fun")
    assert message.splitlines()[0] == f"{file} has 5 faults; nothing was done."
    for place in (
        "[question] horizon_months",
        "[question] colour",
        "[question] target (--target)",
        "[model] name",
        "[zoo]",
    ):
        assert place in message


def test_a_file_that_is_not_there_says_how_to_write_one(tmp_path):
    assert "no such file" in faults_of(tmp_path / "none.toml")
    assert "earlywarn init" in faults_of(tmp_path / "none.toml")


def test_a_folder_is_not_a_file(tmp_path):
    assert "is a folder" in faults_of(tmp_path)


def test_a_file_that_is_not_toml_names_the_line(write):
    assert "line 2" in faults_of(write("[question]\nas_of = \n"))


def test_a_file_in_another_encoding_says_so(tmp_path):
    file = tmp_path / "latin.toml"
    file.write_bytes('[data]\nname = "é"'.encode("latin-1"))
    assert "not UTF-8" in faults_of(file)


def test_a_byte_order_mark_is_no_fault(tmp_path):
    file = tmp_path / "windows.toml"
    file.write_bytes(b"\xef\xbb\xbf[question]\r\nhorizon_months = 6\r\n")
    assert load_config(file).question.horizon_months == 6


@pytest.mark.parametrize(
    "overrides",
    [{"as_of": "2024-07-01"}, {"horizon": 6}, {"target": "decline"}, {"data": "/figures"}],
    ids=["as_of", "horizon", "target", "another name"],
)
def test_the_fingerprint_moves_with_what_changes_a_result(overrides):
    assert load_config(**overrides).fingerprint != load_config().fingerprint


def test_the_fingerprint_does_not_move_with_places(write):
    text = '[data]\nfolder = "/a/england"\n[output]\nfolder = "/b"\n[tracking]\nenabled = false\n'
    assert load_config(write(text)).fingerprint == load_config().fingerprint
    assert re.fullmatch("[0-9a-f]{64}", load_config().fingerprint)


@given(st.integers(1, 36), st.dates(dt.date(2013, 1, 1), dt.date(2030, 1, 1)), st.sampled_from(TARGETS))
def test_the_same_question_has_the_same_fingerprint_however_it_is_put(horizon, as_of, target):
    by_text = load_config(horizon=horizon, as_of=as_of.isoformat(), target=target)
    by_value = load_config(load_config(horizon=horizon), as_of=as_of, target=target)
    assert by_text == by_value
    assert by_text.fingerprint == by_value.fingerprint


@given(st.text(min_size=1, max_size=12))
def test_a_suggestion_is_always_one_of_the_known(word):
    suggestion = did_you_mean(word, MODELS)
    assert any(repr(name) in suggestion for name in MODELS)


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.one_of(st.integers(), st.text(max_size=8), st.lists(st.integers())),
        min_size=1,
    )
)
def test_no_table_of_junk_gets_past_or_breaks_the_words(tmp_path_factory, table):
    lines = [
        f"{_quoted(key)} = {value if not isinstance(value, str) else _quoted(value)}"
        for key, value in table.items()
    ]
    text = "[backtest]\n" + "\n".join(lines)
    assert tomllib.loads(text)
    file = tmp_path_factory.mktemp("junk") / "my.toml"
    file.write_text(text, encoding="utf-8", newline="")
    if set(table) - set(type(Config().backtest).model_fields):
        assert "fault" in faults_of(file)


def _quoted(text):
    return (
        '"'
        + "".join(f"\\U{ord(letter):08x}" if not 0xD800 <= ord(letter) < 0xE000 else "?" for letter in text)
        + '"'
    )


def test_sets_of_evidence_may_be_written_as_one_text_or_as_a_list():
    assert load_config(compare="hard, hard+soft") == load_config(compare=["hard", "hard+soft"])
    assert load_config(compare="hard, hard+soft").backtest.compare == ("hard", "hard+soft")


def test_unknown_sets_of_evidence_are_named_with_the_option():
    message = faults_of(None, compare="hard,figures,hrad")
    assert "(--compare): 'figures' will not do" in message
    assert "(--compare): 'hrad' will not do; it wants a list, each once, out of 'hard', 'soft'" in message
    assert message.startswith("The configuration has 2 faults")


def test_the_names_are_those_of_the_rooms_below():
    catalogue = pytest.importorskip("earlywarn.models.catalogue")
    schema = pytest.importorskip("earlywarn.schema")
    assert set(MODELS) == set(catalogue.MODELS)
    assert tuple(schema.TARGETS) == TARGETS


def test_the_reference_page_has_every_key_with_its_default():
    page = Path(__file__).parents[2] / "docs" / "reference" / "configuration.md"
    if not page.is_file():
        pytest.skip("the documentation is not part of this tree")
    sections = dict(re.findall(r"(?ms)^## `\[(\w+)\]`$(.*?)(?=^## |\Z)", page.read_text(encoding="utf-8")))
    assert set(sections) == set(Config.model_fields)
    for section, part in Config():
        rows = dict(re.findall(r"(?m)^\| `(\w+)` \| (.*?) \|", sections[section]))
        assert set(rows) == set(type(part).model_fields)
        for key, told in rows.items():
            default = getattr(part, key)
            if told.startswith("`"):
                text = default.isoformat() if isinstance(default, dt.date) else json.dumps(default)
                assert told.strip("`") == text, f"{section}.{key}"
            else:
                assert default is None or key in {"vital", "history"}, f"{section}.{key}"


def test_a_sample_brings_the_settings_beside_it_and_those_of_a_file_win(tmp_path):
    beside = load_config(sample="synthetic")
    assert beside.data.folder == "synthetic"
    assert beside.features.soft
    file = tmp_path / "earlywarn.toml"
    file.write_text("[model]\nreplicates = 7\n[backtest]\ndraws = 9\n")
    both = load_config(file, sample="synthetic")
    assert (both.model.replicates, both.backtest.draws) == (7, 9)
    assert both.features.soft == beside.features.soft
    assert both.backtest.compare == beside.backtest.compare
    assert both.output_folder.parent == tmp_path / "out"


def test_a_sample_beside_a_folder_is_refused_and_so_is_one_that_does_not_exist():
    with pytest.raises(ConfigError, match="--data and --sample both say"):
        load_config(sample="england", data="figures")
    with pytest.raises(ConfigError, match=r"no sample 'engand'\. Did you mean 'england'"):
        load_config(sample="engand")


def test_a_log_is_a_path_or_an_address(tmp_path):
    file = tmp_path / "earlywarn.toml"
    file.write_text('[intelligence]\nlog = "our.db"\nkinds = "kinds.toml"\n')
    told = load_config(file).intelligence
    assert (told.log, told.kinds) == (str(tmp_path / "our.db"), str(tmp_path / "kinds.toml"))
    address = "postgresql://wren@db.example.org/log"
    assert load_config(file, log=address).intelligence.log == address


def test_where_the_log_lies_is_not_in_the_fingerprint_and_the_audience_is():
    assert load_config(log="a.db").fingerprint == load_config(log="b.db").fingerprint
    assert load_config(audience="area").fingerprint != load_config(audience="sector").fingerprint
