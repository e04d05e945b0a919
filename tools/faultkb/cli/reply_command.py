"""fault reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from faultkb.cli import say
from faultkb.cli.workspace import Moment, Workspace, as_of_option, as_utf8, resolve_path, staff_default, workspace
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from faultkb.corpus import Loaded
    from faultkb.placeholders import User


@click.command("reply")
@click.argument("ticket_id", metavar="编号")
@click.argument("kind", metavar="[场合]", required=False)
@click.option("--missing", metavar="信息", help="需要您补充：问用户什么（默认：登记还缺的，最多三个问题）")
@click.option(
    "--due", type=Moment(), metavar="时间", help="已受理：预计处理时限（默认：按时限规定；经批准改期之后按计划）"
)
@click.option("--steps", metavar="步骤", help="请您验证：请用户怎样试（默认：知识库的解决方法）")
@click.option("--solution", metavar="方法", help="已解决：给用户看的解决方法（默认：知识库的解决方法）")
@click.option("--log", "logged", is_flag=True, help="同时记一个“反馈”，说明就是这段话")
@click.option("--by", metavar="工号", help="与 --log 一起：谁告知的（默认：FAULT_STAFF，或 git config fault.staff）")
@click.option("--at", metavar="时间", help="与 --log 一起：什么时候告知的（默认：现在）")
@click.option("--confirmed", is_flag=True, help="里面的时间是确定的，可以承诺")
@as_of_option
@workspace
def command(
    here: Workspace,
    ticket_id: str,
    kind: str | None,
    missing: str | None,
    due: datetime | None,
    steps: str | None,
    solution: str | None,
    *,
    logged: bool,
    by: str | None,
    at: str | None,
    confirmed: bool,
) -> None:
    """写出对用户的统一说法，可以直接粘贴。

    不写场合，就列出现在适合说什么。说法在 schema/wording.yaml；里面不会有个人信息和内部的内容，有就拒绝。

    例如：fault reply SW-20261103-001 已受理 --log
    """
    from faultkb import corpus, placeholders, reply
    from faultkb.render import visible

    texts = {
        "missing": missing,
        "steps": steps,
        "solution": solution,
        "due": due and placeholders.moment(due, here.as_of),
    }
    given = {name: as_utf8(text) for name, text in texts.items() if text}
    if kind is None and (given or logged or by or at or confirmed):
        raise FaultError(f"没有写场合：fault reply {visible(ticket_id)} 场合 选项…；只写编号列出现在适合说的")
    path = resolve_path(here.root, ticket_id)
    loaded = corpus.load(here.root, path, here.words)
    user = _user(here, loaded)
    if kind is None:
        _list(here, user)
        return
    if due and due <= here.as_of:
        raise FaultError("--due 已经过去：写将来的时间")
    if not logged and (by or at):
        raise FaultError("--by、--at 要与 --log 一起用")
    kind = as_utf8(kind)
    text = reply.write(user, kind, given, here.words, here.as_of, confirmed=confirmed)
    hints = list(placeholders.hints(user, kind, given, here.words, here.as_of))
    if logged:
        _log(here, loaded, text, {"by": by, "at": at, "confirmed": confirmed})
    click.echo(visible(text))
    for one in hints:
        say(visible(one))
    if confirmed and not logged:
        say("--confirmed 没有记下来：它只在与 --log 一起用时写进事件")
    if not logged:
        say(f"告知用户之后，用同一条命令加 --log 记下来（{_told(here)}）")


def _told(here: Workspace) -> str:
    """Return the event that records what a user was told."""
    return str(here.words.lifecycle.closing["unreachable"]["after"])


def _user(here: Workspace, loaded: Loaded) -> User:
    """Return whose user is told; what was merged into another fault is solved there."""
    from faultkb import corpus
    from faultkb.placeholders import User

    one = loaded.ticket
    if one is None or loaded.document.problems:
        raise FaultError(f"{loaded.path} 有读不出来的地方；先运行 fault check {loaded.path}")
    kb = one.header.get("kb")
    canonical = kb.get("canonical") if isinstance(kb, dict) else None
    if not canonical:
        return User(one, one)
    other = corpus.load(here.root, resolve_path(here.root, str(canonical)), here.words).ticket
    return User(one, other or one)


def _list(here: Workspace, user: User) -> None:
    from faultkb import reply
    from faultkb.render import visible

    every = reply.occasions(user, here.words, here.as_of)
    for one in every:
        if not one.refused:
            click.echo(visible(f"{one.kind}：{one.preview}"))
    for one in every:
        if one.refused:
            say(f"现在不适合：{visible(one.refused)}")
    say(f"写出全文：fault reply {user.own.id} 场合；同时记录加 --log")


def _log(here: Workspace, loaded: Loaded, text: str, given: Mapping[str, Any]) -> None:
    """Record what the user was told; nobody is asked."""
    from faultkb.cli import log_command

    staff = as_utf8(given["by"] or "") or staff_default(here.root)[0]
    if not staff:
        raise FaultError("没有说是谁告知的：加 --by 工号，或运行 git config fault.staff 你的工号")
    texts = {**given, "by": staff, "at": as_utf8(given["at"] or ""), "note": text}
    log_command.record(here, loaded, _told(here), {name: value for name, value in texts.items() if value})
