"""What to ask: the library of questions, and the lines drawn from the evidence."""

import re
import runpy
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import ConfigError
from earlywarn.features.catalogue import AREA_FEATURES
from earlywarn.intelligence.kinds import read_kinds
from earlywarn.schema import ENABLERS, TIERS
from earlywarn.targeting.enquiry import LEAST, lines_of_enquiry
from earlywarn.targeting.evidence import visible_contributions, visible_entries, visible_reasons
from earlywarn.targeting.library import SIGNAL, Enquiry, read_enquiries
from earlywarn.targeting.pointers import SURROUNDINGS
from earlywarn.targeting.tables import COLUMNS
from scored_runs import entry, reason, scored_run, signal

LIBRARY = read_enquiries()
SAMPLE = Path(__file__).parents[2] / "data_samples" / "england" / "indicators.csv"
SIGNALS = """
director turnover; assistant director turnover; head of service turnover; team manager turnover;
interim appointments; tenure; vacancies in middle leadership; political change; chief executive change;
agency share; turnover; vacancies; sickness; caseload; newly qualified share; span of control; agency tenure;
referral volumes; re-referrals; unallocated cases; backlog; assessment within 45 working days;
threshold consistency; conversion of referrals to assessment; conversion of conferences to plans;
plans per 10,000; repeat plans; plans over two years; numbers looked after; placement stability; drift;
care leavers in touch; care leavers in work or study; care leavers well housed;
complaint volume; complaints upheld; children's and families' feedback; whistleblowing;
audit routines and grades; self-evaluation; data late; data unreliable;
time since last peer review; declined offers; late returns; follow-up of recommendations;
spend against budget; sudden cuts; disinvestment after recovery; staff lent to other areas;
rushed restructure; wholesale innovation; slipping back
"""
UNKIND = re.compile(
    r"\b(fail\w*|worst|poor\w*|league|bad|underperform\w*|blame\w*|incompeten\w*)\b", re.IGNORECASE
)


# ---------------------------------------------------------------- the library


def test_there_are_seventy_lines_and_six_for_every_enabler():
    themes = pd.Series([line.theme for line in LIBRARY.values()]).value_counts()
    assert len(LIBRARY) >= 70
    assert set(themes.index) == set(ENABLERS)
    assert themes.min() >= 6


@pytest.mark.parametrize("named", [" ".join(part.split()) for part in SIGNALS.split(";")])
def test_every_signal_that_the_sources_name_has_a_line(named):
    assert [line.name for line in LIBRARY.values() if SIGNAL + named in line.about]


@pytest.mark.parametrize("theme", ENABLERS)
def test_every_enabler_has_a_line_for_whatever_else_and_practice_to_learn_from(theme):
    of = [line for line in LIBRARY.values() if line.theme == theme]
    assert sum("theme" in line.about and not line.positive for line in of) == 1
    assert any("practice" in line.about and line.positive for line in of)


@pytest.mark.parametrize("line", LIBRARY.values(), ids=list(LIBRARY))
def test_every_line_is_an_open_and_kind_question(line):
    assert line.question.endswith("?")
    assert line.look_for.endswith(".")
    assert 40 < len(line.question) < 260
    assert not UNKIND.search(line.question + line.look_for)
    assert not re.match(r"(Is|Are|Do|Does|Did|Has|Have|Why did you)\b(?!.*\bor\b)(?!.*, )", line.question)


def test_a_line_that_listens_for_words_answers_to_a_kind_of_entry():
    kinds = [*read_kinds()]
    deaf = [line.name for line in LIBRARY.values() if line.words and not any(map(line.answers, kinds))]
    assert deaf == []


def test_no_question_is_asked_twice():
    assert len({line.question for line in LIBRARY.values()}) == len(LIBRARY)


def answered(key):
    return any(line.answers(key) for line in LIBRARY.values() if not line.positive)


def test_every_published_indicator_has_a_line_of_its_own():
    known = set(pd.read_csv(SAMPLE)["indicator"]) - {"population_0_17"}
    assert [name for name in sorted(known) if not answered(name)] == []


