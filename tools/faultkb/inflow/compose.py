"""A row becomes a ticket: each field from its column, repaired where that is certain, and the rest into the remark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import document
from faultkb.inflow import chapters, customers, impact, moments, persons, rest, state, texts
from faultkb.validation import FAULT_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.inflow.draft import Draft

NUMBER = "000"
"""Stands for the number of an id until the row is known to be imported."""


def compose(draft: Draft) -> None:
    """Fill a draft from its row; what is wrong is in its refusals then."""
    for step in _STEPS:
        step(draft)
    draft.finish()
    _leave(draft)


def text(draft: Draft) -> str:
    """Return the file of the ticket, under an id that is never given."""
    words, header = draft.words, draft.header
    prefix = words.prefixes[header["type"]]
    header["id"] = f"{prefix}-{header['reported_at'][:10].replace('-', '')}-{NUMBER}"
    order = words.schema.root["properties"]
    fields = document.HANDLER.export(words.schema.coerce({key: header[key] for key in order if key in header}))
    return f"---\n{fields}\n---\n{body(draft)}"


def body(draft: Draft) -> str:
    """Return the sections in the schema's order, those of which the row says something."""
    wanted = [(one.part_of or one.name, one.name if one.part_of else "") for one in draft.words.sections]
    lines: list[str] = []
    last = ""
    for section, part in [*wanted, (rest.SECTION, "")]:
        said = "\n\n".join(
            filter(None, (chapters.markdown(one, draft.words) for one in draft.sections.get((section, part), ())))
        )
        if said:
            lines += ["", f"## {section}"] if section != last else []
            lines += ["", f"### {part}", "", said] if part else ["", said]
            last = section
    return "\n".join(lines) + "\n"


def _number(draft: Draft) -> None:
    """The old number: kept if it is one of ours and fits, else in the remark."""
    cell = draft.take_one("id")
    if cell is None or "reported_at" not in draft.header:
        return
    text_ = cell.text.strip()
    day = draft.header["reported_at"][:10].replace("-", "")
    if (
        not draft.line.twin
        and FAULT_ID.fullmatch(text_)
        and text_.startswith(f"{draft.words.prefixes[draft.header['type']]}-{day}-")
    ):
        draft.wanted = text_
        return
    draft.keep(cell)
    if draft.line.twin:
        draft.say(f"{draft.words.title('id')}与第 {draft.line.twin} 行相同，内容不同：取新的编号，原来的在备注里")
    elif FAULT_ID.fullmatch(text_):
        draft.say(f"{draft.words.title('id')}与类型或反馈日期不符，取新的编号，原来的在备注里")


def _remark(draft: Draft) -> None:
    remarks = [one.masked for one in draft.take("remark")]
    draft.header["remark"] = "\n".join(remarks)


def _leave(draft: Draft) -> None:
    """Put what was left over into the remark and, what is too long for it, into a section of its own."""
    remark, section = rest.place(draft.header.pop("remark", ""), draft.left)
    if remark:
        draft.header["remark"] = _one_text(remark)
    draft.write(rest.SECTION, "", section)


def _one_text(remark: str) -> str:
    return "".join(one if one == "\n" or one.isprintable() else " " for one in remark)


_STEPS: tuple[Callable[[Draft], None], ...] = (
    state.kind,
    state.channel,
    moments.reported,
    moments.others,
    _number,
    persons.reporter,
    persons.workers,
    state.state,
    state.team,
    impact.fill,
    customers.fill,
    texts.verification,
    persons.verifier,
    texts.fill,
    _remark,
)
