"""A finding: one thing wrong at one place, in words for the person who mends it. How it is shown is not its business."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faultkb.privacy import Lists

ERROR = "error"
WARNING = "warning"
NOTE = "note"
LEVELS = (ERROR, WARNING, NOTE)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing wrong at one place.

    ``path`` is relative to the repository, with forward slashes; ``line`` and ``column`` count from 1. ``private`` says
    that the source line must not be shown, because it holds what the finding is about. ``place`` leads to it in the data
    (empty where only the text is known); what is missing stands nowhere, but has its place. ``codes`` are what a waiver
    may call the value that it is about, the one to write first; none where it is about none.
    """

    path: str
    line: int
    column: int
    rule: str
    level: str
    message: str
    help: str = ""
    fixable: bool = False
    private: bool = False
    place: tuple[str | int, ...] = field(default=(), compare=False)
    codes: tuple[str, ...] = field(default=(), compare=False)


_REASONS = {
    errno.ENOENT: "没有这个文件夹",
    errno.ENOTDIR: "没有这个文件夹",
    errno.EEXIST: "已经有同名的文件",
    errno.EACCES: "没有写入的权限",
    errno.EPERM: "没有写入的权限",
    errno.EISDIR: "那是一个文件夹",
    errno.ENOSPC: "磁盘满了",
    errno.EFBIG: "文件太大",
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "名字太长",
    errno.EADDRINUSE: "已被别的程序占用",
}


def reason(error: OSError) -> str:
    """Say in Chinese why the system refused."""
    return _REASONS.get(error.errno or 0, f"系统不允许（{error.errno}）")


class FaultError(Exception):
    """Something that the user can mend: a plain Chinese message and the findings behind it.

    The command ends with ``code``: 1 where tickets are wrong, 2 where the usage or the environment is. ``lists`` say what
    of it is private in this repository, where that is known; ``form`` is the output format that was asked for, if any.
    """

    def __init__(self, message: str, findings: list[Finding] | None = None, code: int = 2) -> None:
        super().__init__(message)
        self.findings = findings or []
        self.code = code
        self.lists: Lists | None = None
        self.form = ""

    @property
    def lines(self) -> list[str]:
        """What to tell the user: each finding with its place, then the message."""
        places = (
            f"{one.path}:{one.line}:{one.column}: 错误[{one.rule}] {one.message}{f'。{one.help}' if one.help else ''}"
            for one in self.findings
        )
        return [*places, f"错误：{self}"]
