"""Warnings that somebody approved, field ``waive`` of a ticket; each names a value by its code, or a place.

Whoever finds private data elsewhere, such as in the site, lets pass what `values` returns, and tells people `code`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from faultkb import privacy, rules
from faultkb.filling import says_nothing
from faultkb.finding import ERROR, WARNING
from faultkb.rules import File, Hit, also, codes, exposure, rule
from faultkb.rules.people import staff_key
from faultkb.ticket import person
from faultkb.violation import clip, meant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path as PathOnDisk

    from faultkb.finding import Finding
    from faultkb.rules import Case
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary
    from faultkb.yamltext import Path

FIELD = "waive"


@dataclass(frozen=True, slots=True)
class Waived:
    """What became of the waivers of a ticket: which silenced something, and the errors that some of them name."""

    ticket: Ticket
    vocabulary: Vocabulary
    used: frozenset[int]
    errors: frozenset[int]


def apply(found: Sequence[Finding], ticket: Ticket, words: Vocabulary) -> tuple[list[Finding], Waived]:
    """Return the findings that no waiver silences, those that one could silence with how to do so, and what was used."""
    waivers = list(_usable(ticket, words))
    kept: list[Finding] = []
    used: set[int] = set()
    errors: set[int] = set()
    for one in found:
        numbers = {
            number for number, waiver in waivers if waiver["rule"] == one.rule and _meets(waiver, one.codes, one.place)
        }
        if not is_waivable(one):
            kept.append(one)
            errors |= numbers if one.level == ERROR else set()
        elif numbers:
            used |= numbers
        else:
            kept.append(replace(one, help=one.help + advice(one)))
    return kept, Waived(ticket, words, frozenset(used), frozenset(errors))


def is_waivable(one: Finding) -> bool:
    """Say whether a waiver may silence a finding."""
    return one.level == WARNING and may_name(one.rule)


def advice(one: Finding) -> str:
    """Return how to waive a finding: the very item to add."""
    place = f"value: {one.codes[0]}" if one.codes else f"place: {place_of(one.place)}" if one.place else ""
    if not place or place == "place: ":
        return ""
    return (
        f"；经批准可以不改的，在文件头 {FIELD} 里加 - {{rule: {one.rule}, {place}, reason: 理由, approver: 批准人工号}}"
    )


def place_of(path: Path) -> str:
    """Write a place as a waiver does: ``impact.regions``, ``events.3.note`` (from 1), ``故障描述/环境信息``."""
    if path[:1] in {("line",), ("attachments",)}:
        return ""
    if path[:1] == ("sections",):
        return "/".join(map(str, path[1:]))
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in path)


def _usable(ticket: Ticket, words: Vocabulary) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number the waivers that keep to the schema, give a reason and name who approved."""
    listed = ticket.header.get(FIELD, ())
    for number, one in enumerate(listed if isinstance(listed, list) else ()):
        if (
            isinstance(one, dict)
            and {"rule", "reason", "approver"} <= one.keys()
            and not says_nothing(one["reason"], words)
        ):
            yield number, one


def _meets(waiver: dict[str, Any], known: Sequence[str], place: Path) -> bool:
    return waiver["value"] in known if "value" in waiver else _covers(waiver.get("place", ""), place)


def _covers(wanted: str, path: Path) -> bool:
    """Say whether a place is the wanted one, or lies in it."""
    place = place_of(path)
    return bool(place) and (place == wanted or place.startswith((f"{wanted}.", f"{wanted}/")))


def values(ticket: Ticket, words: Vocabulary, root: PathOnDisk) -> frozenset[tuple[str, str]]:
    """Return rule and value (``Match.value``) of the private data in a ticket, and in the files beside it, that it waives.

    These are the values themselves: keep them in memory, write down no more than their digests. Errors are never waived;
    what stands in an attachment is waived by its value only. A ticket without ``waive`` is not looked at.
    """
    usable = [one for _, one in _usable(ticket, words) if may_name(one["rule"])]
    file = File(ticket.path, ticket.document, words, root)
    return frozenset(
        (rule, value)
        for rule, value, hit in (exposure.seen(file) if usable else ())
        if any(one["rule"] == rule and _meets(one, hit.codes, hit.path) for one in usable)
    )