def test_every_kind_of_entry_and_every_feature_that_can_raise_a_question_has_a_line():
    kinds = [kind.name for kind in read_kinds().values() if kind.direction == "worse"]
    features = [spec.name for spec in AREA_FEATURES if spec.name not in {*SURROUNDINGS, "pressure_positive"}]
    positive = {
        "theme_self_evaluation_strength",
        "theme_stable_leadership_strength",
        "theme_stable_workforce_strength",
    }
    assert [key for key in [*kinds, *features] if key not in positive and not answered(key)] == []


def test_a_file_of_ones_own_is_laid_over(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        '[housing]\ntheme = "partners"\nabout = ["housing_*"]\nquestion = "Where?"\nlook_for = "Homes."\n'
        '[caseload]\ntheme = "workforce"\nabout = ["caseload"]\nquestion = "How many?"\nlook_for = "Desks."\n'
        'words = ["Desk"]\n'
    )
    lines = read_enquiries(file)
    assert lines["housing"] == Enquiry("housing", "partners", ("housing_*",), "Where?", "Homes.")
    assert lines["caseload"].question == "How many?"
    assert lines["caseload"].words == ("desk",)
    assert set(lines) == {*LIBRARY, "housing"}
    assert list(lines)[: len(LIBRARY)] == list(LIBRARY), "a line that is replaced keeps its place"


def test_every_fault_of_a_file_is_said_at_once(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        'loose = 1\n[a__b]\ntheme = "weather"\nabout = "x"\nquestion = 2\nlook_for = "x"\nquestoin = "x"\n'
        'positive = "yes"\n[none]\n'
    )
    with pytest.raises(ConfigError, match="to mend") as caught:
        read_enquiries(file)
    for words in (
        "[loose] is not a table",
        "[a__b] is not a name",
        "theme wants one of 'strategic approach'",
        "not 'weather'",
        "about wants a list of words in quotes, not 'x'",
        "question wants text in quotes, not 2",
        "unknown key 'questoin'. Did you mean question?",
        "positive wants true or false, not 'yes'",
        "[none] theme is missing",
        "[none] look_for is missing",
    ):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), (b"[", "are not TOML"), (b"\xff", "are not TOML")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, content, words):
    file = tmp_path / "own.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=f"own.toml {words}"):
        read_enquiries(file)


# ---------------------------------------------------------------- what the evidence points to

CASELOAD = reason(
    "Average cases per social worker: 21.5 on 30 September 2024, up 2.0 on a year before; its statistical "
    "neighbours' median is 16.0 and England's 15.3. Source: DfE workforce.",
    feature="caseload__national_gap", indicator="caseload",
)  # fmt: skip


JUDGED = reason("The last overall judgement was good.", feature="last_overall", contribution=3.0)


def drawn(run, audience="sector", **others):
    return lines_of_enquiry(run, audience=audience, **others)


def own(run, audience="sector", **others):
    """Return the lines that evidence points to, without those that any review asks."""
    found = drawn(run, audience, **others)
    return found[found["source"] != ""].reset_index(drop=True)


def test_worked_by_hand():
    run = scored_run(
        reasons=[CASELOAD, JUDGED],
        entries=[entry(note="Two teams carry over 25 each.")],
        signals=[signal(), signal(indicator="rereferral_rate", value=31.25)],
        quality=[{"area_code": "A", "words": "No figure for 1 of 9 indicators: Turnover."}],
    )  # fmt: skip
    found = own(run)
    assert list(found.columns) == list(COLUMNS["enquiries"])
    assert found["enquiry"].tolist() == [
        "caseload",  # three kinds of evidence
        "since_the_last_judgement",  # then the strongest of each kind: reason, concern, signal, gap
        "figures_missing",
        "re_referrals",
    ]
    first = found.iloc[0]
    assert first["because"] == (
        "Concern about caseloads (strong), 3 February 2025: “Two teams carry over 25 each”. "
        "Also: Average cases per social worker: 21.5 (30 September 2024). Outside its own usual range. "
        "Also: Average cases per social worker: 21.5 on 30 September 2024, up 2.0 on a year before; its "
        "statistical neighbours' median is 16.0 and England's 15.3."
    )
    assert first["source"] == "logged: a peer in another area; DfE; DfE workforce"
    assert first["period"] == "3 February 2025; 30 September 2024"
    assert first[["kind", "theme", "tier"]].tolist() == ["concern", "workforce", "open"]
    assert found["period"][1] == "8 May 2023", "of the judgement"
    assert found["source"][1] == "inspection reports"


