"""The server of the stand-in for GitHub: requests in, each held against the description; answers out, each too."""

from __future__ import annotations

import json
import threading
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.workflows import answers, gitserver, pull_answers
from tests.workflows.answers import Call, Refused
from tests.workflows.openapi import description
from tests.workflows.traffic import Request

if TYPE_CHECKING:
    from tests.workflows.github import GitHub
    from tests.workflows.openapi import Operation
    from tests.workflows.traffic import Grant

_HANDLERS = answers.HANDLERS | pull_answers.HANDLERS
_AREAS = {"issues": "issues", "pulls": "pull-requests", "actions": "actions", "git": "contents"}
_STATUSES = {"repos/create-commit-status", "repos/list-commit-statuses-for-ref", "repos/get-combined-status-for-ref"}
_LEVELS = {"none": 0, "read": 1, "write": 2}


def serve(hub: GitHub) -> ThreadingHTTPServer:
    """Start the server of a repository."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    hub: GitHub
    protocol_version = "HTTP/1.1"
    timeout = 30

    def handle_any(self) -> None:
        """Answer a request of any kind."""
        parts = urlsplit(self.path)
        text = self._content()
        if gitserver.is_git(self.hub, parts.path):
            status, told, data = gitserver.answer(self.hub, self.command, parts, self.headers, text)
            self._send(status, data, kind=told.get("Content-Type", ""), extra=told)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        given = parse_qs(parts.query, keep_blank_values=True)
        request = Request(self.command, parts.path, given, headers, None)
        if not parts.path.startswith("/api/v3/"):
            self._download(request)
            return
        request.path = parts.path.removeprefix("/api/v3")
        self.hub.requests.append(request)
        failure = self.hub.failing(self.command, request.path)
        if failure is None or failure.after:
            with self.hub.lock:
                status, body, links = self._answer(request, text)
        if failure is not None:
            status, body, links = failure.status, {"message": "injected"}, ""
        request.status = status
        self._send(status, body, links)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815 - the names that the library calls

    def _content(self) -> bytes:
        """Return the body of a request; git sends a long one in chunks."""
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        found = []
        while size := int(self.rfile.readline(), 16):
            found.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(found)

    def _answer(self, request: Request, text: bytes) -> tuple[int, Any, str]:
        hub, known = self.hub, description()
        operation = known.find(request.method, request.path)
        if operation is None:
            return self._problem(request, ["GitHub has no such operation"])
        request.name = operation.name
        try:
            request.body = json.loads(text) if text else None
        except ValueError:
            return self._problem(request, ["the body is no JSON"])
        query, wrong = known.query(operation, request.query)
        wrong += known.wrong_in_request(operation, request.headers, request.body)
        if wrong:
            return self._problem(request, wrong)
        try:
            grant = _allowed(hub, operation, request)
            status, body, links = self._do(operation, request, query, grant)
        except Refused as refused:
            status, body, links = refused.status, refused.body, ""
        except Exception:  # noqa: BLE001 - a mistake of the stand-in is told at the end of the test, with its place
            return self._problem(request, [traceback.format_exc()])
        wrong = known.wrong_in_response(operation, status, body)
        return self._problem(request, wrong) if wrong else (status, body, links)

    def _do(self, operation: Operation, request: Request, query: dict[str, Any], grant: Grant) -> tuple[int, Any, str]:
        if operation.name not in _HANDLERS:
            return self._problem(request, ["right, but the stand-in does not have it: tests/workflows/answers.py"])
        path = operation.path
        if f"{path.get('owner')}/{path.get('repo')}" not in {self.hub.repository, "None/None"}:
            raise Refused(404, "Not Found")
        page, size = query.pop("page", 1), min(query.pop("per_page", 30), 100)
        call = Call(path, query, request.body or {}, request.headers.get("accept", ""), grant.actor)
        status, body = _HANDLERS[operation.name](self.hub, call)
        if call.query:
            return self._problem(request, [f"right, but the stand-in would ignore {call.query}"])
        if isinstance(body, list) and "query per_page" in operation.parameters:
            links = self._links(request, page, -(-len(body) // size))
            return status, body[(page - 1) * size : page * size], links
        return status, body, ""

    def _links(self, request: Request, page: int, last: int) -> str:
        """Return where the other pages are."""
        places = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        if page >= last:
            places = {key: number for key, number in places.items() if key in {"prev", "first"}}
        if page <= 1:
            places = {key: number for key, number in places.items() if key in {"next", "last"}}
        address = f"{self.hub.api}{request.path}"
        query = {name: texts[0] for name, texts in request.query.items()}
        listed = [f'<{address}?{urlencode({**query, "page": number})}>; rel="{key}"' for key, number in places.items()]
        return ", ".join(listed)

    def _problem(self, request: Request, wrong: list[str]) -> tuple[int, Any, str]:
        """Keep what is wrong for the end of the test, and refuse."""
        self.hub.problems += [f"{request.method} {request.path} ({request.name}): {one}" for one in wrong]
        return 400, {"message": f"stand-in: {wrong[0]}", "documentation_url": "https://docs.github.com/rest"}, ""

    def _download(self, request: Request) -> None:
        """Give an uploaded file: on our host a redirection, on the other the bytes, and there no token may be shown."""
        hub, host = self.hub, request.headers.get("host", "")
        hub.downloads.append(request)
        if asset := hub.assets.get(request.path):
            request.status = 302
            self._send(302, None, location=asset.signed)
            return
        asset = next((one for one in hub.assets.values() if urlsplit(one.signed).path == request.path), None)
        if asset is None or not host.startswith("localhost"):
            request.status = 404
            self._send(404, {"message": "Not Found"})
            return
        if "authorization" in request.headers:
            hub.problems.append(f"{request.path}: the token was shown to another host")
        request.status = 200
        self._send(200, asset.data, kind=asset.kind)

    def _send(
        self,
        status: int,
        body: Any,
        links: str = "",
        *,
        location: str = "",
        kind: str = "",
        extra: dict[str, str] | None = None,
    ) -> None:
        if status == 0:
            self.close_connection = True
            self.connection.close()
            return
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        self.send_response_only(status)
        now = datetime.now(UTC) + timedelta(seconds=self.hub.skew)  # noqa: TID251 - the server's own clock
        headers = {"Date": format_datetime(now, usegmt=True), "Link": links, "Location": location}
        headers |= extra or {}
        headers |= {"Content-Type": kind or ("application/json; charset=utf-8" if data else "")}
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        if status != 204:  # an answer without content has no length (RFC 9110, 8.6)
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing: the requests are kept."""


