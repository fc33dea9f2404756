import datetime as dt

import pytest

from earlywarn.errors import ConfigError
from earlywarn.features.relation_list import APART, CHECK, CONVERSION, PAIR, read_relations, usable
from earlywarn.schema import ENABLERS

OWN = """
[agency_given_sickness]
kind = "pair"
of = "agency_rate"
given = "absence_rate"
label = "Agency workers beside sickness"
theme = "workforce"
words = "Agency workers, {value}, are {side} than sickness of {given} would suggest: most areas have {range}."
"""


@pytest.fixture
def own_file(tmp_path):
    def write(text):
        file = tmp_path / "my-relations.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_the_packaged_relations_are_of_every_kind_and_theme_that_there_is():
    relations = read_relations().values()
    assert {relation.kind for relation in relations} == {PAIR, APART, CONVERSION, CHECK}
    assert {relation.theme for relation in relations} <= set(ENABLERS)


def test_the_indicator_looked_at_comes_first():
    relations = read_relations()
    assert relations["vacancies_and_rate"].indicators == (
        "vacancy_rate",
        "vacancies_fte",
        "social_workers_fte",
    )
    assert relations["need_by_length"].indicators[0] == "cin_open_under_3_months"
    assert relations["plans_within_need"].indicators == ("cin_rate", "cpp_rate")
    assert relations["closed_from_referrals"].indicators[0] == "referrals_nfa_rate"
    assert relations["looked_after_and_rate"].since == dt.date(2019, 3, 31)


def test_a_file_of_ones_own_adds_and_replaces(own_file):
    more = read_relations(own_file(OWN))
    assert set(more) - set(read_relations()) == {"agency_given_sickness"}
    replaced = read_relations(own_file(OWN.replace("given_sickness", "given_vacancies")))
    assert replaced["agency_given_vacancies"].given == "absence_rate"
    assert read_relations()["agency_given_vacancies"].given == "vacancy_rate"


def test_relations_whose_indicators_the_data_lack_are_passed_over_and_named():
    relations = read_relations()
    asked = [relations["agency_given_vacancies"], relations["vacancies_and_rate"]]
    served, lacking = usable(asked, ["agency_rate", "vacancy_rate", "vacancies_fte"])
    assert [relation.name for relation in served] == ["agency_given_vacancies"]
    assert lacking == {"vacancies_and_rate": ("social_workers_fte",)}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            'kind = "pair"',
            'kind = "pairs"',
            "kind wants one of 'pair', 'apart', 'conversion', 'check', not 'pairs'",
        ),
        ('kind = "pair"', "kind = []", "kind wants one of"),
        ("[agency_given_sickness]", "[Agency]", "is not a name"),
        ('of = "agency_rate"', "", "of is missing"),
        ('of = "agency_rate"', 'off = "agency_rate"', "unknown key 'off'. Did you mean of?"),
        ('of = "agency_rate"', 'of = "agency_rate"\ntolerance = 1', "The keys of a pair are kind, label"),
        ('of = "agency_rate"', "of = 7", "of wants text in quotes, not 7"),
        ('theme = "workforce"', 'theme = "staff"', "theme wants one of 'strategic approach'"),
        ("{range}", "{most}", "words know 'given', 'range', 'side', 'value' in braces, not 'most'"),
        ("{range}", "{range", "a brace that does not match"),
        ("{range}", "{}", "in braces, not ''"),
    ],
)
def test_a_fault_says_what_to_mend(own_file, old, new, fault):
    with pytest.raises(ConfigError) as told:
        read_relations(own_file(OWN.replace(old, new)))
    assert fault in str(told.value)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ('numerator = ["a"]', "wants one of equals and at_most, and not both"),
        ('numerator = ["a"]\nequals = 1\nat_most = 2', "wants one of equals and at_most, and not both"),
        ('numerator = "a"\nequals = 1', "numerator wants a list of different indicators"),
        ('numerator = ["a", "a"]\nequals = 1', "numerator wants a list of different indicators"),
        ("numerator = []\nequals = 1", "numerator is missing"),
        ('numerator = ["a", "b"]\ndenominator = ["a", "c"]\nequals = 1', "'a' does otherwise"),
        ('numerator = ["a"]\ndenominator = ["a"]\nequals = 1', "with something else beside it"),
        ('numerator = ["a"]\nequals = ""', "equals wants an indicator in quotes, or a number"),
        ('numerator = ["a"]\nequals = true', "equals wants an indicator in quotes, or a number"),
        ('numerator = ["a"]\nequals = 1\nmultiplier = 0', "multiplier wants a number above 0"),
        ('numerator = ["a"]\nequals = 1\ntolerance = -1', "tolerance wants a number of nought or more"),
        ('numerator = ["a"]\nequals = 1\nsince = "2019"', "since wants a date such as 2019-03-31"),
    ],
)
def test_a_fault_in_a_check_says_what_to_mend(own_file, said, fault):
    text = f'[mine]\nkind = "check"\nlabel = "Mine"\ntheme = "resources"\nwords = "{{implied}}"\n{said}\n'
    with pytest.raises(ConfigError) as told:
        read_relations(own_file(text))
    assert fault in str(told.value)


def test_the_years_and_the_part_of_other_kinds_are_looked_at_too(own_file):
    about = 'label = "Mine"\ntheme = "resources"\nwords = "Mine."\n'
    text = f'[one]\nkind = "apart"\nrises = "a"\nfalls = "b"\nyears = 0\n{about}'
    text += f'[two]\nkind = "conversion"\nearlier = "a"\npart = "yes"\n{about}three = 3\n'
    with pytest.raises(ConfigError) as told:
        read_relations(own_file(text))
    for fault in ("[one] years wants a whole number from 1 to 10", "[two] part wants true or false"):
        assert fault in str(told.value)
    assert "[two] wants one of later and share" in str(told.value)
    assert "4 to mend" in str(told.value)


def test_all_faults_are_told_at_once(own_file):
    text = OWN.replace("workforce", "staff").replace("{range}", "{most}") + "\n[b]\n" + 'kind = "x"\n'
    with pytest.raises(ConfigError, match="3 to mend"):
        read_relations(own_file(text + "loose = 1\n"))


@pytest.mark.parametrize(("text", "match"), [("= 1", "are not TOML"), ("pair = 1", "is not a table")])
def test_a_file_that_is_something_else_is_refused(own_file, text, match):
    with pytest.raises(ConfigError, match=match):
        read_relations(own_file(text))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_relations(tmp_path / "none.toml")
