"""A row becomes a ticket: each field from its column, repaired where that is certain, and the rest into the remark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb import document, moment, tracking
from faultkb.inflow import chapters, choices, customers, persons, rest, scope, times
from faultkb.inflow.draft import quoted
from faultkb.validation import FAULT_ID

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from faultkb.inflow.draft import Draft
    from faultkb.inflow.line import Given

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


def _choices(draft: Draft) -> None:
    """Type and severity, which every ticket has."""
    _choose(draft, "type", _by_number(draft) or list(draft.words.prefixes)[-1])
    severities = draft.words.severities()
    _choose(draft, "severity", severities[-2])


def _by_number(draft: Draft) -> str | None:
    """Return the type that an old number of ours tells."""
    cell = draft.line.first("id")
    match = FAULT_ID.fullmatch(cell.text.strip()) if cell else None
    return next((kind for kind, prefix in draft.words.prefixes.items() if match and match[1] == prefix), None)


def _choose(draft: Draft, name: str, default: str) -> None:
    cell = draft.take_one(name)
    title = draft.words.title(name)
    found = choices.choose(draft.words, name, cell.text) if cell else None
    if cell is None:
        draft.say(f"没有写{title}，按“{default}”登记")
    elif found is None:
        draft.keep(cell)
        draft.say(f"{title}{quoted(cell)}不认识，按“{default}”登记，原文在备注里")
    elif found != cell.text.strip():
        draft.say(f"{title}{quoted(cell)}写成“{found}”")
    draft.header[name] = found or default


def _channel(draft: Draft) -> None:
    cell = draft.take_one("channel")
    found = choices.choose(draft.words, "channel", cell.text) if cell else None
    unknown = list(draft.words.choices["channel"])[-1]
    if cell and found is None:
        draft.keep(cell)
        draft.say(f"{draft.words.title('channel')}{quoted(cell)}不认识，写“{unknown}”，原文在备注里")
    elif cell and found != cell.text.strip():
        draft.say(f"{draft.words.title('channel')}{quoted(cell)}写成“{found}”")
    draft.header["channel"] = found or unknown


def _reported(draft: Draft) -> None:
    """When it was reported: without that there is no id."""
    cell = draft.take_one("reported_at")
    title = draft.words.title("reported_at")
    found = times.read(draft.line, cell) if cell else None
    if isinstance(found, times.Read):
        _repaired(draft, cell, found)
        at = found.at if found.has_time else times.opens(draft.words, found.at)
        if not found.has_time:
            draft.say(f"{title}没有写几点，按上班时间 {at:%H:%M}")
        if times.is_future(at, draft.office.as_of, has_time=found.has_time):
            draft.refusals.append(f"{title} {moment.show(at)} 还没有到：常见的是年份或月份写错")
        draft.header["reported_at"] = moment.show(min(at, draft.office.as_of) if not found.has_time else at)
        return
    if _guessed(draft, title):
        if cell:
            draft.keep(cell)
    elif cell and found:
        draft.refusals.append(f"{title}{quoted(cell)}读不出来（{found}）：改成 2026-11-03 09:12 这样")
    else:
        draft.refusals.append(f"没有{title}，编号里也看不出日期：补上这一格，或用 --set {title}=… 给没有写的行一个时间")


def _guessed(draft: Draft, title: str) -> bool:
    """Take the day from the old number, else that of the fault itself; say whether there is one."""
    number, occurred = draft.line.first("id"), draft.line.first("occurred_at")
    at = times.in_id(number.text) if number else None
    source = draft.words.title("id")
    if at is None and occurred and isinstance(read := times.read(draft.line, occurred), times.Read):
        at, source = read.at, draft.words.title("occurred_at")
    if at is None or at > draft.office.as_of or not moment.is_minute(moment.show(at)):
        return False
    draft.header["reported_at"] = moment.show(
        at if (at.hour or at.minute) else min(times.opens(draft.words, at), draft.office.as_of)
    )
    draft.say(f"没有{title}，取{source}里的日期")
    return True


def _repaired(draft: Draft, cell: Given | None, found: times.Read) -> None:
    if found.remark:
        draft.say(f"{cell.title if cell else ''}：{found.remark}")
    if found.rest and cell:
        draft.keep(cell)


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


def _times(draft: Draft) -> None:
    """The other times, held against the report."""
    if "reported_at" not in draft.header:
        return
    reported = moment.parse(draft.header["reported_at"])
    for name in ("occurred_at", "due_at", "completed_at"):
        cell = draft.take_one(name)
        if cell is None:
            continue
        found = times.read(draft.line, cell)
        if isinstance(found, str):
            draft.keep(cell)
            if name != "occurred_at" or not cell.text.strip().startswith(scope.UNKNOWN):
                draft.say(f"{cell.title}{quoted(cell)}读不出来（{found}），原文在备注里")
            continue
        at = _in_day(draft, name, found, reported)
        wrong = _wrong(draft, name, at, found, reported)
        if wrong:
            draft.keep(cell)
            draft.say(f"{cell.title}{wrong}，没有采用，原文在备注里")
            continue
        _repaired(draft, cell, found)
        draft.header[name] = moment.show(at)
    draft.header.setdefault("occurred_at", scope.UNKNOWN)


def _in_day(draft: Draft, name: str, found: times.Read, reported: datetime) -> datetime:
    """Give a day its time: a fault begins with business, work ends with it; neither crosses the report or the present."""
    if found.has_time:
        return found.at
    if name == "occurred_at":
        at = times.opens(draft.words, found.at)
        at = min(at, reported) if at.date() == reported.date() else at
    else:
        at = times.closes(draft.words, found.at)
        at = max(at, reported) if at.date() == reported.date() else at
        if name == "completed_at" and at.date() == draft.office.as_of.date():
            at = min(at, draft.office.as_of)
    draft.say(f"{draft.words.title(name)}没有写几点，按{'上' if name == 'occurred_at' else '下'}班时间")
    return at


def _wrong(draft: Draft, name: str, at: datetime, found: times.Read, reported: datetime) -> str:
    title = draft.words.title("reported_at")
    if name == "occurred_at":
        return f"晚于{title}" if at > reported else ""
    if at < reported:
        return f"早于{title}"
    if name == "completed_at" and times.is_future(at, draft.office.as_of, has_time=found.has_time):
        return "还没有到"
    return ""


def _state(draft: Draft) -> None:
    """The state, as the sheet says or as the rest of the row shows."""
    words, header = draft.words, draft.header
    closed = next(iter(words.lifecycle.closed_states))
    cell = draft.take_one("status")
    title = words.title("status")
    found = choices.choose(words, "status", cell.text) if cell else None
    if cell and found is None and choices.plain(cell.text) in choices.VOIDED:
        found = closed
        draft.keep(cell)
    header["status"] = found or _guess(draft, closed)
    if cell is None:
        draft.say(f"没有写{title}，按“{header['status']}”登记")
    elif found is None:
        draft.keep(cell)
        draft.say(f"{title}{quoted(cell)}不认识，按“{header['status']}”登记，原文在备注里")
    elif found != cell.text.strip():
        draft.say(f"{title}{quoted(cell)}写成“{found}”")
    if "completed_at" in header and header["status"] not in {
        closed,
        words.lifecycle.events[words.lifecycle.closing["since"]].to,
    }:
        one = draft.line.first("completed_at")
        if one:
            draft.keep(one)
        del header["completed_at"]
        draft.say(f"{title}是“{header['status']}”，却有{words.title('completed_at')}：没有采用，原文在备注里")


def _guess(draft: Draft, closed: str) -> str:
    life = draft.words.lifecycle
    if "completed_at" in draft.header:
        return closed
    return str(life.events["受理"].to) if "owner" in draft.header else life.initial


def _team(draft: Draft) -> None:
    cell = draft.take_one("team")
    if cell is None:
        return
    found = choices.team(draft.words, cell.text)
    title = draft.words.title("team")
    if found is None:
        draft.keep(cell)
        draft.say(f"{title}{quoted(cell)}不认识，没有填{title}，原文在备注里")
        return
    if found != cell.text.strip():
        draft.say(f"{title}{quoted(cell)}写成“{found}”")
    draft.header["team"] = found


def _impact(draft: Draft) -> None:
    """Users, products, versions and so on, from their own columns and from the one that holds them all."""
    words = draft.words
    told: dict[str, Any] = {}
    for key in ("users", *scope.LISTS):
        for cell in draft.take(f"impact.{key}"):
            _impact_part(draft, told, key, cell, cell.masked, is_own=True)
    for cell in draft.take("impact"):
        parts = scope.split(words, cell.masked)
        for key, text_ in parts.items():
            _impact_part(draft, told, key, cell, text_, is_own=bool(key))
    for key in ("users", "products", "versions"):
        if key not in told:
            told[key] = scope.UNKNOWN if key == "users" else [scope.UNKNOWN]
            draft.say(f"没有写{words.title('impact', key)}，写“{scope.UNKNOWN}”")
    draft.header["impact"] = {key: told[key] for key in ("users", *scope.LISTS) if key in told}


def _impact_part(draft: Draft, told: dict[str, Any], key: str, cell: Given, said: str, *, is_own: bool) -> None:
    if key in scope.LISTS:
        found, whole = scope.items(said)
        if found:
            told[key] = list(dict.fromkeys([*told.get(key, []), *found]))
        if not whole:
            draft.keep(cell, said)
        return
    users = scope.users(said)
    if users and "users" not in told:
        told["users"] = users.number
        if users.exact:
            return
        draft.say(f"{draft.words.title('impact', 'users')}按 {users.number} 登记，原文{quoted(cell)}在备注里")
    elif is_own:
        draft.say(f"{draft.words.title('impact', 'users')}{quoted(cell)}不是数，原文在备注里")
    if not is_own and (found := scope.versions(said)):
        told["versions"] = list(dict.fromkeys([*told.get("versions", []), *found]))
    draft.keep(cell, said)


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


def _texts(draft: Draft) -> None:
    """Title and sections."""
    words = draft.words
    required = next(one for one in words.sections if one.required and one.part_of)
    section, main = str(required.part_of), required.name
    for one in words.sections:
        name = f"{one.part_of}/{one.name}" if one.part_of else one.name
        for cell in draft.take(name):
            if name == section:
                for part, said in chapters.description(words, section, cell.masked).items():
                    draft.write(section, part or main, said)
            else:
                _section(draft, one.part_of or one.name, one.name if one.part_of else "", cell.masked)
    solutions = next((c for c in _joint(draft)), None)
    for cell in draft.take("+".join(solutions)) if solutions else ():
        for name, said in chapters.sections(words, solutions or (), cell.masked).items():
            draft.write(name, "", said)
    _title(draft, section, main)


def _joint(draft: Draft) -> list[tuple[str, ...]]:
    return [one.of for one in tracking.columns(draft.words) if len(one.of) > 1]


def _section(draft: Draft, section: str, part: str, said: str) -> None:
    if part:
        draft.write(section, part, said)
        return
    for name, some in chapters.description(draft.words, section, said).items():
        draft.write(section, name, some)


def _title(draft: Draft, section: str, main: str) -> None:
    cell = draft.take_one("title")
    told = draft.sections.get((section, main), [])
    if cell and chapters.is_title(cell.masked.strip()):
        draft.header["title"] = " ".join(cell.masked.split())
        if not any(map(str.isalnum, "".join(told))):
            draft.write(section, main, cell.masked)
            draft.say(f"没有{section}，取{draft.words.title('title')}")
        return
    source = cell.masked if cell else next(iter(told), "")
    if not source.strip():
        source = next((texts[0] for key, texts in draft.sections.items() if key[0] == section), "")
    if not source.strip():
        draft.refusals.append(f"没有{section}，也没有{draft.words.title('title')}：补上其中一格")
        return
    draft.header["title"] = chapters.first_sentence(source) or source.split()[0][:80]
    if cell:
        draft.say(f"{draft.words.title('title')}太长，取了第一句，全文在“{main}”里")
        draft.sections.setdefault((section, main), []).insert(0, cell.masked)
    else:
        draft.say(f"没有{draft.words.title('title')}，取{section}的第一句")
    if not draft.sections.get((section, main)):
        draft.write(section, main, source)


def _verification(draft: Draft) -> None:
    """Results of verification belong to events, which an import does not have: they stand in the section."""
    words = draft.words
    section = next(one.part_of for one in reversed(words.sections) if one.part_of)
    label = words.title("verification", "result")
    for cell in draft.take("verification"):
        for part, said in chapters.description(words, str(section), cell.masked).items():
            found = choices.choose(words, "verification.result", said) if not part else None
            draft.write(str(section), part, f"{label}：{said}" if found or (not part and "\n" not in said) else said)
    for cell in draft.take("verification.reason"):
        draft.write(str(section), "", f"{words.title('verification', 'reason')}：{cell.masked}")


_STEPS: tuple[Callable[[Draft], None], ...] = (
    _choices,
    _channel,
    _reported,
    _times,
    _number,
    persons.reporter,
    persons.workers,
    _state,
    _team,
    _impact,
    customers.fill,
    _verification,
    persons.verifier,
    _texts,
    _remark,
)
