r"""A stand-in for GitHub on loopback, for one repository, that does not prove itself.

Each request is held against GitHub's own description of its API, and so is each answer. A request that GitHub does not
know, a body with a property that it does not know, an answer that it would not give: each is answered with 400 and kept
in ``problems``; the fixture ``github`` fails the test for them at its end. What is right by the description but not
built here is a problem too.

How a test uses it::

    def test_something(github, monkeypatch):           # or pass github.environment to a subprocess
        number = github.add_issue("### 现象\n\n重启", user="mei", labels=["故障登记"])
        for name, value in github.environment.items():
            monkeypatch.setenv(name, value)
        ...                                            # the program under test
        assert github.comments(number)[0]["body"].startswith("已登记")
        assert [one.name for one in github.requests] == ["issues/get", "issues/create-comment"]

What a test puts in
    ``remote`` (a bare repository): the branches and files of pulls are read from it with git, and git itself can fetch
    from and push to ``clone_url`` with a token. Without one, any branch is taken for given, and ``files[number] = [...]``
    are a pull's files;
    ``add_issue(body, title=, user=, labels=, html=) → number``; ``html`` is the ``body_html`` where rendering matters;
    ``add_comment(number, body, user=) → id``; ``add_pull(branch, base=, title=, body=, user=, fork=) → number``, ``fork``
    is the bare repository of somebody else; ``attach(data, kind=, name=, to=) → address`` of an uploaded picture or file.
What a test reads
    ``issues`` (by number; pulls are issues too), ``comments(number)``, ``pull(number)``, ``review_comments(number)``,
    ``reviews``, ``statuses`` (in the order made; of all commits), ``dispatches``, ``labels``, ``requests``, ``downloads``,
    ``pushes`` (which ref, from what to what, by whom).
Who asks
    ``token`` is a workflow's own, which writes as ``github-actions[bot]`` and may do all. ``grant(permissions, actor=)``
    makes another: ``{"issues": "write"}`` as a job has them; an actor without ``[bot]`` is a person. A request without
    the right, or with an unknown token, is refused as GitHub refuses it (403, 401), which is no problem.
What goes wrong
    ``fail(method, pattern, status, times=1, after=False)``: the next requests whose path the pattern finds are answered
    with a status; 0 cuts the connection; ``after`` does first what was asked. ``skew`` (seconds) is how far the server's
    clock is ahead.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.workflows import nouns, patches, service
from tests.workflows.traffic import Asset, Failure, Grant, Request

if TYPE_CHECKING:
    from pathlib import Path

ROBOT = "github-actions[bot]"
_NO_COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class GitHub:
    """The state of a repository, and the server that answers for it."""

    repository: str = "qiyun/faults"
    remote: Path | None = None
    private: bool = True
    skew: float = 0.0
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    dispatches: list[dict[str, Any]] = field(default_factory=list)
    labels: dict[str, dict[str, Any]] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    artifacts: dict[int, list[tuple[str, bytes]]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    downloads: list[Request] = field(default_factory=list)
    pushes: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    token: str = "ghs_stand_in_for_the_token_of_a_workflow"  # noqa: S105 - no secret: the server is ours

    def __post_init__(self) -> None:
        """Begin with an empty repository; the server runs from `start` to `stop`."""
        self.lock = threading.RLock()
        self.readers: set[str] = set()
        self.grants = {self.token: Grant(ROBOT, None)}
        self.all_comments: dict[int, dict[str, Any]] = {}
        self.all_review_comments: dict[int, dict[str, Any]] = {}
        self._branches: dict[int, dict[str, Any]] = {}
        self._last = 100

    def start(self) -> None:
        """Begin to answer on a free port."""
        self._http = service.serve(self)
        self.server = f"http://127.0.0.1:{self._http.server_port}"
        self.other_host = f"http://localhost:{self._http.server_port}"
        self.api = f"{self.server}/api/v3"
        self.home = f"{self.api}/repos/{self.repository}"

    def stop(self) -> None:
        """Answer no more."""
        self._http.shutdown()
        self._http.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a workflow that lead here."""
        owner = self.repository.partition("/")[0]
        names = {"GITHUB_REPOSITORY": self.repository, "GITHUB_REPOSITORY_OWNER": owner, "GITHUB_ACTIONS": "true"}
        return {**names, "GITHUB_API_URL": self.api, "GITHUB_SERVER_URL": self.server, "GITHUB_TOKEN": self.token}

    @property
    def clone_url(self) -> str:
        """The address for git. The repository is private: without a token nothing is read."""
        return f"{self.server}/{self.repository}"

    def now(self) -> str:
        """Return the server's time as the API writes it."""
        return (datetime.now(UTC) + timedelta(seconds=self.skew)).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: TID251

    def next(self) -> int:
        """Return an id that nothing has yet."""
        with self.lock:
            self._last += 1
            return self._last

    def grant(self, permissions: dict[str, str] | None, actor: str = ROBOT) -> str:
        """Make a token with the permissions of a job (``{"issues": "write"}``; None: all)."""
        token = f"ghs_{uuid.uuid4().hex}"
        self.grants[token] = Grant(actor, permissions)
        return token

    def fail(self, method: str, pattern: str, status: int, times: int = 1, *, after: bool = False) -> None:
        """Let the next requests go wrong whose path below the repository the pattern finds."""
        self.failures.append(Failure(method, pattern, status, times, after))

    def failing(self, method: str, path: str) -> Failure | None:
        """Return the failure that is due for a request, and count it."""
        with self.lock:
            due = (one for one in self.failures if one.times and one.method == method and re.search(one.pattern, path))
            failure = next(due, None)
            if failure:
                failure.times -= 1
            return failure

    def add_issue(
        self,
        body: str,
        *,
        title: str = "故障登记",
        user: str = "mei",
        labels: tuple[str, ...] | list[str] = (),
        html: str = "",
    ) -> int:
        """Open an issue; return its number."""
        with self.lock:
            number = max(self.issues, default=11) + 1
            listed = [self.labels.setdefault(name, nouns.label(self, name)) for name in labels]
            values = {"title": title, "body": body, "labels": listed, "_html": html, **self._written_by(user)}
            self.issues[number] = nouns.issue(self, number, **values)
            return number

    def add_comment(self, number: int, body: str, *, user: str = "mei") -> int:
        """Write a comment under an issue or a pull; return its id."""
        with self.lock:
            identity = self.next()
            made = nouns.comment(self, identity, number, body=body, **self._written_by(user))
            self.all_comments[identity] = {**made, "_number": number}
            self.issues[number]["comments"] += 1
            return identity

    def add_pull(
        self,
        branch: str,
        *,
        base: str = "main",
        title: str = "故障",
        body: str = "",
        user: str = ROBOT,
        fork: Path | None = None,
    ) -> int:
        """Open a pull request; return its number. Its commits are in the remote, or in the fork."""
        with self.lock:
            number = self.add_issue(body, title=title, user=user)
            owner = f"{user}/faults" if fork else self.repository
            self._branches[number] = {
                "head": branch,
                "base": base,
                "repository": owner,
                "fork": fork,
                "sha": _NO_COMMIT,
            }
            self.issues[number]["pull_request"] = {
                "url": f"{self.home}/pulls/{number}",
                "html_url": f"{self.server}/{self.repository}/pull/{number}",
                "diff_url": f"{self.server}/{self.repository}/pull/{number}.diff",
                "patch_url": f"{self.server}/{self.repository}/pull/{number}.patch",
            }
            self.pull(number)
            return number

    def attach(self, data: bytes, *, kind: str = "image/png", name: str = "", to: str = "") -> str:
        """Upload a file; return the address that stands in an issue's text.

        The address redirects to another host that asks for no login, or to where ``to`` says. A ``name`` makes it a file
        other than a picture.
        """
        identity = str(uuid.uuid4())
        address = f"/user-attachments/files/{self.next()}/{name}" if name else f"/user-attachments/assets/{identity}"
        self.assets[address] = Asset(data, kind, to or f"{self.other_host}/objects/{identity}?X-Amz-Signature=0")
        return f"{self.server}{address}"

    def comments(self, number: int) -> list[dict[str, Any]]:
        """Return the comments under an issue, the oldest first."""
        return [one for one in self.all_comments.values() if one["_number"] == number]

    def review_comments(self, number: int) -> list[dict[str, Any]]:
        """Return the comments on lines of a pull request, the oldest first."""
        return [one for one in self.all_review_comments.values() if one["_number"] == number]

    @property
    def pulls(self) -> list[int]:
        """The numbers of all pull requests."""
        return list(self._branches)

    def branches(self, number: int) -> dict[str, Any]:
        """Return between which branches a pull request stands, its head as it is now."""
        found = self._branches[number]
        source = found["fork"] or self.remote
        tip = patches.sha(source, f"refs/heads/{found['head']}") if source else ""
        if tip and found["fork"]:
            patches.git(self.remote, "fetch", "-q", str(source), f"+refs/heads/{found['head']}:refs/pull/{number}/head")
        elif tip:
            patches.git(self.remote, "update-ref", f"refs/pull/{number}/head", tip)
        # A branch that is gone leaves the pull request its last commit.
        found["sha"] = tip or found["sha"]
        return found

    def pull(self, number: int) -> dict[str, Any]:
        """Return a pull request as it stands."""
        found = self.branches(number)
        base = patches.sha(self.remote, f"refs/heads/{found['base']}") if self.remote else ""
        head = {"ref": found["head"], "sha": found["sha"], "repository": found["repository"]}
        rest = {"ref": found["base"], "sha": base or _NO_COMMIT, "repository": self.repository}
        made = nouns.pull(self, self.issues[number], head, rest)
        changed = self.changed(number)
        counts = {key: sum(one[key] for one in changed) for key in ("additions", "deletions")}
        return made | counts | {"changed_files": len(changed), "review_comments": len(self.review_comments(number))}

    def changed(self, number: int) -> list[dict[str, Any]]:
        """Return the files of a pull request."""
        found = self._branches[number]
        if self.remote is None:
            return self.files.get(number, [])
        return patches.files(self.remote, f"refs/heads/{found['base']}", found["sha"])

    def add_review_comment(
        self, number: int, mark: dict[str, Any], *, user: str = "mei", review: int = 1, commit: str = _NO_COMMIT
    ) -> int:
        """Write a comment on a line (``{"path": …, "line": …, "body": …}``); return its id."""
        with self.lock:
            identity = self.next()
            lines = {"side": "RIGHT", **mark, "original_line": mark["line"], "position": 1, "original_position": 1}
            if "start_line" in mark:
                lines |= {"original_start_line": mark["start_line"], "start_side": mark.get("start_side", "RIGHT")}
            at = {"commit_id": commit, "original_commit_id": commit, "pull_request_review_id": review}
            made = nouns.review_comment(self, identity, number, **lines, **at, **self._written_by(user))
            self.all_review_comments[identity] = {**made, "_number": number}
            return identity

    def _written_by(self, login: str) -> dict[str, Any]:
        return {"user": nouns.user(self, login), "author_association": "NONE" if login == ROBOT else "MEMBER"}

    def settle(self) -> None:
        """Fail if something was asked or answered that GitHub would not know."""
        assert self.problems == [], json.dumps(self.problems, ensure_ascii=False, indent=1)
