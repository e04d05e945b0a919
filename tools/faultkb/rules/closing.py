"""Rules about what must be there when a fault is handed over or closed: sections, confirmation, knowledge-base entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.filling import filled
from faultkb.lifecycle import NONE
from faultkb.rules import Hit, rule
from faultkb.rules.transitions import steps_since

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.rules import Case
    from faultkb.ticket import Json, Step


@rule("missing-section")
def missing_section(case: Case) -> Iterator[Hit]:
    """正文缺少必须的章节，或章节还没有填写。

    故障描述（含现象）登记时就要有；原因分析、短期方案、长期方案在提交验证之前填好；验证记录在关闭之前填好。
    只写“待补充”“无”“略”“N/A”之类、只留着提示的原文、只有标记或看不见的字符，等于没有填。
    改法：补上提示的章节。
    """
    parents = {section.part_of for section in case.vocabulary.sections if section.required}
    for section in case.vocabulary.sections:
        if (
            section.required
            and section.name not in parents
            and not filled(
                case.ticket, case.vocabulary, section.part_of or section.name, section.part_of and section.name
            )
        ):
            names = [section.name] if section.part_of is None else [section.part_of, section.name]
            yield Hit(
                ("sections", *names),
                f"没有写“{section.name}”",
                f"补上“{'#' * (len(names) + 1)} {section.name}”：{section.description}",
            )
    yield from _asked_by_events(case)


def _asked_by_events(case: Case) -> Iterator[Hit]:
    reported: set[str] = set()
    day = case.ticket.registered_at.date()
    for step in case.replay.in_cycle:
        for wanted in step.spec.sections:
            if (
                wanted.applies(day)
                and wanted.name not in reported
                and not filled(case.ticket, case.vocabulary, wanted.name)
            ):
                reported.add(wanted.name)
                yield Hit(
                    ("sections", wanted.name),
                    f"{step.event.name} 之前要写好“{wanted.name}”",
                    f"补上“## {wanted.name}”一节的内容",
                )


@rule("kb-decision")
def kb_decision(case: Case) -> Iterator[Hit]:
    """关闭了，却没有决定是否收录到知识库。

    关闭的故障要么收录（写一句话现象和一句话解决方法），要么并入同因的故障（写编号），要么不收录或撤下（写理由）。
    作废的故障不能收录。收录的理由只供内部查看。
    改法：在文件头写 kb，例如 kb: {entry: 收录, summary: 现象一句话, solution: 解决方法一句话}。
    """
    if case.replay.status not in case.vocabulary.lifecycle.closed_states:
        return
    kb = case.ticket.header.get("kb")
    options = case.vocabulary.choices["kb.entry"]
    closed = case.vocabulary.lifecycle.closed_states
    closing = [step for step in case.replay.in_cycle if step.after in closed and step.before != step.after]
    if closing and closing[-1].before == NONE:  # imported as closed
        return
    allowed = closing[-1].spec.kb_entries if closing else ()
    if not kb or "entry" not in kb:
        choices = "、".join(allowed or options)
        advice = f"在文件头写 kb: {{entry: …}}；entry 可以是：{choices}"
        yield Hit(("kb",), "已关闭，但没有写知识库的决定（kb）", advice)
        return
    for name in options[kb["entry"]].get("x-needs", ()):
        title = case.vocabulary.title("kb", name)
        if name not in kb:
            yield Hit(("kb",), f"{kb['entry']} 要写{title}（{name}）", f"在 kb 里补上 {name}: …")
        elif kb[name] == title:
            yield Hit(("kb", name), f"{title}（{name}）还是样子里的文字", f"把“{title}”换成这个故障的{title}")
    if allowed and kb["entry"] not in allowed:
        message = f"{closing[-1].event.name} 的故障不能 {kb['entry']}"
        yield Hit(("kb", "entry"), message, f"只能是：{'、'.join(allowed)}")


@rule("missing-confirmation")
def missing_confirmation(case: Case) -> Iterator[Hit]:
    """有用户的故障，关闭前没有用户确认；或用户说没有解决，却关闭了。

    流程要求涉及特定用户的问题由客服请用户验证。用户说没有解决就不能关闭，写没写 customer 都一样，后来联系不上也一样；
    要等他说已解决，或验证不通过、重新提交验证之后再问。联系不上的，之前至少要有两次反馈。
    改法：由客服联系用户后记录“用户确认”；没有对应的用户时不要填 customer。
    """
    closing = case.vocabulary.lifecycle.closing
    for number, step in enumerate(case.replay.steps):
        if step.event.name != closing["event"]:
            continue
        confirmed = steps_since(case, number, closing["since"], closing["confirmed_by"])
        refused = _refused(confirmed, closing)
        if refused:
            outcome = refused.event.data["outcome"]
            advice = f"记录 验证不通过，继续处理；用户后来说解决了的，再记录 {closing['confirmed_by']}，写明 outcome"
            yield Hit(refused.event.path, f"用户说{outcome}，不能 {closing['event']}", advice)
        elif "customer" in case.ticket.header:
            yield from _unconfirmed(case, number, confirmed)


def _refused(confirmed: list[Step], closing: Json) -> Step | None:
    """Return the last answer of the user, if it blocks the closing; not to reach him is no answer, nor is none."""
    silent = {None, closing["unreachable"]["outcome"]}
    answers = [step for step in confirmed if step.event.data.get("outcome") not in silent]
    return answers[-1] if answers and answers[-1].event.data["outcome"] in closing["blocked_by"] else None


def _unconfirmed(case: Case, number: int, confirmed: list[Step]) -> Iterator[Hit]:
    """Find a closing of a customer's fault without his word, and without the calls that stand for it."""
    closing, step = case.vocabulary.lifecycle.closing, case.replay.steps[number]
    unreachable = closing["unreachable"]
    if not confirmed:
        yield Hit(
            step.event.path,
            f"{closing['event']} 之前没有 {closing['confirmed_by']}（最后一次 {closing['since']} 之后）",
            f"请客服联系用户后记录 {closing['confirmed_by']}",
        )
        return
    asked = confirmed[-1].event
    told = [
        one
        for one in case.replay.steps[:number]
        if one.cycle == step.cycle and one.event.name == unreachable["after"] and one.event.at <= asked.at
    ]
    if asked.data.get("outcome") == unreachable["outcome"] and len(told) < unreachable["times"]:
        yield Hit(
            asked.path,
            f"{unreachable['outcome']}：之前要有 {unreachable['times']} 次 {unreachable['after']}，现在是 {len(told)} 次",
            f"再联系用户，记录 {unreachable['after']}，满 {unreachable['times']} 次之后再记录 {closing['confirmed_by']}",
        )