def test_a_small_part_of_what_moves_the_risk_is_no_reason_to_ask():
    large = reason("Large.", feature="last_overall", contribution=96.0)
    for size, asked in ((4.0, False), (6.0, True)):
        run = scored_run(reasons=[large, CASELOAD | {"contribution": size}])
        assert ("caseload" in set(own(run)["enquiry"])) == asked


def test_a_number_that_is_not_known_raises_no_question():
    run = scored_run(
        reasons=[
            reason("Not known, so the model took the typical value: …", feature="director_tenure"),
            reason("Agency: no figure recent enough was known, so ...", indicator="agency_rate"),
        ]
    )  # fmt: skip
    assert own(run).empty


def test_an_indicator_that_the_library_does_not_know_gets_the_line_of_its_theme():
    run = scored_run(signals=[signal(indicator="made_up_rate")])
    assert own(run)["enquiry"].tolist() == ["wholesale_innovation"]


def post(role, detail):
    return {"kind": "leadership_change", "what": f"Change of leadership: {role}, {detail}", "strength": ""}


POINTED = {  # an entry, and the line that it points to; none where it points to none
    "clear or stronger": ({}, "caseload"),
    "slight": ({"strength": "some"}, None),
    "a year old": ({"occurred_on": "2024-03-31"}, None),
    "of the day itself": ({"occurred_on": "2025-04-01"}, None),
    "words in the note": (
        {"kind": "practice_concern", "note": "Audit is rarely moderated."},
        "audit_routines",
    ),
    "other words": ({"kind": "practice_concern", "note": "Thresholds differ by team."}, "thresholds"),
    "words of no line": ({"kind": "practice_concern", "note": "Something."}, "front_line_practice"),
    "what kind alone says": ({"kind": "whistleblowing", "what": "Whistleblowing"}, "whistleblowing"),
    "without a strength": ({"kind": "data_late", "what": "Data late", "strength": ""}, "returns_late"),
    "a role": (post("Lead member", "left"), "political_change"),
    "a role and a state": (post("Head of service", "vacant"), "middle_leadership_vacancies"),
    "a state of any role": (post("Team manager", "interim"), "interim_appointments"),
    "somebody came": (post("Lead member", "appointed"), None),
    "declined": ({"kind": "peer_review", "what": "Peer review: declined", "strength": ""}, "declined_offers"),
    "held": ({"kind": "peer_review", "what": "Peer review: held", "strength": ""}, None),
    "good news": ({"kind": "positive", "what": "Positive", "note": "Audit is sound."}, "honest_audit"),
    "a kind of one's own": ({"kind": "ours", "what": "Ours", "theme": "partners"}, "partnership_whole"),
}


@pytest.fixture(scope="module")
def pointed():
    """Return the lines of a run in which every case is an area."""
    entries = [entry(area_code=name, entry_id=name, **given) for name, (given, _) in POINTED.items()]
    found = own(scored_run(areas=list(POINTED), entries=entries))
    return found.groupby("area_code")["enquiry"].agg(list)


@pytest.mark.parametrize("case", POINTED)
def test_an_entry_points_to_the_line_for_what_it_says(pointed, case):
    asked = POINTED[case][1]
    assert pointed.get(case, []) == ([asked] if asked else [])


def test_a_post_that_was_filled_since_is_no_longer_vacant():
    vacant = [entry(area_code=area, entry_id=area, **post("Team manager", "vacant")) for area in "AB"]
    filled = entry(area_code="B", entry_id="C", **post("Team manager", "appointed")) | {
        "occurred_on": "2025-03-01"
    }
    assert own(scored_run(areas="AB", entries=[*vacant, filled]))["area_code"].tolist() == ["A"]


