"""Messages to people through `apprise`: the addresses that a secret names, what fits them, and whether they took it.

The addresses hold tokens: nothing here prints, logs, stores or raises one. Texts come from tickets, which strangers may have
written: what any service takes for a mention, a link or markup is made plain before it is sent.
"""

from __future__ import annotations

import contextlib
import enum
import functools
import json
import logging
import re
import warnings
from typing import TYPE_CHECKING, Any

from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_LINE = re.compile(r"(?P<name>[^=]*?)\s*=\s*(?P<address>\S+)")
_PATIENCE = (10.0, 20.0)
"""Seconds to connect, and to wait for an answer: these services are far from where workflows run."""
_LARGEST = 18_000
"""Bytes of a message as JSON with every Chinese character escaped, as apprise writes it: 飞书 and 钉钉 take requests of 20 KB."""
_SMALLEST = 2048
"""Bytes that any service takes (企业微信 the fewest): what waits for an address does not know which one it will be."""
_PLAIN = str.maketrans("<>@[]`\u2028\u2029", "＜＞＠［］＇  ")
"""Mentions (``<at user_id="all">``, ``@all``, ``<@U1>``), links (``[x](y)``) and markup, and what looks the same and is none."""


class Outcome(enum.Enum):
    """What became of a message: accepted; refused, in so many words; or nobody knows, since no answer came."""

    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


def addresses(text: str, known: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """Read lines ``name = address``, and say which lines are none; blank ones and those with ``#`` in front say nothing.

    A line that says something else, one with a name that is not ``known``, and a second one of a name are left out: one slip
    of the pen must not silence everybody.
    """
    found: dict[str, str] = {}
    wrong = []
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if line and not line.startswith("#"):
            match = _LINE.fullmatch(line)
            name = match["name"] if match else ""
            if match and name in known and name not in found:
                found[name] = match["address"]
            else:
                wrong.append(f"FAULT_NOTIFY 第 {number} 行没有用：{_objection(name, known, found)}")
    return found, wrong


def _objection(name: str, known: Collection[str], found: Collection[str]) -> str:
    """Say what is wrong with a line, and nothing of it that may be a secret."""
    if name in found:
        return f"“{name}”写了两次，用的是前一行；要通知两处的在 schema/teams.yaml 里用两个名字"
    if not name:
        return "看不懂。一行写一个“名字 = 地址”，地址里没有空格"
    # What stands before the sign may be a key, in a line turned round, or the rest of an address that was wrapped.
    return f"等号前面的名字不在 schema/teams.yaml 的 notify 里；可以写：{'、'.join(known)}"


def plain(text: str) -> str:
    """Return a text that every service shows as it stands: no mention, no link behind words, no markup, no control character."""
    kept = text.translate(_PLAIN)
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in kept)


class Post:
    """The way to the addresses. An address that apprise does not understand is one that refuses everything."""

    def __init__(self, addresses: dict[str, str]) -> None:
        self._addresses = addresses
        self._ways: dict[str, Any] = {}

    @property
    def names(self) -> list[str]:
        """The names for which there is an address."""
        return list(self._addresses)

    def understands(self, name: str) -> bool:
        """Say whether there is an address, and apprise knows what it means."""
        return self._way(name) is not None

    def fits(self, name: str, title: str, text: str) -> bool:
        """Say whether a service takes a message whole. apprise counts characters where the services count bytes."""
        whole = f"{plain(title)}\r\n{plain(text)}"
        way = self._way(name)
        limit = min(way.body_maxlen, _LARGEST) if way else _SMALLEST
        return len(whole.encode()) <= limit and len(json.dumps(whole)) <= _LARGEST

    def send(self, name: str, title: str, text: str) -> Outcome:
        """Send a message. Never raises for what a service, a network or an address does."""
        way = self._way(name)
        if way is None:
            return Outcome.REFUSED
        with _listening() as answers:
            try:
                done = bool(way.notify(body=plain(text), title=plain(title), body_format="text"))
            except Exception:  # noqa: BLE001 - whatever a plugin does, the other addresses are to be told
                return Outcome.UNKNOWN
        if any(map(_refuses, answers)):
            return Outcome.REFUSED
        return Outcome.SENT if done else Outcome.UNKNOWN

    def _way(self, name: str) -> Any:
        if name not in self._ways:
            self._ways[name] = _instance(self._addresses[name]) if name in self._addresses else None
        return self._ways[name]


def _instance(address: str) -> Any:
    apprise = _apprise()
    asset = apprise.AppriseAsset(
        app_id="fault",
        app_desc="故障知识库",
        app_url="",
        storage_mode="memory",
        pgp_autogen=False,
        pem_autogen=False,
        async_mode=False,
        http_redirects=False,
        service_timeout=0,
    )
    try:
        found = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    except Exception:  # noqa: BLE001 - a plugin of a hundred may stumble over an address
        return None
    if found is not None:
        found.socket_connect_timeout, found.socket_read_timeout = _PATIENCE
    return found


@functools.cache
def _apprise() -> Any:
    """Import apprise and keep it and the layers below silent: they log addresses."""
    try:
        import apprise
    except ImportError:
        raise FaultError("缺少发通知的依赖：先运行 make automation") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a plugin that nobody uses imports what Python is about to drop
        apprise.Apprise.instantiate("json://localhost")  # the first address loads every plugin
    for name in ("apprise", "urllib3.connectionpool", "urllib3.util.retry", "requests"):
        logging.getLogger(name).disabled = True
    return apprise


@contextlib.contextmanager
def _listening() -> Iterator[list[Any]]:
    """Collect the answers to the requests that are made meanwhile.

    企业微信, 钉钉 and 飞书 refuse with status 200 and a code in the body; apprise looks at the status alone, and would call
    sent what was refused. It hands out no answers, so they are heard where requests makes its sessions.
    """
    import requests

    heard: list[Any] = []

    class Session(requests.Session):
        def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            answer = super().send(request, **options)
            heard.append(answer)
            return answer

    original = requests.sessions.Session
    requests.sessions.Session = Session  # type: ignore[misc]
    try:
        yield heard
    finally:
        requests.sessions.Session = original  # type: ignore[misc]


_CODES = ("errcode", "code", "StatusCode")
"""Where 企业微信 and 钉钉, 飞书, and the older 飞书 say that something is wrong: anything but 0."""
_HOSTS = ("qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn", "open.larksuite.com")
"""Who says so. What another server's body means, nobody knows: there the status counts."""


def _refuses(answer: Any) -> bool:
    if answer.status_code >= 300:  # noqa: PLR2004 - neither done nor to be asked elsewhere: redirects are not followed
        return True
    if not re.match(rf"https://({'|'.join(map(re.escape, _HOSTS))})/", answer.request.url):
        return False
    try:
        body = answer.json()
    except ValueError:
        return True
    return not isinstance(body, dict) or any(body.get(name, 0) != 0 for name in _CODES)
