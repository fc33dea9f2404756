"""Where an area stands on its journey, how long journeys took, and where to hold one's nerve."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.schema import GRADES
from earlywarn.targeting.journey import STAGES, journeys, stages
from earlywarn.targeting.journeys_taken import journeys_taken, typical_time
from earlywarn.targeting.nerve import hold_your_nerve, resets
from earlywarn.targeting.tables import COLUMNS
from scored_runs import AS_OF, entry, scored_run, signal


def judged(*pairs, area="A"):
    """Return judgements from pairs of a day and a grade; they became known a month after."""
    month = pd.DateOffset(months=1)
    return [
        {"area_code": area, "start_date": day, "known_on": pd.Timestamp(day) + month, "overall": grade}
        for day, grade in pairs
    ]


RI = "requires_improvement"


@pytest.mark.parametrize(
    ("history", "stage", "since"),
    [
        ([("2024-11-01", RI)], "getting to a baseline", "2024-12-01"),
        ([("2024-09-01", RI)], "stabilising", "2025-04-01"),  # six months to the day
        ([("2024-03-01", "inadequate")], "implementing", "2025-04-01"),
        ([("2019-03-01", RI)], "implementing", "2020-04-01"),
        ([("2019-03-01", RI), ("2022-03-01", RI)], "implementing", "2020-04-01"),
        ([("2019-03-01", RI), ("2024-09-02", "inadequate")], "getting to a baseline", "2024-10-02"),
        ([("2019-03-01", "inadequate"), ("2024-09-02", RI)], "implementing", "2020-04-01"),
        ([("2019-03-01", RI), ("2023-03-01", "good")], "sustaining", "2023-04-01"),
        (
            [("2017-03-01", RI), ("2020-03-01", "good"), ("2023-03-01", "outstanding")],
            "holding",
            "2023-04-01",
        ),
        ([("2017-03-01", "good"), ("2020-03-01", "outstanding")], "holding", "2017-04-01"),
        ([("2017-03-01", "good"), ("2020-03-01", RI), ("2024-12-01", "good")], "sustaining", "2025-01-01"),
    ],
)
def test_the_stage_is_read_off_judgements_and_time(history, stage, since):
    row = stages(scored_run(judgements=judged(*history))).iloc[0]
    assert (row["stage"], row["since"]) == (stage, pd.Timestamp(since))
    assert "the area knows better" in row["words"]


def test_a_journey_that_takes_longer_than_the_sources_is_said_to_without_blame():
    words = stages(scored_run(judgements=judged(("2019-03-01", RI))))["words"][0]
    assert "72 months before" in words
    assert "longer than the two years of the source; many journeys are" in words


def test_one_that_had_returned_and_has_a_higher_risk_than_most_may_slip_back():
    run = scored_run(judgements=judged(("2017-03-01", RI), ("2020-03-01", "good")))
    run.risks["band"] = "higher than most"
    assert stages(run)["stage"][0] == "at risk of slipping back"


def test_a_judgement_that_is_not_known_yet_counts_for_nothing():
    row = stages(scored_run(judgements=judged(("2025-03-15", RI)))).iloc[0]
    assert (row["stage"], row["since"]) == ("not judged yet", pd.NaT)


DAYS = st.dates(dt.date(2012, 1, 1), dt.date(2025, 6, 1))
HISTORIES = st.lists(st.tuples(DAYS, st.sampled_from(GRADES)), max_size=6, unique_by=lambda pair: pair[0])


@given(st.lists(HISTORIES, min_size=1, max_size=8))
@settings(max_examples=6)
def test_a_stage_never_begins_after_the_as_of_date(histories):
    areas = [f"X{at}" for at in range(len(histories))]
    rows = []
    for area, history in zip(areas, histories, strict=True):
        rows += judged(*[(str(day), grade) for day, grade in sorted(history)], area=area)
    found = stages(scored_run(areas=areas, judgements=rows))
    assert found["area_code"].tolist() == areas
    assert set(found["stage"]) <= set(STAGES)
    assert not (found["since"] > AS_OF).any()
    assert (found["since"].isna() == (found["stage"] == "not judged yet")).all()


# ---------------------------------------------------------------- how long it took


def test_journeys_worked_by_hand():
    judgements = pd.DataFrame([
        *judged(("2014-01-01", "inadequate"), ("2016-01-01", RI), ("2018-01-01", "good"), ("2021-01-01", RI)),
        *judged(("2015-01-01", "good"), ("2018-01-01", "good"), area="B"),
        *judged(("2015-01-01", RI), ("2017-01-01", "outstanding"), area="C"),
    ]).astype({"start_date": "datetime64[ns]"})  # fmt: skip
    taken = journeys_taken(judgements, grade="good", as_of=AS_OF)
    assert taken["area_code"].tolist() == ["A", "A", "C"]
    assert taken["years"].round(2).tolist() == [4.0, 4.25, 2.0]
    assert taken["arrived"].tolist() == [True, False, True]
    first = journeys_taken(judgements, grade=RI, as_of=AS_OF)
    assert first[["area_code", "arrived"]].to_numpy().tolist() == [["A", True]]


def product_limit(years, arrived, share):
    """Kaplan and Meier's estimate written out, as the oracle."""
    staying = 1.0
    for time in sorted({year for year, there in zip(years, arrived, strict=True) if there}):
        at_risk = sum(year >= time for year in years)
        ended = sum(year == time and there for year, there in zip(years, arrived, strict=True))
        staying *= 1 - ended / at_risk
        if staying <= 1 - share + 1e-12:
            return time
    return np.nan


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=10, max_size=40))
def test_quartiles_are_those_of_the_product_limit(journeys_made):
    years, arrived = [float(year) for year, _ in journeys_made], [there for _, there in journeys_made]
    found = typical_time(pd.DataFrame({"years": years, "arrived": arrived}))
    wanted = [product_limit(years, arrived, share) for share in (0.25, 0.5, 0.75)]
    np.testing.assert_allclose(found[:3], wanted if any(arrived) else [np.nan] * 3)
    assert (found.n, found.arrived) == (len(years), sum(arrived))


