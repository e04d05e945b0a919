"""fault privacy add, remove, list, find, scan-history."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from faultkb.cli import formats, say
from faultkb.cli.workspace import Workspace, as_utf8, workspace
from faultkb.finding import ERROR, FaultError
from faultkb.render.leaks import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FOLDERS = ("tickets", "kb", "schema")
"""Where people put data: what else is in the repository of this program is full of invented numbers."""
_KINDS = ("客户", "员工", "主机", "其他")


@click.group("privacy")
def command() -> None:
    """公司词库：哪些名字不能写进故障；以及查历史里的个人信息。

    词库在 schema/privacy.yaml，只存加盐的摘要，不存原文。
    """


def _given(run: Callable[..., Any]) -> Callable[..., Any]:
    """Add the ways to give words: by standard input, from a file, as arguments."""
    run = click.argument("words", nargs=-1, metavar="[词]...")(run)
    return click.option(
        "--from",
        "source",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="从文件读，一行一个词；# 开头的行不算",
    )(run)


@command.command("add")
@click.option("--kind", type=click.Choice(_KINDS), default="其他", show_default=True, help="这些词是什么")
@click.option("--yes", is_flag=True, help="很多故障里都有的词也加")
@_given
@workspace
def add(here: Workspace, kind: str, words: tuple[str, ...], source: Path | None, *, yes: bool) -> None:
    """把客户名称、员工姓名、主机名加进公司词库；之后故障里出现就提醒。

    最好不把词写在命令里，那会留在命令行的历史中：什么都不写时逐个询问，输入不显示；或从文件、管道读。
    例如：fault privacy add --kind 客户 --from 客户名单.txt
    """
    from faultkb import ownwords

    listed = _words(words, source)
    wrong = {number: ownwords.objection(word) for number, word in enumerate(listed, 1)}
    kept = {number: word for number, word in enumerate(listed, 1) if not wrong[number]}
    places = dict(zip(kept, ownwords.places(here.root, list(kept.values())), strict=True))
    for number, found in places.items():
        files = len({path for path, _ in found})
        if not yes and ownwords.is_common(found, here.root):
            wrong[number] = f"有 {files} 个故障里都有它，太常见：确实要加的，加上 --yes"
    taken = {number: word for number, word in kept.items() if not wrong[number]}
    added = ownwords.add(here.root, taken.values(), kind)
    click.echo(f"新增 {added} 个词（{kind}），{len(taken) - added} 个已经在词库里")
    _show([place for number in taken for place in places[number]])
    refused = {number: reason for number, reason in wrong.items() if reason}
    if refused:
        raise FaultError("；".join(f"第 {number} 个词没有加，{reason}" for number, reason in refused.items()))


def _show(places: Sequence[tuple[str, int]]) -> None:
    from faultkb.render import visible

    if places:
        click.echo(f"现在有 {len({path for path, _ in places})} 个故障写着它们：")
    for path, line in sorted(set(places)):
        click.echo(f"{visible(path)}:{line}")


@command.command("remove")
@_given
@workspace
def remove(here: Workspace, words: tuple[str, ...], source: Path | None) -> None:
    """从公司词库里删去词；词的给法与 fault privacy add 相同。"""
    from faultkb import ownwords

    listed = _words(words, source)
    removed = ownwords.remove(here.root, listed)
    click.echo(f"删去 {removed} 个词，{len(listed) - removed} 个本来就不在词库里")


@command.command("list")
@workspace
def count(here: Workspace) -> None:
    """词库里每一类有多少个词；词本身看不到，也还原不出来。"""
    from faultkb import ownwords

    for kind, number in ownwords.counts(here.words.privacy).items():
        click.echo(f"{kind}  {number}")
    click.echo(f"公开的值  {len(here.words.privacy.get('public', ()))}")


@command.command("find")
@click.argument("source", required=False, type=click.Path(dir_okay=False, path_type=Path), metavar="[FILE]")
@workspace
def find(here: Workspace, source: Path | None) -> None:
    """看一段文字里有什么个人信息，只显示位置与遮盖后的写法。

    从文件或管道读。有错误时退出码为 1。

    例如：粘贴之前先运行 fault privacy find，贴上要看的文字，按 Ctrl-D（Windows 上 Ctrl-Z 回车）结束。
    """
    from faultkb import privacy
    from faultkb.render import visible
    from faultkb.rules import exposure

    text = _text(_read(source))
    lines = exposure.Lines(text)
    found = privacy.find(text, here.words.lists)
    for one in found:
        line, column = lines.of(one.start)
        click.echo(f"{line}:{column}  {exposure.NAMES.get(one.rule, one.rule)}[{one.rule}]  {visible(one.shown)}")
    sys.exit(1 if any(exposure.level_of(one.rule) == ERROR for one in found) else 0)


@command.command("scan-history")
@click.argument("folders", nargs=-1, metavar="[文件夹]...")
@click.option("--all", "everything", is_flag=True, help="所有文件夹里的文件都查")
@click.option("--since", metavar="提交", default="", help="只查这个提交（分支、标签）之后的")
@click.option(
    "--repository",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="查另一个仓库，裸仓库也行；公开的值、公司词库与豁免用当前仓库的",
)
@click.option("--reflog", is_flag=True, help="也查只有本机操作记录（reflog）里还有的提交")
@formats(FORMATS, "text")
@workspace
def scan_history(
    here: Workspace,
    folders: tuple[str, ...],
    since: str,
    repository: Path | None,
    form: str,
    *,
    everything: bool,
    reflog: bool,
) -> None:
    """在 git 的全部历史里找个人信息：所有分支、标签、暂存（stash）、备注里的文件、文件名和提交说明。

    每个值一行：遮盖后的样子、最早在哪个文件哪一行、由哪个提交带入、现在的文件里还有没有。
    没有查的（太大、压缩包、认不出的编码）列在后面。有错误时退出码为 1；仓库不完整、有内容读不到时为 2。
    文件只查放资料的 tickets、kb、schema；查别的文件夹写上它们的名字，全查加上 --all。提交说明、所有的文件名与分支名总是查的。
    公开的值（schema/privacy.yaml）不列出；故障里豁免了的提醒，在那个故障的文件里不列出。
    """
    from faultkb import corpus, gitrepo, leaks
    from faultkb.cli.progress import Progress
    from faultkb.render import visible

    where = repository or here.root
    gitrepo.require_repository(where)
    start = gitrepo.commit(where, since) if since else ""
    if since and not start:
        raise FaultError("--since 写的提交不在这个仓库里：写分支、标签或提交的名字")
    if everything and folders:
        raise FaultError("--all 是全查：去掉它，或去掉文件夹的名字")
    looked = () if everything else folders or _FOLDERS
    allowed = leaks.waived(here.root, here.words)
    corpus.LISTENERS[:] = [Progress(what="查历史")]
    found = leaks.scan(where, here.words.lists, leaks.Question(looked, start, reflog, allowed))
    FORMATS[form](found, here.words.timezone, sys.stdout)
    if found.left_out:
        say(
            f"文件只查了 {'、'.join(map(visible, looked))} 里的；别处的 {found.left_out:,} 个版本没有查：要查的写上文件夹的名字，全查加上 --all"
        )
    sys.exit(2 if found.missing else any(one.level == ERROR for one in found.leaks))


def _words(words: Sequence[str], source: Path | None) -> list[str]:
    """Return the words given in one of the ways, each once."""
    if words:
        say("提醒：写在命令里的词会留在命令行的历史中；下次什么都不写，会逐个询问")
        listed = [as_utf8(word) for word in words]
    elif source is None and sys.stdin.isatty():
        listed = list(
            iter(
                lambda: click.prompt(
                    "词（不显示，回车结束）", default="", show_default=False, hide_input=True, err=True
                ),
                "",
            )
        )
    else:
        listed = [line for line in _text(_read(source)).splitlines() if not line.lstrip().startswith("#")]
    found = list(dict.fromkeys(word.strip() for word in listed if word.strip()))
    if not found:
        raise FaultError("没有给出词：一行写一个")
    return found


def _read(source: Path | None) -> bytes:
    if source is None or str(source) == "-":
        return sys.stdin.buffer.read()
    try:
        return source.read_bytes()
    except OSError:
        raise FaultError(f"读不了 {source}：请确认文件存在，并且可以读取") from None


def _text(data: bytes) -> str:
    from faultkb import contents

    found = contents.decoded(data)
    if found is None:
        raise FaultError("这不是文本：另存为 UTF-8 编码的文本文件")
    return found[0]
