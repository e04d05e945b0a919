"""The box at the head of an article: what one reads in ten seconds, on the phone. One HTML block, all text escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.publish.pages.parts import badge, inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from faultkb.publish.article import Article
    from faultkb.vocabulary import Vocabulary


def box(one: Article, words: Vocabulary) -> str:
    """Return the box: severity and type, symptom, solution, then the facts."""
    severity = one.text("severity")
    labels = (
        f'{badge(severity, is_severity=True)}{badge(one.text("type"))}<span class="fault-id">{inert(one.id)}</span>'
    )
    said = "".join(
        f'<div class="fault-{name}"><dt>{inert(words.title("kb", name).removesuffix("一句话"))}</dt><dd>{inert(one.text("kb", name))}</dd></div>'
        for name in ("summary", "solution")
    )
    facts = "".join(
        f"<div><dt>{inert(title)}</dt><dd>{shown}</dd></div>" for title, shown in _facts(one, words) if shown
    )
    return (
        f'<section class="fault-box" data-severity="{inert(severity)}" aria-label="要点">'
        f'<p class="fault-labels">{labels}</p><dl class="fault-said">{said}</dl><dl class="fault-facts">{facts}</dl></section>'
    )


def _facts(one: Article, words: Vocabulary) -> Iterator[tuple[str, str]]:
    """Yield title and HTML of each fact; what nobody knows is empty."""
    yield "适用产品", _values(one.listed("impact", "products"))
    yield words.title("impact", "versions"), _values(one.listed("impact", "versions"))
    yield words.title("kb", "fixed_versions"), _values(one.listed("kb", "fixed_versions"))
    yield words.title("kb", "error_codes"), "".join(map(_code, one.listed("kb", "error_codes")))
    yield words.title("kb", "cause"), _values([one.text("kb", "cause")])
    yield words.title("impact", "modules"), _values(one.listed("impact", "modules"))
    yield words.title("impact", "regions"), _values(one.listed("impact", "regions"))
    occurred = one.text("occurred_at")
    first = ("首次出现", occurred) if occurred[:1].isdigit() else ("首次反馈", one.text("reported_at"))
    yield first[0], f"<time>{inert(first[1])}</time>"
    yield "关闭", f"<time>{one.closed_on}</time>"


def _values(values: Iterable[str]) -> str:
    return "".join(f"<span>{inert(value)}</span>" for value in values if value)


def _code(code: str) -> str:
    """A code is a button: a script makes a click copy it; without one it is text."""
    return f'<button type="button" class="fault-code" data-copy="{inert(code)}">{inert(code)}</button>'
