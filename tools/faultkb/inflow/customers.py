"""Who a fault concerns: ids, devices and numbers, each masked whatever it looks like."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from faultkb import labelled
from faultkb.inflow import scope
from faultkb.inflow.line import bare

if TYPE_CHECKING:
    from faultkb.inflow.draft import Draft
    from faultkb.inflow.line import Given
    from faultkb.inflow.masking import Masks
    from faultkb.vocabulary import Vocabulary

CODES = frozenset({"customer.id", "customer.device", "customer.contact"})
"""The columns whose values are masked whole."""
_GROUP, _REF = "customer", "ref"
_LIMIT = 60
_PHONE = re.compile(r"1[0-9]{2}\*{4}[0-9]{4}")
_ID = re.compile(r"(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9][A-Za-z0-9_-]{3,40}")
_MASKED = re.compile(r"(?=.*\*)(?=[A-Za-z0-9*_-]*[0-9])[A-Za-z0-9*_-]{5,60}")


def mask(words: Vocabulary, cell: Given, masks: Masks) -> str:
    """Return the text of a cell about the customer without anything that tells who it is."""
    if cell.is_blank:
        return cell.text
    if cell.name in CODES:
        return masks.code(" ".join(cell.text.split()))
    lines = _before_label(words).sub("\n", cell.text)
    text = masks.on([(cell.title, lines)])[0]
    return "\n".join(_line(words, line, masks) for line in text.split("\n"))


def _line(words: Vocabulary, line: str, masks: Masks) -> str:
    known = scope.labels(words, _GROUP)
    parts = labelled.split(line, known)
    label = next((one for one in parts if one), "")
    value = parts.get(label, "").strip()
    if "*" in value or known.get(label) == _REF or not value:
        return line
    is_code = bool(label) or _ID.fullmatch(value)
    return f"{label}：{masks.code(value)}" if label else masks.code(value) if is_code else line


@functools.lru_cache(maxsize=8)
def _before_label(words: Vocabulary) -> re.Pattern[str]:
    """Return what stands before a label that does not begin its line."""
    names = "|".join(re.escape(one) for one in sorted(scope.labels(words, _GROUP), key=len, reverse=True))
    return re.compile(rf"(?<![，,；;、\s])[，,；;、\s]++(?=(?:{names})\s*[:：])")


def fill(draft: Draft) -> None:
    """Write the fields of the customer; what has no field, such as a company's name, goes into the remark."""
    customer: dict[str, str] = {}
    for key in ("id", "device", "contact", _REF):
        for cell in draft.take(f"{_GROUP}.{key}"):
            _part(draft, customer, key, cell, cell.masked)
    known = scope.labels(draft.words, _GROUP)
    for cell in draft.take(_GROUP):
        for key, said in scope.merged(labelled.split(cell.masked, known), known).items():
            if key:
                _part(draft, customer, key, cell, said)
            else:
                _rest(draft, customer, cell, said)
    if customer:
        draft.header[_GROUP] = customer


def _part(draft: Draft, customer: dict[str, str], key: str, cell: Given, said: str) -> None:
    shown = " ".join(said.split())
    if key in customer or len(shown) > _LIMIT or (key != _REF and "*" not in shown):
        draft.keep(cell, said)
    else:
        customer[key] = shown


def _rest(draft: Draft, customer: dict[str, str], cell: Given, said: str) -> None:
    if "contact" not in customer and (phone := _PHONE.search(said)):
        customer["contact"] = phone.group()
        said = (said[: phone.start()] + said[phone.end() :]).strip(" ，,；;/、\n（）()")
    if "id" not in customer and _MASKED.fullmatch(said):
        customer["id"] = said
        return
    if bare(said):
        draft.keep(cell, said)
