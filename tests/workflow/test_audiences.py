"""Nothing above an audience's tier reaches any byte of its files, whatever the file is packed in."""

import gzip
import io
import os
import shutil
import subprocess
import zipfile

import numpy as np
import pandas as pd
import pytest

import earlywarn as ew
from earlywarn.sources.synthetic import synthetic_tables
from earlywarn.sources.writing import write_tables

AS_OF = "2018-04-01"
TEXTS = ("entry_id", "role", "detail", "source_type", "contributor", "note", "link")
NUMBER = {"sector": 918273.0, "restricted": 645546.0}  # amounts that occur nowhere else
CONFIG = """
[data]
folder = "tables"
[question]
as_of = {as_of}
[features]
vital = ["agency_rate", "caseload"]
soft = ["concern_pressure", "pressure_practice_concern", "complaints_rate", "leadership_changes_24"]
[intelligence]
restricted_informs_score = {informs}
[model]
replicates = 5
[backtest]
models = ["ordinal"]
leads_months = [3]
first_start = 2016-10-01
draws = 20
"""


def planted(entries):
    """Give every text and number of every entry above ``open`` a mark that can be searched for."""
    marked = entries.copy()
    for tier, number in NUMBER.items():
        chosen = marked["tier"].eq(tier).to_numpy()
        for column in TEXTS:
            ids = marked.loc[chosen, column] if column == "entry_id" else ""
            marked.loc[chosen, column] = f"PLANT-{tier}-{column}-" + ids
        marked.loc[chosen, "amount"] = number
    return marked


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder of tables with entries of all tiers, the upper two planted."""
    folder = tmp_path_factory.mktemp("audiences")
    world = synthetic_tables(areas=40, seed=3, years=range(2011, 2019))
    entries = world.concerns
    # one tier for all versions of an entry, so that what may be seen is plain
    tiers = entries.drop_duplicates("entry_id", keep="last").set_index("entry_id")["tier"]
    entries = planted(entries.assign(tier=entries["entry_id"].map(tiers)))
    assert set(entries["tier"]) == {"open", "sector", "restricted"}
    tables = type(world)(**(vars(world) | {"concerns": entries}))
    write_tables(tables, folder / "tables")
    return folder


def opened(path):
    """Yield the bytes of a file, and of whatever is packed in it."""
    content = path.read_bytes()
    yield content
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name) for name in packed.namelist())
    elif path.suffix == ".gz":
        yield gzip.decompress(content)
    elif path.suffix == ".parquet":
        frame = pd.read_parquet(io.BytesIO(content))
        yield frame.reset_index().to_csv().encode()
        yield " ".join(map(str, frame.columns)).encode()
    elif path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as arrays:
            yield from (arrays[name].tobytes() for name in arrays.files)


def marks(folder):
    """Return the marks found in any byte of any file of a folder."""
    sought = {f"PLANT-{tier}-{column}" for tier in NUMBER for column in TEXTS}
    sought |= {f"{number:.0f}" for number in NUMBER.values()} | {
        f"{number:,.0f}" for number in NUMBER.values()
    }
    found = set()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for content in opened(path):
                found |= {mark for mark in sought if mark.encode() in content}
    return found


def ran(home, audience, *, informs=False):
    out = home / f"out-{audience}-{informs}"
    if not out.exists():
        config = home / "earlywarn.toml"
        config.write_text(CONFIG.format(as_of=AS_OF, informs=str(informs).lower()))
        ew.run(config, audience=audience, out=out / "run")
    return out


@pytest.mark.parametrize("informs", [False, True])
@pytest.mark.parametrize(
    ("audience", "tiers"), [("area", ("sector", "restricted")), ("sector", ("restricted",))]
)
def test_no_byte_of_any_file_holds_what_is_above_the_audience(home, audience, tiers, informs):
    out = ran(home, audience, informs=informs)
    found = marks(out)
    for tier in tiers:
        assert not {
            mark for mark in found if tier in mark or str(round(NUMBER[tier])) in mark.replace(",", "")
        }
    if audience == "sector":
        assert "PLANT-sector-note" in found, "the search finds what is there"


def test_the_search_finds_every_planted_note_where_it_may_be_seen(home):
    found = marks(ran(home, "restricted"))
    assert {"PLANT-restricted-note", "PLANT-sector-note", "PLANT-restricted-contributor"} <= found


def test_contributors_are_never_told_to_the_area(home):
    entries = pd.read_csv(ran(home, "area") / "run" / "evidence" / "entries.csv")
    assert len(entries) > 0
    assert entries["contributor"].isna().all()
    assert set(entries["tier"]) == {"open"}


def test_what_hidden_entries_do_to_a_risk_is_one_sum_and_no_model_is_left_behind(home):
    folder = ran(home, "sector", informs=True) / "run"
    shares = pd.read_csv(folder / "contributions.csv")
    assert not shares["feature"].str.contains("pressure|complaints|leadership_changes").any()
    together = shares[shares["feature"] == "soft_intelligence"]
    assert len(together) > 0
    assert together["value"].isna().all()
    listed = pd.read_csv(folder / "risk_list.csv").set_index("area_code")
    summed = shares[shares["target"] == "adverse"].groupby("area_code")["contribution"].sum()
    risk = 1 / (1 + np.exp(-summed))
    np.testing.assert_allclose(risk, listed["risk_adverse"].reindex(risk.index), atol=1e-6)
    assert not (folder / "model").exists()
    assert not any("pressure" in name for name in pd.read_parquet(folder / "features.parquet").columns)
    assert "may not see inform the risks" in (folder / "report.html").read_text()


def test_hidden_entries_inform_the_risks_only_where_the_configuration_says_so(home):
    risks = {
        informs: pd.read_csv(ran(home, "sector", informs=informs) / "run" / "risk_list.csv")["risk_adverse"]
        for informs in (False, True)
    }
    others = pd.read_csv(ran(home, "area", informs=True) / "run" / "risk_list.csv")["risk_adverse"]
    assert not np.allclose(risks[False], risks[True])
    np.testing.assert_allclose(risks[True], others, atol=1e-9)  # the same entries, for another audience


def test_a_model_that_has_learned_from_more_is_not_used_for_less(home):
    model = ran(home, "restricted") / "run" / "model"
    config = home / "earlywarn.toml"
    with pytest.raises(ew.ConfigError, match="has learned from entries for the audience 'restricted'"):
        ew.score(config, model=model, audience="area", out=home / "refused")
    assert not (home / "refused").exists()


def test_results_for_two_audiences_are_not_mixed_in_one_folder(home):
    folder = ran(home, "restricted") / "run"
    with pytest.raises(ew.OutputError, match="audience"):
        ew.build(home / "earlywarn.toml", audience="area", out=folder)


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium; a machine without it skips, and `.ci/run` may not."""
    found = shutil.which("chromium")
    if found is None and not os.environ.get("EARLYWARN_TEST_CHROMIUM_REQUIRED"):
        pytest.skip("no chromium to open the report in")
    assert found, "no chromium to open the report in, although it is required"
    return found


