"""The tables of the documents: a row for each event, person, limit, measure or file, every cell a text of one line."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from faultkb import clocks, expressed, history, moment, standing, syntax, ticket
from faultkb.papers import measures, sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from faultkb.clocks import Clock
    from faultkb.papers.case import Case
    from faultkb.ticket import Json, Step

Row = dict[str, str]
"""A row of a table: every cell by its name."""

SEPARATOR = "、"
_PRELIMINARY = "初步方案"
"""The event by which the first idea of a solution is told."""


def timeline(case: Case) -> Iterator[Row]:
    """Every event of all cycles as it holds now: a corrected one as corrected, a void one not at all."""
    for number, step in enumerate(case.replay.steps, 1):
        yield {
            "序号": str(number),
            **_event(case, step, "人员"),
            "内容": expressed.event(case.data(step), case.words),
        }


def _event(case: Case, step: Step, who: str) -> Row:
    return {"时间": moment.show(step.event.at), "事件": step.event.name, who: case.who(step.event.by)}


def _told(case: Case, steps: Sequence[Step], who: str = "人员") -> Iterator[Row]:
    for step in steps:
        row = _event(case, step, who)
        yield {"时间": row["时间"], who: row[who], "内容": str(step.event.data.get("note", ""))}


def replies(case: Case) -> Iterator[Row]:
    """Everything that the user was told."""
    return _told(case, case.marked(history.TOLD, all_cycles=True))


def risks(case: Case) -> Iterator[Row]:
    """Every risk that was reported."""
    return _told(case, case.marked(history.RISK, all_cycles=True), "上报人")


def preliminary(case: Case) -> Iterator[Row]:
    """The first ideas of a solution in this cycle."""
    return _told(case, case.named(_PRELIMINARY))


def assignments(case: Case) -> Iterator[Row]:
    """Who got the fault, each time that it was given to somebody."""
    steps = case.replay.steps
    after = (*(step.snapshot for step in steps[1:]), case.replay.snapshot)
    for step, now in zip(steps, after, strict=True):
        given = {"team", "owner", "assistants"} & step.event.data.keys()
        if given or case.roles.get(step.event.number) in {history.ACCEPTED, history.REOPENED}:
            yield {
                **_event(case, step, "分配人"),
                "责任团队": str(now.get("team") or ""),
                "主责人": case.person(now.get("owner")),
                "协办人": SEPARATOR.join(case.person(one) for one in now.get("assistants") or ()),
                "计划完成时间": str(now.get("due_at") or ""),
                "说明": str(step.event.data.get("note", "")),
            }


def duties(case: Case, staff: str) -> list[str]:
    """Return the roles of somebody: those that the company gave, and which teams somebody leads."""
    roles = [role for role, people in case.words.roles.items() if staff in people]
    return [*roles, *(f"{name}组长" for name, team in case.words.teams.items() if team.lead == staff)]


def team(case: Case) -> Iterator[Row]:
    """Everybody who worked on the fault, once, with all that each one did; the leader first."""
    now, found = case.header, dict[str, list[str]]()
    own = case.words.teams.get(str(now.get("team", "")))
    people: list[tuple[str, list[str]]] = [("组长", [own.lead] if own else [])]
    people += [("主责人", _ids(now.get("owner"))), ("协办人", _ids(*(now.get("assistants") or ())))]
    people += [("评审人", [one for step in reviews_of(case) for one in step.event.data.get("participants", ())])]
    people += [("验证人", _ids(*(step.event.data.get("verifier") for step in case.verified)))]
    people += [("反馈人", _ids(now.get("reporter")))]
    for duty, staff in people:
        for one in dict.fromkeys(staff):
            found.setdefault(one, []).append(duty)
    for one, done in found.items():
        led = [name for name, part in case.words.teams.items() if part.lead == one]
        home = led or ([str(now["team"])] if "主责人" in done and "team" in now else [])
        yield {"职责": SEPARATOR.join(done), "人员": case.who(one), "团队": SEPARATOR.join(home)}


def _ids(*people: object) -> list[str]:
    return [one.staff for one in map(ticket.person, people) if one]


def reviews_of(case: Case) -> list[Step]:
    """Return the reviews of the current cycle."""
    return case.marked(history.REVIEWED)


def reviews(case: Case) -> Iterator[Row]:
    """The reviews of this cycle, with who took part in which role."""
    for step in reviews_of(case):
        row = _event(case, step, "主持")
        people = (_with_duties(case, one) for one in step.event.data.get("participants", ()))
        conclusion = str(step.event.data.get("note", ""))
        yield {"时间": row["时间"], "主持": row["主持"], "参加人": SEPARATOR.join(people), "结论": conclusion}


def _with_duties(case: Case, staff: str) -> str:
    held = SEPARATOR.join(duties(case, staff) or _part(case, staff))
    return f"{case.who(staff)}（{held}）" if held else case.who(staff)


def _part(case: Case, staff: str) -> list[str]:
    """Return what somebody without a role of the company is to this fault."""
    parts = {"主责人": _ids(case.header.get("owner")), "协办人": _ids(*(case.header.get("assistants") or ()))}
    return [name for name, people in parts.items() if staff in people]


def attendance(case: Case) -> Iterator[Row]:
    """Who took part in the last review of this cycle, to sign."""
    for step in reviews_of(case)[-1:]:
        for one in step.event.data.get("participants", ()):
            held = SEPARATOR.join(duties(case, one) or _part(case, one))
            yield {"人员": case.who(one), "职责": held, "签名": ""}


def deferrals(case: Case) -> Iterator[Row]:
    """Every change of the plan."""
    for step in case.marked(history.DEFERRED, all_cycles=True):
        row, data = _event(case, step, "操作人"), step.event.data
        yield {
            "时间": row["时间"],
            "操作人": row["操作人"],
            "原计划": str(step.snapshot.get("due_at") or "无"),
            "新计划": str(data.get("due_at", "")),
            "理由": str(data.get("note", "")),
            "批准人": case.who(str(data["approver"])) if "approver" in data else "",
        }


def pauses(case: Case) -> Iterator[Row]:
    """Every wait, and when it ended."""
    steps = case.replay.steps
    for number, step in enumerate(steps):
        if case.roles.get(step.event.number) == history.PAUSED:
            ends = (one.event.at for one in steps[number + 1 :] if step.spec.opens in one.spec.closes)
            until = next(ends, None)
            data = step.event.data
            yield {
                "开始": moment.show(step.event.at),
                "结束": moment.show(until) if until else "未结束",
                "原因": str(data.get("reason", "")),
                "说明": str(data.get("note", "")),
            }


def verifications(case: Case) -> Iterator[Row]:
    """Every verification of this cycle, in order of time."""
    for step in sorted(case.verified, key=lambda one: (one.event.at, one.event.number)):
        data: Json = step.event.data
        yield {
            "时间": moment.show(step.event.at),
            "结果": str(step.spec.sets.get("verification", {}).get("result", step.event.name)),
            "功能验证": str(data.get("functional", "")),
            "兼容性验证": str(data.get("compatibility", "")),
            "用户体验验证": str(data.get("experience", "")),
            "验证人": case.person(data.get("verifier")) or case.who(step.event.by),
            "说明": str(data.get("note", "")),
        }


SOLVED = "已解决"
"""What the user's confirmation says unless it says something else."""


