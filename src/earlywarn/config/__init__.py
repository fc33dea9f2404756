"""A configuration is one TOML file, checked to its last key before anything is computed.

Every key has a default, so no file at all is a complete configuration. `settings` says what there is
to set; `load` reads a file, lays overrides over it and reports all faults at once, in words.
"""

from earlywarn.config.load import did_you_mean, load_config, starter_text
from earlywarn.config.settings import (
    AUDIENCES,
    EVIDENCE_SETS,
    HISTORY_FEATURES,
    MODELS,
    PACKAGED_SAMPLES,
    SOFT_FEATURES,
    TARGETS,
    VITAL_INDICATORS,
    BacktestSettings,
    Config,
    DataSettings,
    FeatureSettings,
    IntelligenceSettings,
    ModelSettings,
    OutputSettings,
    QuestionSettings,
    TrackingSettings,
)

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
    "TrackingSettings",
    "did_you_mean",
    "load_config",
    "starter_text",
]