def test_a_move_that_most_areas_made_is_not_this_areas_to_explain():
    areas = [f"X{number}" for number in range(12)]
    moved = [signal(area_code=area) for area in areas[:6]]
    still = [
        signal(area_code=area, symbol="usual", variation="", direction="", words="") for area in areas[6:]
    ]
    assert own(scored_run(areas=areas, signals=[*moved, *still])).empty
    moved[0] |= {"funnel": "beyond_998", "funnel_side": "worse"}
    assert own(scored_run(areas=areas, signals=[*moved, *still]))["area_code"].tolist() == ["X0"]


def test_a_change_that_is_neither_better_nor_worse_counts_where_it_is_marked():
    change = {"indicator": "cpp_rate", "symbol": "change", "direction": "higher"}
    assert own(scored_run(signals=[signal(**change)]))["enquiry"].tolist() == ["plans_per_10000"]
    assert own(scored_run(signals=[signal(**change, variation="side")])).empty


GAPS = {
    "1 of its newest figures came more than 30 days after most areas': X.": "returns_late",
    "2 of its newest figures are the same as in the period before to the last digit: X.": "figures_copied",
    "1 of its newest figures is suppressed because numbers are small: X.": "figures_suppressed",
    "3 of its newest figures end in 0, as its counts do more often than others': X.": "figures_copied",
    "1 of its newest figures moved by far more than is usual here: X.": "figures_jumped_or_revised",
    "Some figures were returned together with B: both carry the same.": "returns_made_together",
}


def test_gaps_in_the_figures_are_asked_about():
    quality = [{"area_code": words, "words": words} for words in GAPS]
    found = own(scored_run(areas=list(GAPS), quality=quality)).set_index("area_code")
    assert found["enquiry"].to_dict() == GAPS
    assert (found["because"] == found.index).all()


def test_sentences_about_gaps_are_told_apart():
    words = (
        "No figure for 1 of 9 indicators in the newest period: A. B. "
        "1 of its newest figures came more than 30 days after most areas': C."
    )
    found = own(scored_run(quality=[{"area_code": "A", "words": words}]))
    assert found["because"].tolist() == [
        "1 of its newest figures came more than 30 days after most areas': C.",
        "No figure for 1 of 9 indicators in the newest period: A. B.",
    ]


def test_not_engaging_is_a_signal_of_the_sectors_and_not_told_to_the_area():
    known = [
        {
            "area_code": "A",
            "declined_reviews": 2.0,
            "months_since_review": 31.4,
            "silence": 1.0,
            "late_returns": 1.0,
        }
    ]
    found = own(scored_run(context=known))
    assert set(found["enquiry"]) == {"declined_offers", "silence", "time_since_review", "returns_late"}
    assert set(found["tier"]) == {"sector"}
    assert "2 offered peer reviews declined in the last 24 months." in set(found["because"])
    assert own(scored_run(context=known), "area").empty


def test_a_fact_of_engagement_that_is_a_reason_too_is_told_once():
    known = [{"area_code": "A", "late_returns": 1.0}]
    said = reason("Returns logged as late in the last 24 months: 1.", feature="late_returns")
    found = own(scored_run(context=known, reasons=[said]))
    assert found["because"].tolist() == ["Returns logged as late in the last 24 months: 1."]


def test_relations_point_to_their_line():
    words = "Assessments are fewer. Figures of the year to 31 March 2024. Source: DfE census."
    said = {"area_code": "A", "relation": "timeliness_given_caseload", "words": words, "score": 3.0}
    run = scored_run(relations=[said])
    found = own(run)
    assert found["enquiry"].tolist() == ["assessments_in_time"]
    assert found["because"][0] == "Assessments are fewer. Figures of the year to 31 March 2024."
    assert found[["source", "period"]].to_numpy().tolist() == [["DfE census", "year to 31 March 2024"]]


# ---------------------------------------------------------------- practice

