import pytest

from earlywarn.errors import MissingTableError
from earlywarn.sources.england import read_england
from earlywarn.sources.samples import sample_folder


def test_the_sample_says_where_it_comes_from():
    england = read_england()
    assert england.name == "england"
    assert "Open Government Licence v3.0" in england.licence
    assert "Department for Education" in england.source


def test_no_other_sample_is_packaged():
    with pytest.raises(MissingTableError, match="name the sample england"):
        sample_folder("atlantis")


@pytest.mark.parametrize("where", ["installed", "checkout"])
def test_the_sample_is_found_in_a_wheel_and_in_a_checkout(tmp_path, monkeypatch, where):
    package = tmp_path / "src" / "earlywarn"
    folder = (package if where == "installed" else tmp_path) / "data_samples" / "england"
    folder.mkdir(parents=True)
    (folder / "areas.csv").write_text("")
    monkeypatch.setattr("earlywarn.sources.samples.files", lambda _: package)
    assert sample_folder("england") == folder
