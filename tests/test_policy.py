"""The SLA policy as data: targets, effective dates, the clocks of DESIGN §5."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import policy
from faultkb.policy import Duration

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary

CLOCK: dict[str, Any] = {
    "name": "受理分配",
    "severities": ["高", "低"],
    "start": ["登记"],
    "stop": ["受理"],
    "target": "3 wd",
}


def policies(*days: str) -> tuple[policy.Policy, ...]:
    """Return policies that differ in their day."""
    return policy.build(
        {
            "policies": [
                {"effective_from": day, "close_of_business": "18:00", "clocks": {"accept": CLOCK}} for day in days
            ]
        }
    )


@pytest.mark.parametrize(
    ("text", "number", "unit", "shown"), [("24 h", 24, "h", "24 小时"), ("3 wd", 3, "wd", "3 个工作日")]
)
def test_duration(text: str, number: int, unit: str, shown: str) -> None:
    """Hours and working days, never mixed."""
    duration = Duration.of(text)
    assert (duration.number, duration.unit, str(duration)) == (number, unit, shown)


@pytest.mark.parametrize(
    ("registered", "effective"),
    [
        ("2023-06-01 10:00", "2024-01-01"),
        ("2024-01-01 00:00", "2024-01-01"),
        ("2026-06-30 23:59", "2024-01-01"),
        ("2026-07-01 00:00", "2026-07-01"),
        ("2027-05-05 12:00", "2027-01-01"),
    ],
)
def test_in_force(registered: str, effective: str) -> None:
    """The last policy that had taken effect on the day of the registration; before the first, the first. Their order in the file does not matter."""
    chosen = policy.in_force(policies("2027-01-01", "2024-01-01", "2026-07-01"), datetime.fromisoformat(registered))
    assert chosen.effective_from == date.fromisoformat(effective)


def test_one_target_for_all_severities() -> None:
    """Every severity of the clock gets it, others have none."""
    accept = policies("2024-01-01")[0].clocks["accept"]
    assert accept.targets == {"高": Duration(3, "wd"), "低": Duration(3, "wd")}


def test_close_of_business() -> None:
    """A time of day."""
    assert policies("2024-01-01")[0].close_of_business == time(18, 0)


# The table of DESIGN §5, written by hand: severities, start, stop, target, what does not count.
URGENT, OTHERS, ALL = ("紧急",), ("高", "中", "低"), ("紧急", "高", "中", "低")
TABLE: dict[str, tuple[tuple[str, ...], set[str], set[str], dict[str, str]]] = {
    "review": (ALL, {"登记"}, {"受理", "退回", "作废"}, dict.fromkeys(ALL, "1 wd")),
    "respond": (URGENT, {"登记", "定级", "重开"}, {"响应", "受理", "退回"}, {"紧急": "2 h"}),
    "inform": (URGENT, {"登记", "定级", "重开"}, {"反馈", "用户确认"}, {"紧急": "24 h"}),
    "accept": (OTHERS, {"登记"}, {"受理"}, dict.fromkeys(OTHERS, "3 wd")),
    "propose": (URGENT, {"登记", "定级", "重开"}, {"初步方案", "提交验证"}, {"紧急": "24 h"}),
    "resolve": (ALL, {"受理", "重开"}, {"提交验证"}, {"紧急": "24 h", "高": "3 wd", "中": "5 wd", "低": "10 wd"}),
    "update": (ALL, {"登记", "重开"}, {"反馈"}, dict.fromkeys(ALL, "2 wd")),
    "confirm": (ALL, {"提交验证"}, {"关闭", "验证不通过"}, dict.fromkeys(ALL, "5 wd")),
}


def test_the_eight_clocks(words: Vocabulary) -> None:
    """schema/sla.yaml has the clocks of the contract and no others."""
    assert set(words.policies[0].clocks) == set(TABLE)
    assert (words.timezone, words.policies[0].close_of_business) == ("Asia/Shanghai", time(18, 0))


@pytest.mark.parametrize("name", TABLE)
def test_clock(name: str, words: Vocabulary) -> None:
    """Each clock is for the severities, starts, stops and has the targets that the contract says."""
    severities, start, stop, targets = TABLE[name]
    spec = words.policies[0].clocks[name]
    assert tuple(spec.targets) == severities
    assert (set(spec.start), set(spec.stop)) == (start, stop)
    assert {severity: f"{target.number} {target.unit}" for severity, target in spec.targets.items()} == targets


def test_what_does_not_count(words: Vocabulary) -> None:
    """Four clocks rest while the user is waited for, accept while a 退回 is open; only confirm is for information."""
    clocks = words.policies[0].clocks
    user = {"待用户补充", "待用户确认"}
    assert {name: set(spec.pause) for name, spec in clocks.items() if spec.pause} == {
        "accept": {"退回"},
        "propose": user,
        "resolve": user,
        "update": user,
        "confirm": user,
    }
    assert [name for name, spec in clocks.items() if spec.informational] == ["confirm"]
    assert {name for name, spec in clocks.items() if spec.external} == {"inform", "update"}
    assert clocks["review"].answers == "补充"
    assert {name: spec.unless for name, spec in clocks.items() if spec.unless} == {"propose": ("待验证",)}
    assert [name for name, spec in clocks.items() if spec.repeats] == ["update"]
    assert {name: str(spec.after) for name, spec in clocks.items() if spec.after} == {"update": "3 个工作日"}
    assert set(clocks["resolve"].not_later_than) == {"respond", "accept"}
    assert clocks["resolve"].reopened_by == "验证不通过"


def test_the_clock_of_the_plan(words: Vocabulary) -> None:
    """The planned due date stands for resolve, and for no other clock."""
    assert words.policies[0].plan.id == "resolve"
    assert [name for name, spec in words.policies[0].clocks.items() if spec.plan] == ["resolve"]
