"""Answers and uploads → the files of a new ticket, masked as ``check --fix`` would, and what is to be told of it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import (
    attached,
    completeness,
    corpus,
    counter,
    ids,
    links,
    mend,
    policy,
    registration,
    similar,
    standing,
)
from faultkb.finding import FaultError
from faultkb.receipt import Due, Masked, Receipt, Refused
from faultkb.uploads import File

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from faultkb.counter import Judgement
    from faultkb.links import Reference
    from faultkb.ticket import Ticket
    from faultkb.uploads import Found
    from faultkb.vocabulary import Vocabulary

_SHOWN = 3
"""Similar faults that are named."""


class Filing(NamedTuple):
    """A ticket to be put on a branch: its files by path, and what its author is told."""

    files: dict[str, bytes]
    receipt: Receipt


def texts(answers: Mapping[str, Any]) -> list[str]:
    """Return the answers in which somebody can have put a picture or a file."""
    return [text for name, text in answers.items() if isinstance(text, str) and registration.is_free(name)]


def draw_up(words: Vocabulary, said: Judgement, ticket_id: str, found: Mapping[str, Found], as_of: datetime) -> Filing:
    """Write the ticket, mask what is certain, and look at it as the check will. The same answers make the same files."""
    path = ids.home(ticket_id)
    answers = {name: _placed(name, one, ticket_id, found) for name, one in said.answers.items()}
    files = {f"{path.removesuffix('.md')}/{one.name}": one.data for one in found.values() if isinstance(one, File)}
    files[path] = registration.text(words, answers, ticket_id, as_of).encode()
    with tempfile.TemporaryDirectory() as folder:
        desk = Path(folder)
        _lay_out(desk, files)
        mended = mend.plan(corpus.load(desk, path, words), words, desk)
        _lay_out(desk, {edit.path: edit.after for edit in mended.edits} if mended else {})
        loaded = corpus.load(desk, path, words)
        files = {name: (desk / name).read_bytes() for name in files}
        remarks = registration.remarks(desk, words, loaded, as_of)
    if loaded.ticket is None:
        raise FaultError("登记出来的故障读不出来：请把这个 issue 的编号告诉管理员", code=1)
    done = [one for one in mended.done if "遮盖" in one.what] if mended else []
    taken = {f"{path.removesuffix('.md')}/{one.name}": one for one in found.values() if isinstance(one, File)}
    return Filing(
        files,
        Receipt(
            ticket=loaded.ticket,
            score=completeness.score(loaded.ticket, words),
            dues=tuple(_dues(loaded.ticket, words)),
            as_of=as_of,
            masked=tuple(dict.fromkeys([*said.masked, *(one.what for one in done if one.path not in taken)])),
            beside=tuple(dict.fromkeys(Masked(taken[one.path].label, one.what) for one in done if one.path in taken)),
            refused=tuple(one for one in found.values() if isinstance(one, Refused)),
            taken=len(taken),
            pictures=sum(attached.kind_of(name) in attached.PICTURES for name in taken),
            remarks=tuple(remarks),
            unused=said.unused,
            is_late=counter.is_late(words, said),
            left_out=said.left_out,
        ),
    )


def compared(one: Receipt, root: Path, words: Vocabulary, beside: Mapping[int, Sequence[Ticket]]) -> Receipt:
    """Name the known faults that look similar; ``beside`` are those of open pull requests, by number."""
    waiting = {it.id: number for number, some in beside.items() for it in some}
    text, others = similar.text_of(one.ticket, words), [it for some in beside.values() for it in some]
    found = similar.find(root, words, text, _SHOWN, one.ticket.id, others)
    return replace(one, similar=tuple(found), waiting=waiting)


def with_files(one: Filing, files: Mapping[str, bytes], words: Vocabulary, ticket_id: str) -> Filing | None:
    """Return a filing with other files, such as came of a merge; None if the ticket among them can not be read."""
    path = ids.home(ticket_id)
    loaded = corpus.loaded(path, corpus.decode(files.get(path, b"")), words)
    known = loaded.ticket
    if known is None or loaded.document.problems or known.id != ticket_id or not known.events:
        return None
    score, dues = completeness.score(known, words), tuple(_dues(known, words))
    return Filing(dict(files), replace(one.receipt, ticket=known, score=score, dues=dues))


def late_in(data: bytes | None, words: Vocabulary) -> str | None:
    """Return why a ticket says that it was registered late, empty where it does not; None without a ticket."""
    known = corpus.loaded("", corpus.decode(data), words).ticket if data else None
    return str(known.events[0].data.get("late", "")) if known and known.events else None


def _lay_out(desk: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        (desk / name).parent.mkdir(parents=True, exist_ok=True)
        (desk / name).write_bytes(data)


def _placed(name: str, said: Any, ticket_id: str, found: Mapping[str, Found]) -> Any:
    """Return an answer with each upload under the name that it has beside the ticket; what was refused is a word."""
    if not isinstance(said, str) or not registration.is_free(name):
        return said

    def put(one: Reference, whole: str) -> str:
        it = found.get(one.address)
        if isinstance(it, File):
            shows = one.is_picture or attached.kind_of(it.name) in attached.PICTURES
            return f"{'!' if shows else ''}[{one.label or it.name}]({ticket_id}/{it.name})"
        return f"（附件没有收进来：{one.label or '没有名字'}）" if it or one.is_picture else whole

    return links.rewritten(said, put)


def _dues(one: Ticket, words: Vocabulary) -> Iterator[Due]:
    """Return what is due of a ticket at the moment of its registration, the earliest first."""
    at = one.events[0].at
    now, specs = standing.of(one, words, at), policy.in_force(words.policies, at).clocks
    for row in sorted(now.clocks if now else (), key=lambda row: row.due_at):
        if not row.informational:
            yield Due(
                f"{row.name}{'，暂定' if row.provisional else ''}",
                row.due_at,
                specs[row.clock].stop,
                specs[row.clock].external,
            )
