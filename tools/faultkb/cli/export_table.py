"""fault export xlsx, csv, json: 《产品故障问题跟踪表》."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from faultkb.cli import say
from faultkb.cli.filters import choose, filters, refuse_unknown_products, told
from faultkb.cli.output import deliver, deliver_bytes, output_option
from faultkb.cli.workspace import Workspace, as_of_option, as_utf8, workspace

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.render.tracking.view import View

_HELP = {
    "xlsx": """导出《产品故障问题跟踪表》（Excel）。

    一个故障一行，有下拉选项、填写说明和统计；计划已过、时限已过的标红，快到的标黄。

    例如：fault export xlsx --output 跟踪表.xlsx；给公司以外的人看：fault export xlsx --mask public --output 对外.xlsx
    """,
    "csv": """导出《产品故障问题跟踪表》（CSV）。

    例如：fault export csv --team 软件开发组 --output 跟踪表.csv
    """,
    "json": """导出《产品故障问题跟踪表》（JSON）。

    例如：fault export json --severity 紧急
    """,
}


def _command(form: str) -> click.Command:
    @click.command(form, help=_HELP[form])
    @click.option(
        "--mask",
        type=click.Choice(["internal", "public"]),
        default="internal",
        show_default=True,
        help="给谁看：internal 公司内部，个人信息已遮盖；public 公司以外，只有知识库公开的故障，内部的栏目写“已隐去”",
    )
    @output_option
    @filters
    @as_of_option
    @workspace
    def export(here: Workspace, mask: str, output: Path | None, **wanted: Any) -> None:
        _write(form, _view(here, wanted, public=mask == "public"), output)

    return export


def _view(here: Workspace, wanted: dict[str, Any], *, public: bool) -> View:
    """Return the table that was asked for; what a table for outside eyes leaves out, it does not say."""
    from faultkb import masks, tracked
    from faultkb.render.tracking.view import View

    found, unreadable = tracked.all_at(here.root, here.words, here.as_of, public=public)
    if unreadable:
        say(f"有 {unreadable} 个文件读不出来，没有导出；运行 fault check 查看原因")
    standings = [one.standing for one in found]
    refuse_unknown_products(standings, wanted["products"])
    chosen = {one.path for one in choose(standings, here.words, wanted)}
    kept = [one for one in found if one.standing.path in chosen]
    if public:
        shown = [one for one in kept if one.cells]
        if len(shown) < len(kept):
            say(f"有 {len(kept) - len(shown)} 个故障没有在知识库公开（没有关闭，或不是收录），不在表里")
        return View(shown, here.words, here.as_of, public=True)
    named = {name: tuple(map(as_utf8, values)) for name, values in wanted.items() if values}
    filtered, only = masks.put_on((named, told(named, len(kept), len(found))), here.words.lists)
    return View(kept, here.words, here.as_of, filters=filtered, only=only)


def _write(form: str, view: View, output: Path | None) -> None:
    from faultkb.render.tracking import book, text

    if form in book.BINARY:
        deliver_bytes(partial(book.BINARY[form], view), output)
    else:
        deliver(partial(text.FORMATS[form], view), output)


COMMANDS = tuple(_command(form) for form in _HELP)
