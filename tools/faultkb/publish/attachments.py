"""The files that published text refers to: cleaned of all that is not shown, under names that do no harm."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from faultkb import attached, corpus, pictures, syntax
from faultkb.attached import UnfitError
from faultkb.publish import pdf

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from faultkb.attached import Limits
    from faultkb.syntax import Node

_LONGEST = 60
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
"""Names that Windows keeps for itself."""
_MARKED = re.compile(r"--[0-9a-f]{8}$")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it is published: what the ticket calls it (``<ID>/name``), its name on the site, its cleaned content."""

    reference: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is referred to and not published, and the reason."""

    reference: str
    reason: str


def collect(root: Path, path: str, texts: Iterable[str | Node], limits: Limits) -> list[Attachment | Refused]:
    """Clean the files beside a ticket (``path``, relative to the root) that its published texts refer to, in their order."""
    file = root / path
    present = corpus.attachments(root, path) if file.with_suffix("").is_dir() else frozenset()
    wanted = dict.fromkeys(target for text in texts if present for target in syntax.targets(syntax.parse(text)))
    return [
        _published(file.parent, one, limits) for one in wanted if one.removeprefix(f"{file.stem}/") in present - {one}
    ]


def _published(home: Path, reference: str, limits: Limits) -> Attachment | Refused:
    try:
        return Attachment(reference, safe_name(reference.partition("/")[2]), clean(home, reference, limits))
    except UnfitError as error:
        return Refused(reference, str(error))


def safe_name(name: str) -> str:
    """Return a name for the site: small letters, digits, Chinese characters; marked where it differs from the file's own."""
    stem, kind = str(PurePosixPath(name).with_suffix("")), attached.kind_of(name)
    safe = re.sub(r"[^a-z0-9_.\u3400-\u4dbf\u4e00-\u9fff-]+", "-", stem.lower()).strip("-.")[:_LONGEST]
    if f"{safe}.{kind}" == name and not _MARKED.search(safe) and not _RESERVED.fullmatch(safe) and safe != "index":
        return name
    return f"{safe or 'file'}--{hashlib.sha256(name.encode()).hexdigest()[:8]}.{kind}"


def clean(home: Path, reference: str, limits: Limits) -> bytes:
    """Return the content of a file beside a ticket (in ``home``) as it may be published: the same on every call.

    Raise UnfitError, a ValueError that says why in Chinese, for a file that may not be published.
    """
    data, kind = attached.read(home, reference, limits), attached.kind_of(reference)
    if kind in attached.PICTURES:
        return pictures.redrawn(data, kind, limits)
    if kind == "pdf":
        return pdf.clean(data)
    text = attached.decode(data, kind, limits)
    # Without a mark browsers and Excel guess the encoding of a text, and guess wrong.
    return text.encode("ascii" if text.isascii() else "utf-8-sig")
