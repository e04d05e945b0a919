"""What somebody uploaded in a form: found in its text, fetched, cleaned, and called by a name that we choose."""

from __future__ import annotations

import hashlib
import html
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from faultkb import attached, contents, download, masks, privacy
from faultkb.attached import UnfitError
from faultkb.document import Document
from faultkb.finding import ERROR
from faultkb.publish import attachments
from faultkb.receipt import Refused
from faultkb.rules import exposure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from faultkb.attached import Limits
    from faultkb.download import Platform
    from faultkb.vocabulary import Vocabulary

MOST = 10
"""Files that one form may bring."""
_REFERENCE = re.compile(
    r"(?P<mark>!?)\[(?P<label>[^\[\]\n]{0,300})\]\([ ]?<?(?P<link>[^\s()<>]{0,4000})>?(?:[ ]+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?[ ]?\)"
    r"|(?P<tag><img\b[^>]{0,4000}>)"
    r"|(?<![\w(<\"'=/])(?P<bare>https?://[^\s()<>\[\]\"'`，。；、）】]{1,4000})",
    re.IGNORECASE,
)
"""A link or a picture in Markdown, a picture as GitHub's page writes it (HTML), an address alone (GitHub's way with films)."""
_SOURCE, _ALT = (
    re.compile(rf"\b{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE) for name in ("src", "alt")
)
_UNSPEAKABLE = re.compile(r"[\[\]<>`\\\s]+")


class Reference(NamedTuple):
    """A place in a text that shows or names a file: its address, what it is called there, whether it is to be shown."""

    address: str
    label: str
    is_picture: bool


@dataclass(frozen=True, slots=True)
class File:
    """An upload as it goes beside the ticket: its name there, its cleaned content."""

    name: str
    data: bytes


Found = File | Refused
"""What became of an upload."""


def references(text: str) -> Iterator[Reference]:
    """Return the files that a text refers to, outside of code."""
    source = Document("", {}, text)
    yield from (_reference(one) for one in _REFERENCE.finditer(text) if not source.is_code(one.start()))


def rewritten(text: str, change: Callable[[Reference, str], str]) -> str:
    """Return a text with each reference, of which ``change`` is told with its spelling, as ``change`` says."""
    source = Document("", {}, text)

    def put(match: re.Match[str]) -> str:
        return match[0] if source.is_code(match.start()) else change(_reference(match), match[0])

    return _REFERENCE.sub(put, text)


def _reference(match: re.Match[str]) -> Reference:
    if match["tag"]:
        address, label = (html.unescape(_value(one, match["tag"])) for one in (_SOURCE, _ALT))
        return Reference(address, _speakable(label), is_picture=True)
    if match["bare"]:
        return Reference(match["bare"], "", is_picture=False)
    return Reference(match["link"], _speakable(match["label"]), is_picture=bool(match["mark"]))


def _value(pattern: re.Pattern[str], tag: str) -> str:
    found = pattern.search(tag)
    return next(filter(None, found.groups()), "") if found else ""


def _speakable(label: str) -> str:
    return _UNSPEAKABLE.sub(" ", label).strip()


def collect(
    texts: Iterable[str], words: Vocabulary, given: Platform, shown: str, kept: Mapping[str, bytes]
) -> dict[str, Found]:
    """Fetch and clean what texts refer to; return what became of each, by address.

    ``shown`` is GitHub's own HTML of the form. ``kept`` are the files that an earlier run fetched, by name: they are not
    fetched again, and nothing is lost while the platform cannot be reached. A foreign picture is refused, a foreign link
    no file of ours.
    """
    found: dict[str, Found] = {}
    known = {Path(name).stem: File(name, data) for name, data in kept.items()}
    for one in (one for text in texts for one in references(text)):
        if one.address in found or not (one.is_picture or given.is_upload(one.address)):
            continue
        label = masks.put_on(one.label, words.lists) or "没有名字的附件"
        if not given.is_upload(one.address):
            found[one.address] = Refused(label, "不是在这里上传的图片", "把图片拖进表单上传，不要贴别处的地址")
        elif sum(map(given.is_upload, found)) >= MOST:
            found[one.address] = Refused(label, f"一个表单最多收 {MOST} 个附件", "只留最能说明问题的")
        else:
            found[one.address] = known.get(_stem(one.address)) or _fetched(one, label, words, given, shown)
    return found


def _stem(address: str) -> str:
    """Return a name for what lies at an address: the same one each time, in which no private value can be."""
    digest = hashlib.sha256(address.encode()).digest()
    return "附件-" + "".join(chr(ord("a") + one % 26) for one in digest[:6])


def _fetched(one: Reference, label: str, words: Vocabulary, given: Platform, shown: str) -> Found:
    limits = attached.limits(words)
    try:
        data = download.fetch(given.signed(one.address, shown), given, limits.megabytes * 1_000_000)
        kind = _kind(one, data, limits)
        name = f"{_stem(one.address)}.{kind}"
        clean = _clean(name, data, limits)
        _look_into(name, clean, words)
    except UnfitError as error:
        return Refused(label, str(error), error.help)
    return File(name, clean)


def _kind(one: Reference, data: bytes, limits: Limits) -> str:
    """Return the type of a file by its content; of a text by its name, since it has nothing else to tell it by."""
    named = attached.kind_of(one.address.partition("?")[0])
    kind = attached.kind_in(data) or (named if named in attached.TEXTS else "")
    if kind not in limits.types:
        raise UnfitError("这种文件收不了", f"换成 {'、'.join(limits.types)} 中的一种；视频请截图，压缩包请解开")
    return kind


def _clean(name: str, data: bytes, limits: Limits) -> bytes:
    """Return a file as it would be published: a picture is its pixels, nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "a").mkdir()
        (home / "a" / name).write_bytes(data)
        return attachments.clean(home, f"a/{name}", limits)


def _look_into(name: str, data: bytes, words: Vocabulary) -> None:
    """Raise UnfitError if something private can be read in a file, or not all of it can be read."""
    pieces = contents.pieces(name, data)
    if any(one.what == contents.UNREAD for one in pieces):
        raise UnfitError("里面没有看完，可能有个人信息", "换成小一些、没有加密的文件，或只截取需要的部分")
    rules = [one.rule for piece in pieces for one in privacy.find(piece.text, words.lists)]
    kinds = dict.fromkeys(exposure.NAMES[one] for one in rules if exposure.level_of(one) == ERROR)
    if kinds:
        help_text = "遮盖之后重新上传；已经上传的那一份请管理员联系 GitHub 删除"
        raise UnfitError(f"里面有没有遮盖的{'、'.join(kinds)}", help_text)
