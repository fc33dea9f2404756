import pandas as pd

from earlywarn.targeting.load import supporting_load
from earlywarn.targeting.rules import read_rules
from earlywarn.targeting.tables import COLUMNS
from strategies_teams import made_up_run, reviewers_of

QUARTERS = pd.date_range("2025-04-01", periods=6, freq="QS")


def load(*seats, reviewers=(("R1", "A01"),), quarters=QUARTERS):
    teams = pd.DataFrame(
        [{"reviewer_area": area, "quarter": quarters[at]} for area, at in seats],
        columns=["reviewer_area", "quarter"],
    ).astype({"quarter": "datetime64[ns]"})
    return supporting_load(
        teams, made_up_run(3), reviewers_of(*reviewers), rules=read_rules(), quarters=quarters
    )


def test_worked_by_hand():
    # A01: 1 in the first quarter, 2 in the fourth, 1 in the fifth: 3 in quarters 1-4 and 3 in 2-5, 3-6
    table = load(("A01", 0), ("A01", 3), ("A01", 3), ("A01", 4), ("", 2))
    assert tuple(table.columns) == COLUMNS["load"]
    assert table["places"].tolist() == [1, 0, 0, 2, 1, 0]
    assert table["limit"].eq(6).all()
    assert table["words"].unique().tolist() == [
        "Asked for 4 places in all, and for 3 of at most 6 in any 4 quarters in a row."
    ]


def test_from_half_of_the_limit_on_it_is_called_a_risk():
    words = load(*[("A01", 0)] * 4).loc[0, "words"]
    assert words.endswith("; being a supporter is a risk too, so ask how things stand at home.")


def test_an_area_that_is_asked_for_nothing_is_listed():
    table = load(reviewers=(("R1", "A02"), ("R2", "A00"), ("R3", "X99")))
    assert table["name"].unique().tolist() == ["Area 00", "Area 02", "X99"]
    assert table["places"].eq(0).all()
    assert table["words"].eq("Not asked for anyone in this programme.").all()


def test_a_programme_of_one_quarter():
    table = load(("A01", 0), quarters=QUARTERS[:1])
    assert table.loc[0, "words"] == "Asked for 1 place in all, and for 1 of at most 6 in the quarter."


def test_no_reviewers_no_load():
    table = load(reviewers=())
    assert table.empty
    assert tuple(table.columns) == COLUMNS["load"]
