"""fault edit."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import click

from faultkb.cli import prompts, say
from faultkb.cli.workspace import Workspace, as_of_option, resolve_path, workspace
from faultkb.finding import ERROR, FaultError, reason
from faultkb.render.findings import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

_DEFAULTS = ("notepad",) if os.name == "nt" else ("sensible-editor", "nano", "vi")


@click.command("edit")
@click.argument("ticket_id", metavar="编号")
@as_of_option
@workspace
def command(here: Workspace, ticket_id: str) -> None:
    """用编辑器打开一个故障，关闭编辑器后检查它。

    编辑器取自环境变量 VISUAL 或 EDITOR；图形界面的编辑器要带上“等待关闭”的选项，例如 EDITOR="code --wait"。
    退出码与 fault check 相同。
    """
    path = resolve_path(here.root, ticket_id)
    editor = _editor()
    while True:
        if not _edit(editor, here.root / path):
            say(f"没有改动：{path}")
        errors = _check(here, path)
        if not errors or not _wants_to_mend(errors):
            sys.exit(1 if errors else 0)


def _editor() -> list[str]:
    """Return the command of the editor, as words. Raise FaultError if there is none."""
    chosen = next((name for name in ("VISUAL", "EDITOR") if os.environ.get(name, "").strip()), None)
    if chosen is None:
        found = next(filter(None, map(shutil.which, _DEFAULTS)), None)
        if found is None:
            raise FaultError('没有找到编辑器：设置环境变量 EDITOR，例如 EDITOR=nano 或 EDITOR="code --wait"')
        return [found]
    try:
        # Backslashes are part of a path on Windows.
        words = [word.strip('"') for word in shlex.split(os.environ[chosen], posix=os.name == "posix")]
    except ValueError:
        raise FaultError(f"环境变量 {chosen} 里的引号不成对：{os.environ[chosen]}") from None
    program = shutil.which(words[0])
    if program is None:
        raise FaultError(f"没有找到编辑器“{words[0]}”（环境变量 {chosen}）：装上它，或改成别的，例如 {chosen}=nano")
    return [program, *words[1:]]


def _edit(editor: list[str], file: Path) -> bool:
    """Let the user edit a file; return whether it changed. The path is absolute, so no editor takes it for an option."""
    before = _content(file)
    if before is None:
        raise FaultError(f"打不开 {file}：不是普通文件，或没有权限；运行 fault check 查看原因")
    # Ctrl+C belongs to the editor: a handler that does nothing is not inherited, other than ignoring the signal.
    previous = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        code = subprocess.run([*editor, str(file)], check=False).returncode  # noqa: S603 - no shell
    except OSError as error:
        raise FaultError(f"编辑器“{editor[0]}”不能运行：{reason(error)}") from None
    finally:
        signal.signal(signal.SIGINT, previous)
    if code:
        raise FaultError(
            f"编辑器“{editor[0]}”没有正常结束（退出码 {code}），没有检查；文件是它留下的样子，检查：fault check {file.stem}"
        )
    return _content(file) != before


def _content(file: Path) -> bytes | None:
    """Return what a file holds, None for a link, a folder, a pipe, and where there is no permission."""
    try:
        return file.read_bytes() if file.is_file() and not file.is_symlink() else None
    except OSError:
        return None


def _check(here: Workspace, path: str) -> int:
    """Check one file as ``fault check`` does, print what it finds, and return the number of errors."""
    from faultkb import check

    outcome = check.check(here.root, here.words, here.as_of, [here.root / path])
    FORMATS["text"](outcome, here.root, sys.stdout)
    sys.stdout.flush()
    return outcome.count(ERROR)


def _wants_to_mend(errors: int) -> bool:
    terminal = sys.stdin.isatty() and sys.stderr.isatty()
    return terminal and prompts.confirm(f"有 {errors} 个错误，再打开改一改？", default=True)
