"""Rules about the fields of the header: known, filled, written as the schema says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import completeness, tidy
from faultkb.filling import filled, says_nothing
from faultkb.finding import WARNING
from faultkb.rules import Hit, corrections, rule
from faultkb.ticket import is_earlier
from faultkb.violation import is_telling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.document import Document
    from faultkb.rules import Case
    from faultkb.ticket import Json, Step
    from faultkb.violation import Violation
    from faultkb.vocabulary import Vocabulary
    from faultkb.yamltext import Path


def _violations(case: Case, rule_id: str) -> Iterator[Hit]:
    for one in case.violations:
        if one.rule == rule_id:
            yield explained(one, case.document, case.vocabulary)


def explained(one: Violation, document: Document, words: Vocabulary) -> Hit:
    """Return what breaks the schema as a hit: whether its line may be shown, and whether a program can mend it."""
    telling = one.rule == "unknown-field" and is_telling(str(one.path[-1]))
    mends = one.rule == "schema" and tidy.scalar(document.header, one.path, one.help) is not None
    private = telling or one.private or words.schema.field(one.path).private
    return Hit(one.path, one.message, one.help, private, fixable=mends)


@rule("schema")
def schema(case: Case) -> Iterator[Hit]:
    """字段的值不符合规定：不是可选的值、时间格式不对、类型不对、太长。

    报表、时限和发布都依赖这些值，写法不统一就算不出来。规定在 schema/ticket.schema.json，
    网站的“字段表”页有同样的内容。停用的选项只能用于停用之前登记的故障，以及从旧跟踪表导入时就是这样的故障。
    改法：按提示的写法改；下拉选择的字段只能填列出的值。
    """
    yield from _violations(case, "schema")
    yield from _retired(case)
    yield from _wrong_reason(case)


def _retired(case: Case) -> Iterator[Hit]:
    day = case.ticket.registered_at.date()
    for field, days in case.vocabulary.retiring.items():
        group, _, name = field.rpartition(".")
        for path, data in _places(case, group):
            value = data.get(name)
            since = days.get(value) if isinstance(value, str) else None
            if since and day >= since and (group or not _came_so(case, name, str(value))):
                title = case.vocabulary.title(*path[:2], name)
                yield Hit((*path, name), f"{title} {value} 已于 {since} 停用", f"{since} 起登记的故障请选别的{title}")


def _came_so(case: Case, name: str, value: str) -> bool:
    """Say whether a choice stands since the import: the older sheet had it, and nobody chose it here."""
    if not case.replay.is_imported:
        return False
    first = case.replay.steps[0]
    return bool({**first.snapshot, **first.event.data}.get(name, value) == value)


def _places(case: Case, group: str) -> Iterator[tuple[Path, Json]]:
    """Return where a field of a group stands: in the header, in its kb, or in each event and what corrections set there."""
    if group == "events":
        for event in case.ticket.events:
            yield event.path, event.data
            yield (*event.path, "set"), event.data.get("set", {})
    else:
        header = case.ticket.header
        yield ((), header) if not group else ((group,), header.get(group, {}))


def _wrong_reason(case: Case) -> Iterator[Hit]:
    reasons = case.vocabulary.choices["events.reason"]
    for event in case.ticket.events:
        given = [((*event.path, "reason"), event.name, event.data.get("reason"))]
        target = event.data.get("target", 0)
        if 0 < target < event.number:
            corrected = event.data.get("set", {}).get("reason")
            given.append(((*event.path, "set", "reason"), case.ticket.events[target - 1].name, corrected))
        for path, name, reason in given:
            fitting = [one for one, choice in reasons.items() if choice.get("x-for") == name]
            if reason and fitting and reason not in fitting:
                yield Hit(path, f"{name} 的原因不能是 {reason}", f"只能是：{'、'.join(fitting)}")


@rule("unknown-field")
def unknown_field(case: Case) -> Iterator[Hit]:
    """字段名不认识，或这个事件不带这个字段。

    多半是拼错了字：severty 不会被当作 severity，那一项就等于没填。
    改法：按提示改正字段名；没有对应字段的内容写进正文或备注（remark）。
    """
    yield from _violations(case, "unknown-field")
    for step in case.replay.steps:
        event = case.ticket.events[step.event.number - 1]
        for name in () if step.spec.fields.issuperset(event.data) else event.data:
            if name not in step.spec.fields:
                allowed = "、".join(sorted(step.spec.fields - {"at", "event", "by"}))
                yield Hit((*event.path, name), f"{event.name} 不带 {name}", f"{event.name} 可以带：{allowed}")
        if step.spec.only_with:
            yield from _only_with(step)


def _only_with(step: Step) -> Iterator[Hit]:
    for condition, names in step.spec.only_with.items():
        if step.event.data.get(condition) is not True:
            for name in names:
                if name in step.event.data:
                    yield Hit(
                        (*step.event.path, name),
                        f"{step.event.name} 只有写了 {condition}: true 才能带 {name}",
                        f"删去 {name}，由后面的事件给出",
                    )


@rule("missing-field")
def missing_field(case: Case) -> Iterator[Hit]:
    """必填的字段没有填。

    要求随事件而来：登记时要有基本信息，受理之后要有责任团队、主责人和计划完成时间，关闭之后要有验证结果、
    实际完成时间和知识库的决定；每个事件也有自己必须带的字段，必须写的说明不能只写“无”“说明”之类。
    改法：按提示补上；不知道的时间写“未知”（只有故障发生时间和用户数可以这样写）。
    """
    yield from _violations(case, "missing-field")
    yield from _required_since(case)
    for step in case.replay.steps:
        if step.spec.needs_one_of or not step.spec.needed.issubset(step.event.data):
            yield from _missing_in_event(case, step)
        note = step.event.data.get("note") if "note" in step.spec.needed else None
        if note is not None and says_nothing(note, case.vocabulary):
            place = corrections.place(case, step, "note")
            title = _title(case, "note")
            yield Hit(place, f"{step.event.name} 的{title}（note）没有内容", f"写清楚：{step.spec.description}")
    yield from _missing_in_header(case)


def _required_since(case: Case) -> Iterator[Hit]:
    """A field that the schema requires only of faults registered since a day (``x-since``)."""
    for name, since in case.vocabulary.required_since.items():
        if name not in case.ticket.header and case.ticket.registered_at.date() >= since:
            yield Hit((name,), f"缺少{case.vocabulary.title(name)}（{name}）", f"{since} 起登记的故障必须填写 {name}")


def _missing_in_event(case: Case, step: Step) -> Iterator[Hit]:
    spec, event = step.spec, step.event
    excused = _excused(step)
    for name in spec.needs:
        if name not in event.data and name not in excused:
            yield Hit(
                (*event.path, name), f"{event.name} 缺少{_title(case, name)}（{name}）", f"在这一行里补上 {name}: …"
            )
    if spec.needs_one_of and not set(spec.needs_one_of) & event.data.keys():
        options = "、".join(f"{_title(case, name)}（{name}）" for name in spec.needs_one_of)
        yield Hit(event.path, f"{event.name} 至少要写一项：{options}", "在这一行里补上其中一项")


def _excused(step: Step) -> frozenset[str]:
    if step.spec.when_earlier and is_earlier(step.spec, step.event, step.snapshot):
        return frozenset(step.spec.when_earlier["without"])
    return frozenset()


def _missing_in_header(case: Case) -> Iterator[Hit]:
    """What the events of the current cycle ask of the header; an import asks nothing for the state that it begins with."""
    reported: set[str] = set()
    day = case.ticket.registered_at.date()
    for step in case.replay.in_cycle:
        for wanted in step.spec.requires:
            lacking = wanted.name not in case.ticket.header and wanted.name != "kb"
            if (
                lacking
                and wanted.applies(day)
                and wanted.name not in reported
                and _still_asked(case, step, wanted.name)
            ):
                reported.add(wanted.name)
                title = case.vocabulary.title(wanted.name)
                yield Hit(
                    (wanted.name,),
                    f"缺少{title}（{wanted.name}）：{step.event.name} 之后必须填写",
                    f"在文件头补上 {wanted.name}: …",
                )


def _still_asked(case: Case, step: Step, name: str) -> bool:
    """A later event may have cleared the field again (验证不通过 clears completed_at)."""
    later = [one for one in case.replay.in_cycle if one.event.at >= step.event.at and one is not step]
    return not any(name in one.spec.clears for one in later)


def _title(case: Case, name: str) -> str:
    return case.vocabulary.schema.field(("events", 0, name)).title


@rule("incomplete-report", level=WARNING, waivable=True)
def incomplete_report(case: Case) -> Iterator[Hit]:
    """登记的信息不够完整。

    故障发生时间、使用场景、发生频率、复现步骤、环境信息决定了研发能不能复现；缺了多半要退回补充，多花一个工作日。
    待受理、处理中的故障还看各类型要写明的内容：硬件故障的型号、批次、现场环境，软件Bug的系统、日志或错误代码，
    兼容性问题双方的版本……算出完整度，按重要程度列出还缺什么。规定在 schema/ticket.schema.json 的 x-completeness。
    从旧跟踪表导入的历史（imported: true）不看这一条：当时没有问的，现在多半问不到了。
    改法：补上提示的字段或章节；问不到的故障发生时间写“未知”，得不到的内容写明为什么得不到。
    """
    if case.replay.is_imported:
        return
    for name in case.vocabulary.recommended:
        if name not in case.ticket.header:
            field = case.vocabulary.schema.field((name,))
            yield Hit((name,), f"没有写{field.title}（{name}）", f"补上 {name}；{field.hint}".rstrip("；"))
    for section in case.vocabulary.sections:
        if section.recommended and not filled(
            case.ticket, case.vocabulary, section.part_of or section.name, section.part_of and section.name
        ):
            path: Path = ("sections", section.part_of or section.name, section.name)
            yield Hit(
                path,
                f"没有写“{section.name}”",
                f"在“## {section.part_of}”下面的“### {section.name}”里写（没有这一节就加上）：{section.description}",
            )
    yield from _score(case)


def _score(case: Case) -> Iterator[Hit]:
    """Say how complete a report is while somebody may still ask for the rest, and what to write first."""
    words = case.vocabulary
    if case.replay.status in words.asked.states:
        found = completeness.score(case.ticket, words)
        if found.percent < words.asked.enough:
            parents = {one.name: one.part_of for one in words.sections}
            place = found.missing[0].ways[0].places[0]
            path: Path = ("sections", parents[place] or place, place) if place in parents else tuple(place.split("."))
            yield Hit(path, f"完整度 {found}", completeness.first_step(case.ticket, words))


@rule("unmasked-name", waivable=True)
def unmasked_name(case: Case) -> Iterator[Hit]:
    """人员姓名没有遮盖。

    流程规定姓名用 * 号代替（工号 + 张*），仓库和报表里都不出现全名。人员字段里的是错误；正文、备注、附件、文件名里像姓名的
    只是提醒，因为普通的词也可能被认成姓名。
    改法：只留姓，其余写成 *，例如 {staff: RD017, name: 李*}；文件名里的，给文件改名。提醒的那些如果不是姓名，或经批准可以
    公开，照提示在文件头加一条豁免（waive）。
    """
    if not _any_unmasked(case.ticket.header):
        return
    for path, data in _collections(case.ticket.header, ()):
        name = data.get("name")
        if name is not None and "staff" in data and "*" not in name:
            mends = tidy.name(name) is not None
            yield Hit((*path, "name"), "姓名没有用 * 遮盖", "只写姓，其余用 *，例如 李*", private=True, fixable=mends)


def _any_unmasked(data: Json) -> bool:
    """Say whether any name lacks its mask, quickly: almost none does."""
    if "staff" in data and "name" in data and "*" not in data["name"]:
        return True
    for value in data.values():
        kind = type(value)
        if kind is dict:
            if _any_unmasked(value):
                return True
        elif kind is list and any(type(item) is dict and _any_unmasked(item) for item in value):
            return True
    return False


def _collections(data: Json, path: Path) -> Iterator[tuple[Path, Json]]:
    """Walk the mappings of a header, those in lists included."""
    yield path, data
    for key, value in data.items():
        kind = type(value)
        if kind is dict:
            yield from _collections(value, (*path, key))
        elif kind is list:
            for index, item in enumerate(value):
                if type(item) is dict:
                    yield from _collections(item, (*path, key, index))
