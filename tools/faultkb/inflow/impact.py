"""Whom a fault hits: users, products, versions and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb.inflow import scope
from faultkb.inflow.draft import quoted

if TYPE_CHECKING:
    from faultkb.inflow.draft import Draft
    from faultkb.inflow.line import Given


def fill(draft: Draft) -> None:
    """Users, products, versions and so on, from their own columns and from the one that holds them all."""
    words = draft.words
    told: dict[str, Any] = {}
    for key in ("users", *scope.LISTS):
        for cell in draft.take(f"impact.{key}"):
            _part(draft, told, key, cell, cell.masked, is_own=True)
    for cell in draft.take("impact"):
        parts = scope.split(words, cell.masked)
        for key, text_ in parts.items():
            _part(draft, told, key, cell, text_, is_own=bool(key))
    for key in ("users", "products", "versions"):
        if key not in told:
            told[key] = scope.UNKNOWN if key == "users" else [scope.UNKNOWN]
            draft.say(f"没有写{words.title('impact', key)}，写“{scope.UNKNOWN}”")
    draft.header["impact"] = {key: told[key] for key in ("users", *scope.LISTS) if key in told}


_ANY = frozenset({"不详", "不明", "不清楚", "最新", "最新版", "最新版本"})
"""Versions that say none: which one was the newest, nobody knows any more."""


def _part(draft: Draft, told: dict[str, Any], key: str, cell: Given, said: str, *, is_own: bool) -> None:
    if key in scope.LISTS:
        found, whole = scope.items(said)
        if key == "versions" and found and set(found) <= _ANY:
            found, whole = [], whole and found == ["不详"]
        if found:
            told[key] = list(dict.fromkeys([*told.get(key, []), *found]))
        if not whole:
            draft.keep(cell, said)
        return
    users = scope.users(said)
    if users and "users" not in told:
        told["users"] = users.number
        if users.exact:
            return
        draft.say(f"{draft.words.title('impact', 'users')}按 {users.number} 登记，原文{quoted(cell)}在备注里")
    elif is_own:
        draft.say(f"{draft.words.title('impact', 'users')}{quoted(cell)}不是数，原文在备注里")
    if not is_own and (found := scope.versions(said)):
        told["versions"] = list(dict.fromkeys([*told.get("versions", []), *found]))
    draft.keep(cell, said)
