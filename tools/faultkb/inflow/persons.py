"""The people of a row: who reported, who works on it, who verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.inflow import choices, people
from faultkb.inflow.people import NOBODY, Named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faultkb.inflow.draft import Draft
    from faultkb.inflow.line import Given

Person = dict[str, str]
COLUMNS = ("reporter", "reporter.name", "reporter.staff", "owner", "assistants", "verification.verifier")
"""The columns that name people."""


def reporter(draft: Draft) -> None:
    """Who took the report down; somebody unknown where the row does not say."""
    title = draft.words.title("reporter")
    staff = "".join(one.text.strip() for one in draft.take("reporter.staff")[:1])
    found = [*_people(draft, "reporter"), *_people(draft, "reporter.name")]
    if staff and found:
        found[0] = Named(staff, found[0].name)
    elif staff:
        found = [Named(staff, "")]
    if not found:
        draft.say(f"没有写{title}，写 {people.UNKNOWN}")
        draft.header["reporter"] = {"staff": people.UNKNOWN, "name": NOBODY}
        return
    draft.header["reporter"] = _person(draft, found[0], title)
    _others(draft, title, found[1:])


def workers(draft: Draft) -> None:
    """Owner and assistants: of several in one cell the first is the owner."""
    title = draft.words.title("owner")
    owners = _people(draft, "owner")
    helpers = _people(draft, "assistants")
    if owners:
        draft.header["owner"] = _person(draft, owners[0], title)
    if owners[1:]:
        draft.say(f"{title}写了几个人，第一个作{title}，其余作{draft.words.title('assistants')}")
    also = [_person(draft, one, draft.words.title("assistants")) for one in (*owners[1:], *helpers)]
    if also:
        draft.header["assistants"] = also


def verifier(draft: Draft) -> None:
    """Who verified: a line in the section, for only an event may name him in the header."""
    title = draft.words.title("verification", "verifier")
    section = str(next(one.part_of for one in reversed(draft.words.sections) if one.part_of))
    found = _people(draft, "verification.verifier")
    if found:
        shown = "、".join(
            f"{one['staff']} {one['name']}".removeprefix(f"{people.UNKNOWN} ")
            for one in (_person(draft, each, title) for each in found)
        )
        draft.write(section, "", f"{title}：{shown}")


def _people(draft: Draft, name: str) -> list[Named]:
    """Return who stands in a column; words beside them go into the remark, a team into its field if that is empty."""
    found: list[Named] = []
    for cell in draft.take(name):
        told = people.read(cell.text)
        found += told.people
        if told.rest:
            _beside(draft, cell, told.rest)
    return list(dict.fromkeys(found))


def _beside(draft: Draft, cell: Given, rest: str) -> None:
    team = choices.team(draft.words, rest, draft.header["type"])
    if team and cell.name == "owner" and draft.line.first("team") is None and "team" not in draft.header:
        draft.header["team"] = team
        draft.respell(f"{cell.title}里的团队写进{draft.words.title('team')}")
    draft.keep(cell, draft.masks.text(rest))


def _others(draft: Draft, title: str, others: Sequence[Named]) -> None:
    if others:
        shown = "、".join(f"{one['staff']} {one['name']}" for one in (_person(draft, each, title) for each in others))
        draft.left.append((title, shown))
        draft.say(f"{title}写了几个人，取第一个，其余在备注里")


def _person(draft: Draft, one: Named, title: str) -> Person:
    staff, remark = draft.office.directory.staff(one)
    staff = "".join(char for char in staff if (char.isascii() and char.isalnum()) or char in "_-")[:20]
    if remark:
        draft.say(f"{title}{remark}")
    name = draft.masks.name(one.name) if one.name else NOBODY
    return {"staff": staff if len(staff) > 1 else people.UNKNOWN, "name": name[:30]}
