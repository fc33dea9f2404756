"""Which entries come from one source: echoes and repetitions do not corroborate."""

import numpy as np
import numpy.typing as npt

__all__ = ["source_labels"]

Codes = npt.NDArray[np.int64]


def source_labels(scope: Codes, contributor: Codes, link: Codes) -> Codes:
    """Return the source that each entry comes from.

    Entries of one scope that share a contributor or a link come from one source, and so do those that are
    joined through others: if two people point to the same press report, all that the two have said in that
    scope counts as one voice. This errs towards too few sources. Entries without a contributor cannot be told
    apart, so they count as one contributor; an empty link joins nothing.

    Parameters
    ----------
    scope : array of int, shape (entry,)
        Within what sources are counted, such as one kind in one area; never negative.
    contributor, link : array of int, shape (entry,)
        Codes from 0; -1 where the cell is empty.

    Returns
    -------
    array of int, shape (entry,)
        Labels from 0; entries of different scopes have different labels.

    Examples
    --------
    >>> scope, contributor = np.array([0, 0, 0, 1]), np.array([0, 1, 2, 0])
    >>> source_labels(scope, contributor, np.array([5, 5, -1, 5])).tolist()
    [0, 0, 1, 2]
    """
    voices = scope * (contributor.max(initial=-1) + 2) + contributor + 1
    voice = np.unique(voices, return_inverse=True)[1]
    linked = np.flatnonzero(link >= 0)
    if len(linked) == 0:
        return voice
    pages = np.unique(scope[linked] * (link.max() + 1) + link[linked], return_inverse=True)[1]
    return _joined(voice, linked, pages)


def _joined(voice: Codes, linked: Codes, pages: Codes) -> Codes:
    """Label the connected groups of voices and the pages they point to."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - a third of a second, and only logs with links need it
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    voices = int(voice.max()) + 1
    size = voices + int(pages.max()) + 1
    ties = coo_array((np.ones(len(linked)), (voice[linked], voices + pages)), shape=(size, size))
    group = connected_components(ties, directed=False)[1]
    labels: Codes = np.unique(group[voice], return_inverse=True)[1]
    return labels
