"""Public ids: ``<prefix>-<date>-<number>``, the next free one of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import corpus
from faultkb.validation import FAULT_ID

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


def home(ticket_id: str) -> str:
    """Return the path of a ticket's file, relative to the repository."""
    digits = ticket_id.split("-")[1]
    return f"{corpus.TICKETS}/{digits[:4]}/{digits[4:6]}/{ticket_id}.md"


def next_id(root: Path, prefix: str, day: date) -> str:
    """Return the id after the highest of its kind and day in the working tree."""
    wanted = (prefix, f"{day:%Y%m%d}")
    stems = (path.rpartition("/")[2].removesuffix(".md") for path in corpus.find(root))
    taken = [int(match[3]) for match in map(FAULT_ID.fullmatch, stems) if match and (match[1], match[2]) == wanted]
    return f"{prefix}-{wanted[1]}-{max(taken, default=0) + 1:03d}"
