"""Rules about who did what: separation of duties and reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb.finding import WARNING
from faultkb.rules import Hit, rule
from faultkb.rules.transitions import stands_for
from faultkb.ticket import NOBODY, is_earlier, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.rules import Case
    from faultkb.ticket import Json, Step
    from faultkb.yamltext import Path


@rule("self-verification")
def self_verification(case: Case) -> Iterator[Hit]:
    """验证人是这个故障的主责人或协办人。

    自己修的自己验证，等于没有验证。这一轮里当过主责人或协办人的都不能做验证人。
    改法：请测试团队的其他人验证并记录。
    """
    workers: set[str] = set()
    after = [*(step.snapshot for step in case.replay.steps[1:]), case.replay.snapshot]
    for step, snapshot in zip(case.replay.steps, after, strict=True):
        if step.spec.new_cycle:
            workers = set()
        if snapshot is not step.snapshot:
            workers = workers | _staff(snapshot)
        verifier = step.event.data.get("verifier")
        if verifier and staff_key(verifier.get("staff", "")) in workers:
            yield Hit((*step.event.path, "verifier"), "验证人不能是这一轮的主责人或协办人", "请测试团队的其他人验证")


def _staff(data: Json) -> set[str]:
    people = [data.get("owner"), *(data.get("assistants") or ())]
    return {staff_key(one["staff"]) for one in people if one and "staff" in one}


def staff_key(staff: str) -> str:
    """Return what tells one person from another: RD017, rd017 and RD-017 are the same."""
    return staff.casefold().replace("-", "").replace("_", "")


@rule("verified-by-proxy", level=WARNING)
def verified_by_proxy(case: Case) -> Iterator[Hit]:
    """验证的结果是主责人自己记录的。

    验证人写的是别人，却由主责人记录，就没有人知道那个人是不是真的验证过。
    改法：由验证人自己记录；已经记录的，请验证人在合并请求里确认。
    """
    for step in case.replay.steps:
        owner, verifier = person(step.snapshot.get("owner")), person(step.event.data.get("verifier"))
        if owner and verifier and staff_key(step.event.by) == staff_key(owner.staff):
            yield Hit(
                (*step.event.path, "by"),
                f"{step.event.name}是主责人 {owner.staff} 代为记录的",
                f"由验证人 {verifier.staff} 自己记录；已经记录的，请他在合并请求里确认",
            )


@rule("two-names", level=WARNING)
def two_names(case: Case) -> Iterator[Hit]:
    """同一个工号，写了两个不同的姓。

    工号写错一位，就成了另一个人：谁负责、谁验证、该不该回避，都会弄错。只比较姓，后面遮盖了多少不管。
    从旧跟踪表导入的人没有工号时写 UNKNOWN，可以是不同的人。
    改法：核对工号与姓名，改正写错的一处；已经合并的用“更正”。
    """
    first: dict[str, str] = {}
    for path, one in _people(case):
        staff, name = staff_key(str(one.get("staff", ""))), str(one.get("name", ""))
        if staff == staff_key(NOBODY):
            continue
        known = first.setdefault(staff, name)
        if known[:1] != name[:1] and "*" not in {known[:1], name[:1]}:
            message = f"{one['staff']} 前面写的是 {known[:1]}*，这里是 {name[:1]}*"
            yield Hit((*path, "name"), message, "核对工号与姓名，改正写错的一处；已经合并的用“更正”", private=True)
            return


def _people(case: Case) -> Iterator[tuple[Path, Json]]:
    """Find the people in the registration and in the events, as corrections leave them."""
    places: list[tuple[Path, Any]] = [(("reporter",), case.ticket.header.get("reporter"))]
    places += [
        ((*step.event.path, name), value)
        for step in case.replay.steps
        for name, value in step.event.data.items()
        if type(value) is dict or type(value) is list
    ]
    for path, value in places:
        if type(value) is dict and "staff" in value:
            yield path, value
        elif type(value) is list:
            yield from (((*path, at), item) for at, item in enumerate(value) if type(item) is dict and "staff" in item)


@rule("self-approval")
def self_approval(case: Case) -> Iterator[Hit]:
    """批准人就是操作人。

    推迟计划（改期，或定级时给出更晚的计划完成时间）、调低严重程度和更正记录要由另一个人批准，否则任何人都能让超时消失。
    豁免（waive）的批准人是登记人或主责人时提醒。
    改法：请产品负责人等其他人批准，approver 写他的工号。
    """
    for step in case.replay.steps:
        approver = step.event.data.get("approver")
        if approver and staff_key(approver) == staff_key(step.event.by) and _needs_another(case, step):
            yield Hit(
                (*step.event.path, "approver"),
                f"{step.event.name} 的批准人不能是操作人自己",
                "approver 写另一个人的工号",
            )


def _needs_another(case: Case, step: Step) -> bool:
    if step.spec.approver == "when_lower":
        order = case.vocabulary.severities()
        old, new = step.event.data.get("from"), step.event.data.get("to")
        lowered = old in order and new in order and order.index(new) > order.index(old)
        return lowered or _postpones(step)
    return step.spec.approver == "always" and not is_earlier(step.spec, step.event, step.snapshot)


def _postpones(step: Step) -> bool:
    old, new = step.snapshot.get("due_at"), step.event.data.get("due_at")
    return isinstance(old, str) and isinstance(new, str) and new > old


def _reviewed(steps: tuple[Step, ...], until: Step, event: str) -> bool:
    return any(step.event.name == event and step.cycle == until.cycle for step in steps[: steps.index(until)])


@rule("missing-review")
def missing_review(case: Case) -> Iterator[Hit]:
    """该评审的方案没有评审。

    高优先级和复杂（complex: true）的问题，提交验证之前要有方案评审；紧急问题可以先修复，关闭之前补上。
    严重程度按提交验证时的算。每一轮（重开之后）重新评审。导入时已经提交验证的故障，按导入时的算。
    改法：组织产品、研发、测试负责人评审，记录“评审”事件和“方案评审”一节。
    """
    review = case.vocabulary.lifecycle.review
    judged: dict[int, set[str]] = {}
    for step in case.replay.steps:
        if stands_for(step, review["judged_at"], case.vocabulary.lifecycle):
            reasons = {str(step.snapshot.get("severity"))} | (
                {"complex"} if case.ticket.header.get("complex") is True else set()
            )
            judged[step.cycle] = reasons & review["before"].keys()
        if step.cycle not in judged:
            continue
        due = [one for one in judged[step.cycle] if review["before"][one] == step.event.name]
        if due and not _reviewed(case.replay.steps, step, review["event"]):
            why = "复杂问题" if "complex" in due else f"严重程度为 {due[0]} 的问题"
            yield Hit(
                step.event.path,
                f"{why}在 {step.event.name} 之前要有 {review['event']}",
                f"组织评审，在 {step.event.name} 之前记录 {review['event']}",
            )


@rule("review-roles", level=WARNING)
def review_roles(case: Case) -> Iterator[Hit]:
    """评审缺少产品、研发或测试负责人。

    流程要求由产品、研发、测试负责人组织评审，保证方案可行、资源投入及风险可控。谁是负责人见 schema/teams.yaml。
    同一轮里的几次评审合起来算。
    改法：请缺席的负责人补充意见，还没有合并的加入参加人（participants），已经合并的再记录一次“评审”；人员变动时更新 schema/teams.yaml。
    """
    review = case.vocabulary.lifecycle.review
    heads = {role: set(map(staff_key, case.vocabulary.roles[role])) for role in review["roles"]}
    present: dict[int, set[str]] = {}
    last: dict[int, Step] = {}
    for step in case.replay.steps:
        if step.event.name == review["event"]:
            present.setdefault(step.cycle, set()).update(map(staff_key, step.event.data.get("participants", ())))
            last[step.cycle] = step
    for cycle, step in last.items():
        absent = [role for role, staff in heads.items() if not present[cycle] & staff]
        if absent:
            yield Hit(
                (*step.event.path, "participants"),
                f"{review['event']} 缺少：{'、'.join(absent)}",
                f"请他们补充意见后加入参加人（participants）；已经合并的再记录一次 {review['event']}",
            )
