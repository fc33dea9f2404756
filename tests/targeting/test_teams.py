import numpy as np
import pandas as pd
from hypothesis import given, settings

from earlywarn.sources.programme import ProgrammeInputs
from earlywarn.targeting.matching import match_reviewers, raising_themes
from earlywarn.targeting.reviewers import who_may_visit
from earlywarn.targeting.rules import read_rules
from earlywarn.targeting.tables import COLUMNS
from earlywarn.targeting.teams import make_teams, unstaffed
from strategies_teams import broken_rules, candidates_of, made_up_run, reviewers_of, team_worlds

RULES = read_rules()


def made(run, quarter, *rows, rules=RULES, inputs=None, **others):
    candidates, inputs = candidates_of(run, **others), inputs or reviewers_of(*rows)
    reviewers = who_may_visit(candidates, inputs, rules)
    matching = match_reviewers(run, reviewers, rules)
    return make_teams(candidates, np.array(quarter), reviewers=reviewers, matching=matching, rules=rules)


def person(code, area, **others):
    return {"reviewer": code, "area_code": area, "role": "practitioner"} | others


def why(teams, reviewer):
    return teams.table.set_index("reviewer")["why"][reviewer]


@given(team_worlds())
@settings(max_examples=8)
def test_no_team_breaks_a_rule(world):
    run, candidates, inputs, rules, quarter = world
    reviewers = who_may_visit(candidates, inputs, rules)
    matching = match_reviewers(run, reviewers, rules)
    teams = make_teams(candidates, quarter, reviewers=reviewers, matching=matching, rules=rules)
    assert broken_rules(teams.table, candidates, inputs, rules) == []
    assert len(teams.table) == (quarter >= 0).sum() * len(rules.team.places)
    assert teams.gap == 0
    able = set(teams.table["reviewer"]) - {""}
    assert able.isdisjoint(reviewers.left_out["reviewer"])


@given(team_worlds())
@settings(max_examples=3)
def test_the_order_of_reviewers_and_runs_changes_nothing(world):
    run, candidates, inputs, rules, quarter = world
    turned = ProgrammeInputs(reviewers=inputs.reviewers.iloc[::-1].reset_index(drop=True))
    tables = []
    for given_ in (inputs, turned):
        reviewers = who_may_visit(candidates, given_, rules)
        matching = match_reviewers(run, reviewers, rules)
        tables.append(
            make_teams(candidates, quarter, reviewers=reviewers, matching=matching, rules=rules).table
        )
    pd.testing.assert_frame_equal(*tables)


def test_places_are_for_the_strongest_reasons_first():
    run = made_up_run(
        3, raising=[(0, "partners", 0.1), (0, "workforce", 0.3), (0, "partners", 0.3), (1, "resources", 1)]
    )
    table = made(run, [0, 1, -1]).table
    assert tuple(table.columns) == COLUMNS["teams"]
    assert table["place"].tolist() == ["lead", "partners", "workforce", "lead", "resources", "any"]
    assert table["area_code"].tolist() == ["A00"] * 3 + ["A01"] * 3
    assert table["quarter"].dt.month.tolist() == [4] * 3 + [7] * 3
    assert table["reviewer"].eq("").all()
    assert table["why"].str.contains("to be named").all()


def test_what_a_visit_cannot_put_right_is_asked_about_last():
    past = {
        "area_code": "A00", "target": "adverse", "direction": "raises", "feature": "last_overall",
        "theme": "strategic approach", "order": 1, "contribution": 3.0, "sentence": "Made up.",
    }  # fmt: skip
    run = made_up_run(1, raising=[(0, "workforce", 0.1)])
    run.tables["reasons"].append(past)
    assert raising_themes(run, rules=RULES)[0, :3].tolist() == [2, 0, -1]


SOUTH = ["South", "North", "North", "North", "North"]


def test_the_skill_that_is_asked_for_outweighs_all_else():
    # R1 is from a neighbour that is strong and alike; R2 has nothing but the skill
    run = made_up_run(
        3,
        region=SOUTH[:3],
        raising=[(0, "workforce", 1)],
        neighbours=[{"area_code": "A00", "neighbour_code": "A01"}],
        contributions=[{"area_code": "A01", "target": "adverse", "theme": "workforce", "contribution": -1}],
        context=[
            {"area_code": code, "area_type": "County", "children": 10, "deprivation": 1}
            for code in ("A00", "A01")
        ],
    )
    people = (person("R1", "A01", skills="partners"), person("R2", "A02", skills="workforce"))
    rules = read_rules(changes={"team.places": ["theme"]})
    teams = made(run, [0, -1, -1], *people, rules=rules)
    assert why(teams, "R2") == "Skilled in workforce; from an area judged good and in another region."
    alone = made(run, [0, -1, -1], people[0], rules=rules)
    assert why(alone, "R1") == (
        "No reviewer skilled in workforce was free for this team; from an area judged good, strong on "
        "workforce and in another region; a statistical neighbour."
    )


