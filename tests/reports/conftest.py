"""A made-up run folder, drawn like a real one."""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from earlywarn.reports import Content, write_csv

TARGETS = ("adverse", "decline", "serious")
GRADES = ("inadequate", "requires_improvement", "good", "outstanding")
REGIONS = ("North", "Midlands", "South")
UNITS = ("percent", "rate_per_10000", "cases_per_fte", "gbp", "count")
LABELS = (
    "Agency social workers",
    "Referrals per 10,000 children",
    "Cases held per social worker",
    "Gross spend on looked-after children",
    "Children on a protection plan",
    "Assessments within 45 working days",
    "Repeat protection plans",
    "Social worker vacancies",
    "Reviews held in time",
    "Care leavers in work or study",
)
THEMES = ("workforce", "supporting_apparatus", "leadership", "resources")

LATE = "Two of ten indicators were returned late in 2023."
DOUBT = "Of past inspections of areas last judged good, 30% had been said and 14% happened."


VOID = {"col", "meta", "input", "br", "link", "img", "hr"}
OPTIONAL = {"tr", "td", "th", "thead", "tbody", "li", "option", "p"}  # end tags that HTML lets one leave out


@dataclass
class World:
    """What a made-up folder is made of; ``names`` and ``run`` are what tests change."""

    areas: int = 12
    indicators: int = 10
    years: int = 10
    reasons: int = 5
    names: dict[int, str] = field(default_factory=dict)
    run: dict[str, object] = field(default_factory=dict)

    def __post_init__(self):
        self.random = np.random.default_rng(7)
        self.codes = [f"X{number:08d}" for number in range(1, self.areas + 1)]
        self.measures = [f"indicator_{number:02d}" for number in range(self.indicators)]

    def name(self, number):
        return self.names.get(number, f"Area {number + 1:03d}")

    def risks(self):
        rows = []
        for number, code in enumerate(self.codes):
            last = GRADES[number % 4]
            row = {
                "area_code": code,
                "name": self.name(number),
                "region": REGIONS[number % 3],
                "as_of": pd.Timestamp("2025-04-01"),
                "horizon_months": 12,
                "last_judgement": last,
                "last_judged_on": pd.Timestamp(2018 + number % 7, 1 + number % 12, 11),
            }
            middle = 0.05 + 0.8 * self.random.beta(2, 4)
            for scale, target in zip((1, 0.5, 0.2), TARGETS, strict=True):
                asked = target != "decline" or last != "inadequate"
                risk = middle * scale if asked else np.nan
                row |= {f"risk_{target}": risk, f"risk_{target}_low": risk * 0.6}
                row[f"risk_{target}_high"] = risk + (1 - risk) * 0.25
            row["band"] = ("higher than most", "about the same as most", "lower than most")[
                0 if middle > 0.45 else 2 if middle < 0.2 else 1
            ]
            row |= {"rank_low": max(1, number - 3), "rank_high": min(self.areas, number + 5)}
            row["soft_share"] = 0.34 if number == 1 else 0.0
            row |= {f"reason_{order}": self.sentence(number, order - 1) for order in range(1, 6)}
            row["caution"] = "The last judgement is more than five years old." if number % 4 == 1 else ""
            rows.append(row)
        return pd.DataFrame(rows).sort_values("name")

    def indicator(self, number, order):
        return (number + order) % self.indicators

    def sentence(self, number, order):
        index = self.indicator(number, order)
        return (
            f"{LABELS[index % 10]}: {10 + index + number % 5}.4 at 31 March 2024, up 2.1 in a year; "
            f"its neighbours' median is {9 + index}.0 (made-up workforce return)."
        )

    def write(self, folder):
        folder = Path(folder)
        (folder / "evidence").mkdir(parents=True, exist_ok=True)
        for file, table in self.tables().items():
            write_csv(table, folder / file)
        run = {
            "earlywarn": "0.1.0",
            "verb": "run",
            "name": "made-up",
            "as_of": "2025-04-01",
            "audience": "sector",
            "informed_by": "sector",
            "horizon_months": 12,
            "target": "adverse",
            "model": "average of penalised and ordered logit",
            "seed": 20250401,
            "versions": {"python": "3.11.2", "scikit-learn": "1.7"},
            "fingerprints": {"data": "ab" * 32, "config": "cd" * 32},
            "seconds": {"build": 1.5},
            "source": "Made up for tests",
            "licence": "Contains no real information.",
            "trained_on": {"rows": 280, "events": {"adverse": 120, "decline": 45, "serious": 21}},
            "calibration": "logistic, on the last 24 months before the as-of date",
        }
        (folder / "run.json").write_text(json.dumps(run | self.run), encoding="utf-8")
        return folder

    def tables(self):
        tables = {
            "risk_list.csv": self.risks(),
            "backtest_metrics.csv": self.metrics(),
            "evidence/reasons.csv": self.reason_table(),
            "evidence/series.csv": self.series(),
            "evidence/indicators.csv": self.indicator_table(),
            "evidence/judgements.csv": self.judgements(),
            "evidence/notes.csv": pd.concat(
                [
                    pd.DataFrame({"area_code": self.codes[1:2], "about": "adverse", "note": DOUBT}),
                    pd.DataFrame({"area_code": self.codes[::3], "about": "figures", "note": LATE}),
                ]
            ),
            "evidence/entries.csv": self.entries(),
            "evidence/trail.csv": self.trail(),
            "evidence/cohort.csv": pd.DataFrame(
                {
                    "area_code": [*self.codes, "X99999999"],
                    "name": [*(self.name(number) for number in range(self.areas)), "Isle of Example"],
                    "eligible": [True] * self.areas + [False],
                    "why": [""] * self.areas + ["It has no judgement that was known before the as-of date."],
                }
            ),
            "evidence/reliability.csv": self.reliability(),
            "evidence/verdicts.csv": self.verdicts(),
        }
        made = self.signals(tables["evidence/series.csv"])
        return tables | {f"evidence/{name}.csv": table for name, table in made.items()}

    def signals(self, series):
        """What the figures signal, the last two indicators being none that the model reads."""
        table = series.sort_values(["area_code", "indicator", "period_end"], ignore_index=True)
        spread = table.groupby(["area_code", "indicator"])["value"]
        mean, usual = spread.transform("mean"), 1.5 * spread.transform("std")
        limits = {"lower": mean - usual, "mean": mean, "upper": mean + usual}
        beyond = (table["value"] - mean).abs() > usual
        charts = table.assign(**limits, signals=np.where(beyond, "beyond", ""))
        known = charts[charts["value"].notna()].drop_duplicates(["area_code", "indicator"], keep="last")
        rows = known.assign(
            status=charts.drop_duplicates(["area_code", "indicator"], keep="last")["status"].tolist(),
            points=self.years,
            provisional=1,
            region=known["england"] * 1.1,
            neighbours_mean=known["neighbours"],
            neighbours_median=known["neighbours"] * 0.9,
            own_past=known["mean"],
            denominator=100.0 * (1 + known["area_code"].map(self.codes.index)),
        )
        above = rows["value"] > rows["england"]
        bad = rows["indicator"].map(dict(zip(self.measures, np.arange(self.indicators) % 3, strict=True)))
        side = np.select([bad == 2, above == (bad == 0)], ["higher", "worse"], "better")
        size = (rows["value"] / rows["england"] - 1).abs()
        far = np.select([size > 0.4, size > 0.3], ["beyond_998", "beyond_95"], "within")
        stands = np.where(far == "beyond_998", np.where(bad == 2, "change", side), "usual")
        rows = rows.assign(
            variation=rows["signals"],
            direction=np.where(rows["signals"] != "", side, ""),
            assurance="",
            funnel=np.where(bad == 1, "", far),
            funnel_side=np.where(far == "within", "", side),
            funnel_z=size,
            band=np.where(bad == 2, "", np.where(above == (bad == 0), "D", "A")),
            significance=np.where(far == "within", "similar", side),
            symbol=np.where(rows["status"] == "missing", "missing", stands),
            words=np.where(far == "within", "", "Beyond what chance and usual variation allow."),
            quality=np.where(rows["area_code"] == self.codes[-1], "Returned late.", ""),
        )
        national = charts.groupby(["indicator", "period_end"], as_index=False)["england"].first()
        national = national.rename(columns={"england": "value"})
        national = national.assign(lower=national["value"] * 0.8, mean=national["value"], signals="")
        denominators = np.array([100.0, 400.0, 100.0 * self.areas])
        curves = [
            pd.DataFrame({"indicator": row.indicator, "denominator": denominators, "centre": row.value})
            for row in national.groupby("indicator").tail(1).itertuples()
            if self.measures.index(row.indicator) % 3 != 1
        ]
        grid = pd.concat(curves)
        reach = grid["centre"] * 8 / np.sqrt(grid["denominator"])
        limits = {
            name: (grid["centre"] + sign * reach).clip(lower=0)
            for name, sign in zip(
                ("lower_998", "lower_95", "upper_95", "upper_998"), (-1, -0.6, 0.6, 1), strict=True
            )
        }
        funnels = grid.drop_duplicates("indicator").assign(
            kind="rate", method="exact limits", basis="children", period_end=pd.Timestamp("2024-03-31")
        )
        return {
            "signals": rows.drop(columns=["signals", "neighbours"]),
            "charts": charts.drop(columns=["neighbours", "england"]),
            "national": national.assign(upper=national["value"] * 1.2),
            "funnels": funnels.drop(columns="denominator"),
            "funnel_limits": grid.drop(columns="centre").assign(**limits),
            "quality": pd.DataFrame(
                {"area_code": self.codes, "score": 88.0, "words": "Two figures came late."}
            ),
            "relations": self.relations(),
        }

    def relations(self):
        """How the figures of the first two areas stand to each other; the first has more than is shown."""
        rows = [
            {
                "area_code": code,
                "relation": f"relation_{order}",
                "label": f"Figures {order}",
                "score": score,
                "words": words,
            }
            for code, most in zip(self.codes, (7, 2), strict=False)
            for order in range(most)
            for score, words in [((-1) ** order * (1 + order), f"Relation {order} of {code}, in a sentence.")]
        ]
        usual = {"area_code": self.codes[0], "relation": "usual", "label": "Usual", "score": 0.2, "words": ""}
        return pd.DataFrame([usual, *rows])

    def reason_table(self):
        rows = []
        for number, code in enumerate(self.codes):
            for target in TARGETS:
                for order in range(self.reasons + 3):
                    index = self.indicator(number, order)
                    rows.append(
                        {
                            "area_code": code,
                            "target": target,
                            "order": order + 1,
                            "direction": "raises" if order < self.reasons else "lowers",
                            "feature": f"{self.measures[index]}__neighbour_gap",
                            "indicator": self.measures[index],
                            "theme": THEMES[index % 4],
                            "contribution": (0.5 - 0.05 * order) * (1 if order < self.reasons else -1),
                            "sentence": self.sentence(number, order),
                        }
                    )
            rows.append(rows[-1] | {"order": 99, "feature": "last_overall", "indicator": "", "theme": ""})
            rows[-1]["sentence"] = "Its last judgement was good, in May 2022."
        return pd.DataFrame(rows)

    def entries(self):
        """Five entries about the second area: four behind its first reason, one old and behind none."""
        days = ["2025-03-02", "2025-01-15", "2024-11-20", "2024-06-01", "2021-05-05"]
        table = pd.DataFrame(
            {
                "area_code": self.codes[1],
                "entry_id": [f"e{number}" for number in range(1, 6)],
                "kind": "practice_concern",
                "theme": "supporting apparatus",
                "what": "Concern about practice",
                "occurred_on": pd.to_datetime(days),
                "known_on": pd.to_datetime(days) + pd.Timedelta(days=3),
                "strength": "strong",
                "confidence": "high",
                "source": "A peer in another area",
                "contributor": "C001",
                "tier": "sector",
                "note": ["Audits were put off twice.", "", "", "", "Long ago."],
                "link": "",
            }
        )
        return table if self.areas > 1 else table.iloc[:0]

    def trail(self):
        first = self.measures[self.indicator(1, 0)]
        return pd.DataFrame(
            {
                "area_code": self.codes[1:2] * 4,
                "feature": f"{first}__neighbour_gap",
                "entry_id": ["e1", "e2", "e3", "e4"],
            }
            if self.areas > 1
            else {"area_code": [], "feature": [], "entry_id": []}
        )

    def series(self):
        ends = pd.to_datetime([f"{2025 - self.years + year}-03-31" for year in range(self.years)])
        frames = []
        for index, indicator in enumerate(self.measures):
            level = (12.0, 540.0, 17.0, 52_000.0, 230.0)[index % 5]
            moves = self.random.normal(0, 0.06, (self.areas, self.years)).cumsum(axis=1)
            values = level * np.exp(moves + self.random.normal(0, 0.2, (self.areas, 1)))
            status = np.full(values.shape, "ok", dtype=object)
            status[index % self.areas, 3] = "missing"
            status[(index + 1) % self.areas, -1] = "suppressed"
            values[status != "ok"] = np.nan
            england = np.nanmedian(values, axis=0)
            for number, code in enumerate(self.codes):
                frames.append(
                    pd.DataFrame(
                        {
                            "area_code": code,
                            "indicator": indicator,
                            "period_end": ends,
                            "value": values[number],
                            "status": status[number],
                            "neighbours": england * (1 + 0.05 * np.sin(number)),
                            "england": england,
                        }
                    )
                )
        return pd.concat(frames)

    def indicator_table(self):
        return pd.DataFrame(
            {
                "indicator": self.measures,
                "label": [LABELS[index % 10] for index in range(self.indicators)],
                "unit": [UNITS[index % 5] for index in range(self.indicators)],
                "polarity": [
                    ("higher_is_worse", "higher_is_better", "neutral")[i % 3] for i in range(self.indicators)
                ],
                "theme": [THEMES[index % 4] for index in range(self.indicators)],
                "source": "Made-up workforce return, 2024",
                "vital": ["yes" if i < self.indicators - 2 else "" for i in range(self.indicators)],
                "description": "What it counts, in a sentence.",
            }
        )

    def judgements(self):
        rows = []
        for number, code in enumerate(self.codes):
            for year, step in ((2014, 0), (2018, 1), (2022, 2)):
                start = pd.Timestamp(year + number % 3, 1 + number % 12, 11)
                grades = dict.fromkeys(("overall", "leadership", "care"), GRADES[(number + step) % 4])
                grades |= {"help_and_protection": "good", "care_leavers": "good" if year > 2022 else ""}
                rows.append(
                    {"area_code": code, "start_date": start, "known_on": start + pd.Timedelta(days=40)}
                    | grades
                )
        return pd.DataFrame(rows)

    def reliability(self):
        rows = [
            (target, model, lead, number + 1, said, said * 0.9 + 0.04, said * 0.7, min(said + 0.2, 1), 56)
            for target in TARGETS
            for model in ("default", "last_judgement")
            for lead in (3, 12)
            for number, said in enumerate((0.08, 0.2, 0.35, 0.5, 0.75))
        ]
        columns = ["target", "model", "lead_months", "bin", "predicted", "observed", "low", "high", "n"]
        return pd.DataFrame(rows, columns=columns)

    def verdicts(self):
        first = {
            "adverse": (
                True,
                "Better than the last judgement alone: Brier skill 0.20, a gain of 0.06 (0.01 to 0.11).",
            ),
            "decline": (
                False,
                "No better than the last judgement: the gain of 0.01 (-0.03 to 0.05) could be chance.",
            ),
            "serious": (None, "Too few events (21) to say."),
        }
        rows = [
            {"target": target, "lead_months": lead, "passed": passed, "text": text}
            for target, (passed, text) in first.items()
            for lead in (3, 6, 12, 18)
        ]
        for row in rows:
            if row["lead_months"] >= 12:
                row |= {"passed": False, "text": "No better than the last judgement."}
        return pd.DataFrame(rows)

    def metrics(self):
        names = ("auc", "auc_within_last_judgement", "brier", "brier_skill", "log_loss", "calibration_slope")
        rows = [
            (target, model, lead, metric, value, value - 0.05, value + 0.05, 281, 120)
            for target in TARGETS
            for model in ("base_rate", "default", "deprivation", "last_judgement", "logit", "majority_class")
            for lead in (3, 6, 12, 18)
            for metric, value in zip(names, (0.77, 0.65, 0.19, 0.2, 0.55, 0.96), strict=True)
        ]
        columns = ["target", "model", "lead_months", "metric", "value", "low", "high", "n", "events"]
        return pd.DataFrame(rows, columns=columns)


