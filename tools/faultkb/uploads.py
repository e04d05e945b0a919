"""What somebody uploaded in a form: found in its text, fetched, cleaned, and called by a name that we choose."""

from __future__ import annotations

import hashlib
import re
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from faultkb import attached, contents, download, exposed, links, masks, privacy
from faultkb.attached import UnfitError
from faultkb.finding import ERROR
from faultkb.publish import attachments
from faultkb.receipt import Refused
from faultkb.rules import exposure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from faultkb.attached import Limits
    from faultkb.download import Platform
    from faultkb.links import Reference
    from faultkb.privacy import Match
    from faultkb.vocabulary import Vocabulary

_UPLOADING = "Uploading "
_HALF = re.compile(_UPLOADING)
_HIDDEN = re.compile(r'<!-- Uploading "([^"\n<>]{1,255})"\.\.\. -->')
"""What GitHub's page puts into a text while a file is on its way, visibly or not."""
_NOT_YET = ("还没有传完", "等它变成图片或链接再保存：点编辑，删掉这一行，重新拖进来")
MOST = 10
"""Files that one form may bring."""


@dataclass(frozen=True, slots=True)
class File:
    """An upload as it goes beside the ticket: its name there, its cleaned content, and how it is called in the form."""

    name: str
    data: bytes
    label: str = field(default="", compare=False)


Found = File | Refused
"""What became of an upload."""


def collect(
    texts: Sequence[str], words: Vocabulary, given: Platform, shown: str, kept: Mapping[str, bytes]
) -> dict[str, Found]:
    """Fetch and clean what texts refer to; return what became of each, by address.

    ``shown`` is GitHub's own HTML of the form. ``kept`` are the files that an earlier run fetched, by name: they are not
    fetched again, and nothing is lost while the platform cannot be reached. A foreign picture is refused, a foreign link
    no file of ours.
    """
    found: dict[str, Found] = {}
    known = {Path(name).stem: File(name, data) for name, data in kept.items()}
    for one in (one for text in texts for one in links.find(text)):
        half = _HALF.match(one.label) if not one.address else None
        if one.address in found or not (one.is_picture or half or given.is_upload(one.address)):
            continue
        label = masks.put_on(one.label[half.end() if half else 0 :].rstrip("…."), words.lists) or "没有名字的附件"
        if half:
            found[one.address] = Refused(label, *_NOT_YET)
        elif not given.is_upload(one.address):
            found[one.address] = Refused(label, "不是在这里上传的图片", "把图片拖进表单上传，不要贴别处的地址")
        elif sum(map(given.is_upload, found)) >= MOST:
            found[one.address] = Refused(label, f"一个表单最多收 {MOST} 个附件", "只留最能说明问题的")
        else:
            before = known.get(_stem(one.address))
            got = replace(before, label=label) if before else _fetched(one, label, words, given, shown)
            found[one.address] = got
    halves = (one[1] for text in texts for one in _HIDDEN.finditer(text))
    return found | {f"{_UPLOADING}{name}": Refused(masks.put_on(name, words.lists), *_NOT_YET) for name in halves}


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
    return File(name, clean, label)


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
    every = (one for piece in pieces for one in privacy.find(piece.text, words.lists))
    kinds = dict.fromkeys(exposure.NAMES[one.rule] for one in every if not _may_go(one, name))
    if kinds:
        help_text = "遮盖之后重新上传；已经上传的那一份请管理员联系 GitHub 删除"
        raise UnfitError(f"里面有没有遮盖的{'、'.join(kinds)}", help_text)


def _may_go(one: Match, name: str) -> bool:
    """Say whether a file may come along with something in it: it is masked in plain texts, or leads to nobody."""
    is_mended = one.sure and name.endswith(exposure.MENDED) and exposure.level_of(one.rule) != ERROR
    return is_mended or exposed.is_own_network(one)
