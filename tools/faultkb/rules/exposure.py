"""Where private data stands in a ticket file and in the files beside it: found once, handed out to the rules."""

from __future__ import annotations

import bisect
import functools
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from faultkb import contents, corpus, privacy
from faultkb.finding import ERROR, WARNING
from faultkb.rules import Hit, catalogue, codes, naming
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.document import Document
    from faultkb.privacy import Lists, Match
    from faultkb.rules import File
    from faultkb.yamltext import Path

NAMES = {
    "mobile-number": "手机号码",
    "id-card": "身份证号码",
    "bank-card": "银行卡号",
    "email-address": "邮箱地址",
    "credential": "口令或密钥",
    "unmasked-name": "姓名",
    "landline-number": "固定电话",
    "ip-address": "IP 地址",
    "plate-number": "车牌号",
    "street-address": "详细地址",
    "chat-account": "微信或 QQ 号",
    "credit-code": "统一社会信用代码",
    "own-word": "公司词库里的词",
}
"""What each rule looks for."""
_USUAL = re.compile(r"tickets/[0-9]{4}/[0-9]{2}/[A-Z]{2}-[0-9]{8}-[0-9]{3,6}\.md")
"""The path of a ticket that is called by its id, and gives nothing away."""
PERSON = re.compile(r"\{staff: [^\s,{}]{1,40}, name: ([^\s,{}*\"']{2,40})\}")
"""A person with a name in full in the header of a ticket: an error there, where other text gives a warning."""
_PARTS = 3
"""The level of the headings of parts."""


class Spot(NamedTuple):
    """A private value in a ticket file, and where in its data that is."""

    match: Match
    path: Path


def spots(document: Document, matches: Sequence[Match]) -> list[Spot]:
    """Say where in the data the private values of a ticket file stand; names in fields for people are none of the text."""
    if not matches:
        return []
    places = Places(document)
    found = [Spot(one, places.of(one.start)) for one in matches]
    return [one for one in found if not (one.match.rule == "unmasked-name" and is_name(document, one.path))]


def is_name(document: Document, path: Path) -> bool:
    """Say whether a place is the name in a field for people, where the header is looked at and not the text."""
    return path[-1:] == ("name",) and (*path[:-1], "staff") in document.places


