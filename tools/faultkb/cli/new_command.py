"""fault new."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from faultkb.cli import say
from faultkb.cli.workspace import Workspace, as_of_option, workspace
from faultkb.finding import FaultError
from faultkb.render import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from faultkb.corpus import Loaded

_SAME = 0.9
"""Score from which an open fault is most probably the one that is about to be registered."""
_RACES = 100
"""Files that appear in a row just before ours: more are no accident."""


@click.command("new")
@click.option("--type", metavar="类型", help="故障类型")
@click.option("--severity", metavar="程度", help="严重程度")
@click.option("--title", metavar="标题", help="一句话：哪个产品、什么条件、什么现象")
@click.option("--channel", metavar="渠道", help="反馈渠道")
@click.option("--reported-at", metavar="时间", help="反馈时间，例如 “2026-11-20 17:30”（默认：现在）")
@click.option("--late", metavar="原因", help="补录原因：反馈已过去一个工作日以上时，为什么现在才登记")
@click.option("--occurred-at", metavar="时间", help="故障发生时间（默认：未知）")
@click.option("--reporter", metavar="工号", help="反馈人工号（默认：FAULT_STAFF，或 git config fault.staff）")
@click.option(
    "--reporter-name", metavar="姓*", help="反馈人姓名，遮盖后的（默认：FAULT_STAFF_NAME，或 git config fault.name）"
)
@click.option("--users", metavar="数", help="受影响用户数，整数或 未知")
@click.option("--product", multiple=True, metavar="产品", help="涉及产品（可重复）")
@click.option("--version", multiple=True, metavar="版本", help="涉及版本（可重复）")
@click.option("--region", multiple=True, metavar="地域", help="地域（可重复）")
@click.option("--module", multiple=True, metavar="模块", help="功能模块（可重复）")
@click.option("--customer-id", metavar="编号", help="用户ID，遮盖后的，如 U****3821")
@click.option("--customer-device", metavar="编号", help="设备编号，遮盖后的，如 GW2-****-0917")
@click.option("--customer-contact", metavar="联系方式", help="联系方式，遮盖后的，如 138****5512")
@click.option("--customer-ref", metavar="编号", help="客户系统编号，如 CRM-88213")
@click.option("--complex", is_flag=True, help="复杂问题：无论严重程度都要方案评审")
@click.option("--remark", metavar="文字", help="备注")
@click.option(
    "--section",
    "sections",
    multiple=True,
    metavar="小节=内容",
    help="故障描述里一小节的内容，例如 现象=…（可重复；不写的留作“待补充”）",
)
@click.option(
    "--from-form",
    "form_file",
    type=click.Path(dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="读取登记表单（issue form 的正文，- 表示标准输入）；选项优先于表单",
)
@click.option("--yes", is_flag=True, help="不再确认，直接写入")
@click.option("--dry-run", is_flag=True, help="只显示会写成的文件，不取编号，不写入")
@as_of_option
@workspace
def command(
    here: Workspace, sections: tuple[str, ...], form_file: str | None, yes: bool, dry_run: bool, **given: Any
) -> None:
    """登记一个故障：缺什么问什么，先看有没有相似的故障，再取编号、写文件，显示路径与下一步。

    不在终端里运行时什么都不问，缺少的、写错的选项一次全部指出。

    表单的每一栏写成“### 栏目名”、空一行、内容；栏目名是字段的中文名（问题标题、涉及产品…）与小节名（现象…），
    备注和各小节排在最后。没有这个栏目的内容不写进故障，会指出在第几行。
    """
    from faultkb import corpus, registration
    from faultkb.cli.answers import refuse, said, worded

    answers, entries, wrong = said(here, form_file, sections, given)
    found = registration.objections(here.root, here.words, answers, here.as_of)
    wrong += [worded(one, entries) for one in found if not one.missing]
    missing = [one.about for one in found if one.missing]
    at_terminal = sys.stdin.isatty() and form_file != "-"
    refuse(here, wrong, [] if at_terminal else missing)
    if missing:
        here = _ask(here, answers, missing, optional=not yes)
    with contextlib.suppress(OSError):  # git keeps no empty folder: the first fault of a clone finds none
        (here.root / corpus.TICKETS).mkdir(exist_ok=True)
    _show_similar(here, answers)
    if dry_run:
        _preview(here, answers)
        return
    if at_terminal and not yes:
        _confirm(f"登记“{visible(answers['title'])}”？")
    path, notice = _write(here, answers)
    click.echo(path.replace("/", os.sep))
    _say_next(here, answers, path, notice)


def _confirm(question: str) -> None:
    from faultkb.cli import prompts

    if not prompts.confirm(question, default=True):
        raise click.Abort


def _ask(here: Workspace, answers: dict[str, Any], missing: list[str], *, optional: bool) -> Workspace:
    """Complete the answers at the terminal; return the workspace at the moment of the last one."""
    from faultkb import registration
    from faultkb.cli.answers import refuse, worded
    from faultkb.cli.dialogue import Dialogue

    talk = Dialogue(here, answers, live=click.get_current_context().params["as_of"] is None)
    talk.complete(missing, optional=optional)
    refuse(here, [worded(one, {}) for one in registration.objections(here.root, here.words, answers, talk.now)], [])
    return replace(here, as_of=talk.now)


def _show_similar(here: Workspace, answers: Mapping[str, Any]) -> None:
    """Show the known faults that resemble this one: those that are closed first, but before them an open one that is the same."""
    from faultkb import registration, similar

    drafted = registration.draft(here.words, answers, here.as_of).ticket
    found = similar.find(here.root, here.words, similar.text_of(drafted, here.words)) if drafted else []
    same = [one for one in found if not one.is_closed and one.score >= _SAME]
    closed = [one for one in found if one.is_closed]
    others = [one for one in found if one not in [*same, *closed]]
    groups = {
        "很可能已经登记过，正在处理：": same,
        "可能已有解决方案：": closed,
        "可能是同一个故障，正在处理：": others,
    }
    for heading, matches in groups.items():
        lines = [heading] if matches else []
        for one in matches:
            lines += [f"  {one.id}  {one.status}  {one.title}", f"    相同的词：{'、'.join(one.shared)}"]
            lines += [f"    解决方法：{one.solution}"] if one.solution else []
        for line in lines:
            say(visible(line))


def _preview(here: Workspace, answers: Mapping[str, Any]) -> None:
    """Print the file that would be written, under the id that is free now."""
    from faultkb import ids, registration

    day = registration.reported(answers, here.as_of).date()
    ticket_id = ids.next_id(here.root, registration.prefix(here.words, answers), day)
    click.echo(registration.text(here.words, answers, ticket_id, here.as_of), nl=False)
    drafted = registration.draft(here.words, answers, here.as_of)
    for line in (*_found(here, drafted), *_completeness(here, drafted)):
        say(line)
    say("没有写入，编号也没有取：真正登记时编号可能不同")


def _write(here: Workspace, answers: Mapping[str, Any]) -> tuple[str, str]:
    """Reserve an id and write the file; return its path, and what is to be said of the id.

    A file that has appeared under the id meanwhile stays, and the next id is taken.
    """
    from faultkb import corpus, gitrepo, ids, registration

    day = registration.reported(answers, here.as_of).date()
    with contextlib.suppress(FaultError):  # without git nobody is asked for an id
        if sys.stderr.isatty() and gitrepo.remotes(here.root):
            say("正在预留编号…")
    for _ in range(_RACES):
        reservation = ids.reserve(here.root, registration.prefix(here.words, answers), day)
        path = ids.home(reservation.id)
        try:
            corpus.save(here.root, path, registration.text(here.words, answers, reservation.id, here.as_of), None)
        except FaultError:
            if not os.path.lexists(here.root / path):
                raise
        else:
            return path, reservation.notice
    raise FaultError("没有登记：取到的编号总是刚刚被别的文件占用；请再运行一次")


def _found(here: Workspace, loaded: Loaded) -> Iterator[str]:
    """Say what the check will find in the new file."""
    from faultkb import registration
    from faultkb.cli.log_command import hints_for

    return hints_for(here, loaded).warned(registration.warnings(here.root, here.words, loaded, here.as_of))


def _completeness(here: Workspace, loaded: Loaded) -> Iterator[str]:
    """Say how complete the report is, and what to write first."""
    from faultkb import completeness

    if loaded.ticket:
        yield f"完整度 {completeness.score(loaded.ticket, here.words)}"
        yield from filter(None, [completeness.first_step(loaded.ticket, here.words)])


def _say_next(here: Workspace, answers: Mapping[str, Any], path: str, notice: str) -> None:
    """Say on stderr what is still to be filled in, and what happens next and by when."""
    from faultkb import corpus, registration
    from faultkb.cli import handing_in
    from faultkb.cli.log_command import hints_for

    ticket_id = Path(path).stem
    waiting = registration.unfilled(here.words, answers)
    lines = [f"已登记 {ticket_id}", *([notice] if notice else [])]
    if waiting:
        lines.append(f"补充“{here.words.placeholder}”的小节（{'、'.join(waiting)}）：fault edit {ticket_id}")
    if registration.is_late(here.words, answers, here.as_of):
        lines.append(
            f"反馈时间离现在已有一个工作日以上：在“{here.words.lifecycle.registration.name}”那一行里补上 late: 原因"
        )
    lines.append(f"检查：fault check {path.replace('/', os.sep)}")
    written = corpus.load(here.root, path, here.words)
    for line in (*lines, *_found(here, written), *_completeness(here, written), *hints_for(here, written).ahead()):
        say(line)
    handing_in.remind(here, path, here.words.lifecycle.registration.name)
