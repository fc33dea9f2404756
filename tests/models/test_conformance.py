"""scikit-learn's own checks, for every estimator of ours."""

from sklearn.utils.estimator_checks import parametrize_with_checks

from earlywarn.models.boosting import MonotoneBoosting
from earlywarn.models.ordinal import OrdinalLogit
from earlywarn.models.prepare import Prepare


@parametrize_with_checks([MonotoneBoosting(trees=30), OrdinalLogit(), Prepare()])
def test_keeps_scikit_learns_contract(estimator, check):
    check(estimator)
