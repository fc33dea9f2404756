"""What support might follow: hypotheses, with what speaks for and against."""

import pytest

from earlywarn.errors import ConfigError
from earlywarn.targeting.support import HYPOTHESIS, read_support, support_models
from earlywarn.targeting.tables import COLUMNS
from scored_runs import entry, scored_run

PEER, PARTNERSHIP, TRUST = "peer_support", "executive_partnership", "independent_trust"


def judged(grade, area="A"):
    return {"area_code": area, "start_date": "2024-01-08", "known_on": "2024-02-12", "leadership": grade}


def number(feature, value, area="A"):
    return {"area_code": area, "target": "adverse", "feature": feature, "value": value, "contribution": 0.1}


def post(role, detail, **others):
    what = f"Change of leadership: {role}, {detail}"
    return entry(kind="leadership_change", what=what, strength="", **others)


FOLLOWED_UP = entry(kind="peer_review", what="Peer review: follow up", strength="", entry_id="F")
DECLINED = entry(kind="peer_review", what="Peer review: declined", strength="", entry_id="D")
MEMBERS = entry(kind="positive", what="Positive", note="Scrutiny asks good questions.", entry_id="M")
LEFT = post("Director of children's services", "left", entry_id="L")


def models(audience="sector", **tables):
    return support_models(scored_run(**tables), audience=audience).set_index("model")


def stands(audience="sector", **tables):
    return models(audience, **tables)["standing"].str.partition(".")[0].str.partition(";")[0].to_dict()


def test_worked_by_hand():
    found = models(judgements=[judged("good")], entries=[FOLLOWED_UP, LEFT])
    assert [*found.reset_index()[list(COLUMNS["support"])].columns] == list(COLUMNS["support"])
    row = found.loc[PARTNERSHIP]
    assert row["label"] == "Executive partnership with a strong area"
    assert row["evidence_for"] == (
        "The last news of the director's post: left, 3 February 2025; a review's recommendations were "
        "followed up, which shows willingness as far as it goes (3 February 2025)."
    )
    judged_good = "The impact of leaders was last judged good (inspection of 8 January 2024)."
    assert row["evidence_against"] == judged_good
    assert row["standing"] == f"As much speaks for it as against. {HYPOTHESIS}"


@pytest.mark.parametrize(
    ("leaders", "council", "fits"),
    [
        ("good", [FOLLOWED_UP], PEER),
        ("inadequate", [FOLLOWED_UP], PARTNERSHIP),
        ("inadequate", [DECLINED], TRUST),
    ],
)
def test_each_model_fits_what_the_source_says_it_fits(leaders, council, fits):
    found = stands(judgements=[judged(leaders)], entries=council)
    assert [model for model, said in found.items() if said == "More speaks for it than against"] == [fits]
    assert set(found.values()) == {"More speaks for it than against", "More speaks against it than for"}


def test_where_nothing_is_known_that_is_said():
    found = models()
    assert set(found["evidence_for"]) == set(found["evidence_against"]) == {"Nothing that is known."}
    assert (
        found["standing"].str.startswith("Not enough is known; nothing is known of leadership capacity").all()
    )
    assert (
        found["standing"]
        .str.endswith(f" or of the commitment of members and the council. {HYPOTHESIS}")
        .all()
    )


def test_what_is_known_of_one_side_alone_is_not_enough_to_speak_for_a_model():
    found = stands(judgements=[judged("inadequate")])
    assert found[PARTNERSHIP] == found[TRUST] == "Not enough is known"
    assert found[PEER] == "More speaks against it than for"


NUMBERS = {  # whether leadership capacity is then taken as present; None where the number says nothing
    ("director_interim", 1.0): False,
    ("director_interim", 0.0): None,
    ("director_tenure", 4.0): True,
    ("director_tenure", 0.25): False,
    ("director_tenure", 1.0): None,
    ("leadership_changes_12", 3.0): False,
    ("leadership_stability", 0.9): True,
    ("leadership_stability", float("nan")): None,
}


