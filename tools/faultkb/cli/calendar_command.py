"""fault calendar, fault calendar ics, fault calendar --remind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from faultkb.cli import formats, say
from faultkb.cli.filters import choose, filters, refuse_unknown_products
from faultkb.cli.output import deliver, output_option
from faultkb.cli.workspace import Workspace, as_of_option, me, workspace
from faultkb.finding import FaultError
from faultkb.render.calendar import FORMATS, View

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class _Year(click.ParamType[Any]):
    """A year of four digits that a calendar can be made of."""

    name = "年份"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the text of an argument."""
        text = str(value)
        if not (text.isascii() and text.isdecimal() and _FIRST <= int(text) <= _LAST):
            self.fail(f"“{value}”不是年份：写 {_FIRST} 至 {_LAST} 之间的一年，例如 2027", param, ctx)
        return int(text)


_FIRST, _LAST = 2000, 2199


class _YearFirst(click.Group):
    """A group that takes a year, or nothing, for its command ``year``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in where it is left out."""
        named = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named or ctx.resilient_parsing else ["year", *args])


@click.group("calendar", cls=_YearFirst)
def command() -> None:
    """看一年的工作日历，或导出到期日。

    fault calendar 是今年，fault calendar 2027 是 2027 年：year 可以省去不写。
    """


@command.command("year")
@click.argument("number", required=False, type=_Year(), metavar="[年份]")
@formats(FORMATS, "text")
@output_option
@click.option(
    "--remind", is_flag=True, help="由工作流运行：节假日还没有的一年（11 月起也看下一年）在 GitHub 上提一个 issue"
)
@as_of_option
@workspace
def year(here: Workspace, number: int | None, form: str, output: Path | None, remind: bool) -> None:
    """一年的工作日历（默认今年）：放假、补班、公司的安排，依据是什么。"""
    from faultkb import almanac, standing
    from faultkb.calendar import WorkCalendar, published_years

    if remind:
        _remind(here)
        return
    wanted = number or here.as_of.year
    if wanted < published_years()[0] and almanac.source(wanted, here.words) == almanac.UNKNOWN:
        raise FaultError(f"没有 {published_years()[0]} 年以前的节假日数据")
    shown = almanac.year(wanted, here.words, standing.calendar(here.words))
    deliver(lambda stream: FORMATS[form](View(shown, here.as_of, here.words.timezone), stream), output)
    lacking = almanac.missing(here.as_of.date(), wanted, here.words)
    if lacking:
        _warn(lacking)
    wrong = almanac.differing(shown.number, here.words, WorkCalendar({}))
    if wrong:
        days = "、".join(map(str, wrong[:8])) + ("…" if wrong[8:] else "")
        say(
            f"提醒：schema/calendar.yaml 里手工写的 {shown.number} 年与国家公布的不同：{days}。核对之后改正，或删去这一年"
        )


def _remind(here: Workspace) -> None:
    """Keep one issue for each year that nobody has settled, by the server's clock; close it with a word once somebody has."""
    from faultkb import almanac, bulletin, hub

    fixed = click.get_current_context().params["as_of"] is not None
    with hub.connection() as github:
        server = None if fixed else bulletin.server_time(github, here.words.timezone)
        today = (server or here.as_of).date()
        lacking = almanac.missing(today, today.year, here.words)
        for number in (today.year, today.year + 1):
            if number in lacking:
                issue = bulletin.keep(
                    github, f"calendar-{number}", f"{number} 年的节假日还没有写进日历", _request(number)
                )
                click.echo(f"{number} 年的节假日还没有：#{issue}")
            elif issue := bulletin.finish(github, f"calendar-{number}", f"{number} 年的节假日已经有了，不用再做什么。"):
                click.echo(f"{number} 年的节假日有了：关闭 #{issue}")


def _request(number: int) -> str:
    """Say what to do about a year without holidays, to whom maintains the repository."""
    from faultkb import almanac

    return f"""\
落在 {number} 年的到期日现在按周一至周五计算，都标“暂定”，可能与国家的放假安排不同。

国务院一般在上一年的 11 月公布。公布之后，做其中一件：

1. 合并 Dependabot 升级 `chinesecalendar` 的合并请求；没有的话运行 `make lock`，把改动提交成合并请求。
2. `chinesecalendar` 还没有更新的，把下面一段贴到 `schema/calendar.yaml` 末尾（已有 `years:` 的，只贴年份起的几行），照通知填好每个 `??`：

```yaml
{almanac.by_hand(number).rstrip()}
```

`off` 是放假的一天，或首末两天；`work` 是补班的日期，没有补班的删去 `work`；中秋节与国庆节连休的合成一行 `国庆节、中秋节`。

做好之后，这个 issue 会自动关闭。"""


def _warn(numbers: Sequence[int]) -> None:
    from faultkb import almanac

    years = "、".join(map(str, numbers))
    say(f"提醒：还没有 {years} 年的节假日安排，落在 {years} 年的到期日是暂定的。")
    say("国务院一般在上一年的十一月公布；公布之后升级 chinesecalendar（pip install --upgrade chinesecalendar）。")
    say(
        "它还没有更新的，把下面一段贴到 schema/calendar.yaml 末尾（已有 years: 的，只贴年份起的几行），照通知填好每个 ??："
    )
    say(
        "off 是放假的一天，或首末两天；work 是补班的日期，没有补班的删去 work；中秋节与国庆节连休的合成一行 国庆节、中秋节。"
    )
    say(f"\n{almanac.by_hand(*numbers)}")


@command.command("ics")
@click.option("--mine", is_flag=True, help="只要我的：我是主责人、协办人或反馈人")
@click.option("--staff", multiple=True, metavar="工号", help="只要这个人的，与 --mine 一样算（可重复）")
@filters
@output_option
@as_of_option
@workspace
def ics(here: Workspace, mine: bool, output: Path | None, **wanted: Any) -> None:
    """导出未关闭的故障的到期日（iCalendar），供手机日历用。

    只有编号、严重程度、状态与团队，没有标题与人名。例如：fault calendar ics --mine --output 到期.ics
    """
    from faultkb import standing
    from faultkb.render import ics as render

    if mine:
        wanted["staff"] = (*wanted["staff"], me(here.root))
    found, unreadable = standing.all_at(here.root, here.words, here.as_of)
    if unreadable:
        say(f"有 {unreadable} 个文件读不出来，没有计入；运行 fault check 查看原因")
    refuse_unknown_products(found, wanted["products"])
    kept = [one for one in choose(found, here.words, wanted) if one.is_open]
    calendar = standing.calendar(here.words)
    deliver(lambda stream: render.write(kept, here.as_of, here.words.timezone, calendar, stream), output)
