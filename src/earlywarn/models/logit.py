"""The two linear models, each behind the same preparation."""

from collections.abc import Mapping

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from earlywarn.models.ordinal import OrdinalLogit
from earlywarn.models.prepare import Prepare

__all__ = ["ordered_logit", "penalised_logit"]

MAX_ITER = 1_000  # Newton needs about ten steps; this is only a stop


def penalised_logit(*, penalty: float) -> Pipeline:
    """Return preparation and scikit-learn's logit, its strength stated as ``OrdinalLogit`` states it.

    Parameters
    ----------
    penalty : float
        Precision of a normal prior on each slope per standard deviation, above 0; scikit-learn's ``C`` is
        its inverse.

    Examples
    --------
    >>> penalised_logit(penalty=16.0)[-1].C
    0.0625
    """
    # newton-cholesky: a few dozen features, so the Hessian is small and ten steps are exact to rounding
    return make_pipeline(
        Prepare(), LogisticRegression(C=1 / penalty, solver="newton-cholesky", max_iter=MAX_ITER)
    )


def ordered_logit(
    *,
    penalty: float,
    penalty_factors: Mapping[str, float] | None = None,
    signs: Mapping[str, int] | None = None,
) -> Pipeline:
    """Return preparation and ``OrdinalLogit``.

    Parameters
    ----------
    penalty : float
        Precision of a normal prior on each slope per standard deviation.
    penalty_factors : mapping of feature to float, optional
        Multiplies the penalty of single features.
    signs : mapping of feature to int, optional
        1 where a feature may only move a row up the scale, -1 only down it.
    """
    return make_pipeline(
        Prepare(), OrdinalLogit(penalty=penalty, penalty_factors=penalty_factors, signs=signs)
    )
