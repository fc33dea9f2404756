import time

import pytest

from earlywarn.reports.programme.page import render_plan

WIDTHS = (1280, 640, 360, 320)  # 640 is 1280 at 200% zoom, 320 is 1280 at 400%
OUTSIDE = """() => [...document.querySelectorAll('main *')].filter(e =>
  e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .vh, svg'))
  .map(e => e.outerHTML.slice(0, 90))"""
SCROLLING_UNNAMED = """() => [...document.querySelectorAll('main *')].filter(e =>
  e.scrollWidth > e.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX))
  .filter(e => e.tabIndex !== 0 || e.getAttribute('role') !== 'region' || !e.getAttribute('aria-label'))
  .map(e => e.outerHTML.slice(0, 90))"""
CONTROLS = """() => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
  .filter(e => e.checkVisibility()).length"""
FOCUSED = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const over = document.elementFromPoint(Math.max(box.left, 0) + 3, Math.max(box.top, 0) + 3);
  return {
    place: [...document.querySelectorAll('*')].indexOf(e),
    html: e.outerHTML.slice(0, 90),
    marked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    seen: box.bottom > 0 && box.top < innerHeight && (over === e || e.contains(over) || over?.contains(e)),
    large: e.matches('p a, li a') || (box.height >= 24 && box.width >= 24),
  };
}"""  # a link in a sentence may be as small as its line
OPEN_TABLES = "document.querySelectorAll('details.under').forEach(details => details.open = true)"


@pytest.fixture(scope="module")
def plan_page(tmp_path_factory, scored, plans):
    """The page of the made-up plan, with links to a briefing of each area."""
    path = tmp_path_factory.mktemp("plan") / "plan.html"
    links = {code: [(f"briefings/sector/{code}.html", "Briefing")] for code in scored.risks["area_code"]}
    path.write_text(render_plan(plans.plan_of(scored), scored, briefings=links), encoding="utf-8")
    return path


def choose(page, label):
    return page.locator("#controls").get_by_label(label)


def shown(page):
    """The names of the areas that are to be seen."""
    return page.locator("details.one:visible .who").all_inner_texts()


def test_axe_finds_nothing_on_a_desk_or_a_phone_with_an_area_and_the_tables_open(plan_page, visit, faults):
    page = visit(plan_page)
    page.locator("details.one > summary").nth(1).click()
    page.evaluate(OPEN_TABLES)
    assert faults(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert faults(page, colours=False) == []


def test_colours_hold_in_the_dark_with_filters_in_use(plan_page, visit, faults):
    page = visit(plan_page, scheme="dark")
    choose(page, "Region").select_option("North")
    choose(page, "Kind or standing").select_option("targeted")
    page.locator("details.one:visible > summary").first.click()
    assert faults(page, alone=True) == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(640, "light"), (360, "light"), (320, "light"), (360, "dark")])
def test_axe_finds_nothing_at_any_width(plan_page, visit, faults, width, scheme):
    page = visit(plan_page, width=width, scheme=scheme)
    choose(page, "Region").select_option("Midlands")
    page.locator("details.one:visible > summary").nth(1).click()
    page.evaluate(OPEN_TABLES)
    assert faults(page) == []


@pytest.mark.slow
def test_axe_finds_nothing_where_no_area_matches_or_all_are_open(plan_page, visit, faults):
    page = visit(plan_page, width=360, scheme="dark")
    page.get_by_role("button", name="Open all that are shown").click()
    page.evaluate(OPEN_TABLES)
    assert faults(page) == []
    choose(page, "Find an area").fill("nowhere at all")
    assert page.locator("#no-area").is_visible()
    assert faults(page) == []


def test_nothing_but_a_tables_own_region_scrolls_sideways_and_each_can_be_focused(plan_page, visit):
    page = visit(plan_page)
    page.get_by_role("button", name="Open all that are shown").click()
    page.evaluate(OPEN_TABLES)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OUTSIDE) == []
        assert page.evaluate(SCROLLING_UNNAMED) == []


def test_the_filters_choose_areas_reviews_and_lists_together_and_say_how_many(plan_page, visit):
    page = visit(plan_page)
    status = page.get_by_role("status")
    assert status.inner_text() == "Showing all 12 areas, 8 with a review."
    choose(page, "Quarter").select_option("Jul-Sep 2025")
    assert shown(page) == ["Area 010"]
    assert page.locator("tr[data-for]:visible th a").all_inner_texts() == ["Area 010"] * 2
    assert status.inner_text() == "Showing 1 of 12 areas, 1 with a review."
    assert page.locator(".nothing:visible").count() > 3
    page.get_by_role("button", name="Show all areas").click()
    assert len(shown(page)) == 12
    assert page.evaluate("document.activeElement.id") == "find"


def test_a_name_is_found_whatever_its_capitals_and_accents(plan_page, visit):
    page = visit(plan_page)
    for typed in ("ynys mon", "YNYS", " Môn "):
        choose(page, "Find an area").fill(typed)
        assert shown(page) == ["Ynys Môn / Anglesey"]


def test_a_link_to_an_area_opens_it_even_where_the_choice_left_it_out(plan_page, visit):
    page = visit(plan_page)
    choose(page, "Region").select_option("South")
    page.locator("#load tbody th a", has_text="Area 010").click()
    part = page.locator("details.one[open]")
    assert part.locator(".who").inner_text() == "Area 010"
    assert page.evaluate("document.activeElement.closest('details').id") == part.get_attribute("id")
    assert part.locator("summary").bounding_box()["y"] >= 0
    assert len(shown(page)) == 12
    part.locator("summary").click()
    page.locator("#load tbody th a", has_text="Area 010").click()
    assert page.locator("details.one[open]").count() == 1


def test_every_control_is_reached_by_tab_seen_marked_and_large_enough(plan_page, visit):
    page = visit(plan_page, width=360, height=640)
    places = []
    for _ in range(page.evaluate(CONTROLS)):
        page.keyboard.press("Tab")
        places.append(page.evaluate(FOCUSED))
    assert len({place["place"] for place in places}) == len(places)
    assert [place for place in places if not (place["marked"] and place["seen"] and place["large"])] == []


def test_the_keyboard_alone_filters_opens_and_scrolls(plan_page, visit):
    page = visit(plan_page, width=360)
    choose(page, "Region").focus()
    page.keyboard.press("M")  # a select takes the letter of an option
    assert len(shown(page)) == 4
    page.locator("details.one:visible > summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.one[open]").count() == 1
    page.locator("#load .scroll").focus()
    page.evaluate(
        """() => { window.moved = new Promise(tell => document.querySelector('#load .scroll')
          .addEventListener('scroll', event => tell(event.target.scrollLeft))); }"""
    )
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => window.moved") > 0


def test_without_script_the_page_is_whole_and_its_areas_open(plan_page, visit):
    page = visit(plan_page, script=False)
    assert page.locator("#controls").is_hidden()
    assert len(shown(page)) == 12
    page.locator("details.one > summary").nth(1).focus()
    page.keyboard.press("Space")
    assert page.locator("details.one[open] .ask li").count() == 4


def test_on_paper_stand_the_areas_that_are_open_and_chosen(plan_page, visit):
    page = visit(plan_page)
    choose(page, "Region").select_option("Midlands")
    page.locator("details.one:visible > summary").first.click()
    page.emulate_media(media="print")
    assert len(shown(page)) == 1
    assert page.get_by_role("status").is_visible()
    assert choose(page, "Region").is_hidden()


@pytest.mark.slow
def test_fifteen_hundred_areas_open_and_are_filtered_while_one_types(tmp_path, many, plans, visit):
    path = tmp_path / "plan.html"
    path.write_text(render_plan(plans.plan_of(many), many), encoding="utf-8")
    started = time.perf_counter()
    page = visit(path)
    assert page.get_by_role("status").inner_text().startswith("Showing all 1500 areas")
    assert time.perf_counter() - started < 15  # seconds, on a busy machine; about 2 on an idle one
    took = page.evaluate(
        """() => { const find = document.getElementById('find'), began = performance.now();
        find.value = 'area 011 7'; find.dispatchEvent(new Event('input')); document.body.offsetHeight;
        return performance.now() - began; }"""
    )
    assert len(shown(page)) == 11
    assert took < 2000  # milliseconds
