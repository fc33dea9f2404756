"""Kinds of entry, the packaged ones and one's own."""

import re

import pytest

from earlywarn.errors import ConfigError
from earlywarn.intelligence.kinds import DIRECTIONS, Kind, read_kinds
from earlywarn.schema import ENABLERS


def test_every_packaged_kind_is_whole():
    for name, kind in read_kinds().items():
        assert kind.name == name
        assert kind.label
        assert kind.guidance.endswith("."), name
        assert kind.theme in ENABLERS
        assert kind.direction in DIRECTIONS
        assert bool(kind.exposure) <= bool(kind.amount), "an exposure without an amount says nothing"


def test_every_enabler_has_a_kind():
    assert {kind.theme for kind in read_kinds().values()} == set(ENABLERS)


def test_a_kind_of_ones_own_stands_beside_the_packaged_ones(tmp_path):
    file = tmp_path / "kinds.toml"
    file.write_text('[housing]\nlabel = "Housing"\ntheme = "partners"\ndirection = "worse"\n')
    kinds = read_kinds(file)
    assert kinds["housing"] == Kind("housing", "Housing", "partners", "worse")
    assert set(kinds) == {*read_kinds(), "housing"}


def test_a_kind_of_a_packaged_name_replaces_it(tmp_path):
    file = tmp_path / "kinds.toml"
    file.write_text('[savings]\nlabel = "Cuts"\ntheme = "resources"\ndirection = "worse"\n')
    assert read_kinds(file)["savings"].label == "Cuts"
    assert read_kinds()["savings"].label == "Savings"


def test_every_fault_of_a_file_is_said_at_once(tmp_path):
    file = tmp_path / "kinds.toml"
    file.write_text(
        'loose = 1\n[a__b]\nlabel = "A"\ntheme = "weather"\ndirection = "down"\nguidence = "x"\n'
        "pressure = 1\ndetails = 2\namount = 3\n[none]\n"
    )
    with pytest.raises(ConfigError) as caught:
        read_kinds(file)
    said = str(caught.value)
    for words in (
        "[loose] is not a table",
        "[a__b] is not a name",
        "theme wants one of",
        "direction wants one of 'worse', 'better', 'neutral', not 'down'",
        "unknown key 'guidence'. Did you mean guidance?",
        "pressure wants true or false, not 1",
        "details wants a list of words, not 2",
        "amount wants text in quotes, not 3",
        "[none] label is missing",
    ):
        assert words in said
    assert re.search(r"kinds\.toml: 11 to mend", said)


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), (b"[", "are not TOML"), (b"\xff", "are not TOML")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, content, words):
    file = tmp_path / "kinds.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=f"kinds.toml {words}"):
        read_kinds(file)
