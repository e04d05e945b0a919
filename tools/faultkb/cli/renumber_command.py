"""fault renumber."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from faultkb.cli import say
from faultkb.cli.workspace import Workspace, base_option, resolve_path, workspace
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.renumber import Plan
    from faultkb.transaction import Edit


@click.command("renumber")
@click.argument("ticket_id", metavar="编号")
@click.argument("new", required=False, metavar="[新编号]")
@base_option("已经合并的编号以这个分支为准（默认：远程的主分支）")
@click.option("--dry-run", is_flag=True, help="只说会改什么，不写文件，也不保留编号")
@workspace
def command(here: Workspace, ticket_id: str, new: str | None, base: str | None, dry_run: bool) -> None:
    """给还没有合并的故障换一个编号：文件、附件文件夹和所有引用一起改。

    两个人同时登记、取到同一个编号时用。不写新编号时取当天的下一个。已经合并的故障编号不变。
    """
    from faultkb import renumber, transaction

    path = resolve_path(here.root, ticket_id)
    renumber.refuse_unreadable(here.root, path)
    commit = renumber.base_commit(here.root, path, base)
    number, notice = _number(here, path, new, dry_run=dry_run)
    planned = renumber.plan(here.root, path, number, commit)
    errors = renumber.mistakes(here.root, here.words, here.as_of, planned)
    if errors:
        raise FaultError(f"没有换成 {number}，什么都没有改", errors, code=1)
    if not dry_run:
        transaction.write(here.root, planned.edits, planned.moves, number)
    for line in _said(planned):
        click.echo(line)
    if notice:
        say(f"提醒：{notice}")
    say("以上是会改的地方，没有写文件；实际的新编号可能更大" if dry_run else _next_step(here, planned))


def _number(here: Workspace, path: str, new: str | None, *, dry_run: bool) -> tuple[str, str]:
    """Return the new id, and what to say about it; a change that was cut short keeps the id that it had."""
    from faultkb import renumber, transaction

    old = PurePosixPath(path).stem
    wanted = renumber.wanted(old, new) if new else None
    pending = transaction.pending(here.root, path)
    if pending and wanted not in {None, pending}:
        raise FaultError(f"{old} 换成 {pending} 时中断了：先运行 fault renumber {old} 做完它")
    if pending or dry_run:
        return pending or wanted or renumber.expect(here.root, old), ""
    reserved = renumber.reserve(here.root, old, wanted)
    return reserved.id, reserved.notice


def _said(planned: Plan) -> Iterator[str]:
    own = planned.edits[-1]
    yield f"{own.path} → {own.target}"
    for old, new in planned.moves:
        yield f"{old} → {new}"
    for edit in planned.edits[:-1]:
        yield f"{edit.path}：{_lines(edit, planned)}"


def _lines(edit: Edit, planned: Plan) -> str:
    pairs = list(zip((edit.before or b"").split(b"\n"), edit.after.split(b"\n"), strict=True))
    changed = [str(number) for number, (before, after) in enumerate(pairs, 1) if before != after]
    return f"第 {'、'.join(changed)} 行的 {planned.old} 改成了 {planned.new}"


def _next_step(here: Workspace, planned: Plan) -> str:
    from faultkb import gitrepo

    own = planned.edits[-1]
    folders = sorted({edit.target.partition("/")[0] for edit in planned.edits})
    step = f'下一步：运行 fault check，再提交：git add -A {" ".join(folders)} && git commit -m "{planned.old} 换成 {planned.new}"'
    if gitrepo.has_history(here.root) and gitrepo.has_file(here.root, "HEAD", own.path):
        step += "；然后用 git merge 合并主分支（用 git rebase 会把旧编号的提交重做一遍，又冲突一次）"
    return step