def _allowed(hub: GitHub, operation: Operation, request: Request) -> Grant:
    """Return what the token of a request grants, or refuse as GitHub does."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    grant = hub.grants.get(token)
    if kind.lower() not in {"token", "bearer"} or grant is None:
        raise Refused(401, "Bad credentials" if token else "Requires authentication")
    robot = grant.actor.endswith("[bot]")
    if robot and not operation.for_apps:
        raise Refused(403, "Resource not accessible by integration")
    if grant.permissions is None or operation.name in _METADATA:
        return grant
    areas = _areas(hub, operation)
    needed = "read" if request.method in {"GET", "HEAD"} else "write"
    if all(_LEVELS[grant.permissions.get(area, "none")] < _LEVELS[needed] for area in areas):
        raise Refused(403, "Resource not accessible by integration")
    return grant


_METADATA = {"repos/get", "repos/get-collaborator-permission-level"}
"""What every token of the repository may ask."""


def _areas(hub: GitHub, operation: Operation) -> set[str]:
    """Return the permissions of which one is enough. What is an issue's is open to who may write pulls, for a pull."""
    if operation.name in _STATUSES:
        return {"statuses"}
    area = _AREAS.get(operation.name.partition("/")[0], "administration")
    number = operation.path.get("issue_number")
    if "comment_id" in operation.path and area == "issues":
        number = hub.all_comments.get(operation.path["comment_id"], {}).get("_number")
    return {area, "pull-requests"} if area == "issues" and number in hub.pulls else {area}
