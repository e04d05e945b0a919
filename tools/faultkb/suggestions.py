"""What ``fault check --fix`` would write into a ticket, as replacements of whole lines that a reviewer takes with one click."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from faultkb import document, mend, privacy
from faultkb.rules import exposure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from faultkb.corpus import Loaded
    from faultkb.mend import Mended
    from faultkb.privacy import Lists
    from faultkb.vocabulary import Vocabulary

_PATH = re.compile(r"tickets/(?:[^/.\\\n][^/\\\n]*/)*[^/.\\\n][^/\\\n]*\.md")
_LONGEST = 4000
"""Characters of a suggestion, and lines below: nobody reads through a longer one before clicking."""
_MOST_LINES = 40
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""Characters that are letters or marks to Python, and that nobody sees (Unicode's Default_Ignorable_Code_Point)."""
_OTHERWISE = "按检查的建议改写"


class Fix(NamedTuple):
    """Lines of a file, from 1, and the text to stand in their place: each line with its end, none to delete them."""

    path: str
    line: int
    end_line: int
    text: str
    what: str


def of(loaded: Loaded, words: Vocabulary, root: Path, base: str = "") -> list[Fix]:
    """Return the replacements that together make of a ticket what ``fault check --fix`` makes of it.

    Lines in which something private stays are left out: their text would repeat it. So is a file whose lines do not all
    end in a plain line feed. With a ``base``, a mask over what is merged there names the correction that it asks for.
    """
    mended = mend.plan(loaded, words, root)
    own = next((one for one in mended.edits if one.path == loaded.path), None) if mended else None
    if mended is None or own is None or own.before is None:
        return []
    before, after = own.before.decode(), own.after.decode()
    if "\r" in before or not before.endswith("\n"):
        return []
    private = {one.line for one in mended.left if one.path == own.path}
    new, records = after.split("\n"), mend.to_record(mended, root, base, words) if base else []
    fixes = []
    for old_lines, new_lines in spans(before, after):
        text = "".join(f"{new[number - 1]}\n" for number in new_lines)
        fix = Fix(own.path, old_lines[0], old_lines[-1], text, _told(mended, old_lines, records))
        if private.isdisjoint(new_lines) and is_harmless(fix, words.lists):
            fixes.append(fix)
    return fixes


def is_harmless(one: Fix, lists: Lists) -> bool:
    """Say whether a suggestion may be offered: it names a ticket, and what it writes is short, visible and not private."""
    return (
        _PATH.fullmatch(one.path) is not None
        and one.path.isprintable()
        and exposure.masked_name(one.path, lists) == one.path
        and 0 < one.line <= one.end_line < one.line + _MOST_LINES
        and len(one.text) <= _LONGEST
        and one.text.count("\n") <= _MOST_LINES
        and one.text[-1:] in {"", "\n"}
        and all(char.isprintable() or char in "\n\u3000" for char in one.text)
        and not _UNSEEN.search(one.text)
        and not privacy.find(f"{one.what}\n{one.text}", lists)
    )


def spans(before: str, after: str) -> Iterator[tuple[range, range]]:
    """Yield the lines that differ, from 1, before and after; what only makes sense together is one.

    A mend replaces text within its line: where the number of lines differs all the same, or fields change their places, no
    part of it can be taken alone. The first line of both must be the same, as it is of all tickets.
    """
    old, new = before.split("\n")[:-1], after.split("\n")[:-1]
    if len(old) != len(new):
        start = next(
            (at for at, (one, two) in enumerate(zip(old, new, strict=False)) if one != two), min(len(old), len(new))
        )
        most = min(len(old), len(new)) - start
        same = next((back for back in range(most) if old[-back - 1] != new[-back - 1]), most)
        start -= start + same == len(old)  # lines that come in need one to stand beside
        yield range(start + 1, len(old) - same + 1), range(start + 1, len(new) - same + 1)
        return
    changed = [number for number, (one, two) in enumerate(zip(old, new, strict=True), 1) if one != two]
    for lines in _runs(changed, _moved(before, after)):
        yield lines, lines


def _runs(numbers: Sequence[int], together: int) -> Iterator[range]:
    """Yield runs of neighbouring numbers; those up to ``together`` are one."""
    start = previous = 0
    for number in numbers:
        if start and number != previous + 1 and number > together:
            yield range(start, previous + 1)
            start = 0
        start, previous = start or number, number
    if start:
        yield range(start, previous + 1)


def _moved(before: str, after: str) -> int:
    """Return the last line of the header where its fields have changed their places, 0 where they have not."""
    old, new = document.parse(before), document.parse(after)
    return 0 if list(old.header) == list(new.header) else new.header_text.count("\n") + 1


def _told(mended: Mended, lines: range, records: Sequence[str]) -> str:
    told = list(dict.fromkeys(one.what for one in mended.done if one.path == mended.path and one.line in lines))
    if records and any("遮盖" in one for one in told):
        name = PurePosixPath(mended.path).stem
        told.append(
            f"已经合并过的内容，还要记录：{'、'.join(f'fault log {name} 更正 {one} --mask' for one in records)}"
        )
    return "；".join(told) or _OTHERWISE
