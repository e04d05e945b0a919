"""fault watch."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from faultkb.cli import say
from faultkb.cli.workspace import Workspace, as_of_option, workspace
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from faultkb.cli.watching import Round
    from faultkb.ledger import Message, State

_MARKER = "sla-board"
_OUTCOMES = {"sent": "已送到", "refused": "对方没有接受", "unknown": "没有回执，不知道有没有送到"}


@click.command("watch")
@click.option("--dry-run", is_flag=True, help="只显示会发什么、看板会是什么样；什么都不发、不写")
@click.option(
    "--pack",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="该发周报的那一次，把例会材料（html、xlsx、docx）写到这个文件夹",
)
@as_of_option
@workspace
def command(here: Workspace, dry_run: bool, pack: Path | None) -> None:
    """巡查一遍时限：发提醒，更新看板。

    由工作流每 30 分钟运行一次。时限临期或超时、新的或升级的紧急故障、上报的风险、该告知的用户，每件只说一次；
    说过什么记在远程仓库的 refs/fault-state/watch 里。通知地址写在环境变量 FAULT_NOTIFY 里，一行一个：
    名字 = apprise 地址，名字是 schema/teams.yaml 里的 notify。
    """
    from faultkb import duty, ledger, notify
    from faultkb.cli import watching
    from faultkb.cli.weekly_pack import Pack

    names = watching.names(here.words)
    addresses, wrong = notify.addresses(os.environ.get("FAULT_NOTIFY", ""), names)
    post = notify.Post(addresses)
    where = _remote(here.root, needed=not dry_run)
    before = ledger.read(here.root, where) if where else None
    server = _ask(here.words.timezone)
    fixed = click.get_current_context().params["as_of"] is not None
    last = None if fixed and dry_run else watching.last_of(before)
    as_of, word = duty.settled(here.as_of, None if fixed else server.now, last)
    seen = watching.look(here.root, here.words, as_of, where, server.heads)
    missing = [name for name in names if name not in addresses]
    lacking = [f"还没有通知地址：{'、'.join(missing)}（FAULT_NOTIFY）"] if missing else []
    for remark in filter(None, [word, *wrong, *seen.remarks, *lacking]):
        say(f"提醒：{remark}")
    files = Pack(here.root, here.words, as_of, seen.standings, None if dry_run else pack)
    this = watching.Round(here.words, as_of, seen, post, tuple(names if dry_run else addresses), files)
    if dry_run:
        _show(this, before, wrong, missing)
        return
    for line in this.unheard(before):
        click.echo(f"没有地址可以通知：{line}")
    state, failed = _send(here.root, where, this)
    for name, count in sorted(state.lost.items()):
        say(f"提醒：{count} 条旧通知没有送到，不再发：{name}")
    if server.asked:
        _publish(here.root, where, this.board(state, wrong, missing), state)
    wanting = [f"FAULT_NOTIFY 有 {len(wrong)} 行没有用"] if wrong else []
    if failed:
        wanting.append(
            f"{len(failed)} 条通知没有送到（{'、'.join(dict.fromkeys(one.to for one in failed))}），以后再试"
        )
    if wanting:
        raise FaultError("；".join(wanting), code=1)


class _Server(NamedTuple):
    """What GitHub says before the round: whether there is one to ask, its time, and the open pull requests by branch."""

    asked: bool
    now: datetime | None
    heads: Mapping[str, tuple[int, str]]


def _ask(zone: str) -> _Server:
    """Ask GitHub, where a workflow has one. Where it does not answer, people are told of what the checkout holds all the same."""
    from faultkb import bulletin, hub

    if not (os.environ.get("GITHUB_TOKEN") and os.environ.get("GITHUB_REPOSITORY")):
        say("提醒：没有 GITHUB_TOKEN 与 GITHUB_REPOSITORY：没有看板，也看不到还没有合并的登记")
        return _Server(asked=False, now=None, heads={})
    try:
        with hub.connection() as github:
            return _Server(asked=True, now=bulletin.server_time(github, zone), heads=bulletin.open_heads(github))
    except FaultError as error:
        say(f"提醒：这一次看不到还没有合并的登记：{error}")
        return _Server(asked=True, now=None, heads={})


def _remote(root: Path, *, needed: bool) -> str:
    from faultkb import claims

    try:
        return claims.remote(root)
    except claims.UnreservedError as error:
        if needed:
            raise FaultError(f"{error}：说过什么要记在远程仓库里；只想看一看，用 --dry-run") from None
        say(f"提醒：{error}，不知道已经说过什么，按第一次巡查显示")
        return ""


def _send(root: Path, where: str, this: Round) -> tuple[State, list[Message]]:
    """Send what there is to say, and say on stdout what was sent."""
    from faultkb import outbox

    begun = time.monotonic()
    sent = 0

    def send(one: Message) -> str:
        nonlocal sent
        outcome = this.post.send(one.to, one.title, this.text_of(one)).value
        words = _OUTCOMES[outcome] if this.post.understands(one.to) else "没有发出：FAULT_NOTIFY 里的地址看不懂"
        click.echo(f"{one.to}，消息 {one.id}：{words}")
        sent += outcome == "sent"
        return outcome

    def now() -> datetime:
        return this.as_of + timedelta(seconds=time.monotonic() - begun)

    state, failed = outbox.deliver(root, where, this.plan, send, now, this.reached)
    if not sent and not failed:
        click.echo("没有新的消息")
    return state, failed


def _publish(root: Path, where: str, text: str, state: State) -> None:
    """Bring the board up to date; its number is kept with the state."""
    from faultkb import bulletin, hub, ledger
    from faultkb.render import board

    with hub.connection() as github:
        number = bulletin.keep(github, _MARKER, board.TITLE, text, state.board, board.same)
    if number != state.board:
        ledger.change(root, where, lambda found: replace(found or state, board=number))
        click.echo(f"看板：#{number}")


def _show(this: Round, before: State | None, wrong: list[str], missing: list[str]) -> None:
    state = this.plan(before)
    for one in state.outbox:
        lacking = "（没有地址）" if one.to in missing else ""
        click.echo(f"—— 发给 {one.to}{lacking}\n{one.title}\n{this.text_of(one)}\n")
    if not state.outbox:
        click.echo("没有新的消息\n")
    shown = replace(state, outbox=before.outbox if before else ())
    click.echo(f"—— 看板\n{this.board(shown, wrong, missing)}")
