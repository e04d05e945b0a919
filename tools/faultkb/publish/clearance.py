"""The last look at the files of a site before it takes the place of the old one: nothing active in a page, nothing private anywhere.

The detectors that look at tickets look at everything that was made of them, too. What they find gets out only if the permit
allows it.
"""

from __future__ import annotations

import os
import re
from itertools import compress, pairwise
from operator import mul, or_
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from faultkb import privacy
from faultkb.attached import UnfitError
from faultkb.publish import aside, readable, scan
from faultkb.publish.permit import ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from faultkb.privacy import Match
    from faultkb.publish.permit import Permit

_MOST = 8_000
"""Files that one process looks into: it remembers their lines, so this bounds its memory."""
_WORTH_A_PROCESS = 500
_OWN_NAME = re.compile(
    r"(?:faults/|api/v1/faults/|api/search/\w{4,5}/)(?:[A-Z]{2}-[0-9]{8}-[0-9]{3,6}|[0-9]{1,6})(?:/index\.html|\.json|\.bin)"
)
"""Names of files with nothing but an id or a number in them."""
_PAGES = (".html", ".htm", ".xhtml")
"""How the names of files end that a browser shows as pages."""
_BREAK = re.compile(r"\n(?![ \t]*+[0-9A-Za-z@.+(-])|(?<![0-9A-Za-z@.+):： \t-])\n")
"""The end of a line but where a number, a word in Latin letters or what a label announces may go on in the next."""


class Objection(NamedTuple):
    """Why a file must not get out.

    For a private value ``rule``, ``value`` (never to be shown) and ``said`` (its mask), else only ``said``.
    """

    file: str
    rule: str
    value: str
    said: str


class _Job(NamedTuple):
    files: Sequence[tuple[str, str]]
    permit: Permit


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
    known = ID.search(name)
    return known[0] if known else "~", not name.endswith(".html"), name


def _look(job: _Job) -> list[Objection]:
    look = Look(job.permit)
    return [found for name, path in job.files for found in look(name, Path(path).read_bytes())]


class Look:
    """Looks into one file after another.

    Lines that were there before, such as the frame of every page, are not looked at again, unless they have what one file
    may have and another may not.
    """

    def __init__(self, permit: Permit) -> None:
        """Begin with nothing seen."""
        self._permit = permit
        self._seen: set[int] = set()
        self._added: set[int] = set()

    def __call__(self, name: str, data: bytes) -> Iterator[Objection]:
        """Yield what speaks against a file, its name included."""
        self._added = set()
        found = self._in_name(name)
        shown = privacy.masked(name, found)
        if not readable.is_slugged(name):
            yield from (self._objection(shown, one) for one in found)
        is_page = name.lower().endswith(_PAGES)
        try:
            text = readable.text(name, data) if not is_page else ""
            page = readable.plain(data) if is_page else ""
        except UnfitError as error:
            yield Objection(shown, "", "", f"{error}：{error.help}")
            return
        if is_page:
            fresh = self._without_frame(page)
            yield from (Objection(shown, "", "", f"网页里有不该有的东西：{one}") for one in scan.faults(page, fresh))
            text = readable.of_markup(fresh)
        yield from self._private(name, shown, self._fresh(text), text)

    def _private(self, name: str, shown: str, fresh: str, text: str) -> Iterator[Objection]:
        for one in privacy.find(fresh, self._permit.lists) if fresh else ():
            if self._is_waived(name, text, one):
                self._seen -= self._added
            else:
                yield self._objection(shown, one)

    def _in_name(self, name: str) -> list[Match]:
        if _OWN_NAME.fullmatch(name):
            return []
        found = privacy.find_in_name(name, self._permit.lists)
        return [one for one in found if not self._is_waived(name, "", one)]

    def _is_waived(self, name: str, text: str, one: Match) -> bool:
        return self._permit.allows(name, text, (one.rule, privacy.fingerprint(one.rule, one.value)))

    def _objection(self, shown: str, one: Match) -> Objection:
        return Objection(shown, one.rule, one.value, one.shown)

    def _not_seen(self, some: Iterable[int]) -> set[int]:
        new = set(some).difference(self._seen)
        self._seen |= new
        self._added |= new
        return new

    def _fresh(self, text: str) -> str:
        """Return the lines of a text that were not there before; where a value may go on, several lines count as one."""
        lines = dict.fromkeys(_BREAK.split(text))
        new = self._not_seen(map(hash, lines))
        return readable.APART.join([line for line in lines if hash(line) in new]) if new else ""

    def _without_frame(self, page: str) -> str:
        """Return the lines of a page's HTML that did not stand beside the same line before.

        This is `_fresh`, coarser and in a third of the time. An empty line stands for those that are left out.
        """
        lines = page.split("\n")
        pairs = list(map(hash, pairwise([*lines, ""])))
        new = self._not_seen(pairs)
        is_new = list(map(new.__contains__, pairs))
        is_kept = list(map(or_, is_new, [False, *is_new]))
        wanted = map(or_, is_kept, [False, *is_kept])
        return "\n".join(compress(map(mul, lines, is_kept), wanted))
