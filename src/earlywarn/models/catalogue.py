"""Every model by name: the floors and the candidates."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from earlywarn.errors import ConfigError
from earlywarn.models.average import Average
from earlywarn.models.baselines import Rates, deprivation, last_judgement
from earlywarn.models.boosting import MonotoneBoosting
from earlywarn.models.logit import ordered_logit, penalised_logit
from earlywarn.models.targets import Graded, PerTarget, TargetModel

__all__ = ["AVERAGED", "FLOORS", "MODELS", "PENALTY", "Settings", "make_model"]

FLOORS = ("base_rate", "majority_class", "deprivation", "last_judgement")
AVERAGED = ("ordinal", "logit", "boosting")  # the members of "average"
PENALTY = 16.0  # prior sd of 0.25 log-odds per standard deviation of a feature: 45 declines cannot say more


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a factory may draw on; a floor ignores all of it.

    Parameters
    ----------
    features : tuple of str
        Columns of the matrix.
    monotone : mapping of feature to int
        1 where a higher value is worse, -1 where it is better, 0 or left out where neither is claimed.
    seed : int
        For models that draw.
    penalty : float
        Precision of the prior on a linear model's slopes, per standard deviation of a feature.
    penalty_factors : mapping of feature to float
        Multiplies the penalty of single features, in the ordered model.
    """

    features: tuple[str, ...] = ()
    monotone: Mapping[str, int] = field(default_factory=dict)
    seed: int = 0
    penalty: float = PENALTY
    penalty_factors: Mapping[str, float] = field(default_factory=dict)


def _logit(settings: Settings) -> TargetModel:
    return PerTarget(penalised_logit(penalty=settings.penalty), features=settings.features)


def _ordinal(settings: Settings) -> TargetModel:
    factors = dict(settings.penalty_factors) or None
    signs = {feature: -settings.monotone.get(feature, 0) for feature in settings.features}  # worse is down
    logit = ordered_logit(penalty=settings.penalty, penalty_factors=factors, signs=signs)
    return Graded(logit, features=settings.features)


def _boosting(settings: Settings) -> TargetModel:
    booster = MonotoneBoosting(monotone=dict(settings.monotone), random_state=settings.seed)
    return PerTarget(booster, features=settings.features)


def _average(settings: Settings) -> TargetModel:
    return Average(tuple(MODELS[name](settings) for name in AVERAGED))


MODELS: Mapping[str, Callable[[Settings], TargetModel]] = MappingProxyType(
    {
        "base_rate": lambda _: Rates(),
        "majority_class": lambda _: Rates(majority=True),
        "deprivation": lambda _: deprivation(),
        "last_judgement": lambda _: last_judgement(),
        "logit": _logit,
        "ordinal": _ordinal,
        "boosting": _boosting,
        "average": _average,
    }
)


def make_model(
    name: str,
    *,
    features: tuple[str, ...] = (),
    monotone: Mapping[str, int] | None = None,
    seed: int = 0,
    penalty: float = PENALTY,
    penalty_factors: Mapping[str, float] | None = None,
) -> TargetModel:
    """Return a model, not yet fitted; see ``Settings`` for the arguments.

    Raises
    ------
    ConfigError
        If there is no model of that name, or a model that needs features has none.

    Examples
    --------
    >>> make_model("ordinal", features=("caseload__level",)).features
    ('caseload__level',)
    >>> make_model("ordnial", features=("caseload__level",))
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: There is no model 'ordnial'. Did you mean 'ordinal'? The models are ...
    """
    if name not in MODELS:
        near = difflib.get_close_matches(name, MODELS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        message = f"There is no model {name!r}.{hint} The models are {', '.join(MODELS)}."
        raise ConfigError(message)
    if name not in FLOORS and not features:
        message = f"The model {name!r} needs at least one feature, and was given none."
        raise ConfigError(message)
    settings = Settings(
        features=tuple(features),
        monotone=monotone or {},
        seed=seed,
        penalty=penalty,
        penalty_factors=penalty_factors or {},
    )
    return MODELS[name](settings)
