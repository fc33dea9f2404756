import re

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.reports.funnels import BOTTOM, LEFT, Spot, funnel_plot, named

ABOUT = pd.DataFrame(
    {"method": ["exact limits"], "basis": ["children"], "centre": [20.0], "period_end": ["2024-03-31"]}
).astype({"period_end": "datetime64[ns]"})
LIMITS = pd.DataFrame(
    {
        "denominator": [100.0, 1000.0],
        "lower_998": [0.0, 10.0],
        "lower_95": [5.0, 15.0],
        "upper_95": [35.0, 25.0],
        "upper_998": [40.0, 30.0],
    }
)


def areas(*rows):
    columns = ["name", "value", "denominator", "funnel", "funnel_side", "funnel_z"]
    return pd.DataFrame(rows, columns=columns)


def drawn(table, limits=LIMITS):
    return str(funnel_plot(table, limits, next(ABOUT.itertuples()), "Agency", "percent"))


def test_dots_worked_by_hand():
    # the picture is 40 to 412 wide for 0 to 1,000 cases, and 176 up to 12 high for 0 to 40%
    plot = drawn(
        areas(
            ("Ash", 20.0, 500.0, "within", "", 0.1),
            ("Elm", 30.0, 1000.0, "beyond_95", "worse", 2.5),
            ("Oak", 0.0, 250.0, "beyond_998", "better", -4.0),
        )
    )
    assert '<circle class="f" cx="226" cy="94" r="3"><title>Ash: 20.0%, 500</title></circle>' in plot
    assert '<circle class="d" cx="412" cy="53" r="4"><title>Elm: 30.0%, 1,000</title></circle>' in plot
    assert '<path class="s" d="M133 171l5 5-5 5-5-5z"><title>Oak: 0%, 250</title></path>' in plot
    assert plot.count("2 of 3 areas lie beyond the 95% limits at 31 March 2024, 1 of them beyond") == 2
    assert "<td>beyond the 99.8% limits, on the better side" in plot
    assert ">Elm</text>" in plot
    assert ">Ash</text>" not in plot


def test_areas_without_a_figure_or_cases_are_left_out_and_small_words_fit_the_count():
    plot = drawn(
        areas(
            ("Ash", 20.0, 500.0, "within", "", 0.1),
            ("Elm", float("nan"), 500.0, "", "", float("nan")),
            ("Oak", 20.0, 0.0, "within", "", 0.0),
        )
    )
    assert "All 1 areas" not in plot
    assert "The only area with a figure lies within the 95% limits" in plot
    assert "Elm" not in plot
    assert "Oak" not in plot


def test_with_no_area_or_no_limits_that_is_said():
    assert "No area has both" in drawn(areas())
    assert "No area has both" in drawn(areas(("Ash", 20.0, 500.0, "within", "", 0.1)), LIMITS.iloc[:0])


SPOTS = st.builds(
    Spot,
    x=st.integers(LEFT, 412),
    y=st.integers(12, BOTTOM),
    name=st.sampled_from(["Ash", "Stoke-on-Trent", "Bournemouth, Christchurch and Poole"]),
)


@settings(max_examples=50)
@given(st.lists(SPOTS, max_size=12))
def test_names_never_lie_on_one_another(spots):
    found = re.findall(r'class="r (z?c?)" x="(\d+)" y="(\d+)">([^<]+)', "".join(named(spots, [])))
    boxes = []
    for key, x, y, name in found:
        wide = 6.2 * len(name)
        left = float(x) - {"z": wide, "c": wide / 2}.get(key, 0)
        boxes.append((left, float(y) - 9, left + wide, float(y) + 3))
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
