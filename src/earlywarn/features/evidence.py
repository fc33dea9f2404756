"""Which features stand for which evidence: published figures, soft evidence, or both; history is in each."""

from collections.abc import Iterable

import pandas as pd

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.features.spec import SOFT

__all__ = ["check_soft", "evidence_sets", "history_of"]


def history_of(described: pd.DataFrame, features: Iterable[str]) -> tuple[str, ...]:
    """Return the features that come of the area's past judgements and returns, neither figures nor soft.

    Examples
    --------
    >>> described = pd.DataFrame({"indicator": ["caseload", "", ""], "evidence": ["hard", "soft", "hard"]},
    ...                          index=["caseload__level", "director_tenure", "last_overall"])
    >>> history_of(described, described.index)
    ('last_overall',)
    """
    about = described.loc[list(features)]
    plain = about["indicator"].eq("") & about["evidence"].ne(SOFT)
    return tuple(str(name) for name in about.index[plain])


def evidence_sets(described: pd.DataFrame, features: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Split features into sets of evidence.

    Parameters
    ----------
    described : DataFrame
        From ``describe``: its ``indicator`` and ``evidence`` say what a feature is made of.
    features : iterable of str
        All that a model with both kinds of evidence reads.

    Returns
    -------
    dict of str to tuple of str
        ``hard``: figures and history; ``soft``: soft evidence and history; ``hard+soft``: all of them. In
        the order given.

    Raises
    ------
    ConfigError
        If a set holds no feature at all.

    Examples
    --------
    >>> described = pd.DataFrame({"indicator": ["caseload", "", ""], "evidence": ["hard", "soft", "hard"]},
    ...                          index=["caseload__level", "director_tenure", "last_overall"])
    >>> evidence_sets(described, described.index)["soft"]
    ('director_tenure', 'last_overall')
    >>> evidence_sets(described, ["director_tenure"])
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: The evidence 'hard' holds no feature, so no model can be given it. ...
    """
    every = tuple(features)
    about = described.loc[list(every)]
    soft, figure = about["evidence"].eq(SOFT), about["indicator"].ne("")
    kept = {"hard": ~soft, "soft": ~figure, "hard+soft": soft | ~soft}
    sets = {name: tuple(str(feature) for feature in about.index[rows]) for name, rows in kept.items()}
    empty = [name for name, names in sets.items() if not names]
    if empty:
        message = (
            f"The evidence {name_a_few(empty)} holds no feature, so no model can be given it. Name features "
            "under [features] vital, history and soft."
        )
        raise ConfigError(message)
    return sets


def check_soft(described: pd.DataFrame, features: Iterable[str]) -> None:
    """Refuse features that are named as soft evidence and are not.

    Raises
    ------
    ConfigError
        Naming a few of them.

    Examples
    --------
    >>> described = pd.DataFrame({"evidence": ["hard"]}, index=["last_overall"])
    >>> check_soft(described, ["last_overall"])
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: [features] soft names 1 that is not soft evidence: 'last_overall'. ...
    """
    wrong = [name for name in features if described.loc[name, "evidence"] != SOFT]
    if wrong:
        are = "is" if len(wrong) == 1 else "are"
        message = (
            f"[features] soft names {len(wrong)} that {are} not soft evidence: {name_a_few(wrong)}. "
            "Put these under [features] history or extra."
        )
        raise ConfigError(message)
