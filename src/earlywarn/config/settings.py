"""Every setting: its section, type, bounds and default.

The ``description`` of a field is what a fault says the key wants, so it completes "it wants ...".
"""

import datetime as dt
import hashlib
import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

__all__ = [
    "AUDIENCES",
    "EVIDENCE_SETS",
    "HISTORY_FEATURES",
    "MODELS",
    "PACKAGED_SAMPLES",
    "SOFT_FEATURES",
    "TARGETS",
    "VITAL_INDICATORS",
    "BacktestSettings",
    "Config",
    "DataSettings",
    "FeatureSettings",
    "IntelligenceSettings",
    "ModelSettings",
    "OutputSettings",
    "QuestionSettings",
    "Section",
    "TrackingSettings",
]

PACKAGED_SAMPLES = ("england", "synthetic")  # ``data.folder`` of such a name means what is installed with us

Audience = Literal["area", "sector", "restricted"]
Target = Literal["adverse", "decline", "serious"]
ModelName = Literal[
    "base_rate", "majority_class", "deprivation", "last_judgement", "logit", "ordinal", "boosting", "average"
]
AUDIENCES: tuple[str, ...] = get_args(Audience)
EvidenceSet = Literal["hard", "soft", "hard+soft"]
TARGETS: tuple[str, ...] = get_args(Target)
MODELS: tuple[str, ...] = get_args(ModelName)
EVIDENCE_SETS: tuple[str, ...] = get_args(EvidenceSet)

# Few: with some 280 labelled rows, every further column costs more than it is likely to tell.
VITAL_INDICATORS = (
    "assessments_within_45_days",
    "rereferral_rate",
    "cpp_reviewed_in_time",
    "caseload",
    "agency_rate",
    "care_application_rate",
    "cla_rate",
    "cla_per_100_cin",
    "neet_16_17_rate",
)
HISTORY_FEATURES = ("last_overall",)
# What a comparison of evidence reads where features.soft names nothing: what the field names as signals of
# decline, once each, chosen before any result was seen. The data of most places hold only some of them.
SOFT_FEATURES = (
    "director_tenure",
    "director_interim",
    "theme_leadership_instability",
    "theme_workforce_instability",
    "theme_agency_reliance",
    "theme_drift_and_delay",
    "theme_data_quality_weakness",
    "leadership_changes_24",
    "leadership_stability",
    "concern_pressure",
    "pressure_positive",
    "complaints_rate",
    "complaints_upheld",
    "months_since_review",
    "declined_reviews",
    "late_returns",
    "support_given",
    "silence",
)

PLACEHOLDERS = ("name", "as_of", "target", "horizon_months")  # may stand in braces in ``output.folder``


def _date(value: object) -> object:
    """Read YYYY-MM-DD; anything that is not text is left to the type to judge."""
    if isinstance(value, dt.datetime):  # a subclass of date, but a time of day has no place here
        message = "a time of day"
        raise ValueError(message)  # noqa: TRY004  pydantic turns only a ValueError into a fault
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        message = "another form of date"  # ISO weeks and the like, which fromisoformat would take
        raise ValueError(message)
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) < len(values):
        message = "one of them twice"
        raise ValueError(message)
    return values


def _template(folder: str) -> str:
    for name in re.findall(r"\{(.*?)\}", folder):
        if name not in PLACEHOLDERS:
            message = f"the unknown placeholder {{{name}}}"
            raise ValueError(message)
    return folder


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Date = Annotated[dt.date, BeforeValidator(_date)]
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_as_tuple)]
DistinctWords = Annotated[Words, AfterValidator(_distinct)]


