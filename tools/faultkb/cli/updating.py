"""An edited tracking table comes back: shows what would be recorded, asks, and records it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from faultkb.cli import prompts, say
from faultkb.cli.workspace import Workspace, as_utf8, staff_default
from faultkb.finding import FaultError

_LISTED = 5
"""Changed files that are named; the rest is counted."""

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from faultkb.updates.applying import Applied, Options
    from faultkb.updates.comparing import Compared


def run(
    here: Workspace,
    path: Path,
    *,
    sheets: tuple[str, ...] = (),
    by: str | None = None,
    approver: str | None = None,
    note: str | None = None,
    at: str | None = None,
    dry_run: bool = False,
    yes: bool = False,
) -> int:
    """Turn the changed cells of the workbook into events, show them, write them; return the exit code.

    ``at`` and ``by`` as `fault log` takes them; ``sheets`` restricts the sheets that are read. 1 means that rows were
    refused. A usage error (nobody to ask) is raised, as `fault log` does.
    """
    from faultkb.render import updates as render
    from faultkb.updates import cells, comparing

    book = cells.read(path, here.words, sheets)
    found, unknown = comparing.every(here.root, here.words, book, here.as_of)
    for line in render.remarks(here.words, book, unknown, sum(one.meanwhile for one in found)):
        say(line)
    changed = [one for one in found if one.intent]
    if not changed:
        click.echo("没有改动")
        return 0
    done = _done(here, changed, _options(here, by, approver, note, at))
    for one, result in zip(changed, done, strict=True):
        for line in render.fault(here.words, one, result):
            click.echo(line)
    fine = [one for one in done if one.is_fine]
    refused = len(done) - len(fine)
    if refused:
        say(f"有 {refused} 个故障的改动没有接受，原因见上；改好表再运行一次，已经记录的不会重复")
    if fine and _may_write(len(fine), dry_run=dry_run, yes=yes):
        refused += _write(here, fine)
    return 1 if refused else 0


def _options(here: Workspace, by: str | None, approver: str | None, note: str | None, at: str | None) -> Options:
    from faultkb import moment, tidy
    from faultkb.updates.applying import Options

    minute = tidy.minute(as_utf8(at)) if at else moment.show(here.as_of)
    if minute is None:
        raise FaultError("--at 不是时间：写成 2026-11-20 17:30")
    staff, _ = staff_default(here.root)
    who, approved, why = (as_utf8(text or "").strip() for text in (by or staff, approver, note))
    return Options(who, approved, why, moment.parse(minute))


def _done(here: Workspace, changed: Sequence[Compared], options: Options) -> list[Applied]:
    """Do to the text of each fault what its row means."""
    from faultkb import corpus
    from faultkb.updates import applying

    loaded = (corpus.load(here.root, one.path, here.words) for one in changed)
    return [
        applying.apply(here.root, here.words, each, one.intent, options, here.as_of)
        for one, each in zip(changed, loaded, strict=True)
    ]


def _may_write(number: int, *, dry_run: bool, yes: bool) -> bool:
    """Ask whether to write, unless that is settled. Raise FaultError where there is nobody to ask."""
    if dry_run:
        say(f"没有写入（--dry-run）；去掉它就会改 {number} 个故障")
        return False
    if yes:
        return True
    if not sys.stdin.isatty():
        raise FaultError(f"没有写入：看过上面的 {number} 个故障，确定就加上 --yes")
    if prompts.confirm(f"写入这 {number} 个故障？", default=False):
        return True
    say("没有写入")
    return False


def _write(here: Workspace, fine: Sequence[Applied]) -> int:
    """Write the new texts, each file whole or not at all; return how many could not be written."""
    from faultkb import corpus

    written = []
    for one in fine:
        try:
            corpus.save(here.root, one.before.path, one.after.document.text, one.before.document.text)
            written.append(one.before.path)
        except FaultError as error:  # somebody else has just changed this one
            say(f"错误：{error}")
    click.echo(f"已更新 {len(written)} 个故障")
    if written:
        more = f" 等 {len(written)} 个文件" if len(written) > _LISTED else ""
        say(
            f"改动的文件：{'、'.join(written[:_LISTED])}{more}；提交，开合并请求。这个表里已经记录的，再运行一次也不会重复"
        )
    return len(fine) - len(written)