LOWERS = CASELOAD | {"direction": "lowers"}


def test_what_lowers_the_risk_is_practice_to_learn_from():
    found = own(scored_run(reasons=[LOWERS]))
    assert found[["kind", "enquiry"]].to_numpy().tolist() == [["practice", "steady_workforce"]]


def test_what_raises_a_question_elsewhere_is_not_shown_as_practice():
    assert set(own(scored_run(reasons=[LOWERS], signals=[signal()]))["kind"]) == {"signal"}


@pytest.mark.parametrize(
    "given",
    [
        {"feature": "neighbours_judgement", "indicator": ""},
        {"feature": "cpp_rate__national_gap", "indicator": "cpp_rate"},
        {"feature": "last_overall", "indicator": "", "sentence": "It was requires improvement."},
    ],
    ids=["surroundings", "neither way is better", "not graded well"],
)  # fmt: skip
def test_what_a_service_cannot_be_credited_with_is_no_practice(given):
    assert own(scored_run(reasons=[LOWERS | given])).empty


# ---------------------------------------------------------------- how many, and in which order


def test_no_more_lines_than_asked_for_and_practice_last():
    signals = [signal(indicator=name) for name in ("caseload", "rereferral_rate", "made_up_rate")]
    good = signal(indicator="agency_rate", symbol="better", direction="better")
    found = drawn(scored_run(signals=[*signals, good]), per_area=2, practice=1)
    assert found["kind"].tolist() == ["signal", "signal", "practice"]
    assert found["order"].tolist() == [1.0, 2.0, 3.0]
    assert (
        drawn(scored_run(signals=[*signals, good]), per_area=2, practice=0)["kind"].tolist() == ["signal"] * 2
    )


def test_where_little_is_known_what_any_review_asks_is_asked():
    found = drawn(scored_run(areas=("A", "B"), signals=[signal()]))
    assert found.groupby("area_code").size().to_dict() == {"A": LEAST, "B": LEAST}
    standing = found[found["source"] == ""]
    assert set(standing["kind"]) == {"gap"}
    assert standing["because"].str.startswith("Little in the evidence").all()
    assert found["enquiry"].tolist()[0] == "caseload"


def test_a_run_without_areas_has_no_lines():
    found = drawn(scored_run(areas=()))
    assert found.empty
    assert list(found.columns) == list(COLUMNS["enquiries"])


def test_much_evidence_for_one_line_is_counted_and_not_all_shown():
    entries = [entry(entry_id=f"E{day}", occurred_on=f"2025-02-0{day}") for day in range(1, 6)]
    because = own(scored_run(entries=entries))["because"][0]
    assert because.count("Concern about caseloads") == 3
    assert because.endswith(" And 2 more of the kind.")
    assert because.index("5 February") < because.index("4 February"), "the freshest first"


def test_the_order_of_the_rows_does_not_matter():
    run = scored_run(
        areas=("A", "B"),
        reasons=[
            CASELOAD,
            CASELOAD | {"area_code": "B"},
            reason("R.", feature="last_overall", area_code="B"),
        ],
        entries=[entry(), entry(entry_id="E2", area_code="B", kind="savings", what="Savings")],
        signals=[signal(), signal(area_code="B", indicator="rereferral_rate")],
    )
    turned = scored_run(areas=("B", "A"))
    for name in ("reasons", "entries", "signals"):
        setattr(turned, name, getattr(run, name).iloc[::-1])
    pd.testing.assert_frame_equal(drawn(run), drawn(turned))


# ---------------------------------------------------------------- who may see what


def soft_run(*behind, feature="concern_pressure"):
    """Return a run with an area for each list of tiers: those of the entries behind its one reason."""
    areas = [f"X{place}" for place in range(len(behind))]
    rows = [
        (area, tier, at) for area, tiers in zip(areas, behind, strict=True) for at, tier in enumerate(tiers)
    ]
    said = "Weighs 0.20; the median of all areas is 0.80."
    return scored_run(
        areas=areas,
        reasons=[reason(said, area_code=area, feature=feature) for area in areas],
        contributions=[{"area_code": area, "target": "adverse", "feature": feature} for area in areas],
        entries=[
            entry(area_code=area, entry_id=f"{area}.{at}", tier=tier, note=f"a {tier} note")
            for area, tier, at in rows
        ],
        trail=[{"area_code": area, "feature": feature, "entry_id": f"{area}.{at}"} for area, _, at in rows],
    )


