"""What most commands need: the repository, its vocabulary, and the moment for which to answer."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from faultkb import moment
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from faultkb.vocabulary import Vocabulary

_MARK = "schema/ticket.schema.json"


@dataclass(frozen=True)
class Workspace:
    """A repository and the moment of the question."""

    root: Path
    words: Vocabulary
    as_of: datetime


class Moment(click.ParamType[Any]):
    """An option value such as 2026-11-20 17:30 (or a day, meaning its last minute)."""

    name = "时间"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the text of an option."""
        text = f"{value} 23:59" if moment.is_date(value) else str(value)
        if not moment.is_minute(text):
            self.fail(f"“{value}”不是时间：写成 2026-11-20 17:30，或只写日期 2026-11-20（到当天结束）", param, ctx)
        return moment.parse(text)


class Pair(click.ParamType[Any]):
    """An option value such as 现象=指示灯不亮."""

    name = "名字=内容"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Split at the first equals sign."""
        if isinstance(value, tuple):
            return value
        name, sign, text = str(value).partition("=")
        if not sign or not name.strip():
            self.fail(f"“{value}”要写成“名字=内容”", param, ctx)
        return name.strip(), text


def find_root(given: str | None) -> Path:
    """Return the root: the given one, else the nearest folder upward with a schema, else the clone of this program."""
    if given is not None:
        if not given or not Path(given, _MARK).is_file():
            raise FaultError(f"“{given}”里没有 {_MARK}：--root 要指向仓库的根目录")
        return Path(given).resolve()
    here = Path.cwd()
    clone = Path(__file__).resolve().parents[3]
    for folder in (here, *here.parents, clone):
        if (folder / _MARK).is_file():
            return folder
    raise FaultError(f"这里不是故障知识库的仓库：从 {here} 往上都没有 {_MARK}；请进入仓库，或用 --root 指定")


as_of_option = click.option(
    "--as-of", type=Moment(), metavar="时间", help="按这个时刻计算，例如 “2026-11-20 17:30”（默认：现在）"
)


def base_option(help_text: str, *, default: str | None = None) -> Callable[..., Any]:
    """Return the --base option: the branch, tag or commit to compare with."""
    return click.option("--base", metavar="基线", default=default, help=help_text)


def workspace(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the workspace as first argument, and tell its errors what is private in this repository."""

    @click.pass_context
    @functools.wraps(command)
    def run(ctx: click.Context, /, **options: Any) -> Any:
        from faultkb import corpus, vocabulary
        from faultkb.cli.progress import Progress

        corpus.LISTENERS[:] = [Progress()]
        root = find_root(ctx.find_root().obj)
        try:
            words = vocabulary.load(root)
        except FaultError as error:
            error.form = str(options.get("form", ""))
            raise
        as_of = options.pop("as_of", None) or moment.now(words.timezone)
        try:
            return command(Workspace(root, words, as_of), **options)
        except FaultError as error:
            error.lists = words.lists
            raise

    return run


def staff_default(root: Path) -> tuple[str, str]:
    """Return staff id and masked name of who acts unless a command is told otherwise; empty where nobody has said.

    They come from the variables FAULT_STAFF and FAULT_STAFF_NAME, else from git's fault.staff and fault.name.
    """
    places = (("FAULT_STAFF", "fault.staff"), ("FAULT_STAFF_NAME", "fault.name"))
    staff, name = (as_utf8(os.environ.get(variable, "")) or _setting(root, key) for variable, key in places)
    return staff, name


def me(root: Path) -> str:
    """Return the staff id of who asks. Raise FaultError where nobody has said."""
    staff, _ = staff_default(root)
    if not staff:
        raise FaultError(
            "--mine 不知道你是谁：运行 git config --global fault.staff 你的工号，或设置环境变量 FAULT_STAFF；看别人的写 --staff 工号"
        )
    return staff


def as_utf8(text: str) -> str:
    """Return an argument or variable as the UTF-8 that it is, whatever the locale took it for. Raise FaultError if it is none."""
    try:
        text.encode()
    except UnicodeEncodeError:  # holds the bytes that are no text in the locale
        try:
            return os.fsencode(text).decode("utf-8")
        except UnicodeError:
            raise FaultError("命令里有读不出来的文字：终端的编码应为 UTF-8") from None
    return text


def _setting(root: Path, key: str) -> str:
    from faultkb import gitrepo

    try:
        return gitrepo.setting(root, key)
    except FaultError:  # no git here: nobody has said
        return ""


def resolve_path(root: Path, ticket_id: str) -> str:
    """Return the path of the ticket that an id, a file name or a path means."""
    from faultkb import corpus

    name = Path(ticket_id.strip()).name.removesuffix(".md")
    every = corpus.find(root)
    matches = [path for path in every if path.endswith((f"/{name}.md", f"/{name.upper()}.md"))]
    if not matches:
        near = [path for path in every if name and name.upper() in path.upper()][:5]
        hint = f"；是不是：{'、'.join(Path(path).stem for path in near)}" if near else "；用 fault list 查看所有编号"
        raise FaultError(f"没有编号为 {name} 的故障{hint}")
    if len(matches) > 1:
        raise FaultError(f"编号 {name} 有 {len(matches)} 个文件：{'、'.join(matches)}；先运行 fault check")
    return matches[0]
