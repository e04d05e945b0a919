"""Output: one module per family, each with a ``FORMATS`` dict from the name of a format to the function that writes it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

SCHEMA_VERSION = 1
"""Version of every JSON document that the program prints; it grows when a reader could break."""

STYLES = {
    "error": "bold red",
    "warning": "yellow",
    "note": "cyan",
    "紧急": "bold red",
    "高": "red",
    "超时": "bold red",
    "临期": "yellow",
    "达标": "green",
    "dim": "dim",
}

_HOLLOW = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
"""Letters and signs without any ink: a row made of them looks empty."""


def console(stream: TextIO) -> Console:
    """Return a console that writes to a stream: colours and the window's width on a terminal, plain and wide otherwise."""
    from rich.console import Console  # here, not above: --help must not pay for it

    width = None if stream.isatty() else 160
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False, soft_wrap=True)


def visible(text: str) -> str:
    """Make control and direction characters harmless, and letters that nobody sees visible: no name repaints a terminal.

    ``##[`` steers the log of a workflow wherever it stands in a line.
    """
    text = _HOLLOW.sub("�", text).replace("##[", "## [")
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else " " if unicodedata.category(char) == "Zs" or char == "\t" else "�"
        for char in text
    )


def heading(as_of: datetime, timezone: str) -> dict[str, Any]:
    """Return the keys that every JSON document begins with."""
    return {"schema_version": SCHEMA_VERSION, "as_of": as_of.strftime("%Y-%m-%d %H:%M"), "timezone": timezone}
