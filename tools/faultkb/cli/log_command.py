"""fault log."""

from __future__ import annotations

import contextlib
import difflib
import functools
import io
import sys
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from faultkb import program
from faultkb.cli import say
from faultkb.cli.workspace import Pair, Workspace, as_of_option, as_utf8, resolve_path, staff_default, workspace
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from faultkb.change import Branch
    from faultkb.corpus import Loaded
    from faultkb.draft import Draft
    from faultkb.lifecycle import EventSpec
    from faultkb.logbook import Entry
    from faultkb.privacy import Lists
    from faultkb.render.outlook import Hints, Option
    from faultkb.vocabulary import Vocabulary


@click.command("log")
@click.argument("ticket_id", metavar="编号")
@click.argument("event", metavar="[事件]", required=False)
@click.option("--by", metavar="工号", help="操作人（默认：FAULT_STAFF，或 git config fault.staff）")
@click.option("--at", metavar="时间", help="发生的时间，写到分钟（默认：现在）")
@click.option("--note", metavar="说明", help="说明")
@click.option("--late", metavar="原因", help="事后补录的原因")
@click.option("--team", metavar="团队", help="责任团队（受理时默认按类型）")
@click.option("--owner", metavar="“工号 姓*”", help="主责人")
@click.option("--assistant", "assistants", multiple=True, metavar="“工号 姓*”", help="协办人（可重复）")
@click.option(
    "--due", "due_at", metavar="时间", help="计划完成时间，只写日期就是当天下班（受理、重开时默认按时限规定）"
)
@click.option("--from", "from_", metavar="原值", help="定级、定类之前的值（默认：现在的值）")
@click.option("--to", metavar="新值", help="定级、定类之后的值")
@click.option("--approver", metavar="批准人工号", help="批准人")
@click.option("--participant", "participants", multiple=True, metavar="工号,工号", help="评审参加人（可重复）")
@click.option("--reason", metavar="原因", help="暂停、作废的原因")
@click.option("--functional", metavar="结果", help="功能验证：通过、未通过、不适用")
@click.option("--compatibility", metavar="结果", help="兼容性验证")
@click.option("--experience", metavar="结果", help="用户体验验证")
@click.option("--verifier", metavar="“工号 姓*”", help="验证人")
@click.option("--outcome", metavar="结果", help="用户确认：已解决、未解决、联系不上")
@click.option("--confirmed", is_flag=True, help="反馈里说的时间是确定的")
@click.option("--target", metavar="序号", help="更正第几个事件")
@click.option("--section", metavar="章节", help="更正哪个章节")
@click.option("--set", "set_", type=Pair(), multiple=True, metavar="字段=新值", help="更正的内容（可重复）")
@click.option("--void", is_flag=True, help="被更正的事件没有发生过")
@click.option("--mask", is_flag=True, help="只是把误写的个人信息换成了遮盖后的内容")
@click.option("--dry-run", is_flag=True, help="只显示文件会怎样改，不写入")
@as_of_option
@workspace
def command(here: Workspace, ticket_id: str, event: str | None, dry_run: bool, **given: Any) -> None:
    """给故障记一个事件，同时更新文件头。

    不符合流程的会拒绝，并说明可以做什么。不写事件，就列出现在可以记录什么、还缺什么。

    例如：fault log SW-20261103-001 受理 --by PM002 --owner "RD017 李*"
    """
    from faultkb import corpus

    path = resolve_path(here.root, ticket_id)
    loaded = corpus.load(here.root, path, here.words)
    if loaded.ticket is None or loaded.document.problems:
        raise FaultError(f"{path} 有读不出来的地方；先运行 fault check {path}")
    texts = {name.rstrip("_"): _text(value) for name, value in given.items() if value}
    if event is None:
        _list(here, loaded, texts)
        return
    spec = here.words.lifecycle.events.get(event := as_utf8(event))
    if spec is None:
        raise FaultError(f"没有事件“{event}”；可以写：{'、'.join(here.words.lifecycle.events)}")
    staff, _ = staff_default(here.root)
    made, entry = _completed(here, loaded, spec, {"by": staff, **texts} if staff else texts)
    _refuse(here, loaded, spec, made, entry)
    if dry_run:
        _diff(path, loaded.document.text, entry.text, here.words.lists)
        say("没有写入；写入之后：")
    else:
        corpus.save(here.root, path, entry.text, loaded.document.text)
        names = "、".join(one["event"] for one in made.events)
        click.echo(f"{loaded.ticket.id} 已记录 {names}，当前状态 {entry.status}")
    _say(here, made, entry, written=not dry_run)


