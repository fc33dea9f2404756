import numpy as np
import pandas as pd
import pytest

from earlywarn.errors import ConfigError, DataError
from earlywarn.sources.native.calendar import read_calendar
from earlywarn.sources.samples import sample_folder

CENSUS = "DfE Children in need census"


def known(calendar, place, end, marker=""):
    ends = np.array([end], dtype="datetime64[ns]")
    return str(calendar.known_on(np.array([place]), ends, np.array([marker], dtype=object))[0])[:10]


def own(tmp_path, text):
    file = tmp_path / "calendar.toml"
    file.write_text(text, encoding="utf-8")
    return read_calendar(file)


def test_the_packaged_calendar_dates_the_england_sample():
    calendar, england = read_calendar(), sample_folder("england")
    names = pd.read_csv(england / "indicators.csv").set_index("indicator")["source"]
    place = {name: calendar.find(name, source=source) for name, source in names.items()}
    assert min(place.values()) >= 0
    observations = pd.read_csv(england / "observations.csv.gz", parse_dates=["period_end", "known_on"])
    dated = calendar.known_on(
        observations["indicator"].map(place).to_numpy(),
        observations["period_end"].to_numpy(),
        np.full(len(observations), "", dtype=object),
    )
    assert (dated == observations["known_on"].to_numpy()).all()


def test_a_measure_finds_its_publication_by_its_own_name_its_source_or_its_address():
    calendar = read_calendar()
    names = [entry.name for entry in calendar.publications]
    census = calendar.find("cin_rate", source=CENSUS)
    assert names[census] == CENSUS
    assert (
        calendar.find("x", address="https://a.example/find-statistics/characteristics-of-children-in-need")
        == census
    )
    assert known(calendar, calendar.find("cin_suspension_rate"), "2023-08-31") == "2025-05-31"
    assert known(calendar, calendar.find("x", code="LAC_Fixed_ Ex"), "2023-08-31") == "2025-05-31"
    assert calendar.find("x", source="Our own count") == -1
    assert known(calendar, -1, "2024-02-29") == "2025-02-28"  # twelve months later, on the last of February


def test_a_calendar_of_the_user_s_own_comes_first(tmp_path):
    calendar = own(
        tmp_path,
        f"""
        [default]
        months = 6
        [[publication]]
        name = "{CENSUS}"
        known_on = "10-31"
        years_later = 0
        provisional_known_on = "07-01"
        revised_known_on = "02-28"
        revised_years_later = 1
        [[release]]
        publication = "{CENSUS}"
        period_end = 2024-03-31
        known_on = 2024-10-24
        """,
    )
    census = calendar.find("cin_rate", source=CENSUS)
    assert known(calendar, census, "2023-03-31") == "2023-10-31"
    assert known(calendar, census, "2023-03-31", "provisional") == "2023-07-01"
    assert known(calendar, census, "2023-03-31", "revised") == "2024-02-28"
    assert known(calendar, census, "2023-03-31", "outturn") == "2023-10-31"
    assert known(calendar, census, "2024-03-31") == "2024-10-24"
    assert known(calendar, -1, "2024-03-31") == "2024-09-30"
    workforce = calendar.find("agency_rate", source="DfE Children's social work workforce")
    assert known(calendar, workforce, "2024-09-30") == "2025-02-28"


def test_a_rule_that_makes_figures_public_before_their_period_ends_is_refused(tmp_path):
    calendar = own(tmp_path, '[[publication]]\nname = "Ours"\nknown_on = "01-31"\n')
    with pytest.raises(ConfigError, match="'Ours' to 2024-03-31 public on 2024-01-31, before"):
        known(calendar, calendar.find("x", source="Ours"), "2024-03-31")


def test_every_fault_of_a_calendar_is_told_at_once(tmp_path):
    text = """
    [[publication]]
    name = "A"
    [[publication]]
    name = "B"
    known_on = "31-12"
    [[publication]]
    name = "C"
    known_on = "12-31"
    lag = 3
    [[release]]
    publication = "A"
    period_end = "soon"
    known_on = 2024-10-24
    [default]
    months = -1
    [other]
    """
    with pytest.raises(DataError) as caught:
        own(tmp_path, text)
    places = [fault.column for fault in caught.value.faults]
    assert places == ["other", "publication 1", "publication 2", "publication 3", "release 1", "default"]
    with pytest.raises(DataError, match="cannot be read"):
        read_calendar(tmp_path / "none.toml")
