"""What every page of ours is made with: the templates, the styles, and how a page knows its own parts."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

__all__ = ["fingerprint", "page_environment", "resource"]

TEMPLATES = Path(__file__).parent / "templates"


@cache
def page_environment() -> Environment:
    """Return what fills the templates, each compiled once; whatever comes from the data is escaped."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def resource(name: str) -> Markup:
    """Return a file of ours that goes into the page as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704 (ours, no data in it)


def fingerprint(text: str) -> str:
    """Return what the page's security policy knows its own style and script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
