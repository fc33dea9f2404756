"""The pages say what is true of the code, lead somewhere, and judge nobody."""

import re
import runpy
import shlex
import tomllib
from pathlib import Path

import click
import pytest

import earlywarn
from earlywarn.cli import verbs
from earlywarn.config import load_config
from earlywarn.features.relation_list import read_relations
from earlywarn.intelligence.kinds import read_kinds
from earlywarn.sources.native import mapping
from earlywarn.sources.native.calendar import read_calendar

REPOSITORY = Path(__file__).resolve().parents[2]
TOP = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")
SETUP = (
    "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/earlywarn run",
    "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
)


def pages():
    """Every page that people read, as paths relative to the repository."""
    docs = (REPOSITORY / "docs").rglob("*.md")
    return [*TOP, *sorted(path.relative_to(REPOSITORY).as_posix() for path in docs)]


def text_of(page):
    return (REPOSITORY / page).read_text(encoding="utf-8")


def blocks(page, *languages):
    """The fenced blocks of a page in these languages, in order."""
    found = re.findall(r"^```(\w+)\n(.*?)^```$", text_of(page), flags=re.DOTALL | re.MULTILINE)
    return [code for language, code in found if language in languages]


@pytest.fixture(scope="module")
def scripted():
    """What the script that writes pages would write, by file."""
    return runpy.run_path(str(REPOSITORY / "docs" / "_scripts" / "write_pages.py"))["PAGES"]


@pytest.mark.parametrize("name", ["features.md", "architecture.md", "your-own-feature.ipynb"])
def test_what_is_read_off_the_code_is_up_to_date(scripted, name):
    file = next(path for path in scripted if path.name == name)
    assert file.read_text(encoding="utf-8") == scripted[file](), "run `python docs/_scripts/write_pages.py`"


def slug(heading):
    plain = re.sub(r"[^\w\s-]", "", heading.lower()).strip()
    return re.sub(r"[\s-]+", "-", plain)


@pytest.mark.parametrize("page", pages())
def test_every_internal_link_leads_somewhere(page):
    prose = re.sub(r"^```.*?^```$", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (REPOSITORY / page).parent / path if path else REPOSITORY / page
        assert target.exists(), f"{page}: {link}"
        if anchor and not anchor.startswith("earlywarn."):
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), flags=re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, f"{page}: {link}"


@pytest.mark.parametrize("page", pages())
def test_pages_do_not_link_out_of_the_documentation(page):
    if page.startswith("docs"):
        links = re.findall(r"\]\((\.\.[^)\s]+)\)", text_of(page))
        docs = REPOSITORY / "docs"
        outside = [
            link
            for link in links
            if docs not in ((REPOSITORY / page).parent / link.partition("#")[0]).resolve().parents
        ]
        assert not outside


def commands(page):
    """Every call of earlywarn in the page, as a list of words."""
    for block in blocks(page, "console", "sh", "bash"):
        for line in block.replace("\\\n", " ").splitlines():
            for part in line.split("#")[0].split("&&"):
                words = shlex.split(part)
                words = [word for word in words if "=" not in word or word.startswith("-")]
                if words and Path(words[0]).name == "earlywarn":
                    yield words[1:]


@pytest.mark.parametrize("page", pages())
def test_every_command_exists_and_takes_its_options(page):
    for words in commands(page):
        if words[:1] in (["VERB"], ["--version"]):
            continue
        verb = verbs.commands[words[0]]
        if isinstance(verb, click.Group) and not words[1].startswith("--"):
            verb = verb.commands[words[1]]
        given = {word for word in words[1:] if word.startswith("--")}
        known = {option for parameter in verb.params for option in parameter.opts}
        assert given <= known | {"--help"}, f"{page}: {words}"
        arguments = [parameter for parameter in verb.params if isinstance(parameter, click.Argument)]
        named = [word for word in words[1:] if word.endswith(".toml")]
        assert not named or arguments


def test_readme_gives_the_two_commands_of_the_set_up():
    given = [line for block in blocks("README.md", "console") for line in block.splitlines()]
    assert given == list(SETUP)


@pytest.mark.parametrize("page", pages())
def test_python_in_the_pages_is_python(page):
    for code in blocks(page, "python"):
        compile(code, page, "exec")


