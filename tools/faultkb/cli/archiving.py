"""fault doc --archive: every document of a closed fault in one folder, with an index; the whole folder or none."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from faultkb.cli import doc_command
from faultkb.finding import FaultError, reason

if TYPE_CHECKING:
    from faultkb.cli.workspace import Workspace
    from faultkb.papers.case import Case

INDEX = "目录.html"


def run(here: Workspace, case: Case, form: str, output: Path | None) -> None:
    """Write the folder. Raise FaultError for an open fault, and where something else lies there."""
    from faultkb import attached, papers
    from faultkb.render import own_pictures
    from faultkb.render import paper as pages

    _require_closed(here, case)
    every = [doc_command.made(here, case, kind, form, None) for kind in papers.kinds(here.words)]
    files = {f"{paper.file}.{form}": filled.data for paper, filled in every}
    files[INDEX] = pages.index([(paper, f"{paper.file}.{form}") for paper, _ in every])
    if form == "md":
        limits = attached.limits(here.words)
        files |= {
            name: data for paper, _ in every for name, data in own_pictures.of(paper, here.root, limits)[0].items()
        }
    folder = _place(output, f"{papers.own_id(case)}-归档")
    _write(folder, files)
    click.echo(f"已写到 {folder}（{len(every)} 个文件，{INDEX} 列出全部）", err=True)
    doc_command.warn(here, every)


def _place(output: Path | None, name: str) -> Path:
    """Return the folder to write: one that is there gets it inside, unless it is an earlier archive."""
    if output is None:
        return Path(name)
    return output / name if output.is_dir() and not (output / INDEX).exists() else output


def _require_closed(here: Workspace, case: Case) -> None:
    """Refuse an open fault, and say what its documents would lack."""
    if not case.standing.is_open:
        return
    from faultkb import papers

    kind = next(iter(papers.kinds(here.words)))
    lacking = papers.build(here.root, case, kind).lacking
    listed = [f"  {line}" for line in doc_command.grouped(lacking)]
    head = f"{papers.own_id(case)} 还没有关闭（{case.standing.status}），不能归档；单个文件可以写：fault doc {papers.own_id(case)} 文件"
    raise FaultError("\n".join([head, *(["还缺：", *listed] if listed else [])]), code=1)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Put files into a folder, in place of what was written there before; nothing else is overwritten."""
    draft, old = (folder.with_name(f".{folder.name}.{os.getpid()}.{end}") for end in ("new", "old"))
    try:
        if os.path.lexists(folder):
            _require_own(folder, set(files))
        for name, data in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(data)
        if folder.exists():
            folder.rename(old)
        try:
            draft.rename(folder)
        except OSError:
            with suppress(OSError):
                old.rename(folder)
            raise
    except OSError as error:
        raise FaultError(f"写不了 {folder}：{reason(error)}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _require_own(folder: Path, names: set[str]) -> None:
    """Refuse a folder in which something lies that no archive of this fault has."""
    if folder.is_symlink() or not folder.is_dir():
        raise FaultError(f"{folder} 已经有了，不是文件夹：移走它，或用 --output 写到别处")
    known = {*names, *(name.partition("/")[0] for name in names)}
    others = sorted(one.name for one in folder.iterdir() if one.name not in known)
    if others:
        raise FaultError(f"{folder} 里有别的文件（{others[0]}……）：移走它们，或用 --output 写到别处")
