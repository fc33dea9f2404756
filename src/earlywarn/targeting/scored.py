"""What a programme is made from: the tables of one scored run, however they were read."""

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

__all__ = ["Scored"]


class Scored(Protocol):
    """One scored run. Text columns hold ``str``, dates datetime64, numbers float; a lost file is empty."""

    @property
    def run(self) -> Mapping[str, Any]: ...  # noqa: D102 - what ``run.json`` holds
    @property
    def as_of(self) -> pd.Timestamp: ...  # noqa: D102 - midnight of the prediction
    @property
    def horizon(self) -> int: ...  # noqa: D102 - length of the outcome window in months
    @property
    def target(self) -> str: ...  # noqa: D102 - the question that the list shows
    @property
    def risks(self) -> pd.DataFrame: ...  # noqa: D102 - one row per scored area, by name
    @property
    def reasons(self) -> pd.DataFrame: ...  # noqa: D102 - sentences, with their share of the log-odds
    @property
    def series(self) -> pd.DataFrame: ...  # noqa: D102 - the figures that the model reads, by period
    @property
    def indicators(self) -> pd.DataFrame: ...  # noqa: D102 - label, unit, polarity, theme, source
    @property
    def judgements(self) -> pd.DataFrame: ...  # noqa: D102 - past inspections
    @property
    def notes(self) -> pd.DataFrame: ...  # noqa: D102 - cautions about data and calibration
    @property
    def entries(self) -> pd.DataFrame: ...  # noqa: D102 - soft intelligence within the audience's tier
    @property
    def trail(self) -> pd.DataFrame: ...  # noqa: D102 - which entries stand behind which feature
    @property
    def signals(self) -> pd.DataFrame: ...  # noqa: D102 - what stands out in the figures
    @property
    def charts(self) -> pd.DataFrame: ...  # noqa: D102 - control charts, by period
    @property
    def quality(self) -> pd.DataFrame: ...  # noqa: D102 - how sound the figures are
    @property
    def relations(self) -> pd.DataFrame: ...  # noqa: D102 - how indicators stand to each other
    @property
    def metrics(self) -> pd.DataFrame: ...  # noqa: D102 - the back-test in numbers
    @property
    def verdicts(self) -> pd.DataFrame: ...  # noqa: D102 - the back-test in words
    @property
    def reliability(self) -> pd.DataFrame: ...  # noqa: D102 - said against happened
    @property
    def context(self) -> pd.DataFrame: ...  # noqa: D102 - size, deprivation, kind of area, engagement
    @property
    def neighbours(self) -> pd.DataFrame: ...  # noqa: D102 - statistical neighbours in force
    @property
    def contributions(self) -> pd.DataFrame: ...  # noqa: D102 - log-odds by feature
    @property
    def predictions(self) -> pd.DataFrame: ...  # noqa: D102 - the back-test's risks and labels
