import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import ConfigError, DataError
from earlywarn.sources.native.places import find_places, read_register, with_relations
from earlywarn.sources.samples import sample_folder

REGISTER = read_register()
NAMES = dict(zip(REGISTER["area_code"], REGISTER["name"], strict=True))


def named(*texts, **when):
    return [NAMES.get(code, "") for code in find_places(list(texts), **when).area_code]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        (
            "Bristol",
            ["Bristol, City of", "City of Bristol", "Bristol City of", "Bristol City Council", "801"],
        ),
        ("Kingston upon Hull", ["Kingston upon Hull, City of", "HULL", "Hull City Council", "E06000010"]),
        ("St Helens", ["St. Helens", "Saint Helens Council", "St Helens MBC", "342", "342.0"]),
        ("Durham", ["County Durham", "Durham County Council", "840"]),
        ("Herefordshire", ["Herefordshire, County of", "Herefordshire Council"]),
        ("Bath and North East Somerset", ["Bath & North East Somerset Council"]),
        ("Windsor and Maidenhead", ["Windsor & Maidenhead, Royal Borough of"]),
        ("Kensington and Chelsea", ["Royal Borough of Kensington & Chelsea"]),
        ("Barnet", ["London Borough of Barnet", "Barnet London Borough Council"]),
        ("City of London", ["City of London", "London, City of", "City of London Corporation", "201"]),
        ("Bradford", ["City of Bradford Metropolitan District Council", "City of Bradford"]),
        ("Newcastle upon Tyne", ["Newcastle-upon-Tyne"]),
        ("Isles of Scilly", ["Isles Of Scilly", "Council of the Isles of Scilly"]),
        ("Westmorland and Furness", ["Westmoreland and Furness"]),
        ("Bournemouth, Christchurch and Poole", ["Bournemouth, Christ Church and Poole", "BCP"]),
        ("Barnsley", ["E08000016", "E08000038", "370"]),
        ("Buckinghamshire", ["E10000002", "E06000060", "825"]),
    ],
)
def test_an_area_is_found_in_every_dress_that_publishers_give_it(name, texts):
    assert named(*texts) == [name] * len(texts)


def test_every_area_of_the_register_is_found_by_number_code_and_name():
    for column in ("dfe_code", "area_code"):
        assert find_places(REGISTER[column].to_numpy()).area_code.tolist() == REGISTER["area_code"].tolist()
    plain = REGISTER[REGISTER["name"] != "Dorset"]
    assert find_places(plain["name"].to_numpy()).area_code.tolist() == plain["area_code"].tolist()


def test_the_register_agrees_with_the_packaged_sample():
    ours = with_relations(REGISTER, REGISTER["area_code"].tolist())
    sample = pd.read_csv(sample_folder("england") / "areas.csv", keep_default_na=False)
    pd.testing.assert_frame_equal(
        ours.assign(
            **{day: ours[day].dt.strftime("%Y-%m-%d").fillna("") for day in ("active_from", "active_to")}
        ),
        sample.sort_values("area_code", ignore_index=True),
    )


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        (["England", "England_all_schools", "England_state_funded", "E92000001"], "is national"),
        (
            ["London", "Inner London", "London (Outer)", "Yorkshire and The Humber", "E12000007"],
            "is of a region",
        ),
        (["984"], "is of a region"),
        (["Atlantis", "Worcester City Council", "820", "E06999999"], "is no area that we know"),
        (["Dorset"], "could be more than one area"),
    ],
)
def test_what_is_no_single_area_is_told_from_what_is_not_known(texts, why):
    found = find_places(texts)
    assert set(found.why) == {why}
    assert set(found.area_code) == {""}


@pytest.mark.parametrize(
    ("text", "start", "end", "name"),
    [
        ("Dorset", "2018-04-01", "2019-03-31", "Dorset (former county)"),
        ("Dorset", "2018-09-01", "2019-08-31", "Dorset"),  # of two the one that was there at the end
        ("835", "2018-09-01", "2019-08-31", "Dorset (former county)"),
        ("Cumbria", "2022-04-01", "2023-03-31", "Cumbria"),
        ("Cumbria", "2023-04-01", "2024-03-31", ""),
        ("942", "2022-04-01", "2023-03-31", ""),
        ("942", "2023-03-31", "2023-04-01", "Cumberland"),
        ("Northamptonshire", "2021-03-31", "2021-03-31", "Northamptonshire"),
        ("Northamptonshire", "2021-04-01", "2021-04-01", ""),
        ("Poole", "NaT", "2019-03-31", "Poole"),
    ],
)
def test_an_area_is_found_only_while_it_existed(text, start, end, name):
    found = find_places([text], start=[start], end=[end])
    assert NAMES.get(found.area_code[0], "") == name
    assert found.why[0] == ("" if name else "is about an area that did not exist then")


def test_several_columns_must_agree_and_empty_ones_say_nothing():
    found = find_places(["838", "", "942", "999", "980"], ["Dorset", "Leeds", "Leeds", "Atlantis", "Leeds"])
    assert [NAMES.get(code, "") for code in found.area_code] == ["Dorset", "Leeds", "", "", "Leeds"]
    assert found.why[2] == "has a number or code of one area and the name of another"
    assert found.why[3] == "is no area that we know"


def test_a_region_s_code_beside_an_area_s_name_is_at_odds():
    assert find_places(["E12000007"], ["Leeds"]).why[0].startswith("has a number or code of one area")


@settings(max_examples=20)
@given(st.permutations(["Kent", "304", "England", "Dorset", "Nowhere", "E10000009"]))
def test_the_order_of_rows_does_not_matter(texts):
    once = {text: find_places([text]).area_code[0] for text in texts}
    assert find_places(texts).area_code.tolist() == [once[text] for text in texts]


def test_a_register_of_the_user_s_own_is_followed(tmp_path):
    file = tmp_path / "areas.csv"
    file.write_text("area_code,name,active_to\nA1,North Riding,\nA2,Old Town,2020-03-31\n", encoding="utf-8")
    own = read_register(file)
    found = find_places(
        ["A1", "North Riding Council", "Old Town", "Kent"], end=["2021-03-31"] * 4, register=own
    )
    assert found.area_code.tolist() == ["A1", "A1", "", ""]
    assert with_relations(own, ["A1"])["predecessors"].tolist() == [""]


def test_a_register_that_will_not_do_is_refused_with_every_fault(tmp_path):
    file = tmp_path / "areas.csv"
    file.write_text("area_code,name,active_to\nA1,North,\nA1,South,31/03/2020\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"(?s)2 faults.*repeats an earlier row.*is not a date"):
        read_register(file)
    file.write_text("code,name\nA1,North\n", encoding="utf-8")
    with pytest.raises(DataError, match="column area_code: is missing"):
        read_register(file)
    with pytest.raises(DataError, match="cannot be read"):
        read_register(tmp_path / "none.csv")


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ConfigError, match="same length"):
        find_places(["Kent"], ["886", "304"])
    with pytest.raises(ConfigError, match="one or more columns"):
        find_places()
