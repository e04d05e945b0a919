"""Questions on a terminal: one for each missing field of an event, a menu where there are choices."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import time

    from faultkb.lifecycle import EventSpec
    from faultkb.render.outlook import Option
    from faultkb.vocabulary import Vocabulary


def ask(
    words: Vocabulary, spec: EventSpec, names: Sequence[str], close: time, options: Mapping[str, Option]
) -> dict[str, str]:
    """Ask for the texts of fields, each until it can be read."""
    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr] # a terminal is a text stream
    return {name: _menu(words, spec, name) or _free(words, name, close, options[name].value) for name in names}


def _menu(words: Vocabulary, spec: EventSpec, name: str) -> str:
    """Ask for one of the choices of a field, by its number or as it is; return "" where there are none."""
    from faultkb import typed

    offers = typed.offers(words, spec, name)
    if not offers:
        return ""
    numbers = {str(number): offer for number, offer in enumerate(offers, 1)}
    for number, offer in numbers.items():
        click.echo(f"  {number}  {offer}", err=True)

    def chosen(text: str) -> str:
        offer = numbers.get(text.strip(), text.strip())
        if offer not in offers:
            raise click.UsageError(f"写序号 1 到 {len(offers)}")
        return offer

    return str(click.prompt(f"{_title(words, name)}（序号）", value_proc=chosen, err=True))


def _free(words: Vocabulary, name: str, close: time, shape: str) -> str:
    from faultkb import typed

    def readable(text: str) -> str:
        broken = "这一行的文字读不出来：终端的编码应为 UTF-8" if "\ufffd" in text else ""
        wrong = broken or typed.mistake(words, name, text, close)
        if wrong:
            raise click.UsageError(wrong)
        return text

    title = _title(words, name)
    answer: Any = click.prompt(title if title == shape else f"{title}（{shape}）", value_proc=readable, err=True)
    return str(answer)


def _title(words: Vocabulary, name: str) -> str:
    return words.schema.field(("events", 0, name)).title
