"""Text → pieces of one to four characters, for the site's search; kb/assets/search.js cuts the same way.

Both run the cases of tests/data/search/cases.json. Characters that only one of the two Unicode versions knows may differ.
"""

from __future__ import annotations

import re
import string
import unicodedata
import zlib

_OTHER = re.compile(r"[\W_]+")
_ASCII = frozenset(string.ascii_lowercase + string.digits)
_HEXADECIMAL = re.compile(r"^0x(?=[0-9a-f]{2})")
_LATIN = re.compile(r"[a-z0-9]{3,}")


def compact(text: str) -> str:
    """Return the letters and digits of a text in one form: NX-8800 and ｎｘ 8800 are both ``nx8800``."""
    lower = unicodedata.normalize("NFKC", text).lower()
    # Lower case of Σ depends on what follows, which a substring does not know.
    return _OTHER.sub("", lower).replace("ς", "σ")


def of(text: str) -> set[str]:
    """Return the pieces of a compact text: every two adjacent characters; of ASCII letters and digits every three, too.

    And every four with a digit among them: logs are full of numbers, and three digits are in most of them. Single
    characters (not ASCII) only help to find longer words beside them, as in ``第 5 次``.
    """
    found = set(map(str.__add__, text, text[1:]))
    found.update(set(text) - _ASCII)
    for run in _LATIN.findall(text):
        found.update([run[at : at + 3] for at in range(len(run) - 2)])
        if not run.isalpha():
            found.update([piece for at in range(len(run) - 3) if not (piece := run[at : at + 4]).isalpha()])
    return found


def bare(text: str) -> str:
    """Return a text compact and without the 0x of a hexadecimal number, as the browser looks for whole entries."""
    return _HEXADECIMAL.sub("", compact(text))


def shard(gram: str, shards: int) -> int:
    """Return the number of the file that holds a piece; ``shards`` is a power of two."""
    return zlib.crc32(gram.encode()) & (shards - 1)
