"""Which columns of the matrix a model reads: few, declared, and nothing that the data do not hold."""

from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

import pandas as pd

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.features.catalogue import JOIN
from earlywarn.features.evidence import check_soft

__all__ = ["select_features"]


def select_features(
    described: pd.DataFrame,
    *,
    vital: Sequence[str],
    measures: Sequence[str],
    history: Sequence[str],
    extra: Sequence[str] = (),
    soft: Sequence[str] = (),
    declared: bool = True,
) -> tuple[str, ...]:
    """Return the names of the features that a model reads.

    Parameters
    ----------
    described : DataFrame
        From ``describe``: what there is.
    vital : sequence of str
        Indicators.
    measures : sequence of str
        What is taken of each vital indicator, such as ``national_gap``.
    history : sequence of str
        Features of the area as a whole.
    extra : sequence of str
        More of either kind, by name or pattern, such as ``agency_rate__*``.
    soft : sequence of str
        The same, of soft evidence only.
    declared : bool
        Whether the user named the vital indicators. Of a default list, those that the data lack are passed
        over.

    Raises
    ------
    ConfigError
        If something named does not exist (the nearest name is suggested), nothing of the default list
        does, or something named under ``soft`` is not soft evidence.

    Examples
    --------
    >>> described = pd.DataFrame({"indicator": ["caseload", ""]}, index=["caseload__level", "last_overall"])
    >>> select_features(described, vital=["caseload"], measures=["level"], history=["last_overall"])
    ('caseload__level', 'last_overall')
    """
    known = [name for name in described["indicator"].unique() if name]
    present = [indicator for indicator in vital if indicator in known]
    absent = [indicator for indicator in vital if indicator not in known]
    if vital and (absent if declared else not present):
        near = get_close_matches(absent[0], known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"The data hold {name_a_few(known)}."
        message = (
            f"features.vital names {len(absent)} indicator{'s' if len(absent) > 1 else ''} that the data do "
            f"not hold: {name_a_few(absent)}. {hint} Name indicators of your indicators table."
        )
        raise ConfigError(message)
    wanted = [f"{indicator}{JOIN}{measure}" for indicator in present for measure in measures]
    wanted += list(history)
    unknown = [name for name in wanted if name not in described.index]
    patterns = [*extra, *soft]
    found = {
        pattern: [name for name in described.index if fnmatchcase(name, pattern)] for pattern in patterns
    }
    unknown += [pattern for pattern, names in found.items() if not names]
    if unknown:
        near = get_close_matches(unknown[0], [str(name) for name in described.index], n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        message = (
            f"[features] asks for {len(unknown)} that no builder makes: {name_a_few(unknown)}.{hint} "
            "Features are named indicator__measure, or by the plain name of a feature of the area."
        )
        raise ConfigError(message)
    check_soft(described, [name for pattern in soft for name in found[pattern]])
    wanted += [name for names in found.values() for name in names]
    return tuple(dict.fromkeys(wanted))
