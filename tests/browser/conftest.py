"""One Chromium for all pages, with axe-core beside it and no way to the network."""

import importlib.util
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from earlywarn.reports import Content

REPORTS = Path(__file__).parents[1] / "reports"
REQUIRED = "EARLYWARN_TEST_CHROMIUM_REQUIRED"
OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
# every rule of WCAG 2.2 at A and AA that a machine can judge, and good practice besides
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def factory(path, name):
    """The makers of made-up runs and plans are those of the tests of the room that draws them."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # a dataclass looks its own module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium; skipped where there is none, unless it is required."""
    found = shutil.which("chromium")
    drives = importlib.util.find_spec("playwright") and importlib.util.find_spec("axe_playwright_python")
    if not (found and drives):
        words = "no chromium" if not found else "playwright or axe-playwright-python is not installed"
        if os.environ.get(REQUIRED):
            pytest.fail(f"{words}, although {REQUIRED} is set")
        pytest.skip(f"{words} to look at the pages with")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (not installed everywhere)

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=list(OPTIONS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def axe():
    """axe-core, as it comes with its package."""
    from axe_playwright_python.base import AXE_SCRIPT  # noqa: PLC0415 (not installed everywhere)

    return AXE_SCRIPT


@pytest.fixture
def visit(browser):
    """Open a page at a width; whatever it asks of the network fails the test, and so does an error in it."""
    contexts, asked = [], []

    def go(path, *, width=1280, height=900, script=True, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(f"script error: {error}"))
        page.on("console", lambda message: asked.append(f"console: {message.text}"))
        page.goto(path.as_uri())
        return page

    yield go
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith("file://")] == []


@pytest.fixture
def faults(axe):
    """Everything that axe-core finds on a page, in words; the page is left as it was but for axe itself."""

    def find(page, *, colours=True, alone=False):
        """Judge a page, without its colours where these were judged before, or by them alone."""
        options = {"resultTypes": ["violations"], "selectors": False, "preload": False}
        options |= {"runOnly": ["color-contrast"] if alone else RULES}
        if not colours:
            options |= {"rules": {"color-contrast": {"enabled": False}}}
        if not page.evaluate("'axe' in window"):
            page.evaluate(axe)
        found = page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{rule['id']}: {rule['help']}: {node['html'][:160]} ({node.get('failureSummary', '')})"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return find


@pytest.fixture(scope="session")
def plans():
    """The maker of made-up plans."""
    return factory(REPORTS / "programme" / "conftest.py", "plans_for_the_browser")


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    """A made-up run folder of twelve areas."""
    worlds = factory(REPORTS / "conftest.py", "worlds_for_the_browser")
    return worlds.World().write(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="session")
def scored(run_folder, plans):
    """That folder's tables, under awkward names."""
    return plans.scored_of(Content.read(run_folder))


@pytest.fixture(scope="session")
def many(scored):
    """The same run, grown to 1,500 areas."""
    copies = range(125)
    risks = [
        scored.risks.assign(
            area_code=scored.risks["area_code"] + f"-{copy}", name=scored.risks["name"] + f" {copy}"
        )
        for copy in copies
    ]
    reasons = [scored.reasons.assign(area_code=scored.reasons["area_code"] + f"-{copy}") for copy in copies]
    return replace(
        scored, risks=pd.concat(risks, ignore_index=True), reasons=pd.concat(reasons, ignore_index=True)
    )
