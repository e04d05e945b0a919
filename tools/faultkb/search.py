"""What people type to find faults: words, error codes, versions, in whatever spelling they stand in a file."""

from __future__ import annotations

import re
import unicodedata

_GAP = "[-_. ‐‑‒–—−]?"
"""What may stand between letters and digits of a code: the dashes that people and word processors write."""
_CODE_PART = re.compile(r"[0-9]+|[^\W\d_]+")
_VERSION_MARK = re.compile(r"\Av[\s.]*(?=[0-9])")


def plain(text: str) -> str:
    """Return a text as it is compared: full and half width are the same, and so are upper and lower case."""
    return unicodedata.normalize("NFKC", text).casefold()


def code(text: str) -> re.Pattern[str]:
    """Return the pattern that finds an error code in a `plain` text, as a whole and in any spelling.

    E-1042, e1042 and E 1042 are the same, and so are 0x8007000E and 8007000e. Raise ValueError if there is no letter
    and no digit in it.
    """
    parts = _CODE_PART.findall(plain(text).removeprefix("0x"))
    if not parts:
        raise ValueError(text)
    return re.compile(f"(?<![0-9a-z])(?:0x)?{_GAP.join(map(re.escape, parts))}(?![0-9a-z])")


def is_version(wanted: str, version: str) -> bool:
    """Say whether a version is the wanted one or one of its parts: 2.3 means V2.3.1, too, but not V2.30."""
    short, long = (_VERSION_MARK.sub("", plain(one).strip()) for one in (wanted, version))
    return long == short or long.startswith(f"{short.rstrip('.')}.")
