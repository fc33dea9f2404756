"""A tiny world and models of every kind, trained on it."""

import importlib
import warnings

import numpy as np
import pandas as pd
import pytest

from earlywarn.features.catalogue import describe, monotone
from earlywarn.features.matrix import build_matrix
from earlywarn.models.catalogue import make_model
from earlywarn.models.deploy import deploy
from earlywarn.models.targets import TARGETS
from earlywarn.panel.panel import Panel
from earlywarn.schedule import quarter_starts
from earlywarn.sources.synthetic import synthetic_tables
from earlywarn.validation.splits import may_teach, taught_weights, teaching_rows

AS_OF = pd.Timestamp("2018-07-01")
FEATURES = (
    "agency_rate__national_gap",
    "caseload__national_gap",
    "caseload__change_one_year",
    "cpp_reviewed_in_time__national_gap",
    "last_overall",
)


class World:
    """All that an explanation is made from."""

    def __init__(self):
        self.panel = Panel(synthetic_tables(areas=40, seed=2, years=range(2012, 2020)))
        dates = quarter_starts(pd.Timestamp("2014-01-01"), AS_OF)
        self.matrix = build_matrix(self.panel, dates)
        teaching = teaching_rows(self.panel.inspections, self.matrix.index, horizon=12)
        self.teaching = teaching[may_teach(teaching["label_known_on"].to_numpy(), AS_OF)]
        self.described = describe(self.panel.indicators)
        self.snapshot = self.panel.known_at(AS_OF)
        here = self.matrix.xs(AS_OF, level="as_of", drop_level=False)
        eligible = self.snapshot.areas.loc[self.snapshot.areas["exists"], "area_code"]
        self.X = here[here.index.get_level_values("area_code").isin(eligible)]

    def deployed(self, name, features=FEATURES):
        labels = self.teaching
        rng = np.random.default_rng(0)
        rehearsed = pd.DataFrame(
            rng.uniform(0.1, 0.9, size=(len(labels), 3)), columns=list(TARGETS), index=labels.index
        )
        model = make_model(name, features=features, monotone=monotone(self.described), seed=1)
        return deploy(
            model,
            X=self.matrix.reindex(pd.MultiIndex.from_frame(labels[["area_code", "as_of"]])),
            labels=labels,
            sample_weight=taught_weights(labels["inspection_id"]),
            out_of_time=rehearsed,
            replicates=2,
            seed=1,
            meta={},
        )


@pytest.fixture(scope="session")
def world():
    return World()


@pytest.fixture(scope="session")
def deployed(world):
    return world.deployed("ordinal")


@pytest.fixture(scope="session")
def as_of():
    return AS_OF


@pytest.fixture(scope="session")
def shap():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its plots, about matplotlib's future
        return importlib.import_module("shap")
