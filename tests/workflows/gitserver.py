"""git over HTTP as GitHub offers it: the bare remote behind git's own server program, and a token that must allow it."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.workflows import patches

if TYPE_CHECKING:
    from http.client import HTTPMessage
    from urllib.parse import SplitResult

    from tests.workflows.github import GitHub

_SERVICE = re.compile(r"/(info/refs|git-upload-pack|git-receive-pack)$")
_HEADERS = {"Content-Type": "CONTENT_TYPE", "Content-Encoding": "HTTP_CONTENT_ENCODING", "Git-Protocol": "GIT_PROTOCOL"}

_RULES = {
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "core.hooksPath",
    "GIT_CONFIG_KEY_1": "receive.hideRefs",
    "GIT_CONFIG_VALUE_0": str(Path(__file__).with_name("hooks")),
    "GIT_CONFIG_VALUE_1": "refs/pull",
}
"""What GitHub refuses of a push: changed workflows without the right to, and what it keeps itself."""
ROBOT = "github-actions[bot]"


def is_git(hub: GitHub, path: str) -> bool:
    """Say whether a path is that of the repository for git."""
    return bool(
        hub.remote and _SERVICE.search(path) and _SERVICE.sub("", path).removesuffix(".git") == f"/{hub.repository}"
    )


def answer(
    hub: GitHub, method: str, parts: SplitResult, headers: HTTPMessage, body: bytes
) -> tuple[int, dict[str, str], bytes]:
    """Return what git's server program answers, or a refusal: reading a private repository and writing need a token."""
    assert hub.remote is not None
    writing = "receive-pack" in f"{parts.path}?{parts.query}"
    actor, level, workflows = _who(hub, headers.get("Authorization", ""))
    if level is None and (writing or hub.private):
        return 401, {"WWW-Authenticate": 'Basic realm="GitHub"'}, b""
    if writing and level != "write":
        return 403, {"Content-Type": "text/plain"}, b"Permission to repository denied."
    if hub.private and level == "none":
        return 404, {"Content-Type": "text/plain"}, b"Repository not found."
    variables = {name: headers[key] for key, name in _HEADERS.items() if headers.get(key)}
    with hub.lock:
        before = _refs(hub.remote) if writing else {}
        result = subprocess.run(
            ["git", "http-backend"],
            input=body,
            env={
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(hub.remote),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": f"/{_found(parts.path)}",
                "REQUEST_METHOD": method,
                "QUERY_STRING": parts.query,
                "CONTENT_LENGTH": str(len(body)),
                "REMOTE_USER": actor if writing else "",
                **variables,
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_SYSTEM": os.devnull,
                **_RULES,
                "FAULT_MAY_CHANGE_WORKFLOWS": "yes" if workflows else "no",
            },
            capture_output=True,
            check=True,
        )
        after = _refs(hub.remote) if writing else {}
        changed = sorted(name for name in before | after if before.get(name) != after.get(name))
        hub.pushes += [
            {"ref": name, "before": before.get(name), "after": after.get(name), "actor": actor} for name in changed
        ]
    head, _, data = result.stdout.partition(b"\r\n\r\n")
    told = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    return int(told.pop("Status", "200 OK").split()[0]), told, data


def _who(hub: GitHub, header: str) -> tuple[str, str | None, bool]:
    """Return in whose name a request comes, what it may do with the contents (None: no valid token), and with workflows.

    A workflow's own token may never change workflows, whatever its job asks for.
    """
    kind, _, secret = header.partition(" ")
    token = base64.b64decode(secret).decode().partition(":")[2] if kind.lower() == "basic" else ""
    grant = hub.grants.get(token)
    if grant is None:
        return "", None, False
    if grant.permissions is None:
        return grant.actor, "write", grant.actor != ROBOT
    return grant.actor, grant.permissions.get("contents", "none"), grant.permissions.get("workflows") == "write"


def _found(path: str) -> str:
    found = _SERVICE.search(path)
    assert found
    return found[1]


def _refs(remote: Path) -> dict[str, str]:
    lines = patches.git(remote, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return dict(line.split(" ", 1) for line in lines)
