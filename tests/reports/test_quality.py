"""The data-quality page: whole in itself, nothing in it that the data could run, and true to its tables."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from earlywarn.reports.quality import heat, quality_text, render_quality
from earlywarn.reports.quality_lists import SHOWN, SORTS, Checked

HOSTILE = "<script>alert('x')</script> & \"Co\""


def day(text):
    return pd.Timestamp(text)


@pytest.fixture
def checked():
    found = {
        "jumps": pd.DataFrame(
            {
                "area_code": ["B"] * (SHOWN + 2),
                "indicator": "spend",
                "period_end": day("2023-03-31"),
                "before": 1_000_000.0,
                "value": 20.0,
                "size": -12.4,
                "returned": True,
                "newest": [True] + [False] * (SHOWN + 1),
            }
        ),
        "copied": pd.DataFrame(
            {
                "area_code": ["A"],
                "first_end": [day("2023-03-31")],
                "last_end": [day("2023-09-30")],
                "figures": [8],
                "compared": [40],
                "newest": [False],
            }
        ),
        "heaped": pd.DataFrame({"area_code": ["A"], "digits": ["0 or 5"], "figures": [9], "compared": [12]}),
        "late": pd.DataFrame(
            {
                "area_code": ["A"],
                "indicator": ["rate"],
                "period_end": [day("2023-03-31")],
                "known_on": [day("2024-03-01")],
                "days": [92.0],
                "newest": [True],
            }
        ),
        "revised": pd.DataFrame(
            {
                "area_code": ["A"],
                "indicator": ["rate"],
                "period_end": [day("2022-03-31")],
                "first": [30.0],
                "value": [45.5],
                "size": [8.2],
                "newest": [False],
            }
        ),
        "joint": pd.DataFrame(
            {
                "area_code": ["A"],
                "partner_code": ["B"],
                "first_end": [day("2022-09-30")],
                "last_end": [day("2022-09-30")],
                "periods": [1],
            }
        ),
    }
    coverage = [
        ("rate", "2022-03-31", 200, 199, 1),
        ("rate", "2023-03-31", 200, 90, 110),
        ("spend", "2023-03-31", 2, 2, 0),
    ]
    areas = pd.DataFrame(
        {
            "area_code": ["B", "A"],
            "name": ["Zeta", HOSTILE],
            "region": ["North", ""],
            "score": [100.0, 61.9],
            "words": ["", "No figure for 1 of 2 indicators."],
        }
    )
    counts = {
        name: [0, 1] for name in ("late", "missing", "suppressed", "copied", "heaped", "jumps", "revised")
    }
    return Checked(
        name=HOSTILE,
        source=HOSTILE,
        licence="",
        as_of=day("2024-04-01"),
        rows={"areas": 2, "observations": 1_234, "visits": 0},
        areas=areas.assign(**counts),
        names={"A": HOSTILE, "B": "Zeta"},
        indicators=pd.DataFrame(
            {
                "indicator": ["rate", "spend", "unused"],
                "label": [HOSTILE, "Spend", "Unused"],
                "unit": ["percent", "gbp", "count"],
                "domain": ["front_door", "", "care"],
            }
        ),
        coverage=pd.DataFrame(
            [
                (name, day(end), due, there, gone, 0, 0, day("2024-03-01"))
                for name, end, due, there, gone in coverage
            ],
            columns=[
                "indicator",
                "period_end",
                "expected",
                "figures",
                "missing",
                "suppressed",
                "late",
                "known_on",
            ],
        ),
        found=found,
        ready=[f"It holds {HOSTILE}."],
    )


def text_of(page):
    """Return what is read of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("</style>")[1]).split())


def test_the_page_stands_alone_and_runs_nothing(checked):
    page = render_quality(checked)
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!#)', page)
    assert "default-src 'none'" in page
    assert page.count("&lt;script&gt;") > 5


def test_every_sort_of_finding_is_there_with_its_words(checked):
    page = text_of(render_quality(checked))
    for title, _ in SORTS.values():
        assert title.replace("'", "&#39;") in page
    assert (
        "12 in all, 1 of them among the newest figures; the first 10 are shown, all are in jumps.csv ."
        in page
    )
    assert "£1,000,000 £20 12 times the usual, undone in the next period" in page
    assert "31 March 2023 to 30 September 2023 8 of 40 compared" in page
    assert "0 or 5 9 of 12 compared" in page
    assert "1 March 2024 92" in page
    assert "30.0% 45.5% 8 usual revisions" in page
    assert "Zeta 30 September 2022 1" in page


def test_what_was_not_found_is_named_as_looked_for(checked):
    without = replace(checked, found={name: table.head(0) for name, table in checked.found.items()})
    page = text_of(render_quality(without))
    assert "Looked for, and not found: figures that jump, returns with last period&#39;s figures" in page
    assert "No figure stands out." in quality_text(without)


def test_areas_stand_in_alphabetical_order_with_score_and_words(checked):
    page = text_of(render_quality(checked))
    assert page.index("61 much to ask about No figure for 1 of 2") < page.index(
        "Zeta North 100 nothing to ask"
    )


def test_one_figure_is_told_as_one(checked):
    one = checked.coverage.head(1).assign(figures=1)
    told = quality_text(replace(checked, coverage=one, names={"X1": "Only"}))
    assert "1 figure of 1 indicator, for 1 area and periods that end in 2022. The newest" in told


def test_coverage_is_shown_by_domain_and_year_and_never_rounded_up(checked):
    years, groups = heat(checked)
    assert years == [2022, 2023]
    assert groups == [
        {"domain": "Front door", "rows": [(HOSTILE, [("full", "99"), ("few", "45")])]},
        {"domain": "Other", "rows": [("Spend", [("none", "\u2013"), ("full", "100")])]},
    ]


def test_the_text_is_short_and_says_the_same(checked):
    first, told, look, asked, last = quality_text(replace(checked, name="mine", ready=["It runs."])).split(
        "\n\n"
    )
    assert first == "mine, as of 2024-04-01: every table was read and can be used."
    assert told.splitlines()[0].startswith(
        "291 figures of 2 indicators, for 2 areas and periods that end from 2022"
    )
    assert (
        "1 is missing, 1 is suppressed and 1 came late; there is nothing to ask about 1 of today's 2" in told
    )
    assert look.startswith(
        "To look at: figures that jump (12), returns with last period's figures (1), counts"
    )
    assert look.endswith("large revisions (1) and joint returns (1).")
    assert (asked, last) == (f"Much to ask about: {HOSTILE}.", "It runs.")


def test_a_folder_without_a_figure_has_a_page_too(checked):
    bare = replace(
        checked,
        coverage=checked.coverage.head(0),
        areas=checked.areas.assign(score=float("nan"), words=""),
        found={name: table.head(0) for name, table in checked.found.items()},
    )
    assert "No figure is known at this date." in text_of(render_quality(bare))
    assert "no figure was expected" in render_quality(bare)
