"""fault doc."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from faultkb.cli import formats, say, templates
from faultkb.cli.workspace import Workspace, as_of_option, as_utf8, resolve_path, workspace
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from faultkb.papers import Filled, Paper
    from faultkb.papers.case import Case

_SCREEN = Path("-")


@click.command("doc")
@click.argument("ticket_id", metavar="编号", required=False)
@click.argument("kind", metavar="[文件]", required=False)
@formats(templates.ENDINGS, "docx")
@click.option(
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="写到文件；- 写到屏幕（默认：当前文件夹里以文件编号命名的文件）",
)
@click.option("--archive", is_flag=True, help="已关闭的故障：全部文件与目录写进一个文件夹")
@click.option("--placeholders", is_flag=True, help="列出模板里可以写的名字，不写文件")
@click.option("--check", is_flag=True, help="检查全部模板与公司标志：写错的名字、花括号，不写文件")
@as_of_option
@workspace
def command(
    here: Workspace,
    ticket_id: str | None,
    kind: str | None,
    form: str,
    output: Path | None,
    *,
    archive: bool,
    placeholders: bool,
    check: bool,
) -> None:
    """写出流程文件（Word 等），例如 8D 报告。

    文件有：分配确认、用户回复记录、故障分析报告、解决方案说明书、方案评审记录、风险预警报告、问题验证报告、用户确认记录、归档（全部内容）、8D。
    标题、编号、签字栏在 schema/documents.yaml，模板在 schema/documents/，可以用 Word 或 WPS 修改。故障里还没有的写“待补充”。

    例如：fault doc SW-20261103-001 8D；fault doc --archive SW-20261103-001
    """
    if placeholders:
        templates.list_names()
        return
    if check:
        templates.check(here)
        return
    if ticket_id is None:
        raise FaultError("没有写编号：fault doc 编号 文件，或 fault doc --archive 编号")
    case = _case(here, ticket_id)
    if archive:
        if kind is not None:
            raise FaultError("--archive 写出全部文件：不用再写是哪一种")
        from faultkb.cli import archiving

        archiving.run(here, case, form, output)
        return
    paper, filled = made(here, case, _kind(here, kind), form, _beside(output))
    _deliver(filled, output, f"{paper.file}.{form}", form)
    warn(here, [(paper, filled)])


def made(here: Workspace, case: Case, kind: str, form: str, beside: Path | None) -> tuple[Paper, Filled]:
    """Return a document of a fault as it is written in a format. ``beside`` is the folder that links start from; None: the archive's own."""
    from faultkb import papers
    from faultkb.papers import letterhead

    paper = papers.build(here.root, case, kind)
    template = templates.place(here, kind, form)
    if not template.is_file():
        raise FaultError(f"缺少模板 {letterhead.FOLDER}/{template.name}：从本项目的仓库复制它，或从别的模板改一个")
    return paper, templates.fill(here, paper, template, form, _way(here.root / paper.home, beside))


def _way(home: Path, beside: Path | None) -> str:
    """Return what leads from a folder to that of the ticket, with a slash at its end; nothing for an archive."""
    if beside is None:
        return ""
    try:
        return f"{Path(os.path.relpath(home, beside)).as_posix()}/"
    except ValueError:  # on another drive of Windows
        return f"{home.as_posix()}/"


def _beside(output: Path | None) -> Path:
    if output is None or output == _SCREEN:
        return Path.cwd()
    return output.absolute() if output.is_dir() else output.parent.absolute()


def _case(here: Workspace, ticket_id: str) -> Case:
    from faultkb import corpus
    from faultkb.papers import case

    path = resolve_path(here.root, as_utf8(ticket_id))
    loaded = corpus.load(here.root, path, here.words)
    if loaded.ticket is None:
        raise FaultError(f"{path} 读不出来；运行 fault check {path} 查看原因", code=1)
    return case.of(here.root, loaded.ticket, here.words, here.as_of)


class _Choice(NamedTuple):
    """A kind of document and everything that it may be called."""

    kind: str
    names: tuple[str, ...]


def _kind(here: Workspace, typed: str | None) -> str:
    """Return the kind that somebody means: its name or title, in part, whatever the case. Raise FaultError where that is not clear."""
    from faultkb import papers

    every = [_Choice(kind, (_plain(kind), _plain(one["title"]))) for kind, one in papers.kinds(here.words).items()]
    listed = "、".join(one.kind for one in every)
    if typed is None:
        raise FaultError(f"没有写是哪一种文件；可以写：{listed}")
    wanted = _plain(as_utf8(typed))
    whole = [one.kind for one in every if wanted in one.names]
    begun = [one.kind for one in every if wanted and any(name.startswith(wanted) for name in one.names)]
    inside = [one.kind for one in every if wanted and any(wanted in name for name in one.names)]
    found = whole or begun or inside
    if len(found) == 1:
        return found[0]
    from faultkb.render import visible

    name = visible(as_utf8(typed))
    if found:
        raise FaultError(f"“{name}”可以是 {'、'.join(found)}：写全一点")
    raise FaultError(f"没有“{name}”这种文件；可以写：{listed}")


def _plain(name: str) -> str:
    from faultkb import search

    return "".join(char for char in search.plain(name) if char.isalnum())


def _deliver(filled: Filled, output: Path | None, name: str, form: str) -> None:
    """Write a document to its file, into a folder, or to the screen: Word to no terminal."""
    from faultkb.cli import output as out

    if output == _SCREEN and form == "docx":
        out.deliver_bytes(lambda stream: stream.write(filled.data), None)
    elif output == _SCREEN:
        out.deliver(lambda stream: stream.write(filled.data.decode()), None)
    else:
        place = output or Path(name)
        out.save(place / name if place.is_dir() else place, filled.data)


def warn(here: Workspace, every: Sequence[tuple[Paper, Filled]]) -> None:
    """Say which names in the templates nobody knows, and what the fault lacks for its documents; end with 1 for the templates."""
    unknown = [line for paper, filled in every for line in templates.strange(f"{paper.kind} 的模板", filled)]
    for line in dict.fromkeys(unknown):
        say(f"错误：{line}")
    lacking = {name: write for paper, filled in every for name, write in paper.lacking.items() if name in filled.used}
    for line in grouped(lacking):
        say(f"缺少：{line}")
    if lacking:
        say(f"这些地方现在写着“{here.words.placeholder}”")
    for remark in dict.fromkeys(remark for _, filled in every for remark in filled.remarks):
        say(remark)
    if unknown:
        raise SystemExit(1)


def grouped(lacking: Mapping[str, str]) -> list[str]:
    """Return a line for each way to supply what is lacking, with what that is."""
    ways: dict[str, list[str]] = {}
    for name, write in lacking.items():
        ways.setdefault(write, []).append(name)
    return [f"{'、'.join(some)}（{write}）" for write, some in ways.items()]
