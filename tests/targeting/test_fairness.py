from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

from earlywarn.targeting.fairness import fairness
from earlywarn.targeting.fairness_words import weak_groups
from earlywarn.targeting.tables import COLUMNS

QUARTERS = list(pd.date_range("2025-04-01", periods=8, freq="QS"))
NOTHING = pd.DataFrame()
COUNTS = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))


def area(code, **cells):
    usual = {
        "area_code": code,
        "region": "North",
        "status": "planned",
        "quarter": QUARTERS[0],
        "flagged": False,
        "last_judgement": "good",
    }
    return usual | cells


def scored(*, context=NOTHING, predictions=NOTHING, judgements=NOTHING):
    return SimpleNamespace(context=context, predictions=predictions, judgements=judgements, target="adverse")


def looked_at(areas, run=None, *, threshold=1 / 3):
    table = pd.DataFrame(areas)
    table["quarter"] = pd.to_datetime(table["quarter"])
    return fairness(table, run or scored(), quarters=QUARTERS, threshold=threshold)


def cell(made, group, level, measure):
    table = made.table
    rows = table[(table["group"] == group) & (table["level"] == level) & (table["measure"] == measure)]
    return rows.iloc[0]


def predicted(risks, labels, *, codes, as_of="2024-01-01"):
    return pd.DataFrame(
        {
            "area_code": codes,
            "as_of": pd.to_datetime(as_of),
            "lead_months": 3,
            "target": "adverse",
            "model": "default",
            "risk": risks,
            "label": labels,
        }
    )


def test_shares_worked_by_hand():
    # six northern areas: two flagged, five reviewed, after 0, 1, 3, 4 and 7 quarters
    waits = [0, 1, 3, 4, 7]
    north = [area(f"N{wait}", quarter=QUARTERS[wait], flagged=wait < 2) for wait in waits]
    north.append(area("N9", status="removed", quarter=pd.NaT))
    made = looked_at([*north, *(area(f"S{number}", region="South") for number in range(7))])
    assert cell(made, "region", "North", "flagged")["value"] == pytest.approx(2 / 6)
    assert cell(made, "region", "North", "reviewed")["value"] == pytest.approx(5 / 6)
    assert cell(made, "region", "North", "reviewed in the first four quarters")["value"] == pytest.approx(
        3 / 6
    )
    waited = cell(made, "region", "North", "mean quarters waited")
    half = student.ppf(0.975, 4) * np.std(waits, ddof=1) / np.sqrt(5)
    assert waited["value"] == pytest.approx(3)
    assert [waited["low"], waited["high"]] == pytest.approx([max(3 - half, 0), 3 + half], abs=1e-9)
    assert np.isnan(waited["events"])


@settings(max_examples=3)
@given(COUNTS)
def test_intervals_are_wilsons_and_groups_make_up_the_whole(counts):
    flags = zip(("North", "North", "South", "South"), (True, False) * 2, counts, strict=True)
    areas = [
        area(f"{region}{flag}{number}", region=region, flagged=flag)
        for region, flag, count in flags
        for number in range(count)
    ]
    if not areas:
        return
    table = looked_at(areas).table
    shares = table[(table["measure"] == "flagged") & (table["group"] == "region")]
    everybody = table[(table["measure"] == "flagged") & (table["group"] == "all areas")].iloc[0]
    assert shares["n"].sum() == everybody["n"]
    assert shares["events"].sum() == everybody["events"]
    for row in shares[shares["reason"] == ""].itertuples():
        expected = proportion_confint(int(row.events), int(row.n), method="wilson")
        assert [row.low, row.high] == pytest.approx(list(expected), abs=1e-9)


def test_a_small_group_gets_a_reason_and_no_number():
    made = looked_at([area(f"N{number}") for number in range(4)])
    row = cell(made, "region", "North", "flagged")
    assert np.isnan([row["value"], row["low"], row["high"]]).all()
    assert row["reason"] == "areas: 4, and at least 5 are needed"
    assert row["n"] == 4


def test_areas_taken_care_of_elsewhere_are_in_no_group():
    areas = [area(f"N{number}") for number in range(6)]
    areas += [area("X", status="elsewhere", last_judgement="inadequate", quarter=pd.NaT)]
    made = looked_at(areas)
    assert (made.table["n"] <= 6).all()
    assert "inadequate" not in set(made.table["level"])
    assert made.words[0] == "1 area is taken care of elsewhere, and in no group."


def test_both_errors_worked_by_hand():
    # 12 without the event, 3 of them at or above the threshold; 10 with it, 4 of them below
    risks = [0.4, 0.5, 1 / 3] + [0.1] * 9 + [0.2] * 4 + [0.6] * 6
    labels = [0] * 12 + [1] * 10
    made = looked_at(
        [area(f"N{number}") for number in range(6)],
        scored(predictions=predicted(risks, labels, codes="N0")),
    )
    alarms, missed = (cell(made, "region", "North", name) for name in ("false alarms", "missed events"))
    assert [alarms["value"], alarms["n"], alarms["events"]] == [0.25, 12, 3]
    assert [missed["value"], missed["n"], missed["events"]] == [0.4, 10, 4]