def test_of_few_journeys_no_quartile_is_given():
    taken = pd.DataFrame({"years": [1.0] * 9, "arrived": [True] * 9})
    assert np.isnan(typical_time(taken).median)


def test_how_long_it_took_is_told_with_its_number_and_the_sources_figures():
    areas = [f"X{number:02}" for number in range(12)]
    rows = []
    for at, area in enumerate(areas):
        rows += judged((f"20{10 + at % 3}-01-01", "inadequate"), ("2016-01-01", "good"), area=area)
    run = scored_run(areas=(*areas, "Y"), judgements=[*rows, *judged(("2020-01-01", "good"), area="Y")])
    found = journeys(run, audience="area").set_index("area_code")
    assert [*found.reset_index().columns] == list(COLUMNS["journeys"])
    assert found["typical"]["Y"] == "", "it began no journey"
    said = found["typical"]["X00"]
    assert (
        "(12 journeys from a first judgement below good to one of good or better, 12 of them at an end)"
        in said
    )
    assert "half arrived within 5.0 years" in said
    assert "some 6 months to get to a baseline, 6 to stabilise, 12 to implement" in said
    assert set(found["hold_your_nerve"]) == {""}


def test_of_few_journeys_it_is_said_that_they_are_too_few():
    run = scored_run(judgements=judged(("2024-09-01", "inadequate")))
    run.risks["last_judgement"] = "inadequate"
    said = journeys(run, audience="area")["typical"][0]
    assert said.count("The run's own judgements are too few to say how long it takes: 1 journey from") == 2


