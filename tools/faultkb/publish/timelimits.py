"""The time limits in words, from schema/sla.yaml: how each clock runs, what each severity gets, worked examples."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from faultkb import reckoning, standing
from faultkb.moment import WEEKDAYS
from faultkb.publish.phrases import either, table, word
from faultkb.safe_markdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from faultkb.policy import ClockSpec, Duration, Policy
    from faultkb.vocabulary import Vocabulary

_STARTS = ("2026-11-03 09:12", "2026-11-06 19:00", "2026-09-30 16:00")
"""A Tuesday morning, a Friday evening, and the afternoon before a long holiday."""


def clocks(words: Vocabulary, names: Sequence[str]) -> str:
    """Print some clocks of the policy in force, all without names; what the policy does not have is left out."""
    last = words.policies[-1]
    return _clocks([last.clocks[name] for name in names or last.clocks if name in last.clocks], last, words)


def policies(words: Vocabulary, _names: Sequence[str]) -> str:
    """Print every policy, the newest first."""
    parts = []
    for one in reversed(words.policies):
        parts += [f"## {one.effective_from} 起登记的故障", f"下班时间是 {one.close_of_business:%H:%M}。"]
        parts.append(_clocks(one.clocks.values(), one, words))
    return "\n\n".join(parts)


def _clocks(some: Iterable[ClockSpec], policy: Policy, words: Vocabulary) -> str:
    """Print a list, which a phone shows as well as a wide screen."""
    return "\n".join(
        f"- **{escape(one.name)}**：{_targets(one, words)}。{'；'.join(_said(one, policy, words))}。" for one in some
    )


def _targets(one: ClockSpec, words: Vocabulary) -> str:
    """Print the targets of a clock, equal ones together."""
    groups: defaultdict[Duration, list[str]] = defaultdict(list)
    for severity, target in one.targets.items():
        groups[target].append(escape(severity))
    if len(groups) == 1 and len(one.targets) == len(words.severities()):
        return str(next(iter(groups)))
    return "，".join(f"{'、'.join(severities)} {target}" for target, severities in groups.items())


def _said(one: ClockSpec, policy: Policy, words: Vocabulary) -> Iterator[str]:
    """Say in words how a clock runs."""
    changing = {name for name in one.start if words.lifecycle.events[name].changes}
    starts = [f"{name}为{'、'.join(one.targets)}" if name in changing else name for name in one.start]
    begin = f"从 {either(starts)} 起" + (f"满 {one.after} 之后开始" if one.after else "")
    yield f"{begin}，到 {either(one.stop)} 为止" + ("，每次之后重新起算" if one.repeats else "")
    if one.not_later_than:
        names = (policy.clocks[other].name for other in one.not_later_than)
        yield f"最晚从 {either(names)} 到期时起算，晚受理不占便宜"
    if one.answers:
        yield f"退回之后，从 {escape(one.answers)} 起重新计时"
    if one.reopened_by:
        yield f"{escape(one.reopened_by)} 之后接着计时，其间不算"
    if one.pause:
        yield f"{either(one.pause)} 期间不计时"
    if one.unless:
        yield f"{either(one.unless)} 时调整严重程度，不再起算"
    if one.external:
        yield "只对有外部用户的故障"
    if one.informational:
        yield "仅供参考，不进统计与超时清单"


def matrix(words: Vocabulary, _names: Sequence[str]) -> str:
    """Print a row for each clock in force, a column for each severity."""
    last = words.policies[-1]
    rows = (
        (
            f"**{word(one.name)}**",
            *(word(str(one.targets[name])) if name in one.targets else "—" for name in words.severities()),
        )
        for one in last.clocks.values()
    )
    return table(("时限", *map(escape, words.severities())), rows)


def severities(words: Vocabulary, _names: Sequence[str]) -> str:
    """Print what each severity is, and by when the work is planned to be done."""
    plan = words.policies[-1].plan
    rows = (
        (f"**{word(name)}**", escape(choice.get("description", "")), word(str(plan.targets.get(name, "—"))))
        for name, choice in words.choices["severity"].items()
    )
    return table((escape(words.title("severity")), "怎样判断", escape(plan.name)), rows)


def reviews(words: Vocabulary, _names: Sequence[str]) -> str:
    """Print which faults need a review, and before what."""
    review = words.lifecycle.review
    rows = (
        (f"**{escape(words.title('complex') if name == 'complex' else name)}**", f"{escape(event)}之前")
        for name, event in review["before"].items()
    )
    titles = ("故障", f"{escape(review['event'])}要在")
    return f"{table(titles, rows)}\n\n参加的人：{escape('、'.join(review['roles']))}。"


def examples(words: Vocabulary, _names: Sequence[str]) -> str:
    """Print when every target of the policy in force is due, from a few moments, reckoned as the reports do."""
    last, starts = words.policies[-1], [datetime.fromisoformat(text) for text in _STARTS]
    targets = {target for one in last.clocks.values() for target in one.targets.values()}
    rows = (
        (f"**{word(str(target))}**", *(_day(_due(start, target, last, words)) for start in starts))
        for target in sorted(targets, key=lambda one: (one.unit, one.number))
    )
    return table(("目标＼起算", *(_day(start) for start in starts)), rows)


def _due(start: datetime, target: Duration, policy: Policy, words: Vocabulary) -> datetime:
    return reckoning.due(start, target, policy, standing.calendar(words))


def _day(moment: datetime) -> str:
    return f"{moment:%m-%d} 周{WEEKDAYS[moment.weekday()]}<br>{moment:%H:%M}"
