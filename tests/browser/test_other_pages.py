from dataclasses import replace

import pytest

from earlywarn.reports import render_report, render_signals
from earlywarn.reports.programme.briefing import briefing
from earlywarn.reports.programme.briefing_html import render_briefing

OPEN_ALL = "document.querySelectorAll('details').forEach(details => details.open = true)"
ALL_WIDTHS = (1280, 640, 360, 320)


@pytest.fixture(scope="module")
def briefing_page(tmp_path_factory, scored, plans):
    """The briefing for sector bodies about the area with the most to say: it has logged entries."""
    paper = briefing(plans.plan_of(scored), scored, scored.entries["area_code"].iloc[0], audience="sector")
    path = tmp_path_factory.mktemp("briefing") / "briefing.html"
    path.write_text(render_briefing(paper), encoding="utf-8")
    return path


@pytest.fixture(params=[render_report, render_signals], ids=["report", "signals"])
def run_page(request, tmp_path, scored):
    """A page of the run itself, of three areas."""
    path = tmp_path / "page.html"
    path.write_text(request.param(replace(scored, risks=scored.risks.iloc[:3])), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (360, "light"),
        pytest.param(1280, "light", marks=pytest.mark.slow),
        pytest.param(1280, "dark", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing_in_a_briefing_with_its_tables_open(briefing_page, visit, faults, width, scheme):
    page = visit(briefing_page, width=width, scheme=scheme)
    page.evaluate(OPEN_ALL)
    assert faults(page) == []


def test_a_briefing_fits_a_phone_and_a_page_at_twice_its_size(briefing_page, visit):
    page = visit(briefing_page)
    page.evaluate(OPEN_ALL)
    for width in ALL_WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_in_the_pages_of_a_run(run_page, visit, faults, width):
    assert faults(visit(run_page, width=width)) == []


def test_what_a_page_does_not_allow_is_found(tmp_path, visit, faults):
    path = tmp_path / "page.html"
    path.write_text("<!doctype html><title>A</title><h1>A</h1><p style='color:#ccc'>pale", encoding="utf-8")
    found = " ".join(faults(visit(path)))
    assert "color-contrast" in found
    assert "html-has-lang" in found
