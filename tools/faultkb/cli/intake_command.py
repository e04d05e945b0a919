"""fault intake."""

from __future__ import annotations

import os

import click

from faultkb import statuses
from faultkb.cli.workspace import Workspace, as_of_option, workspace


@click.command("intake")
@click.argument("number", required=False, type=click.IntRange(min=1), metavar="[ISSUE]")
@click.option(
    "--dispatch",
    envvar="FAULT_DISPATCH",
    default="",
    metavar="WORKFLOW",
    help="推送之后启动这个工作流（例如 check.yml）并设置提交状态：默认令牌推送的分支不会自动检查",
)
@click.option("--verdict", type=click.Choice(statuses.RESULTS), help="只设置本次运行的提交的状态“检查”，不处理登记")
@as_of_option
@workspace
def command(here: Workspace, number: int | None, dispatch: str, verdict: str | None) -> None:
    """登记表单（issue）变成合并请求，并在 issue 里回复。

    由工作流运行；不写编号时处理触发工作流的那个 issue。表单有问题时只回复，不登记；修改表单后再运行，登记跟着更新；
    内容没有变化时什么都不改。别人在合并请求里改过的，与表单的修改合在一起；合不到一起时不动，只回复。

    需要 GITHUB_TOKEN 与 GITHUB_REPOSITORY；自己部署的 GitHub 把附件放在别的主机上时，用 FAULT_UPLOAD_HOSTS 写明
    （例如 https://media.git.example）。以 GitHub App 的名义回复过的，在自己的电脑上运行时用 FAULT_APP_SLUG 写明它的名字。
    """
    from faultkb import hub, reception
    from faultkb.desk import Desk

    with hub.connection() as github:
        if verdict:
            statuses.give(github, verdict)
            return
        event = hub.event() if number is None or os.environ.get("GITHUB_EVENT_PATH") else {}
        # A run that is started again by a button has the event of the first.
        is_asked = number is not None or os.environ.get("GITHUB_RUN_ATTEMPT", "1") != "1"
        wanted = reception.number_in(event) if number is None else number
        desk = Desk(here.root, here.words, here.as_of, github, wanted, dispatch, is_asked)
        click.echo(reception.serve(desk, event))
