"""Fetching what somebody uploaded to the platform: from its own hosts only, within limits of size and time."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from faultkb.attached import UnfitError

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session

PUBLIC = "https://github.com"
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""What names an upload in its address."""
_NAME = r"(?!\.{1,2}$)[^\s/?#\\<>\"'()\[\]{}|^`\x00-\x1f]{1,255}"
_ASSET = rf"(?:assets/(?:[0-9]{{1,15}}/)?{UUID}|files/[0-9]{{1,15}}/{_NAME})"
_PICTURES = re.compile(
    rf"https://user-images\.githubusercontent\.com/[0-9]{{1,15}}/{_NAME}"
    rf"|https://private-user-images\.githubusercontent\.com/[0-9]{{1,15}}/{_NAME}\?jwt=[\w.-]{{1,4000}}"
)
"""Where github.com kept, and for browsers keeps, pictures."""
_SIGNED = frozenset({"https://user-images.githubusercontent.com", "https://private-user-images.githubusercontent.com"})
"""The stores of pictures to which github.com's own pages lead. On others, such as raw., anybody may put anything."""
_STORES = _SIGNED | {
    "https://objects.githubusercontent.com",
    "https://release-assets.githubusercontent.com",
    "https://github-production-user-asset-6210df.s3.amazonaws.com",
    "https://github-production-repository-file-5c1aeb.s3.amazonaws.com",
}
"""Where github.com redirects to."""
_PLAIN = re.compile(r"(https?://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?)(?:/[\x21-\x5b\x5d-\x7e]*)?")
"""An address that all programs read the same way: no user, no backslash, nothing that is not ASCII."""
_SOURCE = re.compile(r"\bsrc=\"([^\"\s]{1,4000})\"")
"""The address of a picture in HTML that GitHub wrote."""
_REDIRECTS = 3
_CONNECTING, _WAITING = 5.0, 10.0
"""Seconds until a connection stands, and between two pieces of an answer."""
_CHUNK = 1 << 16
_AGAIN = "过几分钟，在这个 issue 里随便改一个字保存，会再取一次；或者重新上传"


@dataclass(frozen=True, slots=True)
class Platform:
    """The server of a workflow: which addresses are uploads to it, and where it may send one for them.

    ``more`` are further origins of uploads: those of a GitHub of one's own that keeps them on another host.
    """

    server: str
    repository: str
    token: str = ""
    more: frozenset[str] = frozenset()
    patience: float = 30.0
    """Seconds that one file may take in all."""

    def is_upload(self, address: str) -> bool:
        """Say whether an address is that of something uploaded."""
        own = rf"{re.escape(self.server)}/(?:user-attachments|{re.escape(self.repository)})/{_ASSET}"
        if re.fullmatch(own, address):
            return True
        return self.server == PUBLIC and _PICTURES.fullmatch(address) is not None

    def trusts(self, address: str) -> bool:
        """Say whether a redirect may be followed."""
        return _origin(address) in {self.server, *self.more, *(_STORES if self.server == PUBLIC else ())}

    def signed(self, address: str, html: str) -> str:
        """Return the address without login that GitHub's own HTML has for an upload; else the address itself."""
        key = re.search(UUID, address)
        if key is None:
            return address
        stores = {*self.more, *(_SIGNED if self.server == PUBLIC else ())}
        shown = (one.replace("&amp;", "&") for one in _SOURCE.findall(html) if key[0] in one)
        return next((one for one in shown if _origin(one) in stores), address)


def platform() -> Platform:
    """Return the platform that the variables of a workflow tell of."""
    server = os.environ.get("GITHUB_SERVER_URL", PUBLIC).rstrip("/")
    more = frozenset(one.rstrip("/") for one in os.environ.get("FAULT_UPLOAD_HOSTS", "").split())
    return Platform(server, os.environ.get("GITHUB_REPOSITORY", ""), os.environ.get("GITHUB_TOKEN", ""), more)


def fetch(address: str, given: Platform, largest: int) -> bytes:
    """Return what lies at an address of uploads. Raise UnfitError where it is refused, too large or too slow.

    The token is shown to the server itself, never to a host that it redirects to.
    """
    import requests
    from urllib3.exceptions import HTTPError

    ends = time.monotonic() + given.patience
    try:
        with requests.Session() as session:
            for _ in range(_REDIRECTS + 1):
                with _asked(session, address, given) as answer:
                    if not answer.is_redirect:
                        return _read(answer, largest, ends)
                    address = urljoin(address, answer.headers["location"])
                if not given.trusts(address):
                    raise UnfitError("附件不在 GitHub 自己的存储上", "在这个 issue 里重新上传")
    except (requests.RequestException, HTTPError, OSError):
        raise UnfitError("附件没有取到：连接中断，或太慢", _AGAIN) from None
    raise UnfitError("附件没有取到：转来转去", "在这个 issue 里重新上传")


def _asked(session: Session, address: str, given: Platform) -> Response:
    headers = {"Accept-Encoding": "identity", "User-Agent": "faultkb"}
    if given.token and _origin(address) == given.server:
        headers["Authorization"] = f"Bearer {given.token}"
    return session.get(
        address, headers=headers, stream=True, allow_redirects=False, timeout=(_CONNECTING, _WAITING), auth=_as_it_is
    )


def _as_it_is(request: PreparedRequest) -> PreparedRequest:
    """Keep requests from looking for a password in ~/.netrc."""
    return request


def _read(answer: Response, largest: int, ends: float) -> bytes:
    if answer.status_code != 200 or answer.headers.get("content-encoding", "identity") != "identity":  # noqa: PLR2004 - OK
        raise UnfitError(f"附件没有取到（{answer.status_code}）：已经删掉，或程序没有权限看", _AGAIN)
    raw: Any = answer.raw
    data = bytearray()
    while chunk := raw.read1(_CHUNK):  # what is there, however little: one who sends a byte a second meets the end, too
        data += chunk
        if len(data) > largest:
            raise UnfitError(f"附件超过 {largest // 1_000_000} MB", "截取需要的部分，或缩小图片后重新上传")
        if time.monotonic() > ends:
            raise UnfitError("附件没有取到：连接中断，或太慢", _AGAIN)
    return bytes(data)


def _origin(address: str) -> str:
    """Return scheme, host and port as the address spells them, empty for an address that is not plain."""
    match = _PLAIN.fullmatch(address)
    return match[1] if match else ""
