"""What somebody typed for an event → the event, and a second one that it brings; what is missing, what cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from faultkb import moment, policy, proposal, ticket, typed
from faultkb.rules import corrections
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime, time

    from faultkb.corpus import Loaded
    from faultkb.lifecycle import EventSpec
    from faultkb.ticket import Json, Ticket
    from faultkb.vocabulary import Vocabulary


@dataclass(frozen=True)
class Draft:
    """Events as far as they could be read; the fields that are still needed, all of ``missing`` and one of ``one_of``.

    ``wrong`` says of a field why it cannot be read, ``proposed`` holds what nobody typed; ``close`` is when a day of work
    ends for this fault.
    """

    events: tuple[dict[str, Any], ...]
    missing: tuple[str, ...]
    one_of: tuple[str, ...]
    wrong: Mapping[str, str]
    proposed: Json
    close: time


def make(
    words: Vocabulary,
    loaded: Loaded,
    spec: EventSpec,
    texts: Mapping[str, Any],
    now: datetime,
    shown: Mapping[str, str] | None = None,
) -> Draft:
    """Build the events from the texts of their fields: a str, several, True for a flag, or a mapping for ``set``.

    What the ticket and the policy imply is filled in. Without ``at`` it happens now. What is ``shown`` in a field's place
    where a command is proposed is no answer.
    """
    one = loaded.ticket
    if one is None:
        raise ValueError(loaded.path)
    close = policy.in_force(words.policies, one.events[0].at).close_of_business
    copied = {name: text for name, text in texts.items() if _is_copied(text, (shown or {}).get(name, ""))}
    values, wrong = _read(words, {name: text for name, text in texts.items() if name not in copied}, close)
    wrong |= {name: f"“{clip(str(shown[name]))}”是提示里占位置的字，换成真正的内容" for name in copied if shown}
    at = moment.parse(values["at"]) if "at" in values else now
    snapshot = ticket.replay(one, words.lifecycle, at).snapshot
    wrong |= _impossible(words, one, spec, snapshot, values)
    values = {name: value for name, value in values.items() if name not in wrong}
    given = {"at": moment.show(at), **values}
    specs = _specs(words, spec, values)
    proposed = {key: value for one in specs for key, value in proposal.proposed(words, loaded, one, at, given).items()}
    given |= {name: value for name, value in proposed.items() if name not in wrong}
    missing = [name for one in specs for name in proposal.needed(one, snapshot, given)]
    missing += [] if "by" in given else ["by"]
    return Draft(
        events=tuple(_event(one, _share(one, specs, given)) for one in specs),
        missing=tuple(name for name in dict.fromkeys(missing) if name not in wrong),
        one_of=_one_of(spec, given.keys() | wrong.keys()),
        wrong=wrong,
        proposed=proposed,
        close=close,
    )


def _one_of(spec: EventSpec, given: AbstractSet[str]) -> tuple[str, ...]:
    """Return the fields of which one is still needed: which, and in a correction of an event also how."""
    if not given & set(spec.needs_one_of):
        return spec.needs_one_of
    ways = tuple(name for name in spec.takes if name not in spec.needs_one_of)
    return ways if spec.corrects and "target" in given and not given & set(ways) else ()


def _is_copied(text: Any, shown: str) -> bool:
    """Say whether a text, or one of several, is or ends with what a proposed command shows in its place."""
    texts = [text] if isinstance(text, str) else text if isinstance(text, list) else []
    return bool(shown) and any(one.strip().rpartition("：")[2] == shown for one in texts)


def _read(words: Vocabulary, texts: Mapping[str, Any], close: time) -> tuple[dict[str, Any], dict[str, str]]:
    """Turn texts into values; say which cannot be read."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, text in texts.items():
        try:
            values[name] = _value(words, name, text, close)
        except ValueError as error:
            wrong[name] = str(error)
    return values, wrong


def _value(words: Vocabulary, name: str, text: Any, close: time) -> Any:
    if isinstance(text, dict):
        named = {typed.field_named(words, key): one for key, one in text.items()}
        return {key: typed.read(words, key, one, close) for key, one in named.items()}
    if isinstance(text, bool):
        return text
    if isinstance(text, str):
        return typed.read(words, name, text, close)
    return [item for one in text for item in typed.read(words, name, one, close)]


def _impossible(words: Vocabulary, one: Ticket, spec: EventSpec, snapshot: Json, values: Json) -> dict[str, str]:
    """Say what cannot be meant: no choice, an old value that is not in force, an event to correct that does not exist."""
    wrong = {}
    for name, value in values.items():
        listed = typed.choices(words, spec, name)
        if name in spec.fields and listed and isinstance(value, str) and value not in listed:
            wrong[name] = f"没有“{clip(value)}”，可以写：{'、'.join(typed.offers(words, spec, name))}"
    part = next(
        (section for section in words.sections if section.part_of and section.name == values.get("section")), None
    )
    if part:
        wrong["section"] = f"“{part.name}”是“{part.part_of}”的一部分；写 {part.part_of}"
    current = snapshot.get(spec.changes) if spec.changes else None
    if current is not None:
        title = words.title(str(spec.changes))
        if values.get("from", current) != current:
            wrong["from"] = f"现在的{title}是 {current}，不是 {clip(values['from'])}；不写就取现在的值"
        if values.get("to") == current:
            wrong["to"] = f"现在的{title}已经是 {current}"
    target = values.get("target")
    if target is not None and not (isinstance(target, int) and 0 < target <= len(one.events)):
        every = "".join(f"\n{line}" for line in history(one))
        wrong["target"] = f"没有第 {clip(str(target))} 个事件，可以写：{every}"
    elif target is not None and isinstance(values.get("set"), dict):
        allowed = corrections.correctable(words, one.events[target - 1].name)
        unknown = next((name for name in values["set"] if name not in allowed), None)
        if unknown is not None:
            shown = "、".join(f"{name}（{title}）" for name, title in typed.titles(words).items() if name in allowed)
            name = one.events[target - 1].name
            wrong["set"] = f"第 {target} 个事件是 {name}，不带“{clip(unknown)}”；可以更正：{shown}"
    return wrong


def history(one: Ticket) -> list[str]:
    """Return the events of a ticket with their numbers, one a line."""
    return [f"  {event.number:>3}  {moment.show(event.at)}  {event.name}" for event in one.events]


def _specs(words: Vocabulary, spec: EventSpec, values: Json) -> list[EventSpec]:
    second = words.lifecycle.events.get(spec.brings or "")
    return [spec, second] if second and typed.PLAN in values else [spec]


def _share(spec: EventSpec, specs: list[EventSpec], given: Json) -> dict[str, Any]:
    """Return what one of the events carries of what was given; what none can carry stays with the first, to be refused."""
    carried = {name for one in specs for name in one.fields}
    return {
        name: value
        for name, value in given.items()
        if name in spec.fields or (spec is specs[0] and name not in carried)
    }


def _event(spec: EventSpec, fields: Json) -> dict[str, Any]:
    """Return an event whose fields stand in the order of the lifecycle, note and late last."""
    data = {"event": spec.name, **fields}
    last = ("note", "late")
    first = ("at", "event", "by", *(name for name in (*spec.needs, *spec.takes) if name not in last))
    others = (name for name in data if name not in {*first, *last})
    return {name: data[name] for name in (*first, *others, *last) if name in data}
