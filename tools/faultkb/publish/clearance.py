"""The last look at the files of a site before it takes the place of the old one: nothing active in a page, nothing private anywhere.

The detectors that look at tickets look at everything that was made of them, too. What they find gets out only if it is public
(schema/privacy.yaml) or if a published ticket waives it.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import compress, pairwise
from operator import mul, or_
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from faultkb import privacy, rules
from faultkb.attached import UnfitError
from faultkb.finding import FaultError
from faultkb.publish import aside, readable, scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from faultkb.privacy import Lists, Match

Waived = frozenset[tuple[str, str]]
"""Rules with the fingerprints of values that they may find."""
_MOST = 8_000
"""Files that one process looks into: it remembers their lines, so this bounds its memory."""
_WORTH_A_PROCESS = 500
_SHOWN = 20
_OWN_NAME = re.compile(
    r"(?:faults/|api/v1/faults/|api/search/\w{4,5}/)(?:[A-Z]{2}-[0-9]{8}-[0-9]{3,6}|[0-9]{1,6})(?:/index\.html|\.json|\.bin)"
)
"""Names of files with nothing but an id or a number in them."""
_BREAK = re.compile(r"\n(?![ \t]*+[0-9A-Za-z@.+(-])|(?<![0-9A-Za-z@.+):： \t-])\n")
"""The end of a line but where a number, a word in Latin letters or what a label announces may go on in the next."""
_ID = re.compile(r"[A-Z]{2}-[0-9]{8}-[0-9]{3,6}")


@dataclass(frozen=True, slots=True)
class Permit:
    """What may get out, and the paths of all tickets, where that is to be mended which may not."""

    lists: Lists
    waived: Waived
    tickets: tuple[str, ...] = ()


class Objection(NamedTuple):
    """Why a file must not get out.

    For a private value ``rule``, ``mark`` (its fingerprint) and ``said`` (its mask), else only ``said``.
    """

    file: str
    rule: str
    mark: str
    said: str


class _Job(NamedTuple):
    files: Sequence[tuple[str, str]]
    permit: Permit


def refuse(files: Mapping[str, Path], permit: Permit) -> None:
    """Raise FaultError if there is anything in files (by their names on the site) that must not get out."""
    found = objections(files, permit)
    if not found:
        return
    grouped: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in found:
        grouped[one.rule, one.mark, one.said].append(one.file)
    paths = {PurePosixPath(path).stem: path for path in permit.tickets}
    lines = [_line(what, some, paths) for what, some in sorted(grouped.items())]
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"  ……共 {len(lines)} 处"]
    ways = [_WAY_OUT] if any(one.rule for one in found) else []
    raise FaultError("\n".join([_HEAD, *lines, *ways]), code=1 if ways else 2)


_HEAD = "网站没有更新（已有的网站没有动）：要发布的文件里有不该有的东西"
_WAY_OUT = (
    "改法：在上面写的文件里把它遮盖掉或删去；故障里的先运行 fault check --fix，它会改能改的。"
    "标着“提醒”的，fault check 只是提醒，要上网站就必须处理：确实可以公开的，在那个故障的 waive 里写明 rule、value（代号）、"
    "reason 和 approver；公司本来就公开的，由管理员写进 schema/privacy.yaml 的 public"
)


def _line(what: tuple[str, str, str], files: list[str], tickets: Mapping[str, str]) -> str:
    rule, mark, said = what
    # The page of a fault tells more than the lists that it is in.
    own = sorted(files, key=lambda name: (not _ID.search(name), not name.endswith(".html"), name))
    place = f"  {own[0]}{f' 等 {len(own)} 个文件' if len(own) > 1 else ''}："
    if not rule:
        return place + said
    known = rules.catalogue().get(rule)
    level = f"提醒，代号 {mark}" if known and known.waivable else "错误"
    ids = dict.fromkeys(found[0] for name in own if (found := _ID.search(name)))
    sources = [tickets[one] for one in ids if one in tickets][:3]
    return f"{place}{known.summary.rstrip('。') if known else rule}：{said}（{rule}，{level}）{'，见 ' if sources else ''}{'、'.join(sources)}"


def objections(files: Mapping[str, Path], permit: Permit) -> list[Objection]:
    """Look into files, by their names on the site; return what speaks against their getting out."""
    names = sorted(files, key=_group)
    number = max(-(-len(names) // _MOST), min(os.cpu_count() or 1, len(names) // _WORTH_A_PROCESS), 1)
    size = max(-(-len(names) // number), 1)
    parts = [names[start : start + size] for start in range(0, len(names), size)]
    jobs = [_Job([(name, str(files[name])) for name in part], permit) for part in parts]
    results = map(_look, jobs) if len(jobs) == 1 else aside.each(_look, jobs)
    return sorted({one for some in results for one in some})


def _group(name: str) -> tuple[str, bool, str]:
    """Put files together that say the same: it is looked at once, where people see it first, in the page of a fault if it has one."""
    known = _ID.search(name)
    return known[0] if known else "~", not name.endswith(".html"), name


def _look(job: _Job) -> list[Objection]:
    look = Look(job.permit)
    return [found for name, path in job.files for found in look(name, Path(path).read_bytes())]


class Look:
    """Looks into one file after another. Lines that were there before, such as the frame of every page, are not looked at again."""

    def __init__(self, permit: Permit) -> None:
        """Begin with nothing seen."""
        self._lists, self._waived = permit.lists, permit.waived
        self._seen: set[int] = set()

    def __call__(self, name: str, data: bytes) -> Iterator[Objection]:
        """Yield what speaks against a file, its name included."""
        shown, found = name, self._in_name(name)
        for one in reversed(found):
            shown = shown[: one.start] + one.mask + shown[one.end :]
        if not readable.is_slugged(name):
            yield from (self._objection(shown, one) for one in found)
        try:
            text = readable.text(name, data) if not name.endswith(".html") else ""
        except UnfitError as error:
            yield Objection(shown, "", "", f"{error}：{error.help}")
            return
        if name.endswith(".html"):
            page = data.decode("utf-8", "replace")
            fresh = self._without_frame(page)
            yield from (Objection(shown, "", "", f"网页里有不该有的东西：{one}") for one in scan.faults(page, fresh))
            text = readable.of_markup(fresh)
        yield from self._private(shown, self._fresh(text))

    def _private(self, shown: str, text: str) -> Iterator[Objection]:
        for one in privacy.find(text, self._lists) if text else ():
            if not self._is_waived(one):
                yield self._objection(shown, one)

    def _in_name(self, name: str) -> list[Match]:
        if _OWN_NAME.fullmatch(name):
            return []
        found = privacy.find_in_name(name, self._lists)
        return [one for one in found if not self._is_waived(one)]

    def _is_waived(self, one: Match) -> bool:
        return (one.rule, privacy.fingerprint(one.rule, one.value)) in self._waived

    def _objection(self, shown: str, one: Match) -> Objection:
        return Objection(shown, one.rule, privacy.fingerprint(one.rule, one.value), one.mask)

    def _fresh(self, text: str) -> str:
        """Return the lines of a text that were not there before; where a value may go on, several lines count as one."""
        lines = dict.fromkeys(_BREAK.split(text))
        new = set(map(hash, lines)).difference(self._seen)
        self._seen |= new
        return readable.APART.join([line for line in lines if hash(line) in new]) if new else ""

    def _without_frame(self, page: str) -> str:
        """Return the lines of a page's HTML that did not stand beside the same line before.

        This is `_fresh`, coarser and in a third of the time. An empty line stands for those that are left out.
        """
        lines = page.split("\n")
        pairs = list(map(hash, pairwise([*lines, ""])))
        new = set(pairs).difference(self._seen)
        self._seen |= new
        is_new = list(map(new.__contains__, pairs))
        is_kept = list(map(or_, is_new, [False, *is_new]))
        wanted = map(or_, is_kept, [False, *is_kept])
        return "\n".join(compress(map(mul, lines, is_kept), wanted))