def fingerprints(ticket: Ticket, words: Vocabulary, root: PathOnDisk) -> frozenset[tuple[str, str]]:
    """Return rule and digest (`privacy.fingerprint`) of what `values` returns: to be kept in files, never to be shown."""
    return frozenset((rule, privacy.fingerprint(rule, value)) for rule, value in values(ticket, words, root))


def told(waiver: Mapping[str, Any]) -> str:
    """Say in words what a waiver of a header waives, and why."""
    rule, place, reason, approver = (
        clip(str(waiver.get(one, "")), 80) for one in ("rule", "place", "reason", "approver")
    )
    return f"豁免 {rule}{f'（{place}）' if place else ''}：理由 {reason or '（无）'}，批准人 {approver or '（无）'}"


def code(ticket: Ticket, words: Vocabulary, rule: str, value: str) -> str:
    """Return what a waiver in a ticket calls a value; another ticket calls it otherwise. Empty where it can not have one."""
    return next(iter(codes.codes(codes.keys(ticket.document.header, words), rule, value)), "")


def may_name(name: str) -> bool:
    """Say whether a waiver may name a rule."""
    known = rules.catalogue().get(name)
    return known is not None and known.waivable


@rule("unused-waiver", level=WARNING, scope="waive")
def unused_waiver(waived: Waived) -> Iterator[Hit]:
    """豁免没有用处：它要豁免的提醒已经没有了，或那是不能豁免的错误。

    留着没用的豁免，以后同样的问题再出现就没有人看见。只有提醒可以豁免：手机号码、身份证、口令之类的错误必须改好。
    改法：删去这一条；规则名、代号或位置写错了，照检查的提示改。
    """
    for number, one in _usable(waived.ticket, waived.vocabulary):
        name, place = one["rule"], (FIELD, number)
        if not may_name(name):
            shown = f" {clip(name)}" if meant(name, rules.catalogue()) else "这个名字"
            message = f"{name} 不能豁免" if name in rules.catalogue() else f"没有规则{shown}"
            allowed = sorted(each for each in rules.catalogue() if may_name(each))
            help_text = f"改好它，删去这一条；可以豁免的：{'、'.join(allowed)}"
            yield Hit((*place, "rule"), message, help_text, private=name not in rules.catalogue())
        elif number in waived.errors:
            yield Hit((*place, "rule"), "豁免的是一个错误，不起作用", "改好那个错误，删去这一条；只有提醒可以豁免")
        elif number not in waived.used:
            yield Hit(place, "这一条豁免没有用处", "删去它；代号或位置写错了，照检查的提示改")


@also("self-approval", "ticket")
def own_approval(case: Case) -> Iterator[Hit]:
    """A waiver that the reporter or the owner of the ticket approved: a warning, because it silences no more than warnings."""
    people = [person(case.ticket.header.get(name)) for name in ("reporter", "owner")]
    concerned = {staff_key(one.staff) for one in people if one}
    for number, one in _usable(case.ticket, case.vocabulary):
        if staff_key(one["approver"]) in concerned:
            message = "豁免的批准人不能是这个故障的登记人或主责人"
            yield Hit(
                (FIELD, number, "approver"), message, "请产品负责人等其他人批准，approver 写他的工号", level=WARNING
            )


@also("missing-field", "ticket")
def without_reason(case: Case) -> Iterator[Hit]:
    """A waiver whose reason says nothing: nobody could judge it later."""
    listed = case.ticket.header.get(FIELD, ())
    for number, one in enumerate(listed if isinstance(listed, list) else ()):
        reason = one.get("reason") if isinstance(one, dict) else None
        if isinstance(reason, str) and says_nothing(reason, case.vocabulary):
            yield Hit((FIELD, number, "reason"), "豁免的理由没有内容", "写清楚为什么不用改")
