"""fault import."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from faultkb.cli import formats, say
from faultkb.cli.workspace import Pair, Workspace, as_of_option, workspace
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from faultkb.inflow.plan import Plan

_file = click.Path(dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("path", type=_file, metavar="FILE.xlsx")
@click.option("--dry-run", is_flag=True, help="只看会怎样，不写故障")
@click.option("--yes", is_flag=True, help="不再确认，直接写入")
@click.option("--sheet", "sheets", multiple=True, metavar="名", help="只要这个工作表（可重复；默认：全部）")
@click.option(
    "--set", "defaults", type=Pair(), multiple=True, metavar="栏目=值", help="这一栏空着的行用这个值（可重复）"
)
@click.option(
    "--people", type=_file, metavar="名单.csv", help="姓名、工号两栏的名单（.csv 或 .xlsx）：给出表里没有的工号"
)
@click.option(
    "--report", type=_file, metavar="FILE.xlsx", help="导入报告写到哪里（默认：原表旁边的“原名-导入报告.xlsx”）"
)
@click.option("--update", is_flag=True, help="这是改过的导出表：把改动记成事件，不登记新的故障")
@click.option("--by", metavar="工号", help="与 --update 一起：操作人（默认：FAULT_STAFF，或 git config fault.staff）")
@click.option("--approver", metavar="工号", help="与 --update 一起：批准人")
@click.option("--note", metavar="文字", help="与 --update 一起：说明")
@click.option("--at", metavar="时间", help="与 --update 一起：事件的时间（默认：现在）")
@formats(["text", "json"], "text")
@as_of_option
@workspace
def command(
    here: Workspace,
    path: Path,
    sheets: tuple[str, ...],
    defaults: tuple[tuple[str, str], ...],
    people: Path | None,
    report: Path | None,
    form: str,
    by: str | None,
    approver: str | None,
    note: str | None,
    at: str | None,
    *,
    dry_run: bool,
    yes: bool,
    update: bool,
) -> None:
    """导入旧的跟踪表（Excel）：一行成为一个故障。

    先读表，列出每一行会怎样：导入、修正了什么、为什么没有导入；确认之后才写。没有对应栏目的内容写进备注，手机号、姓名等
    遮盖。同一个表再导入一次，已有的行不变，只加新的行。历史记录不补做评审与验证。

    \b
    fault import 旧表.xlsx --dry-run      先看
    fault import 旧表.xlsx                看了再确认
    fault import 旧表.xlsx --people 名单.csv --set 反馈渠道=电话 --yes
    fault import 跟踪表.xlsx --update     改过的导出表：改动记成事件
    """
    of_update = {"--by": by, "--approver": approver, "--note": note, "--at": at}
    of_rows = {"--set": defaults, "--people": people, "--report": report, "--format json": form == "json"}
    refused = [name for name, value in (of_rows if update else of_update).items() if value]
    if refused:
        raise FaultError(f"{'、'.join(refused)} {'不能' if update else '只'}与 --update 一起用")
    if update:
        _update(here, path, sheets, by=by, approver=approver, note=note, at=at, dry_run=dry_run, yes=yes)
    from faultkb.inflow import plan, roster

    wish = plan.Wish(sheets, dict(defaults), roster.read(people))
    found = plan.build(here.root, here.words, path, wish, here.as_of)
    say(f"导入报告：{_workbook(here, found, path, report)}")
    is_written = _carry_out(here, found, form, dry_run=dry_run, yes=yes)
    if is_written:
        _workbook(here, found, path, report)  # with the ids that were taken
    if form == "json":
        from faultkb.render import inflow

        click.echo(json.dumps(inflow.data(found, written=is_written), ensure_ascii=False, indent=2))
    sys.exit(1 if found.counts[plan.REFUSED] else 0)


def _update(here: Workspace, path: Path, sheets: tuple[str, ...], **given: object) -> None:
    from faultkb.cli import updating

    sys.exit(updating.run(here, path, sheets=sheets, **given))  # type: ignore[arg-type]


def _carry_out(here: Workspace, found: Plan, form: str, *, dry_run: bool, yes: bool) -> bool:
    """Show the report, ask, write; say whether anything was to be written and is."""
    from faultkb.inflow import write
    from faultkb.render import inflow

    if form != "json":
        inflow.as_text(found, sys.stdout)
    if not found.new:
        say("没有要导入的行，什么都没有写")
        return False
    if dry_run:
        say("只是看看，什么都没有写；编号在写入时才取，可能不同")
        return False
    if not yes:
        if not sys.stdin.isatty():
            say("什么都没有写；看过之后加上 --yes 再运行一次")
            return False
        from faultkb.cli import prompts

        if not prompts.confirm(f"登记这 {len(found.new)} 个故障？", default=False):
            raise click.Abort
    from faultkb.cli.progress import Progress

    done = write.carry_out(here.root, found, Progress(what="写入故障"))
    say(f"登记了 {len(done.paths)} 个故障")
    for line in filter(None, [done.notice, "检查：fault check", "原表、导入报告与名单里有个人信息，不要提交到仓库"]):
        say(line)
    return True


def _workbook(here: Workspace, found: Plan, path: Path, report: Path | None) -> str:
    """Write the report workbook beside the source and return its name; a file that is none of our reports stays."""
    import io

    from faultkb import corpus, privacy
    from faultkb.cli.output import write
    from faultkb.render import inflow

    target = report or path.with_name(f"{path.stem}-导入报告.xlsx")
    name = privacy.masked(target.name, privacy.find_in_name(target.name, here.words.lists))
    tickets = here.root / corpus.TICKETS
    if tickets.exists() and any(one.exists() and one.samefile(tickets) for one in target.resolve().parents):
        raise FaultError(f"导入报告里有原表的内容，不能放在 {corpus.TICKETS}/ 里：用 --report 写到仓库外面")
    if target.exists() and not (target.is_file() and inflow.is_ours(target)):
        raise FaultError(f"已有别的文件叫 {name}，没有覆盖：用 --report 换一个名字")
    stream = io.BytesIO()
    inflow.as_workbook(found, here.as_of, stream)
    write(target, stream.getvalue())
    return name
