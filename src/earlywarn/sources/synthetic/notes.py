"""Notes in careful words, put together from lists of phrases: no person, no child, no place."""

import numpy as np

from earlywarn.sources.synthetic.plan import Indices

__all__ = ["PHRASES", "notes"]

SAID_NOTHING = 0.3  # share of entries without a note
PHRASES: dict[str, tuple[str, ...]] = {
    "agency_reliance": (
        "More posts covered by agency staff than a year ago.",
        "Agency share taken from the regional return.",
        "Two teams rest mainly on agency workers.",
    ),
    "caseload_concern": (
        "Caseloads above what the service set itself.",
        "Newly qualified staff hold > 20 cases each.",
        "Cases are shared out again & again as people move on.",
    ),
    "complaints": ("From the quarterly complaints return.", "Counted by the complaints desk."),
    "complaints_upheld": ("From the yearly complaints report.",),
    "data_late": ("The return came after its date.", "The return was asked for twice."),
    "data_unreliable": (
        "Two returns of the same month do not agree.",
        "Figures withdrawn and sent again; the service does not rely on them.",
    ),
    "family_voice": (
        "Families say that they have to tell their story anew to each worker.",
        "Young people say that calls are not returned.",
        "Parents say that they did not understand the plan.",
    ),
    "front_door_backlog": (
        "Contacts wait longer than 24 hours for a decision.",
        "Unallocated assessments are growing week by week.",
        "The front door is described as 'busy, without grip'.",
    ),
    "innovation_concern": (
        "A new model of practice is being brought in everywhere at once.",
        "Attention has moved to a programme; basics wait.",
    ),
    "leadership_change": ("Heard at the regional meeting.", "Announced on the service's own pages."),
    "leadership_concern": (
        "Leaders stretched over several programmes.",
        "Scrutiny asks few questions of what it is told.",
        "It is unclear who decides since the last changes.",
        "Senior managers and members disagree about priorities.",
    ),
    "partnership_concern": (
        "Partners dispute thresholds, and meetings end without a decision.",
        "Attendance at the partnership has fallen away.",
    ),
    "peer_review": ("Recorded by the regional coordinator.",),
    "positive": (
        "Audit is sound, and moderated by others.",
        "Teams are steady; most managers have been in post for over two years.",
        "Families say that they were helped early.",
        "Self-evaluation matches what visitors saw.",
    ),
    "practice_concern": (
        "Supervision is held late, and says little about the child's day.",
        "Plans drift between reviews.",
        "Thresholds are applied unevenly between teams.",
        "Audit grades are more generous than moderators'.",
    ),
    "restructure": ("A reorganisation of teams is under way.", "A new structure is out for consultation."),
    "savings": ("Savings are planned in early help.", "Extra money ends this year."),
    "support_given": ("Workers lent to another area under an agreement.",),
    "vacancies": ("Posts advertised again without result.", "Vacancy share taken from the regional return."),
    "whistleblowing": (
        "A disclosure about pressure to close cases.",
        "A disclosure about records written after the event.",
    ),
    "workforce_concern": (
        "Sickness and turnover have risen in the same teams.",
        "Managers hold more than eight workers each.",
        "Staff describe low morale since the last changes.",
    ),
}
KINDS = {kind: place for place, kind in enumerate(PHRASES)}
LONGEST = max(map(len, PHRASES.values()))
TABLE = np.array([(said * LONGEST)[:LONGEST] for said in PHRASES.values()], dtype=object)


def notes(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    """Draw a note for each kind of entry; some are empty.

    Examples
    --------
    >>> notes(np.random.default_rng(4), np.array(["savings", "savings"], dtype=object)).tolist()
    ['Savings are planned in early help.', 'Extra money ends this year.']
    """
    names = np.array(list(KINDS), dtype=object)
    places, back = np.unique(kind.astype(str), return_inverse=True)
    code: Indices = np.searchsorted(names.astype(str), places)[back]
    drawn = TABLE[code, rng.integers(LONGEST, size=len(kind))]
    return np.where(rng.random(len(kind)) < SAID_NOTHING, "", drawn)