def confirmations(case: Case) -> Iterator[Row]:
    """What the user said of the solution in this cycle."""
    for step in case.marked(history.CONFIRMED):
        row, data = _event(case, step, "人员"), step.event.data
        outcome = str(data.get("outcome", SOLVED))
        yield {"时间": row["时间"], "人员": row["人员"], "结果": outcome, "说明": str(data.get("note", ""))}


def limits(case: Case) -> Iterator[Row]:
    """Every time limit."""
    for one in case.standing.clocks:
        row = _limit(one)
        yield {"时限": row["时限"], "轮次": f"第 {one.cycle} 轮", **row}


def telling_limits(case: Case) -> Iterator[Row]:
    """The time limits for telling the user."""
    external = {spec.id for spec in standing.in_force(case.standing, case.words).clocks.values() if spec.external}
    return (_limit(one) for one in case.standing.clocks if one.clock in external)


def _limit(one: Clock) -> Row:
    stopped = one.stopped_at or one.ended_at
    return {
        "时限": one.name if one.n == 1 else f"{one.name}（第 {one.n} 次）",
        "起算": moment.show(one.started_at),
        "到期": f"{moment.show(one.due_at)}{'（暂定）' if one.provisional else ''}",
        "停止": moment.show(stopped) if stopped else "",
        "结论": f"{one.verdict}（仅供参考）" if one.informational and one.verdict != clocks.MISSING else one.verdict,
    }


