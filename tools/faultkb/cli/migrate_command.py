"""fault migrate."""

from __future__ import annotations

from pathlib import Path

import click

from faultkb.cli.workspace import Workspace, as_of_option, staff_default, workspace
from faultkb.finding import FaultError


@click.command("migrate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[文件或文件夹]...")
@click.option("--by", metavar="工号", help="操作人（默认：FAULT_STAFF，或 git config fault.staff）")
@click.option("--approver", metavar="工号", required=True, help="批准人：不能是操作人自己")
@click.option("--dry-run", is_flag=True, help="只列出要改的，不写入")
@as_of_option
@workspace
def command(here: Workspace, paths: tuple[Path, ...], by: str | None, approver: str, *, dry_run: bool) -> None:
    """按现在的规定改写旧的故障。

    停用的选项换成代替它的，缺少的字段填上规定的值；每处改动记一个“更正”。

    \b
    改什么写在 schema/ 里：
      团队停用后由谁接手   teams.yaml 的 retired 与 replaced_by
      选项停用后换成什么   ticket.schema.json 里选项的 x-retired 与 x-replaced-by
      新增的字段填什么     ticket.schema.json 里字段的 x-fill
    旧的故障不改写也不会变成错误；不写文件时看 tickets/ 里的全部故障。
    """
    from faultkb import corpus, migrate

    staff = by or staff_default(here.root)[0]
    if not staff:
        raise FaultError("缺少操作人：写 --by 工号，或设置 FAULT_STAFF")
    author = migrate.Author(staff, approver, here.as_of)
    planned = list(migrate.plan(here.root, here.words, corpus.select(here.root, paths), author))
    refused = [one for migration in planned for one in migration.entry.refused]
    if refused:
        raise FaultError("没有改写任何故障：照上面的原因改好 schema/ 或选项，再运行一次", refused, code=1)
    for one in planned:
        if not dry_run:
            corpus.save(here.root, one.loaded.path, one.entry.text, one.loaded.document.text)
        click.echo(f"{one.loaded.path}：{'；'.join(one.changes)}")
    what = "要改写" if dry_run else "改写了"
    click.echo(f"{what} {len(planned)} 个故障" if planned else "没有要改写的故障", err=True)