def test_the_last_judgement_of_a_prediction_is_the_one_published_before_it():
    judgements = pd.DataFrame(
        {
            "area_code": ["N0", "N0", "N0"],
            "start_date": pd.to_datetime(["2018-01-01", "2021-01-01", "2023-11-01"]),
            "known_on": pd.to_datetime(["2018-03-01", "2021-03-01", "2024-01-01"]),
            "overall": ["inadequate", "requires_improvement", "good"],
        }
    )
    tested = predicted(
        [0.5] * 24,
        [0, 1] * 12,
        codes="N0",
        as_of=["2021-03-01"] * 2 + ["2024-01-01"] * 20 + ["2017-01-01"] * 2,
    )
    areas = [area(f"N{number}") for number in range(6)]
    made = looked_at(areas, scored(predictions=tested, judgements=judgements))
    of = made.table[made.table["measure"] == "false alarms"].set_index("level")["n"]
    assert of["inadequate"] == 1
    assert of["requires improvement"] == 10
    assert of["not yet judged"] == 1
    assert "good" not in of


def test_only_the_deployed_model_at_the_reference_lead_is_read():
    tested = predicted([0.5] * 10, [0] * 10, codes="N0")
    others = [tested.assign(model="logit"), tested.assign(lead_months=12), tested.assign(target="serious")]
    areas = [area(f"N{number}") for number in range(6)]
    made = looked_at(areas, scored(predictions=pd.concat([tested, *others])))
    assert cell(made, "all areas", "all areas", "false alarms")["n"] == 10


def test_thirds_hold_a_third_each_and_equal_values_stand_together():
    context = pd.DataFrame(
        {
            "area_code": [f"N{number}" for number in range(9)],
            "area_type": ["County"] * 5 + ["Unitary"] * 3 + [""],
            "children": [1, 1, 1, 2, 3, 4, 5, 6, 7],
            "deprivation": [9, 8, 7, 6, 5, 4, 3, 2, np.nan],
        }
    )
    table = looked_at([area(f"N{number}") for number in range(9)], scored(context=context)).table
    flagged = table[table["measure"] == "flagged"]
    sizes = {(row.group, row.level): row.n for row in flagged.itertuples()}
    assert [sizes["size", level] for level in ("smallest third", "middle third", "largest third")] == [
        3,
        3,
        3,
    ]
    assert sizes["deprivation", "not known"] == 1
    assert sizes["rurality (proxy: county)", "county"] == 5
    assert sizes["rurality (proxy: county)", "not known"] == 1
    levels = flagged.loc[flagged["group"] == "size", "level"].tolist()
    assert levels == ["smallest third", "middle third", "largest third"]


def test_words_name_a_group_only_where_its_interval_stands_apart():
    areas = [area(f"N{number}", flagged=True) for number in range(20)]
    areas += [area(f"S{number}", region="South", flagged=number < 2) for number in range(20)]
    said = looked_at(areas).words
    assert (
        "Region, North: flagged 100% (84% to 100%), 20 of 20, against 10% (3% to 30%) in all others." in said
    )
    assert any("by chance alone" in words for words in said)


def test_words_leave_out_what_differs_by_design():
    areas = [area(f"N{number}", flagged=True, last_judgement="requires_improvement") for number in range(20)]
    areas += [area(f"S{number}") for number in range(20)]
    said = looked_at(areas).words
    assert not any(words.startswith("Last judgement") for words in said)
    assert any("by design, as the model reads it" in words for words in said)


def test_words_say_that_nothing_stands_apart():
    areas = [area(f"{side}{number}", region=side, flagged=number < 2) for side in "NS" for number in range(9)]
    said = looked_at(areas).words
    assert said[0].startswith("In none of")
    assert said[-1].startswith("There is no back-test here")


def test_the_table_is_that_of_a_plan_and_the_order_of_areas_does_not_matter():
    areas = [area(f"N{number}", region="NSWE"[number % 4], flagged=number % 3 == 0) for number in range(30)]
    one, two = looked_at(areas), looked_at(areas[::-1])
    pd.testing.assert_frame_equal(one.table, two.table)
    assert one.words == two.words
    assert tuple(one.table.columns) == COLUMNS["fairness"]


def test_a_table_in_which_no_group_can_be_compared_names_none():
    assert weak_groups(looked_at([area(f"N{number}") for number in range(6)]).table) == ""
    tested = predicted([0.5] * 40, [0] * 40, codes=["N0", "N1"] * 20)
    areas = [area(f"N{number}", region="NS"[number % 2]) for number in range(12)]
    alike = looked_at(areas, scored(predictions=tested)).table
    assert weak_groups(alike).startswith("In none of 3 comparisons by group do false alarms")
    assert weak_groups(alike[alike["group"] == "region"]) == ""
