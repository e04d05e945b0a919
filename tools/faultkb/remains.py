"""What of some values still stands in the files of today, whether or not a detector would see it there."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from faultkb import contents, corpus, gitrepo

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

_ANCHOR = 4
"""Characters of the end of a value by which it is looked for: any number of values costs hardly more than one."""


def remaining(repository: Path, spellings: Collection[str], largest: int) -> set[str]:
    """Return which of some texts stand in a file at HEAD, in its name, or in what can be read in it.

    A number is not looked for within a longer one. Files of more than ``largest`` bytes are not looked into.
    """
    anchored: dict[str, list[str]] = defaultdict(list)
    for one in filter(None, spellings):
        anchored[one[-_ANCHOR:]].append(one)
    files = {one: path for path, one in gitrepo.current(repository).items()} if anchored else {}
    return set(corpus.spread([*files.items()], _in_files, (repository, dict(anchored), largest)))


def _in_files(
    some: Sequence[tuple[str, str]], repository: Path, anchored: Mapping[str, Sequence[str]], largest: int
) -> list[str]:
    """Look into files, given by id and path; this runs in many processes."""
    found: set[str] = set()
    paths = dict(some)
    for one, _, _, data in gitrepo.objects(repository, paths, largest):
        path = os.fsencode(paths[one]).decode("utf-8", "replace")
        found.update(_in_text("\n".join((path, *(piece.text for piece in contents.pieces(path, data)))), anchored))
    return list(found)


def _in_text(text: str, anchored: Mapping[str, Sequence[str]]) -> Iterator[str]:
    short = [one for one in anchored if len(one) < _ANCHOR]
    ends = {text[at : at + _ANCHOR] for at in range(len(text) - _ANCHOR + 1)}
    for end in (*short, *(anchored.keys() & ends)):
        yield from (one for one in anchored[end] if one in text and _is_whole(one, text))


def _is_whole(value: str, text: str) -> bool:
    before, after = ("(?<![0-9])" * value[0].isdigit(), "(?![0-9])" * value[-1].isdigit())
    return re.search(before + re.escape(value) + after, text) is not None