class Page(HTMLParser):
    """Collects what the checks below look at, and whether every element is closed in turn."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.ids, self.links, self.sources, self.headings, self.attributes = [], [], [], [], set()
        self.figures, self.strays, self.open, self.tags, self.visible = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.tags.append((tag, known))
        self.attributes |= set(known)
        if "id" in known:
            self.ids.append(known["id"])
        if tag == "a":
            self.links.append(known["href"])
        self.sources += [known[name] for name in ("src", "srcset", "data", "action") if name in known]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "figure":
            self.figures.append(set())
        if self.figures and "figure" in self.open:
            self.figures[-1].add(tag)
        if tag == "svg" and "figure" not in self.open and known.get("aria-hidden") != "true":
            self.strays.append(known)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open[-1] != tag and self.open[-1] in OPTIONAL:
            self.open.pop()
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> where </{self.open[-1]}> is due"
        self.open.pop()

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.visible.append(data)

    @property
    def words(self):
        return re.sub(r"\s+", " ", " ".join(self.visible))


@pytest.fixture(scope="session")
def parsed():
    """Read a page: what it holds, and whether every element is closed in turn."""
    return Page


@pytest.fixture
def world():
    """The maker of made-up folders; tests change its parts and then write."""
    return World


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    """One made-up folder of twelve areas, not to be changed."""
    return World().write(tmp_path_factory.mktemp("run") / "made-up")


@pytest.fixture(scope="session")
def content(run_folder):
    """What is read from it."""
    return Content.read(run_folder)
