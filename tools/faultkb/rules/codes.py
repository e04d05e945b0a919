"""Codes: what a waiver calls a private value, in place of the value itself.

A code is a short digest under a key: the salt of the repository, and who reported the ticket and when. Who reads a log with
code and mask, and does not have the repository, can not tell which value that is: without the salt nothing can be tried.

A repository has its salt from its first own word on (``fault privacy add``). Before that the key is staff id and minute
only, some million possibilities: a single code fits many pairs of key and value, because it is so short, but several
codes of one ticket together give key and values away to who tries them all, and a single one does so to who knows both.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faultkb.vocabulary import Vocabulary

Keys = tuple[bytes, ...]
_BYTES = 2
"""Few: one code tells less than what a mask hides of most values, and yet two values of a ticket hardly ever share one."""


def keys(header: Mapping[str, Any], words: Vocabulary) -> Keys:
    """Return the keys for the codes of a ticket, none where it does not say who reported it and when.

    The second is for waivers from before the repository got its salt.
    """
    reporter = header.get("reporter")
    staff, at = reporter.get("staff") if isinstance(reporter, dict) else None, header.get("reported_at")
    if not (isinstance(staff, str) and isinstance(at, str)):
        return ()
    salts = dict.fromkeys((str(words.privacy.get("salt", "")), ""))
    return tuple(blake2b(f"{salt}\n{staff}\n{at}".encode("utf-8", "surrogatepass")).digest() for salt in salts)


def codes(known: Keys, rule: str, value: str) -> tuple[str, ...]:
    """Return what a waiver may call a value, the code to write first."""
    said = f"{rule}\n{value}".encode("utf-8", "surrogatepass")
    return tuple(blake2b(said, digest_size=_BYTES, key=key).hexdigest() for key in known)
