"""The tickets of a repository as records: what each publishes, read anew only where the file changed since the last run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import check, corpus
from faultkb.finding import ERROR, FaultError
from faultkb.moment import show
from faultkb.publish import article
from faultkb.publish.state import Record, stamps
from faultkb.rules import waivers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from faultkb.corpus import Loaded
    from faultkb.publish.state import State
    from faultkb.vocabulary import Vocabulary

_SHOWN = 20


def read(root: Path, words: Vocabulary, as_of: datetime, state: State) -> dict[str, Record]:
    """Return a record for every ticket, by path. Raise FaultError if any ticket has an error.

    What was checked before and has not changed since is not checked again: time alone makes no errors, unless it runs
    backwards.
    """
    paths = corpus.find(root)
    seen = _seen(root, paths)
    known = state.tickets if state.as_of and state.as_of <= show(as_of) else {}
    touched = [path for path in paths if path not in known or known[path].seen != seen[path]]
    digests = {path: corpus.digest(root, path) for path in touched} if known else {}
    changed = [path for path in touched if path not in known or known[path].digest != digests[path]]
    fresh = _checked(root, words, as_of, changed, is_all=not known or not known.keys() <= seen.keys())
    return {path: (fresh.get(path) or known[path])._replace(seen=seen[path]) for path in paths}


def _seen(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """Return what tells at a glance that a ticket, or a file in its folder, may have changed."""
    found: dict[str, list[str]] = {path: [] for path in paths}
    for name, stamp in stamps(root / corpus.TICKETS, hidden=True, exact=True).items():
        path = f"{corpus.TICKETS}/{name}"
        owner = path if path in found else f"{'/'.join(path.split('/')[:4])}.md"
        if owner in found:
            found[owner].append(" ".join((name, *map(str, stamp))))
    return {path: "\n".join(sorted(lines)) for path, lines in found.items()}


def _read(loaded: Loaded, words: Vocabulary, root: Path) -> Record:
    found = article.of(loaded.ticket, words) if loaded.ticket is not None else None
    allowed = waivers.fingerprints(loaded.ticket, words, root) if loaded.ticket is not None else ()
    digest = corpus.digest(root, loaded.path, loaded.document.text)
    return Record("", digest, found and found.light, waived=tuple(sorted(allowed)))


def _checked(
    root: Path, words: Vocabulary, as_of: datetime, changed: list[str], *, is_all: bool
) -> Mapping[str, Record]:
    """Return the records of the tickets that changed, or of all, once they are checked."""
    if not changed and not is_all:
        return {}
    wanted = [] if is_all else [root / path for path in changed]
    outcome = check.check(root, words, as_of, wanted, touched=True, note=_read)
    errors = [one for one in outcome.findings if one.level == ERROR]
    if errors:
        raise FaultError(f"有 {len(errors)} 个错误，没有发布；运行 fault check 查看怎样改", errors[:_SHOWN], code=1)
    return outcome.noted
