"""What a ticket is, how bad, who has it and how far it is: choices from what old sheets write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.inflow import choices, moments
from faultkb.inflow.draft import quoted
from faultkb.validation import FAULT_ID

if TYPE_CHECKING:
    from faultkb.inflow.draft import Draft
    from faultkb.inflow.line import Given


def kind(draft: Draft) -> None:
    """Type and severity, which every ticket has."""
    _choose(draft, "type", _by_number(draft) or list(draft.words.prefixes)[-1])
    severities = draft.words.severities()
    _choose(draft, "severity", severities[-2])


def _by_number(draft: Draft) -> str | None:
    """Return the type that an old number of ours tells."""
    cell = draft.line.first("id")
    match = FAULT_ID.fullmatch(cell.text.strip()) if cell else None
    return next((kind for kind, prefix in draft.words.prefixes.items() if match and match[1] == prefix), None)


def _choose(draft: Draft, name: str, default: str) -> None:
    cell = draft.take_one(name)
    title = draft.words.title(name)
    found = choices.choose(draft.words, name, cell.text) if cell else None
    if cell and name == "severity" and found is None and draft.line.ranks and cell.text.strip().isdecimal():
        found = draft.words.severities()[int(cell.text) - 1]
        draft.keep(cell)
        draft.say(f"{title}{quoted(cell)}按“{found}”登记（1 最重），原文在备注里")
    elif cell is None:
        draft.say(f"没有写{title}，按“{default}”登记")
    elif found is None:
        draft.keep(cell)
        draft.say(f"{title}{quoted(cell)}不认识，按“{default}”登记，原文在备注里")
    elif found != cell.text.strip():
        _respell(draft, cell, name, found)
    draft.header[name] = found or default


def _respell(draft: Draft, cell: Given, name: str, found: str) -> None:
    """Tell which choice a cell was taken for; words beside it stand in the remark."""
    draft.respell(f"{draft.words.title(name)}{quoted(cell)}写成“{found}”")
    if not choices.is_whole(draft.words, name, cell.text):
        draft.keep(cell)


def channel(draft: Draft) -> None:
    """How it came in; not recorded where the sheet does not say."""
    cell = draft.take_one("channel")
    found = choices.choose(draft.words, "channel", cell.text) if cell else None
    unknown = list(draft.words.choices["channel"])[-1]
    if cell and found is None:
        draft.keep(cell)
        draft.say(f"{draft.words.title('channel')}{quoted(cell)}不认识，写“{unknown}”，原文在备注里")
    elif cell and found and found != cell.text.strip():
        _respell(draft, cell, "channel", found)
    draft.header["channel"] = found or unknown


def state(draft: Draft) -> None:
    """The state, as the sheet says or as the rest of the row shows."""
    words, header = draft.words, draft.header
    closed = next(iter(words.lifecycle.closed_states))
    cell = draft.take_one("status") or _in_progress(draft)
    title = words.title("status")
    found, is_whole = choices.state(words, cell.text) if cell else (None, True)
    if cell and found is None and choices.plain(cell.text) in choices.VOIDED:
        found, is_whole = closed, False
    if cell and found == closed and "completed_at" not in header:
        moments.done(draft, cell)
    header["status"] = found or _guess(draft, closed)
    if cell and not is_whole:
        draft.keep(cell)
    if cell is None:
        draft.say(f"没有写{title}，按“{header['status']}”登记")
    elif found is None:
        draft.say(f"{title}{quoted(cell)}不认识，按“{header['status']}”登记，原文在备注里")
    elif found != cell.text.strip():
        draft.respell(f"{title}{quoted(cell)}写成“{found}”")
    waiting = words.lifecycle.events[words.lifecycle.closing["since"]].to
    if "completed_at" in header and header["status"] not in {closed, waiting}:
        one = draft.line.first("completed_at")
        if one:
            draft.keep(one)
        del header["completed_at"]
        draft.say(f"{title}是“{header['status']}”，却有{words.title('completed_at')}：没有采用，原文在备注里")


_STATE = 12
"""Characters of a state with a date; what is longer tells a story."""


def _in_progress(draft: Draft) -> Given | None:
    """Return the cell for the progress where that says a state and nothing else, as a column 进度 often does."""
    cell = draft.line.first("events")
    return cell if cell and len(cell.text) <= _STATE and choices.state(draft.words, cell.text)[0] else None


def _guess(draft: Draft, closed: str) -> str:
    life = draft.words.lifecycle
    if "completed_at" in draft.header:
        return closed
    return str(life.events["受理"].to) if "owner" in draft.header else life.initial


def team(draft: Draft) -> None:
    """Which team has it, if only one can be meant."""
    cell = draft.take_one("team")
    if cell is None:
        return
    found = choices.team(draft.words, cell.text, draft.header["type"])
    title = draft.words.title("team")
    if found is None:
        draft.keep(cell)
        draft.say(f"{title}{quoted(cell)}不认识，没有填{title}，原文在备注里")
        return
    if found != cell.text.strip():
        draft.respell(f"{title}{quoted(cell)}写成“{found}”")
    draft.header["team"] = found
