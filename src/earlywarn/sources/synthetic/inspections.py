"""The made-up inspections: about every three years, sooner after one below good, and not free of error."""

import numpy as np
import pandas as pd

from earlywarn.schema import GRADES, SUB_JUDGEMENTS, TABLES
from earlywarn.sources.synthetic.plan import YEAR, Numbers, Plan
from earlywarn.sources.synthetic.quality import Quality
from earlywarn.sources.synthetic.register import Lives

__all__ = ["inspections", "report_themes"]

GAP_YEARS, GAP_SPREAD, LEAST_GAP = 3.5, 0.4, 2.0  # from one to the next
SOONER = (1.2, 0.6, 0.0, 0.0)  # years by which the next comes sooner, after each grade
PULL = 1.5  # of quality on the inspectors' score, whose noise is 1
CUTS = (-0.95, -0.05, 1.1)  # of the standardised score, between the four grades
THEMES = {"leadership_change": 0.8, "agency_reliance": 0.5, "drift_and_delay": 1.5}  # mentions on average


def inspections(plan: Plan, codes: np.ndarray, quality: Quality) -> tuple[pd.DataFrame, Numbers]:
    """Return the table ``inspections`` and the standardised score behind each, shape (inspections,).

    Parameters
    ----------
    codes : array of str, shape (areas,)
    """
    rng = plan.rng("inspections")
    span = len(plan.years)
    times = int(span / (LEAST_GAP - max(SOONER) / 2)) + 2
    area = np.arange(plan.areas)
    lives = Lives(plan)
    # an area that comes into being is judged within three years of it
    begins = np.maximum(lives.first, plan.opens)
    start = begins + (rng.uniform(0, GAP_YEARS, size=plan.areas) * YEAR).astype(np.int64)
    gaps = rng.normal(GAP_YEARS, GAP_SPREAD, size=(times, plan.areas))
    errors = rng.normal(size=(times, plan.areas))
    starts, scores = [], []
    for gap, error in zip(gaps, errors, strict=True):  # one after the other: each waits upon the last
        score = (plan.effect * PULL * quality.at(area, start) + error) / np.hypot(1, plan.effect * PULL)
        starts.append(start)
        scores.append(score)
        wait = gap - np.take(SOONER, np.digitize(score, CUTS))
        start = start + (wait.clip(LEAST_GAP - max(SOONER) / 2) * YEAR).astype(np.int64)
    held, drawn = np.stack(starts, axis=1), np.stack(scores, axis=1)
    rows, columns = np.nonzero(lives.exist(area[:, None], held) & (held < plan.closes))
    begun, score = pd.Series(held[rows, columns].astype("datetime64[ns]")), drawn[rows, columns]
    part = {name: score + 0.4 * rng.normal(size=len(rows)) for name in SUB_JUDGEMENTS}
    ended = begun + pd.Timedelta(days=4)
    table = pd.DataFrame(
        {
            "inspection_id": codes[rows] + "_" + begun.dt.strftime("%Y%m%d").to_numpy(dtype=object),
            "area_code": codes[rows],
            "framework": "made up",
            "inspection_type": "standard",
            "start_date": begun,
            "end_date": ended,
            "known_on": ended + pd.to_timedelta(rng.integers(35, 75, size=len(rows)), unit="D"),
            "overall": _grades(score),
            **{name: _grades(own) for name, own in part.items()},
        }
    )
    return table, score


def _grades(score: Numbers) -> np.ndarray:
    return np.asarray(np.array(GRADES, dtype=object)[np.digitize(score, CUTS)])


def report_themes(plan: Plan, held: pd.DataFrame, score: Numbers) -> pd.DataFrame:
    """Return the table ``report_themes``: more mentions where the inspectors' score is low.

    Parameters
    ----------
    held : DataFrame
        ``inspections``.
    score : array, shape (inspections,)
        Higher is better.
    """
    rng = plan.rng("themes")
    table = held[["area_code", "inspection_id", "known_on"]].copy()
    table["words"] = rng.integers(4000, 12000, size=len(score))
    for theme, mentions in THEMES.items():
        table[theme] = rng.poisson(mentions * np.exp(-0.3 * plan.soft * score.clip(-3, 3)))
    return table[[*TABLES["report_themes"].names, *THEMES]]