@given(st.lists(st.lists(st.sampled_from(TIERS), min_size=1, max_size=4), min_size=6, max_size=9))
@settings(max_examples=2)
def test_no_reader_gets_what_is_above_their_tier(behind):
    run = soft_run(*behind)
    for place, audience in enumerate(("area", "sector", "restricted")):
        found = drawn(run, audience)
        assert found["tier"].map(TIERS.index).max() <= place
        said = found.groupby("area_code")["because"].agg(" ".join)
        assert not any(f"a {tier} note" in words for words in said for tier in TIERS[place + 1 :])
        assert not said.str.contains("C042").any()
        allowed = {f"X{at}" for at, tiers in enumerate(behind) if max(map(TIERS.index, tiers)) <= place}
        assert set(said.index[said.str.contains("Weighs 0.20")]) == allowed
        assert set(visible_reasons(run, audience)["area_code"]) == allowed
        assert set(visible_contributions(run, audience)["area_code"]) == allowed


def test_the_area_is_told_nothing_of_what_is_logged_about_others():
    assert visible_reasons(soft_run(["open"]), "area")["sentence"].tolist() == ["Weighs 0.20."]
    told = visible_reasons(soft_run(["open"]), "sector")
    assert "median" in told["sentence"][0]
    assert told["tier"][0] == "sector", "so that no open line carries it either"


def test_what_rests_on_no_entry_or_on_hidden_ones_is_not_the_areas_to_see():
    features = ["silence", "late_returns", "pressure_of_ones_own", "soft_intelligence"]
    run = scored_run(reasons=[reason(feature=feature) for feature in features])
    assert visible_reasons(run, "area").empty
    assert len(visible_reasons(run, "sector")) == len(features)


def test_an_entry_that_is_not_in_the_run_counts_as_restricted():
    run = soft_run(["open"])
    run.trail["entry_id"] = "elsewhere"
    assert visible_reasons(run, "sector").empty


def test_what_is_published_is_open():
    run = scored_run(reasons=[CASELOAD, reason(feature="agency_level"), reason(feature="director_tenure")])
    assert visible_reasons(run, "area")["tier"].tolist() == ["open"] * 3


def test_a_pseudonym_in_a_note_is_taken_out():
    run = scored_run(entries=[entry(note="Ask C042, not C0421, again.")])
    assert visible_entries(run, "sector")["note"].tolist() == ["Ask (name left out), not C0421, again."]
    assert visible_entries(run, "sector")["contributor"].tolist() == ["C042"]
    assert visible_entries(run, "area")["contributor"].tolist() == [""]
    assert "C042," not in drawn(run)["because"][0]


def test_an_area_outside_the_cohort_has_the_reasons_of_another_question():
    run = scored_run(target="decline", reasons=[CASELOAD, CASELOAD | {"target": "serious"}])
    assert visible_reasons(run, "sector")["target"].tolist() == ["adverse"]


def test_there_is_no_such_audience():
    with pytest.raises(ConfigError, match="no audience 'press'"):
        drawn(scored_run(), "press")


def test_the_page_of_the_library_is_up_to_date_and_its_example_can_be_read(tmp_path):
    script = runpy.run_path(str(SAMPLE.parents[2] / "docs" / "_scripts" / "write_enquiries.py"))
    written = script["PAGE"].read_text(encoding="utf-8")
    assert written == script["enquiries_page"](), "run `python docs/_scripts/write_enquiries.py`"
    file = tmp_path / "enquiries.toml"
    file.write_text(written.partition("```text\n")[2].partition("```")[0], encoding="utf-8")
    assert set(read_enquiries(file)) - set(LIBRARY) == {"housing_of_families"}
