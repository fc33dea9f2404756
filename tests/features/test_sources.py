import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.features.sources import source_labels

ENTRIES = st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 4), st.integers(-1, 4)), max_size=30)


def labels(entries):
    columns = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    return source_labels(*columns)


def by_walking(entries):
    """Give every entry the number of the first one that it can be reached from."""
    found = list(range(len(entries)))
    for _ in entries:
        for here, (scope, contributor, link) in enumerate(entries):
            for there, other in enumerate(entries):
                joined = scope == other[0] and (contributor == other[1] or (link >= 0 and link == other[2]))
                if joined:
                    found[here] = found[there] = min(found[here], found[there])
    return found


def test_echoes_join_through_others_and_scopes_stay_apart():
    # wren and lark share a page, lark and finch another: one voice; swift has none; all again elsewhere
    here = [(0, 0, 7), (0, 1, 7), (0, 1, 8), (0, 2, 8), (0, 3, -1)]
    found = labels([*here, *((1, contributor, link) for _, contributor, link in here)])
    assert len(set(found[:4])) == 1
    assert len(set(found)) == 4
    assert set(found[:5]).isdisjoint(found[5:])


@given(ENTRIES)
def test_as_walking_from_entry_to_entry_finds_them(entries):
    found, wanted = labels(entries), by_walking(entries)
    pairs = set(zip(found.tolist(), wanted, strict=True))
    assert len(pairs) == len(set(found)) == len(set(wanted))


@pytest.mark.parametrize("link", [-1, 3])
def test_labels_count_from_nought(link):
    assert labels([(0, 0, link), (0, 1, -1)]).tolist() == [0, 1]
    assert labels([]).tolist() == []
