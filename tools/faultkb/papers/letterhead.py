"""What stands at the head of everything that the company puts on paper: its name and its logo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from faultkb import attached
from faultkb.finding import FaultError, reason

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

FOLDER = "schema/documents"
"""Where the templates and the logo lie."""
_LIMITS = attached.Limits(("png", "jpg", "jpeg"), 2, 100)
_DELETE = "从 schema/documents.yaml 删去 logo"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that belongs to the company: its file name and its content."""

    name: str
    data: bytes


def of(root: Path, words: Vocabulary) -> tuple[str, Picture | None]:
    """Return the company's name and its logo; nothing of both without documents.yaml. Raise FaultError as `logo`."""
    return words.documents.get("company", ""), logo(root, words)


def logo(root: Path, words: Vocabulary) -> Picture | None:
    """Return the company's logo, None without one. Raise FaultError where it is no picture that can be shown."""
    name = words.documents.get("logo")
    if not name:
        return None
    path = root / FOLDER / name
    if not path.is_file():
        raise FaultError(f"缺少公司标志 {FOLDER}/{name}：放好图片，或{_DELETE}")
    try:
        data = path.read_bytes() if path.stat().st_size <= _LIMITS.megabytes * 1_000_000 else b""
    except OSError as error:
        raise FaultError(f"读不了公司标志 {FOLDER}/{name}：{reason(error)}；放好图片，或{_DELETE}") from None
    if not data:
        raise FaultError(f"公司标志 {FOLDER}/{name} 是空的，或超过 {_LIMITS.megabytes} MB：换一个小的图片")
    try:
        attached.opened(data, attached.kind_of(name), _LIMITS).close()
    except attached.UnfitError as error:
        raise FaultError(f"公司标志 {FOLDER}/{name} 用不了（{error}）：{error.help}，或{_DELETE}") from None
    return Picture(name, data)
