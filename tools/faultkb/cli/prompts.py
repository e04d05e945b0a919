"""Questions on a terminal: for a field of an event, with a menu where there are choices; yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from faultkb.cli import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import time

    from faultkb.lifecycle import EventSpec
    from faultkb.vocabulary import Vocabulary

_ANSWERS = {"y": True, "yes": True, "是": True, "n": False, "no": False, "否": False, "不": False}


def confirm(question: str, *, default: bool) -> bool:
    """Ask for yes or no, in Chinese or with a letter; Enter takes the default."""

    def meant(text: str) -> bool:
        said = _ANSWERS.get(text.strip().casefold(), None if text.strip() else default)
        if said is None:
            raise click.UsageError("回答 是 或 否（y 或 n）")
        return said

    hint = f"（是 y，否 n；回车＝{'是' if default else '否'}）"
    answer: bool = click.prompt(question + hint, default="", show_default=False, value_proc=meant, err=True)
    return answer


def ask(
    words: Vocabulary,
    spec: EventSpec,
    name: str,
    close: time,
    shape: str,
    objection: Callable[[str], str],
    *,
    optional: bool,
) -> str:
    """Ask for the text of a field until it can be read and nothing speaks against it; ``objection`` says what does.

    Where the field is ``optional``, Enter takes its first choice.
    """
    from faultkb import typed

    offers = typed.offers(words, spec, name)
    if not offers:
        return _free(words, name, close, shape, objection)
    return _menu(_title(words, name), offers, objection, offers[0] if optional else None)


def which(meanings: Mapping[str, str]) -> str:
    """Ask which of several fields is meant, each shown by what it means."""
    names = {meaning.partition("（")[0]: name for name, meaning in meanings.items()}
    return names[_menu("写哪一项", tuple(names), lambda _: "", None)]


def _menu(title: str, offers: tuple[str, ...], objection: Callable[[str], str], default: str | None) -> str:
    """Ask for one of the choices of a field, by its number or as it is."""
    numbers = {str(number): offer for number, offer in enumerate(offers, 1)}
    for number, offer in numbers.items():
        say(f"  {number}  {offer}")

    def chosen(text: str) -> str:
        offer = numbers.get(text.strip(), text.strip())
        if offer not in offers:
            raise click.UsageError(f"写序号 1 到 {len(offers)}，或选项的名字")
        return _accepted(offer, objection(offer))

    hint = f"（序号，回车＝{default}）" if default else "（序号）"
    return str(click.prompt(title + hint, default=default, show_default=False, value_proc=chosen, err=True))


def _free(words: Vocabulary, name: str, close: time, shape: str, objection: Callable[[str], str]) -> str:
    from faultkb import typed

    def readable(text: str) -> str:
        broken = "这一行的文字读不出来：终端的编码应为 UTF-8" if "\ufffd" in text else ""
        return _accepted(text, broken or typed.mistake(words, name, text, close) or objection(text))

    title = _title(words, name)
    answer: Any = click.prompt(title if title == shape else f"{title}（{shape}）", value_proc=readable, err=True)
    return str(answer)


def _accepted(text: str, wrong: str) -> str:
    """Return an answer, or ask again with the reason."""
    if wrong:
        raise click.UsageError(wrong)
    return text


def _title(words: Vocabulary, name: str) -> str:
    return words.schema.field(("events", 0, name)).title
