"""The page of signals: what the figures themselves say, beside the report and in the same style."""

from earlywarn.reports.content import Content
from earlywarn.reports.indicators import indicator_sections
from earlywarn.reports.matrix import overview_matrix
from earlywarn.reports.pages import fingerprint, page_environment, resource
from earlywarn.reports.profiles import area_profiles
from earlywarn.schedule import date_words

__all__ = ["render_signals"]


def render_signals(content: Content) -> str:
    """Return the page of signals: an overview, each indicator's charts, and each area's profile.

    It stands as ``signals.html`` beside the report, and the two link to each other. Draw it where
    ``content.signals`` is not empty; the report links to it then and only then.

    Parameters
    ----------
    content : Content
        What ``Content.read`` found in a run folder.

    Returns
    -------
    str
        The page. It needs nothing but itself, and may be opened from a file share.
    """
    style = resource("report.css") + resource("signals.css")
    script = resource("signals.js")
    place = place_words(str(content.run.get("name", "run")))
    sections = indicator_sections(content)
    overview = overview_matrix(content)
    drawn = {section.indicator: section.anchor for section in sections}
    return (
        page_environment()
        .get_template("signals.html.j2")
        .render(
            style=style,
            style_hash=fingerprint(style),
            script=script,
            script_hash=fingerprint(script),
            name=content.run.get("name", "run"),
            place=place,
            national="England" if "england" in place.casefold() else "All areas",
            as_of=date_words(content.as_of),
            overview=overview,
            anchors=drawn,
            vital=[section for section in sections if section.vital],
            others=[section for section in sections if not section.vital],
            profiles=area_profiles(content),
        )
    )


def place_words(name: str) -> str:
    """Return the name of a run as a heading shows it.

    Examples
    --------
    >>> place_words("england"), place_words("our_region")
    ('England', 'Our region')
    """
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
