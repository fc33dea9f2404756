"""The rules of a programme: what it promises, what it may use, and how equals are told apart."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from earlywarn.errors import ConfigError
from earlywarn.targeting.rule_faults import laid_over, rule_faults
from earlywarn.targeting.rule_sections import (
    CapacityRules,
    CoolOffRules,
    DueRules,
    FairnessRules,
    InspectionRules,
    InterventionRules,
    ProgrammeRules,
    RuleSection,
    TargetedRules,
    TeamRules,
)

__all__ = ["Rules", "changed_rules", "read_rules", "starter_rules"]


class Rules(RuleSection):
    """All rules of one programme; the sections are read as attributes and cannot be changed.

    Build them with `read_rules`, which reports faults in words.

    Examples
    --------
    >>> rules = Rules()
    >>> rules.due.every_months, rules.team.places, round(rules.targeted.threshold, 3)
    (24, ('lead', 'theme', 'theme'), 0.333)
    """

    programme: ProgrammeRules = ProgrammeRules()
    capacity: CapacityRules = CapacityRules()
    due: DueRules = DueRules()
    targeted: TargetedRules = TargetedRules()
    cool_off: CoolOffRules = CoolOffRules()
    inspection: InspectionRules = InspectionRules()
    intervention: InterventionRules = InterventionRules()
    fairness: FairnessRules = FairnessRules()
    team: TeamRules = TeamRules()

    @property
    def in_force(self) -> dict[str, Any]:
        """Every rule as plain values, by section: what a plan keeps of them."""
        return self.model_dump(mode="json")


def read_rules(path: str | Path | None = None, *, changes: Mapping[str, object] | None = None) -> Rules:
    """Read the rules of a programme, and lay what-if changes over them.

    Parameters
    ----------
    path : path, optional
        A TOML file such as ``earlywarn plan init`` writes; what it leaves out is as packaged.
    changes : mapping of str to object, optional
        Dotted keys and their values, such as ``{"targeted.cost_ratio": 3}`` or
        ``{"capacity.by_quarter.Jul-Sep 2025": 6}``. ``None`` takes a rule back to its default.

    Raises
    ------
    ConfigError
        If the file cannot be read, or with every fault of file and changes in one message.

    Examples
    --------
    >>> read_rules(changes={"capacity.per_quarter": 6}).capacity.per_quarter
    6
    >>> read_rules(changes={"capacity.per_quarter": -1, "due.evry_months": 30})
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: The rules have 2 faults; nothing was done.
      [capacity] per_quarter (what-if): -1 will not do; it wants a whole number from 0 to 10,000; leave the
      key out for the fewest that reach every area in time.
      [due] evry_months (what-if): this key is not known. Did you mean 'every_months'?
    """
    file = None if path is None else Path(path)
    said = {} if file is None else _read(file)
    return _checked(said, changes or {}, name=str(file) if file else "")


def changed_rules(rules: Rules, changes: Mapping[str, object]) -> Rules:
    """Lay what-if changes over rules that were read before.

    Parameters
    ----------
    rules : Rules
        They stay as they are.
    changes : mapping of str to object
        As for `read_rules`.

    Raises
    ------
    ConfigError
        With every fault of the changes in one message.

    Examples
    --------
    >>> changed_rules(Rules(), {"due.every_months": 36}).due.every_months
    36
    """
    return _checked(rules.model_dump(), changes, name="")


def starter_rules() -> str:
    """Return the commented rules that ``earlywarn plan init`` writes; they are the packaged ones.

    Examples
    --------
    >>> tomllib.loads(starter_rules())["due"]["every_months"]
    24
    """
    return Path(__file__).with_name("rules.toml").read_text(encoding="utf-8")


def _checked(said: Mapping[str, Any], changes: Mapping[str, object], *, name: str) -> Rules:
    """Check rules with their changes, and say every fault of both at once."""
    laid, faults = laid_over(said, changes)
    rules = Rules()
    try:
        rules = Rules.model_validate(laid)
    except ValidationError as error:
        faults += rule_faults(error, Rules, changed=changes)
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        head = f"{name} has {count}" if name else f"The rules have {count}"
        raise ConfigError("\n".join([f"{head}; nothing was done.", *(f"  {fault}" for fault in faults)]))
    return rules


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        message = f"{file}: there is no such file. Write one with `earlywarn plan init`, or leave it out."
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}."
    except UnicodeDecodeError as error:
        message = f"{file} is not UTF-8 text (see byte {error.start:,}); save it as UTF-8."
    except tomllib.TOMLDecodeError as error:
        message = f'{file} is not TOML: {error}. Words stand in quotes: ties = "lottery".'
    raise ConfigError(message)