def test_what_few_have_reached_yet_is_said_so():
    areas = [f"X{number:02}" for number in range(12)]
    rows = [row for area in areas[:8] for row in judged(("2020-01-01", RI), area=area)]
    for area in areas[8:]:
        rows += judged(("2018-01-01", RI), ("2020-01-01", "good"), area=area)
    said = journeys(scored_run(areas=areas, judgements=rows), audience="area")["typical"][0]
    assert "a quarter arrived within 2.0 years, fewer than half have arrived yet." in said


# ---------------------------------------------------------------- hold your nerve

RECENT = judged(("2023-09-01", RI))
WORSE = signal(indicator="rereferral_rate", period_end="2024-03-31")


def test_figures_that_worsen_after_a_judgement_are_named_with_their_date():
    note = hold_your_nerve(scored_run(judgements=RECENT, signals=[WORSE]), audience="sector")["A"]
    assert note.startswith("Hold your nerve: an adverse judgement dates from 1 October 2023")
    assert "Referrals that follow another (newest figures: 31 March 2024" in note
    assert "before anything is concluded" in note


SIGNALS = {  # whether a signal after the reset is noted
    "worse": ({}, True),
    "better": ({"direction": "better"}, False),
    "before the reset": ({"period_end": "2023-09-30"}, False),
    "not of the front door": ({"indicator": "agency_rate"}, False),
    "moved far": ({"indicator": "cpp_rate", "direction": "higher"}, True),
    "moved a little": ({"indicator": "cpp_rate", "direction": "higher", "variation": "side"}, False),
    "shifted up": ({"direction": "", "shift": 4.0, "shifted_on": "2024-03-31"}, True),
    "shifted down": ({"direction": "", "shift": -4.0, "shifted_on": "2024-03-31"}, False),
    "shifted before": ({"direction": "", "shift": 4.0, "shifted_on": "2022-03-31"}, False),
}


def test_what_counts_as_worsening():
    whole = WORSE | {"shift": np.nan, "shifted_on": None}
    run = scored_run(
        areas=list(SIGNALS),
        judgements=[row for area in SIGNALS for row in judged(("2023-09-01", RI), area=area)],
        signals=[whole | given_signal | {"area_code": area} for area, (given_signal, _) in SIGNALS.items()],
    )
    noted = hold_your_nerve(run, audience="sector")
    assert set(noted.index) == {area for area, (_, is_noted) in SIGNALS.items() if is_noted}


@pytest.mark.parametrize(
    "history", [("2023-02-01", RI), ("2023-09-01", "good")], ids=["too long ago", "good"]
)
def test_without_a_recent_reset_there_is_no_note(history):
    assert hold_your_nerve(scored_run(judgements=judged(history), signals=[WORSE]), audience="sector").empty


def test_a_new_director_is_a_reset_too_for_those_who_may_know():
    came = entry(
        kind="leadership_change", what="Change of leadership: Director of children's services, appointed",
        strength="", occurred_on="2023-10-02", tier="sector",
    )  # fmt: skip
    run = scored_run(entries=[came], signals=[WORSE])
    assert "a new director dates from 2 October 2023" in hold_your_nerve(run, audience="sector")["A"]
    assert hold_your_nerve(run, audience="area").empty


def test_a_directors_time_in_post_tells_the_day_too():
    known = [{"area_code": "A", "target": "adverse", "feature": "director_in_post", "value": 1.0}]
    found = resets(scored_run(contributions=known), audience="sector")
    assert found[["day", "what"]].to_numpy().tolist() == [[pd.Timestamp("2024-04-01"), "a new director"]]
    assert resets(scored_run(contributions=known), audience="area").empty


def test_of_two_resets_the_earlier_counts():
    twice = judged(("2023-09-01", RI), ("2024-09-01", "inadequate"))
    assert resets(scored_run(judgements=twice), audience="area")["day"].tolist() == [
        pd.Timestamp("2023-10-01")
    ]
