"""fault report."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from faultkb.cli import formats
from faultkb.cli.filters import choose, filters, refuse_unknown_products, told
from faultkb.cli.output import deliver, deliver_bytes, output_option
from faultkb.cli.periods import chosen, moment_of, periods
from faultkb.cli.workspace import Workspace, as_of_option, as_utf8, workspace
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faultkb.reports import Report, Table
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

_FORMATS = ("text", "md", "json", "csv", "html", "xlsx", "docx")
_SUMMARY = re.compile(r'^SUMMARY = "(.*)"$', re.MULTILINE)


def _kinds() -> dict[str, str]:
    """Return each report with its line of the help, read from the file: importing them all takes longer than the help."""
    paths = sorted((Path(__file__).parents[1] / "reports").glob("[a-z]*.py"))
    found = {path.stem: _SUMMARY.search(path.read_text(encoding="utf-8")) for path in paths}
    return {name: summary[1] if summary else "" for name, summary in found.items()}


@click.command("report", help="输出报告。\n\n\b\n" + "\n".join(f"{name:<9} {line}" for name, line in _kinds().items()))
@click.argument("kind", default="status", metavar="[报告]")
@formats(_FORMATS, "text")
@output_option
@click.option("--table", "only", multiple=True, metavar="表", help="只要报告里的这个表，写名字的开头即可（可重复）")
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
    only: tuple[str, ...],
    which: bool,
    fail_on: str | None,
    since: str | None,
    until: str | None,
    week: str | None,
    month: str | None,
    **wanted: Any,
) -> None:
    """Print a report; the help is put together from the reports themselves."""
    from faultkb import period, reports, standing

    if kind not in reports.catalogue():
        raise FaultError(f"没有“{kind}”这种报告；可以写：{'、'.join(reports.catalogue())}")
    module = reports.catalogue()[kind]
    asked = chosen(since, until, week, month)
    if asked and module.PERIOD is None:
        raise FaultError(f"{kind} 报告说的是一个时刻，没有期间；用 --as-of 指定时刻")
    if click.get_current_context().params["as_of"] is None:
        here = replace(here, as_of=moment_of(asked, here.as_of))
    found, unreadable = standing.all_at(here.root, here.words, here.as_of)
    kept = choose(found, here.words, wanted)
    refuse_unknown_products(found, wanted["products"])
    over = asked or (module.PERIOD(here.as_of) if module.PERIOD else None)
    built = module.build(kept, _narrowed(here.words, wanted["team"]), here.as_of, over)
    remarks = [f"有 {unreadable} 个文件读不出来，没有计入；运行 fault check 查看原因"] if unreadable else []
    if over and not over.has_begun(here.as_of):
        remarks.append("这个期间还没有开始")
    if not asked and module.PERIOD is period.week_of:
        remarks += _just_begun(here, kind)
    named = {name: tuple(map(as_utf8, values)) for name, values in wanted.items() if values}
    report = reports.Report(
        title=module.TITLE,
        as_of=here.as_of,
        timezone=here.words.timezone,
        tables=_only(only, built) if only else built,
        remarks=tuple(remarks),
        period=over,
        which=which,
        headline=() if only else tuple(figure for table in built for figure in table.headline),
        filters=named,
        only=told(named, len(kept), len(found)),
    )
    _write(here, reports.masked(report, here.words.lists), form, output)
    fails = standing.is_breached if fail_on == "breach" else _is_late
    if fail_on and any(map(fails, kept)):
        raise SystemExit(1)


def _just_begun(here: Workspace, kind: str) -> list[str]:
    """Return the remark that leads to the week before, up to the first working day of a week: most look back then."""
    from faultkb import standing

    today, calendar = here.as_of.date(), standing.calendar(here.words)
    if any(calendar.is_workday(today - timedelta(days=number)) for number in range(1, today.weekday() + 1)):
        return []
    year, number, _ = (today - timedelta(days=7)).isocalendar()
    return [f"这一周刚开始；上一周：fault report {kind} --week {year}-W{number:02}"]


def _is_late(one: Standing) -> bool:
    return one.late


def _narrowed(words: Vocabulary, teams: Sequence[str]) -> Vocabulary:
    """Return the vocabulary with only the teams that were asked for: tables by team have no row for another."""
    wanted = set(map(as_utf8, teams))
    return (
        replace(words, teams={name: team for name, team in words.teams.items() if name in wanted}) if wanted else words
    )


def _only(names: Sequence[str], built: tuple[Table, ...]) -> tuple[Table, ...]:
    wanted = {_table(as_utf8(name), built).id for name in names}
    return tuple(table for table in built if table.id in wanted)


def _table(name: str, built: tuple[Table, ...]) -> Table:
    """Return the table of an id, a title, or the beginning of only one title."""
    exact = [table for table in built if name in {table.id, table.title}]
    found = exact or [table for table in built if name and table.title.startswith(name)]
    if len(found) != 1:
        names = "、".join(f"{table.id}（{table.title}）" for table in found or built)
        wrong = f"有几个表的名字以“{name}”开头" if found else f"这个报告里没有“{name}”这个表"
        raise FaultError(f"{wrong}；可以写：{names}")
    return found[0]


def _write(here: Workspace, report: Report, form: str, output: Path | None) -> None:
    from faultkb.render import page, spreadsheet, tables, workbook

    if form == "docx":
        deliver_bytes(_as_word(here, report), output)
    elif form in workbook.BINARY:
        deliver_bytes(partial(workbook.BINARY[form], report), output)
    else:
        deliver(partial({**tables.FORMATS, **spreadsheet.FORMATS, **page.FORMATS}[form], report), output)


def _as_word(here: Workspace, report: Report) -> partial[None]:
    """Return what writes a report for Word, at its head what documents.yaml says of the company."""
    from faultkb.papers import letterhead
    from faultkb.render import word_report

    company, logo = letterhead.of(here.root, here.words)
    return partial(word_report.docx, report, company=company, logo=logo)