class Section(BaseModel):
    """Frozen, strict (no "12" for 12) and closed: an unknown key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DataSettings(Section):
    """Which tables to read."""

    folder: str = Field(
        default=PACKAGED_SAMPLES[0], min_length=1, description="the path of a data folder, in quotes"
    )
    name: str = Field(
        default="",
        pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]*)?$",
        description="letters, digits, '.', '_' and '-' only, in quotes",
    )

    @property
    def packaged(self) -> bool:
        """Whether a sample that is installed with earlywarn is meant."""
        return self.folder in PACKAGED_SAMPLES


class QuestionSettings(Section):
    """What is asked: of which day, how far ahead, about what."""

    as_of: Date = Field(default=dt.date(2025, 4, 1), description="a date, written YYYY-MM-DD")
    horizon_months: int = Field(default=12, ge=1, le=36, description="a whole number of months from 1 to 36")
    target: Target = Field(default="adverse", description="one of 'adverse', 'decline', 'serious'")


class FeatureSettings(Section):
    """What the model may look at."""

    vital: DistinctWords = Field(
        default=VITAL_INDICATORS, description="a list of indicators, each once, in quotes"
    )
    measures: DistinctWords = Field(
        default=("national_gap",), description="a list of measures, each once, such as ['national_gap']"
    )
    extra: DistinctWords = Field(
        default=(), description="a list of features or patterns, each once, such as ['agency_rate__*']"
    )
    history: DistinctWords = Field(
        default=HISTORY_FEATURES,
        description="a list of area-level features, each once, such as ['last_overall']",
    )
    soft: DistinctWords = Field(
        default=(),
        description="a list of features or patterns of soft evidence, each once, such as ['theme_*']",
    )


class IntelligenceSettings(Section):
    """The log of soft intelligence: which, for whom, and how it is read."""

    log: str = Field(default="", description="a file or a database address, in quotes; empty for none")
    kinds: str = Field(default="", description="the path of a TOML file with kinds of your own, in quotes")
    audience: Audience = Field(default="sector", description=f"one of {', '.join(map(repr, AUDIENCES))}")
    restricted_informs_score: bool = Field(default=False, description="true or false, without quotes")
    half_life_days: float = Field(
        default=180.0, gt=0, allow_inf_nan=False, description="a number of days above 0"
    )
    suppress_below: int = Field(default=5, ge=0, le=100, description="a whole number from 0 to 100")

    @property
    def informing(self) -> str:
        """The audience whose entries inform the score."""
        return "restricted" if self.restricted_informs_score else self.audience

    @property
    def veiled(self) -> bool:
        """Whether entries that the audience may not see can inform the score."""
        return self.informing != self.audience


class ModelSettings(Section):
    """The model that is deployed."""

    name: ModelName = Field(default="ordinal", description=f"one of {', '.join(map(repr, MODELS))}")
    penalty: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="a number above 0; leave the key out for the model's own",
    )
    seed: int = Field(default=20250401, ge=0, lt=2**32, description="a whole number from 0 to 4,294,967,295")
    replicates: int = Field(default=200, ge=2, le=10_000, description="a whole number from 2 to 10,000")


class BacktestSettings(Section):
    """The race in which the model is judged."""

    first_start: Date = Field(default=dt.date(2019, 1, 1), description="a date, written YYYY-MM-DD")
    last_start: Date | None = Field(
        default=None, description="a date, written YYYY-MM-DD; leave the key out for all that is known"
    )
    long_leads_from: Date = Field(default=dt.date(2020, 4, 1), description="a date, written YYYY-MM-DD")
    leads_months: Annotated[
        tuple[Annotated[int, Field(ge=1, le=36)], ...], BeforeValidator(_as_tuple), AfterValidator(_distinct)
    ] = Field(
        default=(3, 6, 12, 18),
        min_length=1,
        description="a list of whole months from 1 to 36, each once, such as [3, 12]",
    )
    draws: int = Field(default=1000, ge=2, le=100_000, description="a whole number from 2 to 100,000")
    models: Annotated[tuple[ModelName, ...], BeforeValidator(_as_tuple), AfterValidator(_distinct)] = Field(
        default=("logit", "ordinal", "boosting", "average"),
        description=f"a list, each once, out of {', '.join(map(repr, MODELS))}",
    )
    compare: Annotated[tuple[EvidenceSet, ...], BeforeValidator(_as_tuple), AfterValidator(_distinct)] = (
        Field(default=(), description=f"a list, each once, out of {', '.join(map(repr, EVIDENCE_SETS))}")
    )


class OutputSettings(Section):
    """Where the results go."""

    folder: Annotated[str, AfterValidator(_template)] = Field(
        default="out/{name}-{as_of}",
        min_length=1,
        description="a path, in quotes, with no braces but {name}, {as_of}, {target} and {horizon_months}",
    )


class TrackingSettings(Section):
    """The record of what was run."""

    enabled: bool = Field(default=True, description="true or false, without quotes")
    uri: str = Field(
        default="", description="the address of an MLflow store, in quotes; empty for the default"
    )
    experiment: str = Field(default="earlywarn", min_length=1, description="a name, in quotes")


class Config(Section):
    """All settings of one run.

    Build it with `earlywarn.load_config`, which reports faults in words. The sections are read as
    attributes, ``config.question.as_of``, and cannot be changed; dates are ``datetime.date``.

    Examples
    --------
    >>> config = Config()
    >>> config.name, config.question.horizon_months, config.output_folder.name
    ('england', 12, 'england-2025-04-01')
    """

    data: DataSettings = DataSettings()
    question: QuestionSettings = QuestionSettings()
    features: FeatureSettings = FeatureSettings()
    intelligence: IntelligenceSettings = IntelligenceSettings()
    model: ModelSettings = ModelSettings()
    backtest: BacktestSettings = BacktestSettings()
    output: OutputSettings = OutputSettings()
    tracking: TrackingSettings = TrackingSettings()

    @property
    def name(self) -> str:
        """The name of the data: as set, else that of its folder."""
        if self.data.name:
            return self.data.name
        return re.sub(r"[^A-Za-z0-9._-]+", "-", Path(self.data.folder).name).strip("-.") or "data"

    @property
    def output_folder(self) -> Path:
        """The absolute path of the run folder, placeholders filled in."""
        filled = self.output.folder
        for key, value in {"name": self.name, **self.question.model_dump(mode="json")}.items():
            filled = filled.replace(f"{{{key}}}", str(value))
        return Path(filled).absolute()

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of every setting that can change a result.

        Where things lie (``data.folder``, the log, ``[output]``, ``[tracking]``) is left out, so that two
        machines agree; the data carry a fingerprint of their own.
        """
        settings = self.model_dump(
            mode="json",
            exclude={"data": {"folder"}, "intelligence": {"log", "kinds"}, "output": True, "tracking": True},
        )
        settings["data"]["name"] = self.name
        canonical = json.dumps(settings, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
