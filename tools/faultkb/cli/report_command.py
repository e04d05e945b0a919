"""fault report."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import click

from faultkb import standing
from faultkb.cli import formats
from faultkb.cli.filters import choose, filters
from faultkb.cli.output import deliver, deliver_bytes, output_option
from faultkb.cli.periods import chosen, moment_of, periods
from faultkb.cli.workspace import Workspace, as_of_option, workspace
from faultkb.finding import FaultError
from faultkb.render import page, spreadsheet, tables, workbook
from faultkb.reports import Report, catalogue
from faultkb.standing import is_breached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from faultkb.reports import Table
    from faultkb.standing import Standing

FORMATS = {**tables.FORMATS, **spreadsheet.FORMATS, **page.FORMATS}
BINARY = workbook.BINARY
_KINDS = "\n".join(f"{name:<9} {module.SUMMARY}" for name, module in catalogue().items())


@click.command("report", help=f"输出报告。\n\n\b\n{_KINDS}")
@click.argument("kind", default="status", metavar="[报告]")
@formats([*FORMATS, *BINARY], "text")
@output_option
@click.option("--table", "only", metavar="表", help="只要报告里的这一个表")
@click.option("--which", is_flag=True, help="列出每个数字是哪些故障")
@click.option(
    "--fail-on",
    type=click.Choice(["overdue", "breach"]),
    help="有未关闭的故障超过计划完成时间（overdue）或超出时限（breach）时，以退出码 1 结束",
)
@periods
@filters
@as_of_option
@workspace
def command(
    here: Workspace,
    kind: str,
    form: str,
    output: Path | None,
    only: str | None,
    which: bool,
    fail_on: str | None,
    since: str | None,
    until: str | None,
    week: str | None,
    month: str | None,
    **wanted: Any,
) -> None:
    """Print a report; the help is put together from the reports themselves."""
    if kind not in catalogue():
        raise FaultError(f"没有“{kind}”这种报告；可以写：{'、'.join(catalogue())}")
    asked = chosen(since, until, week, month)
    if asked and catalogue()[kind].PERIOD is None:
        raise FaultError(f"{kind} 报告说的是一个时刻，没有期间；用 --as-of 指定时刻")
    if click.get_current_context().params["as_of"] is None:
        here = replace(here, as_of=moment_of(asked, here.as_of))
    found, unreadable = standing.all_at(here.root, here.words, here.as_of)
    kept = choose(found, here.words, wanted)
    module = catalogue()[kind]
    over = asked or (module.PERIOD(here.as_of) if module.PERIOD else None)
    built = module.build(kept, here.words, here.as_of, over)
    remarks = tuple(_remarks(wanted, len(kept), len(found), unreadable))
    shown = _only(only, built) if only else built
    report = Report(module.TITLE, here.as_of, here.words.timezone, shown, remarks, over, which)
    if form in BINARY:
        deliver_bytes(partial(BINARY[form], report), output)
    else:
        deliver(partial(FORMATS[form], report), output)
    if fail_on and any(_FAILS[fail_on](one) for one in kept):
        raise SystemExit(1)


_FAILS: dict[str, Callable[[Standing], bool]] = {"overdue": attrgetter("late"), "breach": is_breached}


def _only(name: str, built: tuple[Table, ...]) -> tuple[Table, ...]:
    found = tuple(table for table in built if name in {table.id, table.title})
    if not found:
        names = "、".join(f"{table.id}（{table.title}）" for table in built)
        raise FaultError(f"这个报告里没有“{name}”这个表；可以写：{names}")
    return found


def _remarks(wanted: dict[str, Sequence[str]], kept: int, every: int, unreadable: int) -> Iterator[str]:
    if unreadable:
        yield f"有 {unreadable} 个文件读不出来，没有计入；运行 fault check 查看原因"
    if any(wanted.values()):
        only = "，".join("、".join(values) for values in wanted.values() if values)
        yield f"只包括：{only}（{kept} / {every} 个故障）"
