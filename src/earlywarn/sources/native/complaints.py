"""The measures in the Ombudsman's tables of complaints, and the headings that they go by."""

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["AREA", "MEASURES", "NOT_UPHELD", "Measure"]

AREA = (
    "authority name", "authority", "local authority name", "local authority", "council name", "council",
    "name of authority", "organisation", "organisation name", "name",
)  # fmt: skip
CHILDREN = (
    "education and childrens services", "education and children services", "education childrens services",
    "childrens services and education", "childrens and education services", "children and education",
    "education and children", "education and childrens", "childrens services",
)  # fmt: skip
ALL = (
    "Of all services of the council: the Ombudsman does not publish decisions by service for each authority."
)


class Measure(NamedTuple):
    """What one column of the Ombudsman's tables is called, here and there."""

    label: str
    unit: str
    polarity: str
    headings: Sequence[str]
    description: str


MEASURES = {
    "complaints_received_childrens": Measure(
        "Complaints to the Ombudsman about education and children's services",
        "count", "neutral", CHILDREN,
        "Complaints and enquiries received in the year. Where more people live, there are more.",
    ),
    "complaints_received": Measure(
        "Complaints to the Ombudsman", "count", "neutral", ("total", "total received", "grand total"),
        "Complaints and enquiries received in the year, about all services of the council.",
    ),
    "complaints_decided": Measure(
        "Complaints that the Ombudsman decided", "count", "neutral",
        ("total", "total decided", "total decisions", "grand total"),
        f"Decisions of every kind in the year. {ALL}",
    ),
    "complaints_upheld": Measure(
        "Complaints that the Ombudsman upheld", "count", "neutral",
        ("upheld", "investigated upheld", "upheld decisions"), f"Investigations that found fault. {ALL}",
    ),
    "complaints_investigated": Measure(
        "Complaints that the Ombudsman investigated", "count", "neutral", (),
        f"Investigations that upheld or did not uphold the complaint. {ALL}",
    ),
    "complaints_upheld_rate": Measure(
        "Investigated complaints that the Ombudsman upheld", "percent", "higher_is_worse",
        ("uphold rate %", "uphold rate", "upheld rate %", "upheld rate", "% upheld", "upheld %",
         "% of investigations upheld", "percentage upheld", "uphold percentage"),
        f"Upheld as a share of upheld and not upheld. {ALL}",
    ),
    "complaints_remedied_rate": Measure(
        "Upheld complaints that the council had put right before", "percent", "higher_is_better",
        ("satisfactory remedy rate %", "satisfactory remedy rate", "satisfactory remedies %",
         "satisfactory remedy %", "% satisfactory remedy"),
        f"Share of upheld complaints with a satisfactory remedy before the Ombudsman was involved. {ALL}",
    ),
    "complaints_compliance_rate": Measure(
        "Recommendations of the Ombudsman that the council complied with", "percent", "higher_is_better",
        ("compliance rate %", "compliance rate", "% compliance", "compliance %"),
        f"Share of the recommendations that fell due in the year. {ALL}",
    ),
}  # fmt: skip
NOT_UPHELD = ("not upheld", "investigated not upheld", "not upheld decisions")