def files(case: Case) -> Iterator[Row]:
    """The files in the ticket's folder, and the sections that refer to them."""
    used: dict[str, list[str]] = {}
    own = PurePosixPath(case.ticket.path).stem
    for name in dict.fromkeys(name for name, _ in case.ticket.sections) if case.attachments else ():
        for target in syntax.targets(syntax.parse(case.ticket.text_of(name))):
            used.setdefault(target, []).append(name)
    for name, size in case.attachments:
        where = dict.fromkeys(used.get(f"{own}/{name}", ()))
        yield {"文件": name, "大小": _size(size), "用途": SEPARATOR.join(where) or "没有引用"}


_KILO = 1000


def _size(size: int) -> str:
    return f"{size} B" if size < _KILO else f"{size / _KILO:.0f} KB" if size < _KILO**2 else f"{size / _KILO**2:.1f} MB"


def question(case: Case) -> Iterator[Row]:
    """The problem in the questions of 5W2H, as far as the ticket answers them."""
    impact: Any = case.header.get("impact") or {}
    said = {name: sections.part(case, "故障描述", name) for name in ("现象", "使用场景", "发生频率")}
    told = {name: sections.gist(text, case.words.lists) for name, text in said.items()}
    severity = case.words.choices["severity"].get(case.standing.severity, {}).get("description", "")
    where = [SEPARATOR.join(impact.get(name) or ()) for name in ("regions", "products", "versions", "modules")]
    users = impact.get("users")
    yield from (
        {"要素": name, "内容": content}
        for name, content in (
            ("何事（What）", "。".join(filter(None, [case.ticket.title, told["现象"]]))),
            ("何时（When）", _joined(发生=case.header.get("occurred_at"), 反馈=case.header.get("reported_at"))),
            ("何地（Where）", "；".join(filter(None, where))),
            ("何人（Who）", _joined(反馈人=case.person(case.header.get("reporter")), 渠道=case.standing.channel)),
            ("为何是问题（Why）", "：".join(filter(None, [case.standing.severity, severity]))),
            ("怎样发生（How）", told["使用场景"]),
            ("多少（How many）", _joined(受影响用户数=users, 频率=told["发生频率"])),
        )
    )


def _joined(**parts: object) -> str:
    return "；".join(f"{name} {value}" for name, value in parts.items() if value not in {None, ""})


TABLES: dict[str, Callable[[Case], Iterator[Row]]] = {
    "团队": team,
    "分配": assignments,
    "问题5W2H": question,
    "措施": measures.rows,
    "初步方案": preliminary,
    "评审": reviews,
    "评审人员": attendance,
    "风险": risks,
    "改期": deferrals,
    "暂停": pauses,
    "验证": verifications,
    "反馈": replies,
    "告知时限": telling_limits,
    "确认": confirmations,
    "经过": timeline,
    "时限": limits,
    "附件": files,
}
"""What fills each table; those of the document itself (签字, 文件清单) are not of the fault."""
