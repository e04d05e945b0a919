"""fault forms."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from faultkb.cli import say
from faultkb.cli.workspace import Workspace, as_of_option, workspace
from faultkb.finding import FaultError, reason

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

_UNGUARDED = (
    "提醒：schema/teams.yaml 的 contacts 里没有人写着 maintains: true，所以 schema/、tools/、.github/ 没有指定的审核人，"
    '谁批准都能改规则：写上一人，例如 管理员: {github: ["@帐号"], maintains: true}'
)


@click.command("forms")
@click.option("--check", is_flag=True, help="只看是不是最新的，不写入；不是最新的退出码为 1")
@as_of_option
@workspace
def command(here: Workspace, *, check: bool) -> None:
    """生成 GitHub 的登记表单与审核人名单（CODEOWNERS）。

    .github/ISSUE_TEMPLATE/fault.yml 里的选项、栏目名、说明来自 schema/ticket.schema.json，.github/CODEOWNERS 来自
    schema/teams.yaml。改了它们之后运行一次，与 schema/ 的改动一起提交。
    """
    if not any(one.maintains and one.github for one in here.words.contacts.values()):
        say(_UNGUARDED)
    current = _files(here, here.as_of.date())
    differing = [path for path, text in current.items() if _read(here.root / path) != text]
    if check:
        _judge(here, differing)
        return
    for path in differing:
        _write(here.root / path, current[path])
        click.echo(path)
    if not differing:
        say("登记表单与审核人名单都是最新的，没有改动")


def _files(here: Workspace, day: date) -> dict[str, str]:
    """Return what the generated files say on a day, by path."""
    from faultkb import codeowners, issue_form

    return {module.PATH: module.text(here.words, day) for module in (issue_form, codeowners)}


def _judge(here: Workspace, differing: list[str]) -> None:
    """Raise FaultError for files that do not follow schema/. What only time has overtaken is no error: nobody changed it."""
    eves = [day - timedelta(days=1) for days in here.words.retiring.values() for day in days.values()]
    earlier = [_files(here, day) for day in eves if day < here.as_of.date()]
    overtaken = [path for path in differing if any(one[path] == _read(here.root / path) for one in earlier)]
    if overtaken:
        say(f"提醒：有选项或团队停用了，{'、'.join(overtaken)} 里还有：运行 fault forms")
    wrong = [path for path in differing if path not in overtaken]
    if wrong:
        raise FaultError(f"{'、'.join(wrong)} 与 schema/ 不一致：运行 fault forms，把改动一起提交", code=1)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _write(path: Path, text: str) -> None:
    from faultkb.publish import files

    try:
        files.write(path, text.encode())
    except OSError as error:
        raise FaultError(f"写不了 {path}：{reason(error)}") from None
