"""fault check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from faultkb import program
from faultkb.cli import formats, say
from faultkb.cli.workspace import Workspace, as_of_option, base_option, workspace
from faultkb.finding import ERROR, FaultError
from faultkb.render import visible
from faultkb.render.findings import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faultkb.mend import Mended


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[文件或文件夹]...")
@base_option("只看与这个基线（分支、标签、提交）不同的故障，并检查历史有没有被改写，例如 origin/main")
@click.option(
    "--tip", is_flag=True, help="与基线的最新提交比较，而不是与分叉点：推送到主分支之后用，强制推送也看得出来"
)
@click.option(
    "--fix", is_flag=True, help="先把能代改的改好：遮盖、全角冒号、时间的写法、行末空格、字段顺序；拿不准的列出来"
)
@click.option("--dry-run", is_flag=True, help="与 --fix 一起用：只列出要改的，不写入")
@formats(FORMATS, "text")
@as_of_option
@workspace
def command(
    here: Workspace,
    paths: tuple[Path, ...],
    base: str | None,
    form: str,
    *,
    tip: bool,
    fix: bool,
    dry_run: bool,
) -> None:
    """检查故障文件：格式、生命周期、必填内容、个人信息、引用。

    不写文件时检查 tickets/ 里的全部故障。有错误时退出码为 1；提醒不影响退出码。
    每条规则的说明：fault rules 规则名
    """
    from faultkb import change, check

    if tip and base is None:
        raise click.UsageError("--tip 要与 --base 一起用")
    if dry_run and not fix:
        raise click.UsageError("--dry-run 要与 --fix 一起用")
    if fix:
        _mend(here, paths, base, _print if form == "text" else say, dry_run=dry_run)
    branch = change.compare(here.root, here.words, base, tip=tip) if base is not None else None
    outcome = check.check(here.root, here.words, here.as_of, paths, branch)
    FORMATS[form](outcome, here.root, sys.stdout)
    sys.exit(1 if outcome.count(ERROR) else 0)


def _mend(
    here: Workspace, paths: tuple[Path, ...], base: str | None, tell: Callable[[str], object], *, dry_run: bool
) -> None:
    """Mend what can be mended, whatever the base has of it, and say each thing."""
    from faultkb import corpus, mend

    chosen = corpus.select(here.root, paths)
    mended = [one for one in corpus.each(here.root, here.words, chosen, mend.plan, (here.root,)) if one]
    for one in mended:
        if not dry_run:
            mend.write(here.root, one)
        for done in one.done:
            tell(visible(f"{done.path}:{done.line}: {'可改' if dry_run else '已改'}：{done.what}"))
        for left in one.left:
            tell(visible(f"{left.path}:{left.line}: 没有代改，请看过再改：{left.what}"))
    number = sum(len(one.done) for one in mended)
    files = sum(len(one.edits) for one in mended)
    verb = "可以改" if dry_run else "改了"
    tell(f"{verb} {files} 个文件，{number} 处" if files else "没有能代改的")
    for line in _corrections(here, mended, base):
        tell(visible(line))


def _print(line: str) -> None:
    click.echo(program.called(line))


def _corrections(here: Workspace, mended: list[Mended], base: str | None) -> Iterator[str]:
    """Yield the commands that record what was masked of a ticket which is merged already."""
    from faultkb import gitrepo, mend

    if base is None and not (any(one.masked for one in mended) and gitrepo.has_history(here.root)):
        return
    compared = gitrepo.default_base(here.root) if base is None else base
    for one in mended:
        try:
            options = mend.to_record(one, here.root, compared, here.words)
        except FaultError:
            if base is not None:
                raise
            return  # nobody asked to compare
        yield from (_correction(Path(one.path).stem, option) for option in options)


def _correction(ticket_id: str, option: str) -> str:
    command = f'fault log {ticket_id} 更正 {option} --mask --by 工号 --approver 批准人工号 --note "遮盖误写的个人信息"'
    return f"遮盖的内容已经合并过，要记录一个更正：{command}"
