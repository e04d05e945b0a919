"""fault comment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from faultkb.cli.workspace import Workspace, workspace

if TYPE_CHECKING:
    from faultkb.reviews import Files, Suggestion
    from faultkb.suggestions import Fix

_MARK = "summary"
_MOST = 30
"""Suggestions of one pull request: more are not read."""


@click.command("comment")
@click.argument("file", type=click.Path(path_type=Path), metavar="概括.json")
@workspace
def command(here: Workspace, file: Path) -> None:
    """把检查的结果写在合并请求下面（由工作流运行）。

    概括.json 是 fault diff --format json 写的。它来自别人的分支，按不可信的数据读；评论只有一条，之后只更新它。
    """
    from faultkb import digest, hub, reviews, suggestions
    from faultkb.render import comment

    run = reviews.run(hub.event())
    if run is None:
        click.echo("这次运行不是为合并请求，没有要写的")
        return
    with hub.connection() as place:
        pull = reviews.find(place, run)
        files = reviews.files(place, pull, run) if pull else None
        if pull is None or files is None:
            click.echo("合并请求已经关闭，或又推送了新的提交：不用写")
            return
        summary = digest.read(file)
        is_foreign = not _only_tickets(files)
        mends = summary.fixes if summary and summary.head == run.sha else ()
        fixes = [one for one in mends if suggestions.is_harmless(one, here.words.lists)]
        offered, others = ([], fixes) if is_foreign else _sorted(fixes, files)
        address = f"{hub.home()}/actions/runs/{run.id}"
        page = comment.Page(
            run.conclusion, address, summary, not os.path.lexists(file), is_foreign, len(offered), others
        )
        place.say(pull.number, _MARK, comment.markdown(page))
        if summary is not None:
            reviews.suggest(place, pull, run.sha, offered)
    click.echo(f"已写在合并请求 #{pull.number} 下面，建议 {len(offered)} 处")


def _only_tickets(files: Files) -> bool:
    """Say whether a change leaves the program alone that looked at it."""
    from faultkb import corpus

    return files.is_complete and all(name.startswith(f"{corpus.TICKETS}/") for name in files.names)


def _sorted(fixes: list[Fix], files: Files) -> tuple[list[Suggestion], list[Fix]]:
    """Return what can be suggested on lines that the change shows, and what cannot."""
    from faultkb import hunks, reviews
    from faultkb.render.diff import plain

    lines = {path: hunks.shown(patch) for path, patch in files.patches.items()}
    placed = [one for one in fixes if hunks.has(lines.get(one.path, []), one.line, one.end_line)][:_MOST]
    rest = [one for one in fixes if one not in placed and one.path in files.patches]
    return [reviews.Suggestion(one.path, one.line, one.end_line, plain(one.what), one.text) for one in placed], rest