@pytest.mark.parametrize("page", pages())
def test_configurations_in_the_pages_are_sound(page, tmp_path):
    for code in blocks(page, "toml"):
        if "importlinter" in code:
            continue
        if 'direction = "' in code:
            file = tmp_path / "kinds.toml"
            file.write_text(code, encoding="utf-8")
            assert set(tomllib.loads(code)) <= set(read_kinds(file))
            continue
        if 'kind = "' in code:
            file = tmp_path / "relations.toml"
            file.write_text(code, encoding="utf-8")
            assert set(tomllib.loads(code)) <= set(read_relations(file))
            continue
        file = tmp_path / "earlywarn.toml"
        file.write_text(code, encoding="utf-8")
        assert load_config(file).model_dump()
        assert set(tomllib.loads(code))


@pytest.mark.parametrize(
    ("title", "reader"),
    [
        pytest.param("calendar.toml", read_calendar, id="calendar"),
        pytest.param("wide.toml", mapping.read_mapping, id="wide"),
    ],
)
def test_what_the_page_says_of_imports_can_be_read(title, reader, tmp_path):
    page = text_of("docs/how-to/import-published-files.md")
    (code,) = re.findall(rf'^```toml title="{title}"\n(.*?)^```$', page, flags=re.DOTALL | re.MULTILINE)
    file = tmp_path / title
    file.write_text(code, encoding="utf-8")
    assert reader(file)


def test_the_reference_names_everything_public():
    page = text_of("docs/reference/api.md")
    absent = [name for name in earlywarn.__all__ if not re.search(rf"\b{name}\b", page)]
    assert not absent


def test_the_documentation_fetches_nothing_from_the_network():
    settings = text_of("mkdocs.yml")
    assert re.search(r"^  font: false", settings, flags=re.MULTILINE)
    assert not re.search(r"https?://", settings)


@pytest.mark.parametrize("page", pages())
def test_every_page_is_on_the_menu(page):
    if page.startswith("docs/"):
        assert f": {page.removeprefix('docs/')}\n" in text_of("mkdocs.yml")


# Words that judge a service. Pages may name them only to say what not to do.
FORBIDDEN = re.compile(
    r"\b(failing|worst(?! for the upper end)|poor(?:ly)?|deteriorating|underperform\w*|league tables?)\b",
    re.IGNORECASE,
)
WARNED = re.compile(
    r"\b(no|not|never|nor|instead of)\b|do not write|what it must not|limitations|League tables and their",
    re.IGNORECASE,
)


def sentences(text):
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.split(r"(?<=[.!?:])\s+|\n\n|\n(?=[-#|>])", prose)


@pytest.mark.parametrize("page", pages())
def test_no_page_judges_a_service(page):
    if page == "docs/explanation/how-we-talk-about-risk.md":
        return  # the page that says which words are not used
    said = [text for text in sentences(text_of(page)) if FORBIDDEN.search(text) and not WARNED.search(text)]
    assert not said


ARCHITECTURE = "docs/explanation/architecture.md"


def test_the_architecture_page_draws_every_room_and_no_other():
    tree = next(block for block in blocks(ARCHITECTURE, "text") if block.startswith("src/earlywarn/"))
    drawn, path = set(), []
    for line in tree.splitlines()[1:]:
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2 - 1  # a room in a room stands two spaces further in
        path = [*path[:depth], name]
        drawn.add("".join(path))
    package = REPOSITORY / "src" / "earlywarn"
    files = {
        str(path.relative_to(package)) for path in package.rglob("*.py") if not path.stem.startswith("__")
    }
    rooms = {f"{path.parent.relative_to(package)}/" for path in package.glob("*/**/__init__.py")}
    assert drawn == files | rooms


def test_the_architecture_page_says_where_every_room_stands():
    tree = next(block for block in blocks(ARCHITECTURE, "text") if block.startswith("src/earlywarn/"))
    rooms = [line.split()[0] for line in tree.splitlines() if re.match(r"  \w", line)]
    rooms = {room.rstrip("/").removesuffix(".py") for room in rooms}
    project = tomllib.loads(text_of("pyproject.toml"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    page = next(block for block in blocks(ARCHITECTURE, "text") if " > " in block)
    assert [layer.strip() for layer in page.replace("\n", " ").split(">")] == layers
    assert rooms == set(re.findall(r"\w+", " ".join(layers))) - {"__main__"}


def test_a_file_named_in_the_architecture_page_exists():
    package = REPOSITORY / "src" / "earlywarn"
    for path in re.findall(r"`(\w+/\w+\.py)`", text_of(ARCHITECTURE)):
        assert (package / path).is_file(), path
