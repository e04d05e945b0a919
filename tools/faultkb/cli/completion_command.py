"""fault completion."""

from __future__ import annotations

import click

from faultkb.cli import shells


@click.command("completion")
@click.argument("shell", type=click.Choice(list(shells.SHELLS)), metavar="bash|zsh|fish")
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """打开 Tab 补全：命令、编号、事件、选项的值。

    \b
    bash  在 ~/.bashrc 里写  eval "$(fault completion bash)"
    zsh   在 ~/.zshrc 里写   eval "$(fault completion zsh)"
    fish  在 ~/.config/fish/config.fish 里写  fault completion fish | source

    没有安装 fault 时，换成启动脚本的路径，例如 eval "$(tools/fault completion bash)"。
    """
    click.echo(shells.script(ctx.find_root().command, shell), nl=False)