class Lines:
    """Finds line and column of many characters of a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(one.end() for one in re.finditer("\n", text))]

    def of(self, index: int) -> tuple[int, int]:
        """Return line and column, from 1, of a character."""
        line = bisect.bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1


class Places:
    """Finds where in the data a character of the text stands."""

    def __init__(self, document: Document) -> None:
        self._header = document.text.find("\n") + 1 if document.header_text else 0
        self._body = len(document.text) - len(document.body)
        starts = sorted(
            ((place.key or place.value).start, len(path), path) for path, place in document.places.items() if path
        )
        self._starts = [start for start, _, _ in starts]
        self._paths = [path for _, _, path in starts]
        self._headings = [one for one in document.headings if one.level <= _PARTS]
        self._at = [one.at for one in self._headings]

    def of(self, index: int) -> Path:
        """Return the field or section in which a character stands; empty outside of both."""
        if index >= self._body:
            return self._section(bisect.bisect_right(self._at, index - self._body))
        number = bisect.bisect_right(self._starts, index - self._header)
        return self._paths[number - 1] if number else ()

    def _section(self, number: int) -> Path:
        passed = self._headings[:number]
        section = next((one for one in reversed(passed) if one.level < _PARTS), None)
        if section is None:
            return ()
        return ("sections", section.name, passed[-1].name) if passed[-1].level == _PARTS else ("sections", section.name)


def level_of(rule: str) -> str:
    """Return the level of a private value in a text; a name is a warning there, because words may be taken for names."""
    return WARNING if rule == "unmasked-name" else catalogue()[rule].level


def of(file: File) -> dict[str, list[Hit]]:
    """Return everything private in a file and in those beside it, by rule."""
    found: dict[str, list[Hit]] = {}
    for one in seen(file):
        found.setdefault(one.rule, []).append(one.hit)
    return found


def errors_in(name: str, data: bytes, lists: Lists) -> set[tuple[str, str]]:
    """Return rule and value of what is an error in the content of a ticket, or of a file beside it."""
    found = {
        (one.rule, one.value)
        for piece in contents.pieces(name, data)
        for one in privacy.find(piece.text, lists)
        if level_of(one.rule) == ERROR
    }
    names = PERSON.findall(data.decode("utf-8", "replace")) if name.endswith(".md") else ()
    return found | {("unmasked-name", one) for one in names if one not in lists.public}


class Seen(NamedTuple):
    """A private value in a file or in those beside it, and what is said of it."""

    rule: str
    value: str
    hit: Hit


def seen(file: File) -> Iterator[Seen]:
    """Yield everything private in a file and in those beside it."""
    yield from _in_ticket(file)
    yield from _in_attachments(file)


def _in_ticket(file: File) -> Iterator[Seen]:
    known = {(match.rule, match.value) for match in file.matches}
    lines = Lines(file.document.text) if known else None
    own, every = references(file) if known else ((), ())
    for match, path in spots(file.document, file.matches):
        if naming.is_in(match, own):
            continue  # it is said of the file, at the same place
        if naming.is_in(match, every):
            yield _seen(file, match, path, "引用的附件的文件名里的", _NAMED, lines.of(match.start) if lines else None)
            continue
        change = "" if not file.document.problems else f"写成 {clip(match.shown)}，或删去"
        yield _seen(file, match, path, change=change, at=lines.of(match.start) if lines else None)
    for match, path in _escaped(file):
        if (match.rule, match.value) not in known:
            yield _seen(file, match, path, change=f"写成 {clip(match.shown)}，不要用 \\ 代替字符")
    for match in () if _USUAL.fullmatch(file.path) else privacy.find_in_name(file.path, file.vocabulary.lists):
        yield _seen(file, match, (), "文件名里的", change="给文件改名")


_NAMED = "给附件改名为 截图1.jpg 这样的名字，这里一起改"


def references(file: File) -> tuple[Sequence[range], Sequence[range]]:
    """Return where a ticket refers to the files beside it whose names give something away, and to any file at all."""
    told = naming.told(file.path, file.beside, file.vocabulary.lists)
    text = file.document.text
    every = naming.references(text, file.path, told)
    return [one for one in every if any(name in unquote(text[one.start : one.stop]) for name in told)], every


def _escaped(file: File) -> Iterator[Spot]:
    r"""Find what only the reader of the YAML sees: ``"\x31\x33…"``."""
    if "\\" not in file.document.header_text:
        return
    waiting: list[tuple[Path, object]] = [((), file.document.header)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield from (Spot(one, path) for one in privacy.find(value, file.vocabulary.lists))
        elif isinstance(value, dict):
            waiting += [((*path, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, number), item) for number, item in enumerate(value)]


def _seen(
    file: File, match: Match, path: Path, where: str = "", change: str = "", at: tuple[int, int] | None = None
) -> Seen:
    mask = clip(match.shown)
    hit = Hit(
        path,
        f"{where}{NAMES.get(match.rule, match.rule)}没有遮盖（遮盖后是 {mask}）",
        change or f"写成 {mask}，或删去" + ("；fault check --fix 可以代改" if match.sure else ""),
        private=True,
        level=level_of(match.rule),
        codes=codes.codes(file.keys, match.rule, match.value),
        fixable=match.sure and not change,
        at=at,
    )
    return Seen(match.rule, match.value, hit)


# ── files beside the ticket ──

MENDED = (".txt", ".log", ".csv")
"""Files that ``fault check --fix`` changes."""


def folder(file_path: str) -> str:
    """Return the folder of the attachments of a ticket."""
    return file_path.removesuffix(".md")


def _in_attachments(file: File) -> Iterator[Seen]:
    told = naming.told(file.path, file.beside, file.vocabulary.lists)
    for name in file.beside:
        yield from _in_attachment(file, f"{folder(file.path)}/{name}", name, told.get(name, []))


def of_stray(file: File) -> Iterator[tuple[str, Hit]]:
    """Yield what is private in a file that belongs to no ticket, and in its name, with the rule."""
    name = file.path.rpartition("/")[2]
    told = privacy.find_in_name(file.path, file.vocabulary.lists)
    yield from ((one.rule, one.hit) for one in _in_attachment(file, file.path, name, told))


def _in_attachment(file: File, path: str, name: str, told: Sequence[Match]) -> Iterator[Seen]:
    lists = file.vocabulary.lists
    place: Path = ("attachments", name)
    for match in told:
        yield _seen(file, match, place, "附件的文件名里的", naming.way_out(name, told, lists), _line_of(file, name))
    data = corpus.content(file.root, path)
    pieces = contents.pieces(name, data) if data else []
    if naming.is_archive(name, data or b""):
        yield _archive(file, name)
    elif data is None or any(one.what == contents.UNREAD for one in pieces):
        yield _unread(file, name)
    # A name that gives something away is not repeated: what is in such a file is said of its ticket.
    shown = "" if told else path
    prefix = f"附件 {masked_name(name, lists)} " if told else ""
    for what, text in pieces:
        if what == contents.LOCATION:
            yield _location(file, name, shown, prefix)
        matches = privacy.find(text, lists)
        lines = Lines(text) if matches and not what else None
        for match in matches:
            is_mended = not what and name.lower().endswith(MENDED) and shown
            at = lines.of(match.start) if lines else (1, 1)
            where, change = f"{prefix}{what and f'{what}里的'}", "" if is_mended else _way_out(what, match)
            found = _seen(file, match, place, where, change, at if shown else None)
            yield found._replace(hit=found.hit._replace(file=shown))


def _line_of(file: File, name: str) -> tuple[int, int]:
    """Return where a ticket refers to a file beside it; its first line if it does not."""
    at = naming.place(file.document.text, file.path, name)
    return Lines(file.document.text).of(at) if at >= 0 else (1, 1)


def _archive(file: File, name: str) -> Seen:
    message = "是压缩包，里面的内容没有检查，可能有个人信息"
    return _unlooked(file, name, message, "解开后把需要的文本、截图放进来，删去压缩包")


def _unread(file: File, name: str) -> Seen:
    message = "没有看完：打不开、太大、加了密，或嵌着别的文件，没看的部分可能有个人信息"
    return _unlooked(file, name, message, "换成打得开、小一些的文件，或只把需要的文本、截图放进来")


def _unlooked(file: File, name: str, message: str, change: str) -> Seen:
    message = f"附件 {clip(masked_name(name, file.vocabulary.lists), 60)} {message}"
    known = codes.codes(file.keys, "attachment", name)
    return Seen("attachment", name, Hit(("attachments", name), message, change, at=_line_of(file, name), codes=known))


_OF_PICTURES = ("图片信息", "拍摄信息", "作者", "版权", "机主")
_STRIP = "去掉图片的拍摄信息再放进来，例如另存为截图"


def _way_out(what: str, match: Match) -> str:
    if what in _OF_PICTURES:
        return _STRIP
    return f"把附件里的写成 {clip(match.shown)}，或删去这个附件"


def _location(file: File, name: str, shown: str, prefix: str) -> Seen:
    message = f"{prefix}图片里有拍摄地点，会让人知道用户在哪里"
    known = codes.codes(file.keys, "image-location", name)
    hit = Hit(("attachments", name), message, _STRIP, private=True, file=shown, at=(1, 1) if shown else None)
    return Seen("image-location", name, hit._replace(codes=known))


_PATH = re.compile(r"\btickets/[^\n、，；：。]++")
"""The path of a file in a message; a name of a person stands there without a label."""


@functools.lru_cache(maxsize=4096)
def masked(text: str, lists: Lists) -> str:
    """Return a text with a mask in the place of everything private. Most messages come many times."""
    text = _PATH.sub(lambda one: masked_name(one.group(), lists), text)
    return privacy.masked(text, privacy.find(text, lists))


def masked_name(path: str, lists: Lists) -> str:
    """Return the path of a file with a mask in the place of everything private."""
    return privacy.masked(path, privacy.find_in_name(path, lists))


def said(*documents: Document, lists: Lists) -> list[str]:
    """Return the private values as they stand in some files, sorted: what `unsaid` needs to know the beginnings of."""
    found = ((one.text, match) for one in documents for match in privacy.find(one.text, lists))
    return sorted({text[match.start : match.end] for text, match in found})


def unsaid(text: str, said: Sequence[str], lists: Lists) -> str:
    """Return a message without anything private: values in it, and beginnings of values that were cut short.

    ``said`` are the values as they stand in the file that the message is about, sorted.
    """
    for cut in reversed([one.start() for one in re.finditer("…", text)] if said else []):
        for start in range(max(0, cut - _CLIPPED), cut - 1):
            at = bisect.bisect_left(said, text[start:cut])
            if at < len(said) and said[at].startswith(text[start:cut]):
                text = f"{text[:start]}***{text[cut:]}"
                break
    return masked(text, lists)


_CLIPPED = 60
"""Characters of a value that a message may hold before it is cut."""