def test_numbers_of_leadership_speak():
    areas = [f"X{place}" for place in range(len(NUMBERS))]
    known = [number(*pair, area=area) for area, pair in zip(areas, NUMBERS, strict=True)]
    found = support_models(scored_run(areas=areas, contributions=known), audience="sector")
    said = found[found["model"] == PEER].set_index("area_code")["standing"]
    for area, (pair, present) in zip(areas, NUMBERS.items(), strict=True):
        assert ("leadership capacity" in said[area]) == (present is None), pair
        assert said[area].startswith("More speaks against") == (present is False), pair


def test_only_the_last_news_of_a_post_counts_and_only_while_it_is_fresh():
    came = post("Director of children's services", "appointed", entry_id="N") | {"occurred_on": "2025-03-01"}
    assert stands(entries=[LEFT, FOLLOWED_UP])[PARTNERSHIP] == "More speaks for it than against"
    assert stands(entries=[LEFT, came, FOLLOWED_UP])[PEER] == "More speaks for it than against"
    assert stands(entries=[LEFT | {"occurred_on": "2023-03-31"}])[PARTNERSHIP] == "Not enough is known"


def test_the_same_concern_can_be_about_members():
    concern = entry(kind="leadership_concern", what="Concern about leadership", note="Members do not ask.")
    found = models(entries=[concern])
    assert "a clear concern about members or the council was logged" in found["evidence_for"][TRUST]


def test_the_area_itself_sees_open_evidence_alone():
    hidden = [LEFT | {"tier": "sector"}, FOLLOWED_UP, MEMBERS | {"tier": "restricted"}]
    sector, area = models(entries=hidden), models("area", entries=hidden)
    assert "director" in sector["evidence_for"][PARTNERSHIP]
    assert "director" not in " ".join(area["evidence_for"] + area["evidence_against"])
    assert "nothing open to read is known of leadership capacity" in area["standing"][PARTNERSHIP]
    assert "Scrutiny" not in " ".join(models("restricted", entries=hidden)["evidence_for"]), "no notes"


def test_every_area_has_a_row_for_every_model():
    found = support_models(scored_run(areas=("B", "A")), audience="area")
    assert found["area_code"].tolist() == ["A"] * 3 + ["B"] * 3
    assert found["model"].tolist() == [PEER, PARTNERSHIP, TRUST] * 2
    assert found["standing"].str.endswith("A hypothesis in the source, not a finding.").all()


def test_a_file_of_ones_own_takes_the_place_of_the_packaged_one(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        '[models.own]\nlabel = "Own"\nneeds = { leadership = "present", commitment = "absent" }\n'
    )
    rules = read_support(file)
    assert rules.labels == {"own": "Own"}
    assert support_models(scored_run(), audience="sector", rules=rules)["label"].tolist() == ["Own"]


def test_every_fault_of_a_file_is_said_at_once(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        "other = 1\n[models]\nflat = 1\n[models.own]\nneeds = { leadership = 'much' }\n"
        "[[evidence]]\ncapacity = 'money'\nspeaks = 'loudly'\nfeature = 'a'\npost = 'king'\nwrods = 'x'\n"
        "[[evidence]]\ncapacity = 'leadership'\nspeaks = 'present'\nkind = 'x'\nleast = 'one'\n"
        "words = 'w'\n"
        "[[evidence]]\ncapacity = 'leadership'\nspeaks = 'present'\njudgement = 'overall'\n"
        "grades = ['fine']\ndetails = 'x'\nwords = 2\n"
    )
    with pytest.raises(ConfigError, match="to mend") as caught:
        read_support(file)
    for words in (
        "'other' is unknown",
        "[models.flat] is not a table",
        "[models.own] label is missing",
        "[models.own] needs wants",
        "[[evidence]] 1: unknown key 'wrods'",
        "1: wants one of feature, judgement, post, kind, not 2",
        "1: capacity wants one of 'leadership', 'commitment', not 'money'",
        "1: post wants one of 'director'",
        "1: words are missing",
        "2: least wants a number",
        "2: months is missing",
        "3: grades wants any of",
        "3: details wants a list",
        "3: words wants text",
    ):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"[", "are not TOML"),
        (b"evidence = [1]", r"1: is not a table"),
        (b"", r"to mend.\n  \[models\] is missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, content, words):
    file = tmp_path / "own.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=words):
        read_support(file)
