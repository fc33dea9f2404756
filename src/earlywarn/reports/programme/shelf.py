"""Everything that briefings are written from, sorted once by area and cut to what their reader may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pandas as pd

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.reports.anchors import rows_of
from earlywarn.reports.areas import series_of
from earlywarn.reports.content import Content
from earlywarn.reports.control import Points
from earlywarn.reports.profiles import points_of
from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.trends import Series
from earlywarn.schema import TIERS
from earlywarn.targeting.enquiry import lines_of_enquiry
from earlywarn.targeting.evidence import tier_limit, visible_contributions, visible_entries, visible_reasons
from earlywarn.targeting.library import Enquiry
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.scored import Scored

__all__ = ["READERS", "Shelf", "check_audience", "drawable"]

READERS = {"sector": "for sector bodies", "area": "for the area itself"}

LINES, PRACTICE = 8, 2  # lines of enquiry that fit with the rest, and those about practice

Drawable = tuple[Mapping[tuple[str, str], Series], Mapping[tuple[str, str], Points]]


@dataclass(frozen=True)
class Shelf:
    """The rows of every table by area code, as one audience may see them.

    Parameters
    ----------
    audience : str
        A key of ``READERS``.
    target, horizon, as_of
        Of the run.
    areas : mapping of code to row
        The plan's table ``areas``; ``risks`` and ``quality`` likewise, of the run.
    reasons, entries, judgements, notes, enquiries, support, journeys, changes, teams : mapping
        Code to rows. Reasons, entries and enquiries are only those that the audience may see.
    series, points : mapping of (code, indicator)
        Figures over time and their control limits.
    indicators : mapping of indicator to row
        Label, unit, source.
    veiled : set of str
        Areas with a risk that rests on more than the audience may see.
    hidden : set of str
        Areas of which there is any evidence that the audience may not see.
    """

    audience: str
    target: str
    horizon: int
    as_of: pd.Timestamp
    areas: Mapping[str, Row]
    risks: Mapping[str, Row]
    quality: Mapping[str, Row]
    reasons: Mapping[str, Sequence[Row]]
    entries: Mapping[str, Sequence[Row]]
    judgements: Mapping[str, Sequence[Row]]
    notes: Mapping[str, Sequence[Row]]
    enquiries: Mapping[str, Sequence[Row]]
    support: Mapping[str, Sequence[Row]]
    journeys: Mapping[str, Sequence[Row]]
    changes: Mapping[str, Sequence[Row]]
    teams: Mapping[str, Sequence[Row]]
    series: Mapping[tuple[str, str], Series]
    points: Mapping[tuple[str, str], Points]
    indicators: Mapping[str, Row]
    veiled: frozenset[str]
    hidden: frozenset[str]

    @classmethod
    def of(
        cls,
        plan: Plan,
        scored: Scored,
        *,
        audience: str,
        figures: Drawable | None = None,
        library: Mapping[str, Enquiry] | None = None,
    ) -> "Shelf":
        """Sort a plan and its run by area.

        Parameters
        ----------
        plan, scored
            What briefings are made from.
        audience : {"sector", "area"}
            Who will read them.
        figures : optional
            What ``drawable(scored)`` returned, where it is at hand: it is the same for every audience.
        library : mapping of str to Enquiry, optional
            The lines of enquiry that the plan was made with; the packaged ones where not given.

        Raises
        ------
        ConfigError
            If briefings are not made for such an audience.
        """
        check_audience(audience)
        series, points = drawable(scored) if figures is None else figures
        entries = visible_entries(scored, audience).sort_values(
            ["area_code", "occurred_on", "entry_id"], ascending=[True, False, True]
        )
        veiled = veiled_areas(scored, audience)
        unseen = scored.entries[~scored.entries["entry_id"].isin(entries["entry_id"])]
        return cls(
            audience=audience,
            target=scored.target,
            horizon=scored.horizon,
            as_of=scored.as_of,
            areas={row.area_code: row for row in rows_in(plan.areas)},
            risks={row.area_code: row for row in rows_in(scored.risks)},
            quality={row.area_code: row for row in rows_in(scored.quality)},
            reasons=rows_of(visible_reasons(scored, audience)),
            entries=rows_of(entries),
            judgements=rows_of(scored.judgements.sort_values(["area_code", "start_date"], kind="stable")),
            notes=rows_of(scored.notes),
            enquiries=rows_of(enquiries_for(plan, scored, audience, library=library)),
            support=rows_of(plan.support),
            journeys=rows_of(plan.journeys),
            changes=rows_of(plan.changes.sort_values(["area_code", "order"], kind="stable")),
            teams=rows_of(plan.teams),
            series=series,
            points=points,
            indicators={row.indicator: row for row in rows_in(scored.indicators)},
            veiled=veiled,
            hidden=veiled | frozenset(unseen["area_code"]),
        )


def check_audience(audience: str) -> None:
    """Refuse an audience that no briefing is made for.

    Raises
    ------
    ConfigError
        If it is none of ``READERS``.
    """
    if audience not in READERS:
        message = f"No briefing is made for {audience!r}. Choose one of {name_a_few(READERS)}."
        raise ConfigError(message)


def drawable(scored: Scored) -> Drawable:
    """Return the figures of every area over time, and their control limits.

    Parameters
    ----------
    scored : Scored
        Uses ``series, indicators, charts``.
    """
    shown = scored.charts[scored.charts["indicator"].isin(set(scored.series["indicator"]))]
    return series_of(cast(Content, scored)), points_of(shown)  # it reads only what every run has


def enquiries_for(
    plan: Plan, scored: Scored, audience: str, *, library: Mapping[str, Enquiry] | None = None
) -> pd.DataFrame:
    """Return the lines of enquiry that an audience may read, in order.

    What is hidden bears on more of the plan's lines than those that rest on it: it takes places from others,
    and turns. So the area's own lines are drawn anew, from the evidence that it may see and nothing else.
    """
    kept = plan.enquiries[plan.enquiries["tier"].isin(TIERS[: tier_limit(audience) + 1])]
    if audience == "area" and plan.about["audience"] != audience:
        drawn = lines_of_enquiry(scored, library=library, audience=audience)
        kept = drawn[drawn["area_code"].isin(plan.areas["area_code"])]
    last = kept.assign(last=kept["kind"] == "practice").sort_values(
        ["area_code", "last", "order"], kind="stable"
    )
    lines = last.groupby(["area_code", "last"]).cumcount()
    return last[lines < last["last"].map({False: LINES, True: PRACTICE})]


def veiled_areas(scored: Scored, audience: str) -> frozenset[str]:
    """Return the areas of which some part of a risk is more than an audience may see.

    A risk is the sum of its parts. Where one of them is kept from the reader, so is the sum: a risk that
    is higher than the reasons shown account for would tell what somebody said in confidence. Where the run
    does not list the parts, a risk that owes anything to soft evidence counts as veiled for the area.
    """
    everything, seen = scored.contributions, visible_contributions(scored, audience)
    lost = everything.groupby("area_code").size() - seen.groupby("area_code").size().reindex(
        everything["area_code"].unique(), fill_value=0
    )
    soft = scored.risks.loc[(scored.risks["soft_share"] > 0) & (audience == "area"), "area_code"]
    unlisted = set(soft) - set(everything["area_code"])
    return frozenset(lost.index[lost > 0]) | frozenset(unlisted)
