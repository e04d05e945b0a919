"""What passes between the stand-in for GitHub and those who ask it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Request:
    """A request as it came: ``name`` is that of the operation, empty where there is none."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any
    name: str = ""
    status: int = 0


@dataclass
class Grant:
    """What a token may do, and in whose name. None of ``permissions``: everything."""

    actor: str
    permissions: dict[str, str] | None


@dataclass
class Failure:
    """A failure that is to come."""

    method: str
    pattern: str
    status: int
    times: int
    after: bool


@dataclass
class Asset:
    """An uploaded file: its bytes, and the address of another host where they lie."""

    data: bytes
    kind: str
    signed: str
