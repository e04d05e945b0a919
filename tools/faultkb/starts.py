"""Where a clock starts: at its events, at a change of severity, at another clock's due date, or again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from faultkb import pauses, reckoning
from faultkb.reckoning import Way

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from faultkb.course import Course
    from faultkb.policy import ClockSpec
    from faultkb.ticket import Step


class Start(NamedTuple):
    """A moment at which a clock begins, by which event, and the severity that it runs for.

    ``seen`` is the place of the last step that it knows of: those after it may stop or change the clock.
    """

    at: datetime
    event: str
    severity: str
    seen: int


def of(spec: ClockSpec, course: Course) -> Iterator[Start]:
    """Find every start of a clock in a cycle, in order."""
    if (spec.external and not course.external) or spec.targets.keys().isdisjoint(course.severities):
        return
    find = _repeated if spec.repeats else _bounded if spec.not_later_than else _by_events
    # The severity of a ticket with errors may be anything.
    yield from (start for start in find(spec, course) if start.severity in spec.targets)


def _by_events(spec: ClockSpec, course: Course) -> Iterator[Start]:
    """A clock that does not start by a change of severity runs, once the severity is one of its own, from its event on."""
    waiting: Step | None = None
    for index in course.relevant(spec.starting):
        step, severity = course.steps[index], course.severities[index]
        name = step.event.name
        if course.changes_severity(index):
            if severity not in spec.targets or course.severity_before(index) in spec.targets:
                continue
            if name in spec.start:
                if step.before not in spec.unless:
                    yield Start(step.event.at, name, severity, index)
            elif waiting is not None:
                yield Start(waiting.event.at, waiting.event.name, severity, index)
                waiting = None
        elif name in spec.start:
            waiting = None if severity in spec.targets or course.is_missing(spec) else step
            yield Start(step.event.at, name, severity, index)
        elif name == spec.answers and not step.waiting.isdisjoint(step.spec.closes):
            yield Start(step.event.at, name, severity, index)
        elif name in spec.stop:
            waiting = None


def _repeated(spec: ClockSpec, course: Course) -> Iterator[Start]:
    """From some time after the first event on, and again from each stop."""
    first = next((step for step in course.steps if step.event.name in spec.start), None)
    if first is None or spec.after is None or course.lost:
        return
    at = reckoning.due(first.event.at, spec.after, course.policy, course.calendar)
    if at > course.as_of or (course.closed_at is not None and at >= course.closed_at):
        return
    seen = course.last_until(at)
    yield Start(at, f"{first.event.name}后 {spec.after}", course.severities[seen], seen)
    for index in range(seen + 1, len(course.steps)):
        step = course.steps[index]
        if step.event.name in spec.stop:
            yield Start(step.event.at, step.event.name, course.severities[index], index)


def _bounded(spec: ClockSpec, course: Course) -> Iterator[Start]:
    """Start at the first event of the clock, or at the due date of another clock where that has passed before."""
    bound = _Bound(spec, course)
    for index, step in enumerate(course.steps):
        # A clock is not over at its very due date: what happens in that minute comes first.
        if bound.at is not None and bound.at < step.event.at:
            break
        bound.see(index)
        if step.event.name in spec.start:
            if bound.at is not None and bound.at < step.event.at:
                break  # the start itself ended what the other clock waited for, after that was due
            yield Start(step.event.at, step.event.name, course.severities[index], index)
            return
        if step.event.name in spec.stop:  # imported history: the start was not recorded
            yield Start(step.event.at, step.event.name, course.severities[index], index - 1)
            return
    else:
        if course.closed_at is not None:
            return
    if bound.at is not None and bound.at <= course.as_of:
        seen = course.last_until(bound.at)
        yield Start(bound.at, f"{bound.name}到期", course.severities[seen], seen)


class _Bound:
    """The due date from which a clock runs at the latest (``at``; None while there is none), step by step."""

    def __init__(self, spec: ClockSpec, course: Course) -> None:
        self.at: datetime | None = None
        self._course = course
        self._clocks = [course.policy.clocks[name] for name in spec.not_later_than]
        self.name = ""
        self._stretches = {one.id: pauses.stretches(course, one) for one in self._clocks}
        self._from: dict[str, Step] = {}
        self._returned: set[str] = set()
        """The clocks that a return has stopped: its answer starts them anew, as far as this bound goes."""

    def see(self, index: int) -> None:
        """Take note of a step."""
        step, course = self._course.steps[index], self._course
        for one in self._clocks:
            if step.event.name in one.start and not (
                course.changes_severity(index) and course.severity_before(index) in one.targets
            ):
                self._from[one.id] = step
                self._returned.discard(one.id)
            elif step.spec.opens and step.event.name in one.stop:
                self._returned.add(one.id)
            elif one.id in self._returned and not step.waiting.isdisjoint(step.spec.closes):
                self._from[one.id] = step
                self._returned.discard(one.id)
        waiting = (step.waiting - set(step.spec.closes)) | ({step.spec.opens} if step.spec.opens else set())
        self.at = None
        for one in self._clocks:
            target = one.targets.get(course.severities[index])
            if target and one.id in self._from and one.id not in self._returned and waiting.isdisjoint(one.pause):
                begun = self._from[one.id].event
                ways = ((Way(begun.at, target, begun.name),),)
                self.at = reckoning.reckon(ways, self._stretches[one.id], step.event.at, course).at
                self.name = one.name