def test_an_area_that_is_alike_goes_before_one_that_is_not():
    # logarithms of size 4.6, 4.7, 6.0, 6.8 and deprivation 10, 12, 20, 40: A01 is near A00 on both scales
    figures = [(100, 10), (110, 12), (400, 20), (900, 40)]
    context = [
        {"area_code": f"A{at:02}", "area_type": "County", "children": size, "deprivation": share}
        for at, (size, share) in enumerate(figures)
    ]
    run = made_up_run(4, region=SOUTH[:4], raising=[(0, "workforce", 1)], context=context)
    people = [person(f"R{at}", f"A{at:02}", skills="workforce") for at in (1, 2, 3)]
    teams = made(run, [0, -1, -1, -1], *people, rules=read_rules(changes={"team.places": ["theme"]}))
    assert "of the same kind, and similar in size and deprivation" in why(teams, "R1")


def test_an_area_that_has_lent_staff_comes_after_its_equals():
    days = ["2024-05-01", "2024-06-01", "2024-06-01", "2022-01-01", "2025-04-01"]
    entries = [
        {"area_code": "A01", "entry_id": str(at), "kind": "support_given", "tier": "open", "occurred_on": day}
        for at, day in enumerate(days)
    ]
    run = made_up_run(3, region=SOUTH[:3], raising=[(0, "workforce", 1)], entries=entries)
    people = [person(f"R{at}", f"A{at:02}", skills="workforce") for at in (1, 2)]
    rules = read_rules(changes={"team.places": ["theme"]})
    assert made(run, [0, -1, -1], *people, rules=rules).table["reviewer"].tolist() == ["R2"]
    alone = made(run, [0, -1, -1], people[0], rules=rules)
    assert "which has lent staff twice in 24 months" in why(
        alone, "R1"
    )  # a fact a day, and none from as_of on


def test_a_worse_signal_is_no_strength():
    told = {"target": "adverse", "theme": "workforce", "contribution": -1}
    run = made_up_run(
        3,
        region=SOUTH[:3],
        raising=[(0, "workforce", 1)],
        contributions=[{"area_code": code} | told for code in ("A01", "A02")],
        indicators=[{"indicator": "agency_rate", "theme": "workforce"}],
        signals=[{"area_code": "A01", "indicator": "agency_rate", "symbol": "worse"}],
    )
    rules = read_rules(changes={"team.places": ["theme"]})
    people = [person(f"R{at}", f"A0{at}", skills="workforce") for at in (1, 2)]
    teams = made(run, [0, -1, -1], *people, rules=rules)
    assert why(teams, "R2").startswith("Skilled in workforce; from an area judged good, strong on workforce")


def test_an_area_lends_nobody_while_it_is_visited_itself():
    run = made_up_run(2, region=["North", "South"])
    rules = read_rules(changes={"team.places": ["any"]})
    people = (person("R0", "A00"), person("R1", "A01"))
    assert made(run, [0, 0], *people, rules=rules).table["reviewer"].tolist() == ["", ""]
    assert made(run, [0, 1], *people, rules=rules).table["reviewer"].tolist() == ["R1", "R0"]


def test_without_a_list_every_place_is_to_be_named():
    run = made_up_run(2, raising=[(1, "workforce", 1)])
    candidates = candidates_of(run)
    table = unstaffed(candidates, np.array([-1, 1]), themes=raising_themes(run, rules=RULES), rules=RULES)
    assert table["place"].tolist() == ["lead", "workforce", "any"]
    assert table["reviewer"].eq("").all()
    assert table["why"].eq("No list of reviewers was given.").all()
    assert tuple(table.columns) == COLUMNS["teams"]


def test_one_who_can_lead_leads_before_filling_a_place_for_a_theme():
    run = made_up_run(
        3, region=["North", "North", "South"], raising=[(0, "workforce", 0.3), (1, "workforce", 0.3)]
    )
    able = {"skills": "workforce", "available": "1"}
    table = made(
        run,
        [0, 0, -1],
        person("R1", "A02", **able | {"role": "director"}),
        person("R2", "A02", **able),
        rules=read_rules(changes={"team.max_places_per_area_per_year": 12}),
    ).table
    assert sorted(table.loc[table["reviewer"] != "", "place"]) == ["lead", "workforce"]
    assert table.set_index("reviewer").loc["R1", "place"] == "lead"
