"""The command line: this module only assembles; each command is a module of its own, imported when it is called."""

from __future__ import annotations

import gc
import gettext
import importlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from faultkb import __version__, program
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from click.shell_completion import CompletionItem

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

COMMANDS = {
    "new": "登记一个故障",
    "log": "给故障记一个事件",
    "reply": "写出对用户的统一说法",
    "edit": "用编辑器打开一个故障，然后检查",
    "check": "检查故障文件",
    "diff": "概括这次改动，供审阅",
    "renumber": "换一个编号：两个故障取到同一个时",
    "report": "输出报告",
    "show": "查看一个故障：经过、时限",
    "list": "列出故障",
    "similar": "找相似的故障，可能已有解决方案",
    "calendar": "工作日历，到期日（ics）",
    "doc": "写出流程文件（Word），例如 8D 报告",
    "export": "导出跟踪表（Excel）、数据",
    "import": "导入旧的跟踪表（Excel）",
    "publish": "生成知识库的文章与索引",
    "site": "生成或预览知识库网站",
    "privacy": "公司词库，查历史里的个人信息",
    "migrate": "按现在的规定改写旧的故障",
    "intake": "登记表单（issue）变成合并请求",
    "comment": "把检查结果写在合并请求下面",
    "forms": "生成登记表单与审核人名单",
    "watch": "巡查时限：发提醒，更新看板",
    "rules": "列出检查规则，或一条规则的说明",
    "completion": "打开 Tab 补全",
}
"""The commands in the order of a fault's life. The module is named after the command; its ``command`` is the command."""


class LazyGroup(click.Group):
    """A group that imports a command only when it is used, so that ``--help`` stays quick."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the command names in their own order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}_command").command
        if ctx.resilient_parsing:  # a shell asks what could be typed
            from faultkb.cli import completion

            completion.attach(command)
        return _in_chinese(command)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name without importing the commands."""
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("命令"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


def _in_chinese(command: click.Command) -> click.Command:
    """Replace the words of the usage line that click does not translate."""
    command.options_metavar = "[选项]"
    if isinstance(command, click.Group):
        command.subcommand_metavar = "命令 [参数]..."
        for one in command.commands.values():
            _in_chinese(one)
    return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="fault %(version)s", help="显示版本")
@click.option(
    "--root",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="仓库的根目录（默认：向上找含有 schema/ 的目录）",
)
@click.pass_context
def fault(ctx: click.Context, root: str | None) -> None:
    """产品故障跟踪与知识库：一个故障一个 Markdown 文件。"""
    ctx.obj = root


_in_chinese(fault)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 fine, 1 findings of level error, 2 usage or environment."""
    # Nothing that a command builds is cyclic; looking for it would cost a report an eighth of its time.
    gc.disable()
    _speak_chinese()
    if sys.stdin and sys.stdin.isatty() and hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")  # an answer that cannot be read is asked for again
    for stream in (sys.stdout, sys.stderr):
        # A file or pipe gets UTF-8 whatever the locale says; a terminal that lacks a character gets a question mark.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", **({} if stream.isatty() else {"encoding": "utf-8"}))
    completing = "_FAULT_COMPLETE" in os.environ
    if completing:
        from faultkb.cli import shells

        shells.register()
    name = "fault" if completing else program.name()
    try:
        fault.main(args=arguments, prog_name=name, complete_var="_FAULT_COMPLETE")
    except FaultError as error:
        fail(error)


def fail(error: FaultError) -> None:
    """Say what the user can mend, with places and without anything private, and end."""
    from faultkb import privacy
    from faultkb.rules import exposure

    lists = error.lists or privacy.NOTHING
    if error.form == "github":
        from faultkb.render import findings

        findings.marks(
            (replace(one, message=exposure.masked(one.message, lists)) for one in error.findings), sys.stdout
        )
    for line in error.lines:
        say(exposure.masked(line, lists))
    sys.exit(error.code)


def say(line: str) -> None:
    """Tell the user something beside the result; commands in it begin as the user's own did."""
    click.echo(program.called(line), err=True)


def _speak_chinese() -> None:
    """Let click's own words (Usage, Options, Missing option …) come from the catalogue in locale/.

    click looks them up with ``gettext``; the catalogue is found through the variable that gettext reads.
    """
    os.environ["LANGUAGE"] = "zh_CN"
    gettext.bindtextdomain("messages", str(Path(__file__).parents[1] / "locale"))


def formats(names: Iterable[str], default: str, help_text: str = "输出格式") -> Decorator:
    """Return the --format option for the names of a FORMATS dict."""
    return click.option(
        "--format", "form", type=click.Choice(list(names)), default=default, show_default=True, help=help_text
    )
