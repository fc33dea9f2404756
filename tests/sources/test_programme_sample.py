"""The made-up inputs beside the packaged sample are made by their script, and can be read."""

import runpy
from pathlib import Path

import pandas as pd
import pytest

from earlywarn.schema import ENABLERS
from earlywarn.sources.programme import read_programme
from earlywarn.sources.samples import sample_folder
from earlywarn.targeting.rules import read_rules

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def inputs():
    areas = pd.read_csv(sample_folder("synthetic") / "areas.csv")
    return read_programme(sample_folder("synthetic") / "programme", areas=areas[areas["active_to"].isna()])


def test_the_inputs_are_made_again_to_the_byte(tmp_path):
    make = runpy.run_path(str(REPOSITORY / "scripts" / "make_programme_sample.py"))["make"]
    made = make(tmp_path)
    folder = sample_folder("synthetic") / "programme"
    assert {path.name for path in made} == {path.name for path in folder.iterdir()}
    for path in made:
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_the_history_ends_before_the_as_of_date(inputs):
    assert len(inputs.reviews) > 100
    dates = inputs.reviews[["offered_on", "held_on", "declined_on"]]
    assert dates.max().max() < pd.Timestamp("2025-04-01")
    assert inputs.reviews["declined_on"].notna().any()


def test_reviewers_cover_every_theme_and_can_lead(inputs):
    assert set(";".join(inputs.reviewers["skills"]).split(";")) == set(ENABLERS)
    assert inputs.reviewers["role"].isin(read_rules().team.lead_roles).sum() >= 10
    assert inputs.reviewers["conflicts"].ne("").any()


def test_its_rules_differ_only_where_they_say_so(inputs):
    rules, usual = read_rules(inputs.rules_path), read_rules()
    assert rules.targeted.cost_ratio == 1.0
    assert rules.due.catch_up_quarters == 6
    changes = {"targeted.cost_ratio": 1.0, "due.catch_up_quarters": 6}
    assert rules == read_rules(changes=changes) != usual


def test_there_are_decisions_and_findings_to_look_at(inputs):
    assert set(inputs.overrides["action"]) == {"add", "move"}
    assert set(inputs.findings["finding"]) == {"concern", "strength", "no_concern"}
