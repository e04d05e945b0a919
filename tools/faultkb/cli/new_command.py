"""fault new."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from faultkb import moment
from faultkb.cli.workspace import Moment, Pair, Workspace, as_of_option, workspace
from faultkb.finding import ERROR, FaultError

if TYPE_CHECKING:
    from datetime import datetime

_MENUS = {"type": "type", "severity": "severity", "channel": "channel"}
_ASKED = ("type", "severity", "title", "channel", "reporter", "reporter_name", "users", "product", "version")
"""Required options, in the order of the questions; the titles come from the schema."""
_PLACES = {
    "reporter": ("reporter",),
    "users": ("impact", "users"),
    "product": ("impact", "products"),
    "version": ("impact", "versions"),
}


@click.command("new")
@click.option("--type", metavar="类型", help="故障类型")
@click.option("--severity", metavar="程度", help="严重程度")
@click.option("--title", metavar="标题", help="一句话：哪个产品、什么条件、什么现象")
@click.option("--channel", metavar="渠道", help="反馈渠道")
@click.option("--reported-at", type=Moment(), metavar="时间", help="反馈时间（默认：现在）")
@click.option("--occurred-at", metavar="时间", default="未知", help="故障发生时间（默认：未知）")
@click.option("--reporter", metavar="工号", envvar="FAULT_STAFF", help="反馈人工号（默认：环境变量 FAULT_STAFF）")
@click.option(
    "--reporter-name", metavar="姓*", envvar="FAULT_STAFF_NAME", help="反馈人姓名，遮盖后的（默认：FAULT_STAFF_NAME）"
)
@click.option("--users", metavar="数", help="受影响用户数，整数或 未知")
@click.option("--product", multiple=True, metavar="产品", help="涉及产品（可重复）")
@click.option("--version", multiple=True, metavar="版本", help="涉及版本（可重复）")
@click.option("--region", multiple=True, metavar="地域", help="地域（可重复）")
@click.option("--module", multiple=True, metavar="模块", help="功能模块（可重复）")
@click.option(
    "--section",
    "sections",
    type=Pair(),
    multiple=True,
    metavar="章节=内容",
    help="故障描述里一节的内容，例如 现象=…（可重复；不写的留作“待补充”）",
)
@click.option("--yes", is_flag=True, help="不再确认，直接写入")
@as_of_option
@workspace
def command(here: Workspace, yes: bool, reported_at: datetime | None, **given: Any) -> None:
    """登记一个故障：缺什么问什么，写好文件并显示路径。"""
    answers = _complete(here, given)
    reported = reported_at or here.as_of
    header, body = draft(here, answers, reported)
    _refuse_mistakes(here, header, body)
    if not yes and sys.stdin.isatty():
        click.confirm(f"登记 {header['id']} {header['title']}？", default=True, abort=True, err=True)
    path = write(here, header, body)
    click.echo(path)
    click.echo(
        f"已登记 {header['id']}（编号只在本机取得）。下一步：打开文件，填好“{here.words.placeholder}”的章节，再运行 fault check {path}",
        err=True,
    )


def _refuse_mistakes(here: Workspace, header: dict[str, Any], body: str) -> None:
    """Raise FaultError if the new ticket would have errors; sections may be filled later."""
    from faultkb import check, corpus, document, ids

    if not here.words.schema.is_valid(header):
        wrong = here.words.schema.violations(header)
        raise FaultError("没有登记：" + "；".join(f"{one.message}（{one.help}）" for one in wrong), code=1)
    source = document.parse(as_text(header, body))
    found, _ = check.examine(
        corpus.loaded(ids.home(header["id"]), source, here.words), here.words, here.root, here.as_of
    )
    errors = [one for one in found if one.level == ERROR and one.rule != "missing-section"]
    if errors:
        raise FaultError("没有登记", errors, code=1)


def _complete(here: Workspace, given: dict[str, Any]) -> dict[str, Any]:
    """Ask for what is missing; without a terminal, name it and stop."""
    missing = [name for name in _ASKED if not given[name]]
    if missing and not sys.stdin.isatty():
        raise FaultError(f"缺少选项：{'、'.join('--' + name.replace('_', '-') for name in missing)}")
    for name in missing:
        given[name] = _ask(here, name)
    return given


def _ask(here: Workspace, name: str) -> Any:
    if name == "reporter_name":
        return click.prompt("反馈人姓名（姓*）", err=True)
    title = here.words.title(*_PLACES.get(name, (name,)))
    if name in _MENUS:
        options = list(here.words.choices[_MENUS[name]])
        for number, option in enumerate(options, 1):
            click.echo(
                f"  {number}  {option}  {here.words.choices[_MENUS[name]][option].get('description', '')}", err=True
            )
        numbers = click.Choice([str(number) for number in range(1, len(options) + 1)])
        return options[int(click.prompt(f"{title}（序号）", type=numbers, show_choices=False, err=True)) - 1]
    answer = click.prompt(f"{title}{'（工号）' if name == 'reporter' else ''}", err=True)
    return (answer,) if name in {"product", "version"} else answer


def draft(here: Workspace, answers: dict[str, Any], reported: datetime) -> tuple[dict[str, Any], str]:
    """Return header and body of a new ticket."""
    from faultkb import ids

    at = moment.show(reported)
    lists = {"products": "product", "versions": "version", "regions": "region", "modules": "module"}
    impact = {"users": answers["users"], **{key: list(answers[name]) for key, name in lists.items() if answers[name]}}
    prefix = here.words.prefixes.get(answers["type"])
    if prefix is None:
        raise FaultError(f"没有故障类型“{answers['type']}”；可以写：{'、'.join(here.words.prefixes)}")
    header = {
        "id": ids.next_id(here.root, prefix, reported.date()),
        "title": answers["title"],
        "type": answers["type"],
        "severity": answers["severity"],
        "status": here.words.lifecycle.initial,
        "occurred_at": answers["occurred_at"],
        "reported_at": at,
        "channel": answers["channel"],
        "reporter": {"staff": answers["reporter"], "name": answers["reporter_name"]},
        "impact": impact,
        "events": [{"at": at, "event": here.words.lifecycle.registration.name, "by": answers["reporter"]}],
    }
    return here.words.schema.coerce(header), _template(here, dict(answers["sections"]))


def _template(here: Workspace, given: dict[str, str]) -> str:
    """Return the body: the sections that registration asks for, with the given texts or the placeholder."""
    required = {section.name for section in here.words.sections if section.required and section.part_of is None}
    parts = [section.name for section in here.words.sections if section.part_of in required]
    for name in given:
        if name not in parts:
            raise FaultError(f"故障描述里没有“{name}”一节；可以写：{'、'.join(parts)}")
    lines: list[str] = []
    for section in here.words.sections:
        if section.part_of is None and section.name in required:
            lines += ["", f"## {section.name}"]
        elif section.part_of in required:
            lines += ["", f"### {section.name}", "", given.get(section.name, here.words.placeholder)]
    return "\n".join(lines) + "\n"


def as_text(header: dict[str, Any], body: str) -> str:
    """Return the text of a new ticket file."""
    from faultkb.document import HANDLER

    return f"---\n{HANDLER.export(header)}\n---\n{body}"


def write(here: Workspace, header: dict[str, Any], body: str) -> str:
    """Write a new ticket file and return its path."""
    from faultkb import corpus, ids

    path = ids.home(header["id"])
    corpus.save(here.root, path, as_text(header, body), None)
    return path.replace("/", os.sep)
