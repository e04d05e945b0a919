"""The files under kb/: which are generated, and how they are written: only if their content differs, and never half."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


GENERATED = ("faults", "reference", "api", "index.md", "feed.xml", "sitemap.xml", "robots.txt")
"""What lies under kb/ and is not written by hand."""


def is_generated(name: str) -> bool:
    """Say whether a file under kb/ is not written by hand."""
    return name.partition("/")[0] in GENERATED


def write(path: Path, data: bytes) -> bool:
    """Write a file and return True; leave it alone, with its time, if that is its content already."""
    try:
        if path.read_bytes() == data:
            return False
    except OSError:
        path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(data)
    draft.replace(path)
    return True
