"""Issues of our own on GitHub, one of a kind, kept up to date: the board, and what has to be done once a year."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from faultkb import hub, moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from github.Issue import Issue

    from faultkb.hub import Hub

_GONE = {404, 410}
"""What GitHub says of an issue that was deleted, or moved to where we may not look."""


def keep(
    where: Hub, marker: str, title: str, text: str, known: int = 0, same: Callable[[str, str], bool] = str.__eq__
) -> int:
    """Write the issue of a kind, or bring it up to date, and return its number.

    ``known`` is the number that it had last. It is written only if ``same`` finds another text in it, and opened again if
    somebody has closed it.
    """
    body = hub.signed(hub.shortened(text), marker)
    found = _numbered(where, marker, known) or _found(where, marker)
    if found is None:
        return where.repository.create_issue(title, body=body, labels=[marker]).number
    wanted: dict[str, Any] = {} if same(_text(found), body) else {"body": body}
    if found.state != "open":
        wanted["state"] = "open"
    if wanted:
        found.edit(**wanted)
    return found.number


def finish(where: Hub, marker: str, text: str) -> int:
    """Close the issue of a kind with a word about why, if it is open; return its number, 0 where there is none to close."""
    found = _found(where, marker)
    if found is None or found.state != "open":
        return 0
    where.say(found.number, marker, text)
    found.edit(state="closed", state_reason="completed")
    return found.number


def server_time(where: Hub, zone: str) -> datetime | None:
    """Return the minute at which the server answers, by its own clock; None if it does not say."""
    headers, _ = where.repository.requester.requestJsonAndCheck(
        "GET", f"{where.repository.url}/issues", parameters={"per_page": 1}
    )
    try:
        told = parsedate_to_datetime(str(headers.get("date")))
    except ValueError:
        return None
    return moment.at(int(told.timestamp()), zone)


def open_heads(where: Hub) -> dict[str, tuple[int, str]]:
    """Return number and commit of the open pull requests from branches of the repository itself, by branch."""
    return {one.head.ref: (one.number, one.head.sha) for one in where.pulls("open")}


def _numbered(where: Hub, marker: str, number: int) -> Issue | None:
    """Return the issue of a number if it is there, of this kind, and ours: a number alone must not let us overwrite another."""
    from github import GithubException

    if not number:
        return None
    try:
        found = where.repository.get_issue(number)
        return found if _is_ours(where, marker, found) else None
    except GithubException as error:
        if error.status in _GONE:
            return None
        raise


def _found(where: Hub, marker: str) -> Issue | None:
    every = where.repository.get_issues(state="all", labels=[marker], sort="created", direction="asc")
    return next((one for one in every if _is_ours(where, marker, one)), None)


def _is_ours(where: Hub, marker: str, one: Issue) -> bool:
    return one.pull_request is None and where.is_own(one.user) and hub.is_marked(_text(one), marker)


def _text(one: Issue) -> str:
    return (one.body or "").replace("\r\n", "\n")
