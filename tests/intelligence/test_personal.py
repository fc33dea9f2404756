import pandas as pd
import pytest

from earlywarn.intelligence.kinds import read_kinds
from earlywarn.intelligence.personal import likely_personal
from earlywarn.sources.england import read_england


def found(text, **options):
    return [what.split()[-1] for what, _ in likely_personal(pd.Series([text]), **options)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Write to ann.b-c@example.gov.uk", ["address"]),
        ("Ring 020 7946 0018", ["number"]),
        ("Mobile 07700 900123.", ["number"]),
        ("+44 (0)1632 960001", ["number"]),
        ("01632-960001 after six", ["number"]),
        ("lives at SW1A 1AA", ["postcode"]),
        ("a child born on 3/4/2012", ["birth"]),
        ("DOB 2012-04-03", ["birth"]),
        ("date of birth not recorded", ["birth"]),
        ("Mrs Miggins complained", ["person"]),
        ("Cllr J. Okafor resigned", ["person"]),
        ("Sarah said so", ["person"]),
        ("we met Mohammed at the front door", ["person"]),
        ("the director, Xanthe Quill, has left", ["person"]),
        ("J. Smith is leaving", ["person"]),
        ("Head of service is Zeno Adair", ["person"]),
        ("Siân Davies rang", ["person"]),
        ("so says Sia\u0302n", ["person"]),  # written with a combining accent
        ("Zoltán Kovács rang", ["person"]),
        ("Dr Žižek rang", ["person"]),
        ("SARAH SMITH IS LEAVING", ["person"]),
        ("the Smith family moved", ["person"]),
        ("The O'Brien family", ["person"]),
        ("0044 7700 900123", ["number"]),
        ("tel 7700900123", ["number"]),
        ("Phone no: 7700 900123", ["number"]),
        ("case 943 476 5919", ["number"]),
        ("NHS no. 9434765919", ["number"]),
        ("lives at sw1a 1aa", ["postcode"]),
    ],
)
def test_it_finds(text, what):
    assert found(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The Director of Children's Services left in March 2024.",
        "Interim Director Adult Services until 31 May; Ofsted Inspection due.",
        "In April and June three team managers left; by May a fourth.",
        "Area E06000001, URN 1234567, 12,500 children, £1,250,000 saved, 2024-05-01 to 2025-04-30",
        "https://example.org/reports/50012345678?page=20240501",
        "Some 1200 of 34,000 contacts waited 10-15 days (01/02/2024 - 03/04/2024).",
        "Staff at St Mary's, King George Hospital and Victoria Street say that caseloads rose.",
        "Lead Member Children and Families changed; Chief Executive New Council",
        "C001",
        "The new baby team was born of a restructure.",
        "the Early Help family hub; the Northshire family court; the whole family",
        "LEEDS CITY COUNCIL: YOUNG CARERS, HALL GREEN, KING STREET",
        "q1 2nd week, p2 1st",
        "10 100 1000 cases; 100 200 300 of 4000; 2024 2025 2026",
        "a call on 31/03/2024, a text of 12,000 words",
        "Plaid's Ynys Môn visit, Gŵyl Ddewi week",
    ],
)
def test_it_leaves_alone(text):
    assert found(text) == []


def test_no_area_and_no_guidance_is_a_person():
    names = read_england().areas["name"]
    assert likely_personal("Visit to " + names + " in May", places=names) == []
    guidance = pd.Series([f"{kind.label}. {kind.guidance}" for kind in read_kinds().values()])
    assert likely_personal(guidance) == []


def test_an_area_that_is_called_like_a_person_is_known_by_name():
    assert found("Sarah Valley reported", places=["Sarah Valley"]) == []
    assert found("Sarah Valley reported") == ["person"]


def test_rows_are_told_apart():
    ((what, rows),) = likely_personal(pd.Series(["", "Mr Big", "", "Mr Big"]))
    assert (what, rows.tolist()) == ("the name of a person", [False, True, False, True])