@pytest.mark.parametrize(
    ("audience", "hidden"),
    [("area", ("sector", "restricted")), ("sector", ("restricted",)), ("restricted", ())],
)
def test_the_report_that_a_browser_shows_holds_nothing_above_the_audience(
    home, tmp_path, browser, audience, hidden
):
    report = ran(home, audience) / "run" / "report.html"
    options = (
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        *(f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=3000", "--dump-dom"),
    )
    done = subprocess.run(  # noqa: S603  a browser found on the path, on a page of ours
        [browser, *options, report.as_uri()], capture_output=True, text=True, check=True, timeout=120
    )
    page = done.stdout
    assert '<form id="controls" class="controls">' in page, "the page's own script has not run"
    assert "What people have logged" in page
    for tier in NUMBER:
        assert (f"PLANT-{tier}-" in page) == (tier not in hidden)


def few(home):
    """The areas of which an amount or an exposure of 1 to 4 people was open or for the sector, by kind."""
    entries = pd.read_csv(home / "tables" / "concerns.csv")
    counted = entries["kind"].isin(["complaints", "complaints_upheld"]) & entries["tier"].eq("open")
    numbers = entries[["amount", "exposure"]]
    return entries[counted & ((numbers > 0) & (numbers < 5)).any(axis=1)]


def test_a_rate_that_rests_on_few_people_is_in_no_file_and_no_model_has_read_it(home):
    folder = ran(home, "sector") / "run"
    everything = pd.read_parquet(ran(home, "restricted") / "run" / "features.parquet")
    shown = pd.read_parquet(folder / "features.parquet")
    hidden = everything["complaints_upheld"].notna() & shown["complaints_upheld"].isna()
    assert hidden.any(), "some share rests on few people"
    background = pd.read_parquet(folder / "model" / "background.parquet")
    both = background.index.intersection(shown.index)
    pd.testing.assert_frame_equal(background.loc[both], shown.loc[both, background.columns])
    shares = pd.read_csv(folder / "contributions.csv")
    told = shares[shares["feature"] == "complaints_rate"].set_index("area_code")["value"]
    now = shown.xs(pd.Timestamp(AS_OF), level="as_of")["complaints_rate"].reindex(told.index)
    np.testing.assert_allclose(told, now, rtol=1e-9)  # NaN in the same places


def test_no_small_count_is_told_in_the_entries(home):
    told = pd.read_csv(ran(home, "sector") / "run" / "evidence" / "entries.csv")
    few_ids = set(few(home)["entry_id"])
    among = told[told["entry_id"].isin(few_ids)]
    assert len(among) > 0
    assert among["what"].str.contains("fewer than 5").all()
    assert not told["what"].str.contains(r"\([1-4] complaints").any()


def test_a_folder_made_for_one_audience_is_not_written_up_for_another(home):
    folder = ran(home, "restricted") / "run"
    before = (folder / "report.html").read_bytes()
    with pytest.raises(ew.ConfigError, match="was made for the audience 'restricted'"):
        ew.report(run=folder, audience="area")
    assert (folder / "report.html").read_bytes() == before


def test_the_summary_and_the_faults_speak_of_nothing_above_the_audience(home, tmp_path):
    folder = tmp_path / "tables"
    shutil.copytree(home / "tables", folder)
    entries = pd.read_csv(folder / "concerns.csv")
    late = (
        entries[entries["tier"] == "restricted"]
        .head(1)
        .assign(entry_id="late", version=1, known_on="2031-05-05", occurred_on="2031-05-01")
    )
    pd.concat([entries, late]).to_csv(folder / "concerns.csv", index=False)
    config = tmp_path / "earlywarn.toml"
    config.write_text(CONFIG.format(as_of="2031-06-01", informs="true"))
    with pytest.raises(ew.DateError) as refused:
        ew.build(config, audience="area", out=tmp_path / "out")
    assert "2031-05" not in str(refused.value)