def record(here: Workspace, loaded: Loaded, event: str, texts: Mapping[str, Any]) -> None:
    """Record an event for another command, and say on stderr what `fault log` says."""
    from faultkb import corpus

    spec = here.words.lifecycle.events[event]
    made, entry = _completed(here, loaded, spec, texts)
    _refuse(here, loaded, spec, made, entry)
    corpus.save(here.root, loaded.path, entry.text, loaded.document.text)
    say(f"已在 {loaded.path} 记录 {event}，当前状态 {entry.status}")
    _say(here, made, entry, written=True)


def _text(value: Any) -> Any:
    """Return what was typed, pairs as a mapping, in UTF-8."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return as_utf8(value)
    pairs = isinstance(value[0], tuple)
    return {as_utf8(key): as_utf8(one) for key, one in value} if pairs else [as_utf8(one) for one in value]


def _list(here: Workspace, loaded: Loaded, texts: Mapping[str, Any]) -> None:
    """Show what can be recorded now."""
    from faultkb import logbook

    hints = hints_for(here, loaded)
    if texts:
        names = "、".join(one.name for one in hints.seen.choices)
        raise FaultError(f"没有写事件：fault log {hints.ticket_id} 事件 选项…；现在可以记录：{names}")
    for line in (*hints.deadline(), *hints.onward(), *hints.table()):
        click.echo(program.called(line))
    for line in hints.left(logbook.errors_of(here.root, here.words, loaded, here.as_of)):
        say(line)


def _drafted(here: Workspace, loaded: Loaded, spec: EventSpec, texts: Mapping[str, Any]) -> tuple[Draft, Entry]:
    """Build the event and see what it does."""
    from faultkb import draft, logbook

    shown = {name: one.value for name, one in _options(here.words).items()}
    made = draft.make(here.words, loaded, spec, texts, here.as_of, shown)
    branch = _branch(here, loaded.path) if spec.corrects or "late" in texts else None
    entry = logbook.record(here.root, here.words, loaded, made.events, here.as_of, branch)
    return made, entry


@functools.cache
def _base(root: Path) -> str:
    """Return the branch with which a check will compare, empty where none is known."""
    from faultkb import gitrepo

    with contextlib.suppress(FaultError):  # no git
        base = gitrepo.default_base(root)
        return base if gitrepo.commit(root, base) and base != "HEAD" else ""
    return ""


def _branch(here: Workspace, path: str) -> Branch | None:
    """Return what the base has of a ticket: what may be corrected or recorded late depends on it. None without a base."""
    from faultkb import change

    with contextlib.suppress(FaultError):  # a shallow clone, no common history: the check will say so
        return change.alone(here.root, _base(here.root), path) if _base(here.root) else None
    return None


def _completed(here: Workspace, loaded: Loaded, spec: EventSpec, texts: Mapping[str, Any]) -> tuple[Draft, Entry]:
    """Build the event; on a terminal, ask for one missing field after the other while nothing else is in the way."""
    from faultkb import draft, outlook
    from faultkb.cli import prompts

    made, entry = _drafted(here, loaded, spec, texts)
    unsaid = [name for name in outlook.decisive(here.words, spec) if name not in texts]
    open_ = sorted(made.missing, key=lambda name: name != "by") or unsaid
    # What only says that one of several is needed is no obstacle.
    stuck = entry.impossible or (entry.blocked and not made.one_of)
    if not (open_ or made.one_of) or made.wrong or stuck or not sys.stdin.isatty():
        return made, entry
    options = _options(here.words)
    name = prompts.which({one: options[one].help for one in made.one_of}) if made.one_of else open_[0]
    if not options[name].value:
        return _completed(here, loaded, spec, {**texts, name: True})

    def objection(text: str) -> str:
        made, entry = _drafted(here, loaded, spec, {**texts, name: _as_given(name, text)})
        return made.wrong.get(name) or next((one.message for one in entry.errors if entry.field_of(one) == name), "")

    for line in draft.history(loaded.ticket) if loaded.ticket and name == "target" else ():
        say(line)
    for line in _still_lacking(here, loaded, spec) if name == "note" else ():
        say(line)
    shape = options[name].value
    optional = name not in (*made.missing, *made.one_of)
    answer = prompts.ask(here.words, spec, name, made.close, shape, objection, optional=optional)
    return _completed(here, loaded, spec, {**texts, name: _as_given(name, answer)})


def _as_given(name: str, answer: str) -> Any:
    """Return an answer as the option of the field would give it."""
    several = next(one for one in command.params if one.name and one.name.rstrip("_") == name)
    if isinstance(several.type, Pair):
        return dict([several.type.convert(answer, several, None)])
    return [answer] if isinstance(several, click.Option) and several.multiple else answer


def _refuse(here: Workspace, loaded: Loaded, spec: EventSpec, made: Draft, entry: Entry) -> None:
    """Raise FaultError with everything that is wrong at once, and with what can be done instead, unless all is well."""
    from faultkb.render import refusal

    if not (entry.refused or made.missing or made.one_of or made.wrong):
        return
    hints = hints_for(here, loaded)
    way = hints.seen.way_to(spec.name)
    found = refusal.explain(spec, made, entry, loaded.document, hints.options, possible=bool(way))
    lines = [f"没有记录 {spec.name}，{loaded.path} 没有改动", *(f"  {one}" for one in found.reasons)]
    lines += [f"  {one}" for one in _still_lacking(here, loaded, spec)] if "note" in made.missing else ()
    lacks = any(one.lacks for one in way)
    lines += hints.steps(way) if lacks else ()
    # Where only an option is wrong, what else is possible does not help.
    lines += hints.table() if not found.usage and (lacks or not way) else ()
    raise FaultError("\n".join(lines), list(found.places), code=2 if found.usage else 1)


def _still_lacking(here: Workspace, loaded: Loaded, spec: EventSpec) -> list[str]:
    """Name what the report lacks, for whoever is about to send it back and must say what is missing."""
    from faultkb import completeness

    before_work = loaded.ticket and loaded.ticket.header.get("status") == here.words.lifecycle.initial
    found = completeness.missing(loaded.ticket, here.words) if loaded.ticket and before_work and spec.opens else []
    return [f"登记的信息还缺：{'、'.join(one.title for one in found)}"] if found else []


def _diff(path: str, before: str, after: str, lists: Lists) -> None:
    """Print what would change in the file; what stands around it may be private."""
    from faultkb import masks
    from faultkb.render import visible

    before, after = masks.put_on((before, after), lists)
    old, new = (io.StringIO(text, newline="\n").readlines() for text in (before, after))
    for line in difflib.unified_diff(old, new, f"a/{path}", f"b/{path}"):
        text, end = _split(line)
        click.echo(visible(text) + (end or "\n\\ No newline at end of file\n"), nl=False)


def _split(line: str) -> tuple[str, str]:
    """Part a line from its end, which a patch must keep."""
    text = line.removesuffix("\n").removesuffix("\r") if line.endswith("\n") else line
    return text, line[len(text) :]


def _say(here: Workspace, made: Draft, entry: Entry, *, written: bool) -> None:
    """Say on stderr what was filled in, what a check will say, what comes next, and how the change is handed in."""
    from faultkb import logbook
    from faultkb.cli import handing_in

    hints = hints_for(here, entry.after)
    reminders = (*hints.proposed(made), *hints.reminders(entry), *hints.backdated(made, here.as_of))
    base = _base(here.root) if any(one.rule in logbook.AGAINST_BASE for one in entry.left) else ""
    for line in (*hints.ended(entry), *reminders, *hints.left(entry.left, base), *hints.ahead()):
        say(line)
    if written:
        names = "、".join(one["event"] for one in made.events)
        handing_in.remind(here, entry.after.path, names)


def hints_for(here: Workspace, loaded: Loaded) -> Hints:
    """Look at what can be recorded in a ticket."""
    from faultkb import outlook
    from faultkb.render.outlook import Hints

    staff, _ = staff_default(here.root)
    seen = outlook.look(here.root, here.words, loaded, here.as_of)
    ticket_id = PurePosixPath(loaded.path).stem
    return Hints(seen, here.words, ticket_id, loaded.path, _options(here.words), staff)


def _options(words: Vocabulary) -> dict[str, Option]:
    """How each field of an event is given on the command line; of a review, also who must take part."""
    from faultkb.render.outlook import Option

    params = (one for one in command.params if isinstance(one, click.Option) and one.name)
    found = {
        str(one.name).rstrip("_"): Option(
            one.opts[0], "" if one.is_flag else (one.metavar or "").strip("“”"), one.help or ""
        )
        for one in params
    }
    roles = "、".join(f"{role}（{'或'.join(words.roles[role])}）" for role in words.lifecycle.review["roles"])
    found["participants"] = found["participants"]._replace(help=f"参加人要有{roles}")
    return found
