"""The rules: every fault in words, what-if changes named as such, and a starter file that changes nothing."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.errors import ConfigError
from earlywarn.intelligence.kinds import ROLES
from earlywarn.sources.programme_tables import REVIEWER_ROLES
from earlywarn.targeting.rules import Rules, changed_rules, read_rules, starter_rules


def refusal(path=None, **changes):
    with pytest.raises(ConfigError) as caught:
        read_rules(path, changes={key.replace("__", "."): value for key, value in changes.items()})
    return str(caught.value)


def written(tmp_path, text):
    file = tmp_path / "rules.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_starter_file_holds_the_packaged_rules_and_every_key_of_them():
    said = tomllib.loads(starter_rules())
    assert Rules.model_validate(said) == Rules()
    missing = {
        f"{section}.{key}"
        for section, rules in Rules().in_force.items()
        for key in rules
        if key not in said[section]
    }
    assert missing == {"capacity.per_quarter"}  # left out on purpose: computed
    assert "per_quarter" in starter_rules()


def test_the_threshold_follows_from_the_cost_ratio():
    assert read_rules(changes={"targeted.cost_ratio": 3}).targeted.threshold == 0.25


def test_every_fault_of_file_and_what_if_comes_in_one_message(tmp_path):
    file = written(
        tmp_path,
        '[capacity]\nper_quarter = -2\n[du]\nx = 1\n[due]\nevry_months = 24\nties = "lottery"\n'
        '[team]\nplaces = ["led", "theme", "boss"]\n[inspection.every_months]\ngood = 1\n',
    )
    said = refusal(file, fairness__seed=-1, targeted="often")
    assert said.splitlines()[0] == f"{file} has 9 faults; nothing was done."
    for words in (
        "[capacity] per_quarter: -2 will not do; it wants a whole number from 0 to 10,000",
        "[du] is not known. Did you mean 'due'?",
        "[due] evry_months: this key is not known. Did you mean 'every_months'?",
        "[due] ties: this key is not known. It belongs under [fairness].",
        "[team] places: 'led' will not do; it wants a list of 1 to 12 places out of 'lead', 'theme', 'any'.",
        "[team] places: 'boss' will not do",
        "[inspection.every_months] good: 1 will not do; it wants a whole number from 6 to 120.",
        "[fairness] seed (what-if): -1 will not do; it wants a whole number from 0 to 4,294,967,295.",
        "'targeted' (what-if): this names no rule; write section and key with a dot between",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[capacity\n", "is not TOML"),
        ('[capacity]\nby_quarter = {"Jul-Sep 2025" = -4}', "-4 for 'Jul-Sep 2025' will not do"),
        ('[capacity]\nby_quarter = {"Q3" = 4}', "it wants a table of quarters"),
        ('[capacity]\nby_quarter = {"Jul-Sep 2025" = 4, "2025-08" = 5}', "each once"),
        ('[programme]\nfirst_quarter = "soon"', "it wants a quarter such as 'Apr-Jun 2025'"),
        ('[programme]\nclosed = ["12-20"]', "such as ['12-20/01-02']"),
        ('[programme]\nclosed = ["02-30/03-02"]', "it wants a list of days of the year"),
        ("[programme]\nquarters = 9", "it wants a whole number from 1 to 8"),
        ('[due]\nevery_months = "24"', "'24' will not do"),
        ("due = 3", "[due]: 3 will not do; it wants a table of settings, headed [due]."),
        ("seed = 3", "seed: this key stands outside any section. It belongs under [fairness]."),
        ("every = 3", "every: this key stands outside any section. Known here: 'programme'"),
        ("[targeted]\nconcerns = 4", "[targeted.concerns]: 4 will not do; it wants a table of settings"),
        ("[capacity]\nby_quarter = 4", "[capacity] by_quarter: 4 will not do; it wants a table of quarters"),
        ("[targeted]\nseed = 4", "[targeted] seed: this key is not known. It belongs under [fairness]."),
        ('[team]\nlead_roles = ["driver"]', "out of 'director', 'assistant_director'"),
        ('[team]\njudged = ["good", "good"]', "it wants a list, each once"),
        ("[team]\nplaces = []", "it wants a list of 1 to 12 places"),
        ("[team]\nneighbours_first = 1", "it wants true or false, without quotes"),
        ("[fairness]\nseed = 2025-04-01", "2025-04-01 will not do"),
    ],
)
def test_a_fault_says_what_was_found_and_what_is_wanted(tmp_path, text, words):
    assert words in refusal(written(tmp_path, text))


def test_files_that_cannot_be_read_are_told_apart(tmp_path):
    assert "there is no such file. Write one with `earlywarn plan init`" in refusal(tmp_path / "none.toml")
    assert "cannot be read" in refusal(tmp_path)
    odd = tmp_path / "odd.toml"
    odd.write_bytes(b"[due]\n# \xff")
    assert "is not UTF-8 text (see byte 8)" in refusal(odd)


def test_a_what_if_wins_over_the_file_and_none_takes_a_rule_back(tmp_path):
    file = written(tmp_path, '[capacity]\nper_quarter = 3\nby_quarter = {"2025-07" = 4}\n')
    rules = read_rules(file, changes={"capacity.by_quarter.Oct-Dec 2025": 5, "capacity.per_quarter": None})
    assert rules.capacity.per_quarter is None
    assert rules.capacity.by_quarter == {"Jul-Sep 2025": 4, "Oct-Dec 2025": 5}


def test_rules_that_were_read_before_are_changed_alike():
    rules = read_rules(changes={"capacity.per_quarter": 3, "capacity.by_quarter.Jul-Sep 2025": 4})
    changed = changed_rules(rules, {"capacity.by_quarter.2025-10": 5, "due.every_months": 36})
    assert changed.capacity.by_quarter == {"Jul-Sep 2025": 4, "Oct-Dec 2025": 5}
    assert (changed.capacity.per_quarter, changed.due.every_months, rules.due.every_months) == (3, 36, 24)
    with pytest.raises(ConfigError, match=r"\[due\] x \(what-if\): this key is not known"):
        changed_rules(rules, {"due.x.y": 1})
    with pytest.raises(ConfigError, match=r"\[due\] every_months \(what-if\): 1 will not do"):
        changed_rules(rules, {"due.every_months": 1})


def test_a_file_from_a_spreadsheet_program_may_have_a_byte_order_mark(tmp_path):
    file = tmp_path / "rules.toml"
    file.write_bytes(b"\xef\xbb\xbf[due]\nevery_months = 36\n")
    assert read_rules(file).due.every_months == 36


def test_reviewers_have_the_roles_that_are_logged_and_more():
    assert ROLES.items() <= REVIEWER_ROLES.items()


@given(st.integers(0, 10_000), st.floats(0.1, 100), st.integers(1, 8))
def test_rules_in_force_are_read_back_as_they_are(capacity, ratio, quarters):
    rules = read_rules(
        changes={
            "capacity.per_quarter": capacity,
            "targeted.cost_ratio": ratio,
            "programme.quarters": quarters,
        }
    )
    assert Rules.model_validate(rules.in_force) == rules
