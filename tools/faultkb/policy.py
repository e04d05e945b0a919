"""The SLA policy as data: clocks, targets and business hours, built from schema/sla.yaml; effective-dated."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any


@dataclass(frozen=True, slots=True)
class Duration:
    """A target: a number of wall-clock hours (``h``) or of working days to close of business (``wd``)."""

    number: int
    unit: str

    @classmethod
    def of(cls, text: str) -> Duration:
        """Read ``24 h`` or ``3 wd``."""
        number, unit = text.split()
        return cls(int(number), unit)

    def __str__(self) -> str:
        return f"{self.number} {'小时' if self.unit == 'h' else '个工作日'}"


@dataclass(frozen=True)
class ClockSpec:
    """One clock of a policy. The attributes are the keys of schema/sla.yaml, where each is explained."""

    id: str
    name: str
    targets: dict[str, Duration]
    start: tuple[str, ...]
    stop: tuple[str, ...]
    answers: str | None = None
    pause: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    not_later_than: tuple[str, ...] = ()
    reopened_by: str | None = None
    after: Duration | None = None
    repeats: bool = False
    external: bool = False
    informational: bool = False
    plan: bool = False

    @functools.cached_property
    def starting(self) -> frozenset[str]:
        """The events that start it, and those that decide whether a later one still does."""
        return frozenset({*self.start, *self.stop, *([self.answers] if self.answers else ())})

    @functools.cached_property
    def stopping(self) -> frozenset[str]:
        """The events that stop it, and the one that undoes that."""
        return frozenset({*self.stop, *([self.reopened_by] if self.reopened_by else ())})


@dataclass(frozen=True, slots=True)
class Policy:
    """The clocks in force for faults registered since a day.

    No clock counts from ``start_of_business``: it only says from when people are reminded.
    """

    effective_from: date
    close_of_business: time
    clocks: dict[str, ClockSpec]
    start_of_business: time = time(9)

    @property
    def plan(self) -> ClockSpec:
        """The clock of the work itself, which the planned due date stands for."""
        return next(one for one in self.clocks.values() if one.plan)


def build(data: dict[str, Any]) -> tuple[Policy, ...]:
    """Build the policies from the accepted content of sla.yaml, oldest first."""
    opening = time.fromisoformat(data.get("start_of_business", "09:00"))
    policies = (_policy(item, opening) for item in data["policies"])
    return tuple(sorted(policies, key=lambda policy: policy.effective_from))


def in_force(policies: tuple[Policy, ...], registered: datetime) -> Policy:
    """Return the policy for a fault registered at a moment; before the first one, the first applies."""
    day = registered.date()
    return next((policy for policy in reversed(policies) if policy.effective_from <= day), policies[0])


def _policy(data: dict[str, Any], opening: time) -> Policy:
    return Policy(
        effective_from=date.fromisoformat(data["effective_from"]),
        close_of_business=time.fromisoformat(data["close_of_business"]),
        clocks={name: _clock(name, spec) for name, spec in data["clocks"].items()},
        start_of_business=opening,
    )


def _clock(name: str, data: dict[str, Any]) -> ClockSpec:
    target = data["target"]
    targets = target if isinstance(target, dict) else dict.fromkeys(data["severities"], target)
    lists: dict[str, Any] = {
        key: tuple(data.get(key, ())) for key in ("start", "stop", "pause", "unless", "not_later_than")
    }
    plain = {
        key: data[key]
        for key in ("name", "answers", "reopened_by", "repeats", "external", "informational", "plan")
        if key in data
    }
    return ClockSpec(
        id=name,
        targets={severity: Duration.of(targets[severity]) for severity in data["severities"]},
        after=Duration.of(data["after"]) if "after" in data else None,
        **lists,
        **plain,
    )
