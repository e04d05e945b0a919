"""fault log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from faultkb import moment
from faultkb.cli.workspace import Moment, Pair, Workspace, as_of_option, resolve_path, workspace
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from datetime import datetime

    from faultkb.corpus import Loaded
    from faultkb.lifecycle import EventSpec


class Staff(click.ParamType[Any]):
    """A person as one word or two: 'RD017 李*'."""

    name = "人员"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        """Read staff id and masked name."""
        parts = re.split(r"[\s:：,，]+", str(value).strip(), maxsplit=1)
        if len(parts) != 2:  # noqa: PLR2004 - id and name
            self.fail("写成“工号 姓*”，例如 “RD017 李*”", param, ctx)
        return {"staff": parts[0], "name": parts[1]}


@click.command("log")
@click.argument("ticket_id", metavar="编号")
@click.argument("event", metavar="事件")
@click.option("--by", envvar="FAULT_STAFF", metavar="工号", help="操作人（默认：环境变量 FAULT_STAFF）")
@click.option("--at", type=Moment(), metavar="时间", help="发生的时间（默认：现在）")
@click.option("--note", metavar="说明", help="说明")
@click.option("--late", metavar="原因", help="事后补录的原因")
@click.option("--team", metavar="团队", help="责任团队（受理时默认按类型）")
@click.option("--owner", type=Staff(), metavar="“工号 姓*”", help="主责人")
@click.option("--assistant", "assistants", type=Staff(), multiple=True, metavar="“工号 姓*”", help="协办人（可重复）")
@click.option("--due", "due_at", type=Moment(), metavar="时间", help="计划完成时间（受理时默认按时限规定）")
@click.option("--from", "from_", metavar="原值", help="定级、定类之前的值（默认：现在的值）")
@click.option("--to", metavar="新值", help="定级、定类之后的值")
@click.option("--approver", metavar="工号", help="批准人")
@click.option("--participant", "participants", multiple=True, metavar="工号", help="评审参加人（可重复）")
@click.option("--reason", metavar="原因", help="暂停、作废的原因")
@click.option("--functional", metavar="结果", help="功能验证：通过、未通过、不适用")
@click.option("--compatibility", metavar="结果", help="兼容性验证")
@click.option("--experience", metavar="结果", help="用户体验验证")
@click.option("--verifier", type=Staff(), metavar="“工号 姓*”", help="验证人")
@click.option("--outcome", metavar="结果", help="用户确认：已解决、未解决、联系不上")
@click.option("--confirmed", is_flag=True, help="反馈里说的时间是确定的")
@click.option("--target", metavar="序号", help="更正第几个事件")
@click.option("--section", metavar="章节", help="更正哪个章节")
@click.option("--set", "set_", type=Pair(), multiple=True, metavar="字段=新值", help="更正的内容（可重复）")
@click.option("--void", is_flag=True, help="被更正的事件没有发生过")
@click.option("--mask", is_flag=True, help="只是把误写的个人信息换成了遮盖后的内容")
@as_of_option
@workspace
def command(here: Workspace, ticket_id: str, event: str, **options: Any) -> None:
    """给故障记一个事件，同时更新文件头；不符合流程的会拒绝，并说明可以做什么。

    例如：fault log SW-20261103-001 受理 --by PM002 --owner "RD017 李*"
    """
    from faultkb import corpus, logbook
    from faultkb.rules.transitions import possible

    path = resolve_path(here.root, ticket_id)
    loaded = corpus.load(here.root, path, here.words)
    if loaded.ticket is None or loaded.document.problems:
        raise FaultError(f"{path} 有读不出来的地方；先运行 fault check {path}")
    spec = here.words.lifecycle.events.get(event)
    if spec is None:
        raise FaultError(f"没有事件“{event}”；可以写：{'、'.join(here.words.lifecycle.events)}")
    entry = logbook.record(here.root, here.words, loaded, _event(here, loaded, spec, options), here.as_of)
    if entry.refused:
        raise FaultError(f"没有记录 {event}，{path} 没有改动", list(entry.refused), code=1)
    corpus.save(here.root, path, entry.text, loaded.document.text)
    click.echo(f"{loaded.ticket.id} 已记录 {event}，当前状态 {entry.status}")
    click.echo(f"下一步可以是：{possible(entry.status, here.words.lifecycle, entry.waiting)}", err=True)


def _event(here: Workspace, loaded: Loaded, spec: EventSpec, options: dict[str, Any]) -> dict[str, Any]:
    """Build the event from the options, and fill in what follows from the ticket."""
    at: datetime = options.pop("at") or here.as_of
    by = options.pop("by")
    if not by:
        raise FaultError("缺少操作人：写 --by 工号，或设置环境变量 FAULT_STAFF")
    options["from"] = options.pop("from_")
    options["set"] = dict(options.pop("set_"))
    given = {name: _plain(value) for name, value in options.items() if value}
    return {"at": moment.show(at), "event": spec.name, "by": by, **_derived(here, loaded, spec, at, given), **given}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return moment.show(value) if hasattr(value, "isoformat") else value


def _derived(here: Workspace, loaded: Loaded, spec: EventSpec, at: datetime, given: dict[str, Any]) -> dict[str, Any]:
    """Propose what the ticket and the policy imply: the team of the type, the due date, the value before a change."""
    from faultkb import logbook, standing

    one = loaded.ticket
    if one is None:
        return {}
    now = standing.of(one, here.words, at)
    derived: dict[str, Any] = {}
    if spec.changes and now is not None:
        derived["from"] = getattr(now, spec.changes)
        if given.get("from", derived["from"]) != derived["from"]:
            title = here.words.title(spec.changes)
            raise FaultError(
                f"没有记录 {spec.name}：现在的{title}是 {derived['from']}，不是 {given['from']}，文件没有改动；不写 --from 就取现在的值",
                code=1,
            )
    if "team" in spec.needs and now is not None:
        derived["team"] = next(
            (team.name for team in here.words.teams.values() if now.type in team.takes and team.retired is None), None
        )
    if {"team", "due_at"} <= set(spec.needs):
        derived["due_at"] = logbook.policy_due(here.words, loaded, {"at": moment.show(at), "event": spec.name})
    return {name: value for name, value in derived.items() if value is not None and name not in given}
