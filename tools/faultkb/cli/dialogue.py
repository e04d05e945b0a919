"""Asking at a terminal for what a registration still lacks. A wrong answer is asked again, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from faultkb import moment, registration
from faultkb.cli import prompts, say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from faultkb.cli.workspace import Workspace

_OPTIONAL = ("reported_at", "occurred_at", "region", "module")
"""What is asked besides the required: Enter takes what stands in brackets, or leaves it out."""
_CUSTOMER = ("customer_id", "customer_device", "customer_contact", "customer_ref")


@dataclass(frozen=True)
class Dialogue:
    """A talk about a fault: what is known of it so far. ``live``: the clock goes on while somebody types."""

    here: Workspace
    answers: dict[str, Any]
    live: bool

    @property
    def now(self) -> datetime:
        """The moment of an answer."""
        return moment.now(self.here.words.timezone) if self.live else self.here.as_of

    def complete(self, missing: Collection[str], *, optional: bool) -> None:
        """Ask for what is missing and, unless told not to, for what else a good report has."""
        for item in registration.ITEMS:
            if item.name in missing:
                self._ask(item.name, required=True)
            elif optional and self._is_worth_asking(item.name):
                self._ask(item.name)
            elif optional and item.name == _CUSTOMER[0] and not self.answers.keys() & set(_CUSTOMER):
                self._ask_customer()
        self.answers.setdefault("reported_at", moment.show(self.here.as_of))
        if optional:
            self._ask_parts()

    def _is_worth_asking(self, name: str) -> bool:
        if name == "late":
            return registration.is_late(self.here.words, self.answers, self.now)
        return name in _OPTIONAL and name not in self.answers

    def _ask_parts(self) -> None:
        open_parts = [one for one in registration.parts(self.here.words) if one.name not in self.answers]
        if open_parts:
            say(f"{open_parts[0].part_of}：每一项先写一行；回车＝以后补充")
        for one in open_parts:
            self._ask(one.name)

    def _ask_customer(self) -> None:
        title = self.here.words.title("customer")
        if not prompts.confirm(f"涉及具体的用户（有{title}）吗？", default=False):
            return
        say("只写遮盖后的内容，中间用 * 代替，完整的联系方式只保存在客户系统中。写知道的，其余回车跳过")
        for name in _CUSTOMER:
            self._ask(name)
        if not self.answers.keys() & set(_CUSTOMER):
            say(f"一项也没有写，不记{title}；以后知道了写进文件头的 customer")

    def _ask(self, name: str, *, required: bool = False) -> None:
        """Ask until there is an answer that nothing speaks against; Enter leaves out what is not required."""
        menu = self._menu(name)
        for line in self._explanation(name, menu):
            say(line)

        def accept(text: str) -> Any:
            return self._accepted(name, _chosen(menu, text.strip()) if menu else text.strip(), required=required)

        question = registration.titles(self.here.words)[name] + ("（序号）" if menu else self._default(name))
        said = click.prompt(question, default="", show_default=False, value_proc=accept, prompt_suffix="：", err=True)
        if said:
            self.answers[name] = said

    def _accepted(self, name: str, text: str, *, required: bool) -> Any:
        """Return what a typed text means. Raise BadParameter, with the reason, if it cannot be taken."""
        if "�" in text:
            raise click.BadParameter("这一行的文字读不出来：检查终端的编码（应为 UTF-8），再输入一次")
        said = registration.value(self.here.words, name, text)
        if not said and required:
            raise click.BadParameter("这一项必须填写")
        if not said:
            return said
        found = registration.objections(self.here.root, self.here.words, {**self.answers, name: said}, self.now)
        reasons = [str(one) for one in found if one.about == name]
        if reasons:
            raise click.BadParameter("；".join(reasons))
        return said

    def _menu(self, name: str) -> list[str]:
        """Return the choices of an item that are still in use."""
        day = registration.reported(self.answers, self.here.as_of).date()
        every = {one: self.here.words.retired(name, one) for one in self.here.words.choices.get(name, ())}
        return [one for one, since in every.items() if since is None or day < since]

    def _explanation(self, name: str, menu: list[str]) -> Iterator[str]:
        """Say what each choice means, or what the schema says of the field."""
        for number, choice in enumerate(menu, 1):
            yield f"  {number}  {choice}  {self.here.words.choices[name][choice].get('description', '')}".rstrip()
        if not menu:
            yield f"  {registration.explanation(self.here.words, name)}"
        kind = self.answers.get("type", "")
        for item in self.here.words.asked.of_part(name, kind) if name not in registration.BY_NAME else ():
            yield f"  {item.title}：{item.advice(kind)}"

    def _default(self, name: str) -> str:
        defaults = {"reported_at": moment.show(self.here.as_of), "occurred_at": registration.UNKNOWN}
        return f"[{defaults[name]}]" if name in defaults else "（可不填）" if name in _OPTIONAL else ""


def _chosen(menu: list[str], text: str) -> str:
    """Return the choice that a number or its own name means."""
    if text in menu or not text:
        return text
    if text.isdecimal() and 0 < int(text) <= len(menu):
        return menu[int(text) - 1]
    raise click.BadParameter(f"没有这个选项：写序号 1 到 {len(menu)}，或选项的名字")
