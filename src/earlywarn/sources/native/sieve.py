"""Which rows of a published file are left out, and why."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Sieve"]


@dataclass
class Sieve:
    """Keeps the account of the rows of one file that are left out.

    Attributes
    ----------
    file : str
        The file's name.
    found : list of (file, where, rows, why)
        For ``skipped_rows``.
    """

    file: str
    found: list[tuple[str, str, int, str]] = field(default_factory=list)

    def drop(
        self,
        rows: pd.DataFrame,
        bad: npt.NDArray[np.bool_],
        why: str,
        where: str,
        named: npt.NDArray[np.object_] | None = None,
    ) -> pd.DataFrame:
        """Return the rows without some, after noting how many there are, for each different name if given.

        Parameters
        ----------
        rows : DataFrame
            Rows of the file that are still in.
        bad : ndarray of bool, shape (rows,)
            Those to be left out.
        why : str
            The reason, to be read after the place.
        where : str
            The place, or what kind of place ``named`` names.
        named : ndarray of str, shape (rows,), optional
            One line is noted for each different text.
        """
        if not bad.any():
            return rows
        if named is None:
            self.found.append((self.file, where, int(bad.sum()), why))
        else:
            which, names = pd.factorize(named[bad])
            counts = np.bincount(which).tolist()
            self.found += [
                (self.file, f"{where} {name}", n, why) for name, n in zip(names, counts, strict=True)
            ]
        return rows[~bad]
