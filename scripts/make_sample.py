"""Make the packaged England sample out of the full data folder.

Usage: ``python scripts/make_sample.py FULL_DATA_FOLDER [SAMPLE_FOLDER]``

It keeps every row of the vital indicators and of all other tables, changes no value, and gives each neighbour
set the day on which it was published. The same input gives the same bytes.
"""

import sys
from dataclasses import replace
from pathlib import Path

from earlywarn.sources.tables import Tables, read_tables
from earlywarn.sources.writing import write_tables

VITAL = (
    # front door: referrals, assessments, enquiries and conferences
    "referral_rate",
    "rereferral_rate",
    "referrals_nfa_rate",
    "referrals_assessed_not_in_need_rate",
    "assessments_within_45_days",
    "s47_rate",
    "s47_per_100_referrals",
    "icpc_per_100_s47",
    "icpc_within_15_days",
    "cin_rate",
    # protection
    "cpp_rate",
    "cpp_start_rate",
    "cpp_repeat_rate",
    "cpp_reviewed_in_time",
    "cpp_two_years_open_rate",
    "cpp_two_years_ended_rate",
    "cpp_per_100_cin",
    # care and care leavers
    "cla_rate",
    "cla_per_100_cin",
    "care_application_rate",
    "cla_three_placements_rate",
    "cla_long_term_stability",
    "cla_missing_rate",
    "cla_over_20_miles_rate",
    "care_leavers_eet_rate",
    "care_leavers_suitable_home_rate",
    "care_leavers_not_in_touch_rate",
    # workforce
    "caseload",
    "agency_rate",
    "turnover_rate",
    "vacancy_rate",
    "absence_rate",
    "social_workers_fte",
    # partners and context
    "neet_16_17_rate",
    "fsm_primary_rate",
    "fsm_secondary_rate",
    "school_absence_rate",
    "cin_persistent_absence_rate",
    "ehcp_within_20_weeks",
    "youth_justice_first_entrant_rate",
    # resources
    "spend_total",
    "spend_safeguarding",
    "unit_cost_looked_after",
    "population_0_17",
)
SOURCE = (
    "Department for Education, Office for National Statistics, Ofsted, Cafcass, Ministry of Justice and "
    "Youth Justice Board, NFER; figures 2013 to 2025, inspections that began before 1 April 2025"
)
LICENCE = "Contains public sector information licensed under the Open Government Licence v3.0."


def sample(full: Tables) -> Tables:
    """Return the part of the full data that is packaged."""
    known = set(full.indicators["indicator"])
    unknown = [name for name in VITAL if name not in known]
    if unknown:
        message = f"the folder has no indicator {', '.join(unknown)}"
        raise SystemExit(message)
    key = ["area_code", "indicator", "period_end", "known_on"]
    return replace(
        full,
        name="england",
        source=SOURCE,
        licence=LICENCE,
        indicators=full.indicators[full.indicators["indicator"].isin(VITAL)],
        observations=full.observations[full.observations["indicator"].isin(VITAL)].sort_values(key),
    )


if __name__ == "__main__":
    here = Path(__file__).resolve().parents[1] / "data_samples" / "england"
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else here  # noqa: PLR2004 - the usage says which is which
    for path in write_tables(sample(read_tables(sys.argv[1])), folder):
        sys.stdout.write(f"{path.stat().st_size:>9,}  {path}\n")
