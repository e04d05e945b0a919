"""Requirements and choices that hold only from a day on: the schema can grow without turning old records red."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from faultkb import check, vocabulary

FIXTURES = Path(__file__).parents[1] / "fixtures" / "rules"
CLOSED = FIXTURES / "illegal-transition" / "good-whole-life.md"
"""Registered on 2026-11-16, closed; no ``remark``, no section 方案评审, channel 电话."""
AS_OF = datetime.fromisoformat("2026-11-20 17:30")


@pytest.fixture
def errors(repository: Path, place: Callable[[Path], None]) -> Callable[[], list[str]]:
    """Return a function that checks the closed ticket under the repository's schema and gives rules and messages."""
    place(CLOSED)

    def run() -> list[str]:
        outcome = check.check(repository, vocabulary.load(repository), AS_OF)
        return [f"{one.line}:{one.column} {one.rule} {one.message}" for one in outcome.findings]

    return run


def _change_schema(root: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = root / "schema" / "ticket.schema.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    change(data)
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def _change_lifecycle(root: Path, old: str, new: str) -> None:
    file = root / "schema" / "lifecycle.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


BEFORE_AND_AFTER = pytest.mark.parametrize(("since", "asked"), [("2026-11-16", True), ("2026-11-17", False)])


def test_the_ticket_is_faultless(errors: Callable[[], list[str]]) -> None:
    """Under the schema as it is, the ticket has no finding."""
    assert errors() == []


@BEFORE_AND_AFTER
def test_a_field_is_required_from_its_day_on(
    repository: Path, errors: Callable[[], list[str]], since: str, *, asked: bool
) -> None:
    """``x-since`` asks for a field of tickets registered on that day or later, at ``status:``."""
    _change_schema(repository, lambda data: data["properties"]["remark"].update({"x-since": since}))

    assert errors() == (["6:1 missing-field 缺少备注（remark）"] if asked else [])


@BEFORE_AND_AFTER
def test_an_event_requires_a_field_from_its_day_on(
    repository: Path, errors: Callable[[], list[str]], since: str, *, asked: bool
) -> None:
    """A requirement of an event with ``since`` holds for tickets registered on that day or later."""
    old = "requires: [team, owner, due_at, completed_at, verification, kb]"
    _change_lifecycle(repository, old, f"{old[:-1]}, {{name: remark, since: {since}}}]")

    assert errors() == (["6:1 missing-field 缺少备注（remark）：关闭 之后必须填写"] if asked else [])


@BEFORE_AND_AFTER
def test_an_event_requires_a_section_from_its_day_on(
    repository: Path, errors: Callable[[], list[str]], since: str, *, asked: bool
) -> None:
    """A section of an event with ``since`` is asked of tickets registered on that day or later."""
    _change_lifecycle(repository, "sections: [验证记录]", f"sections: [验证记录, {{name: 方案评审, since: {since}}}]")

    assert errors() == (["6:1 missing-section 关闭 之前要写好“方案评审”"] if asked else [])


@BEFORE_AND_AFTER
def test_a_choice_is_refused_from_the_day_of_its_retirement_on(
    repository: Path, errors: Callable[[], list[str]], since: str, *, asked: bool
) -> None:
    """A choice with ``x-retired`` may not be used by tickets registered on that day or later; older ones keep it."""
    _change_schema(repository, lambda data: data["properties"]["channel"]["oneOf"][0].update({"x-retired": since}))

    assert errors() == ([f"9:10 schema 反馈渠道 电话 已于 {since} 停用"] if asked else [])


@BEFORE_AND_AFTER
def test_a_choice_of_kb_and_of_an_event_retires_like_any_other(
    repository: Path, errors: Callable[[], list[str]], since: str, *, asked: bool
) -> None:
    """``x-retired`` holds in ``kb`` and in events too, in what a correction sets there, and for no other choice."""
    file = next((repository / "tickets").rglob("*.md"))
    text = file.read_text(encoding="utf-8").replace("note: 用户试了", "outcome: 已解决, note: 用户试了")
    correction = "  - {at: 2026-11-20 10:00, event: 更正, by: PM002, target: 5, set: {outcome: 已解决}, note: x, approver: PM001}"
    file.write_text(text.replace("event: 关闭, by: PM002}\n", f"event: 关闭, by: PM002}}\n{correction}\n"), "utf-8")

    def retire(data: dict[str, Any]) -> None:
        data["properties"]["kb"]["properties"]["entry"]["oneOf"][0]["x-retired"] = since
        data["$defs"]["event"]["properties"]["outcome"]["oneOf"][0]["x-retired"] = since
        data["$defs"]["event"]["properties"]["reason"]["oneOf"][0]["x-retired"] = since

    _change_schema(repository, retire)

    expected = [
        f"18:13 schema 收录决定 收录 已于 {since} 停用",
        f"24:61 schema 确认结果 已解决 已于 {since} 停用",
        f"26:76 schema 确认结果 已解决 已于 {since} 停用",
    ]
    assert errors() == (expected if asked else [])


def test_what_counts_is_the_day_of_the_registration(repository: Path, write_text: Callable[..., str]) -> None:
    """A fault reported before a choice was retired and registered after it may not have it: a clerk writes that time freely."""
    _change_schema(
        repository, lambda data: data["properties"]["channel"]["oneOf"][0].update({"x-retired": "2026-11-17"})
    )
    file = repository / "tickets/2026/11/SW-20261116-001.md"
    file.parent.mkdir(parents=True)
    found = []
    for registered in ("2026-11-16 18:00", "2026-11-17 09:00"):
        text = write_text(f"{registered} 登记", reported_at="2026-11-16 09:00")
        file.write_text(text, encoding="utf-8")
        outcome = check.check(repository, vocabulary.load(repository), AS_OF)
        found.append([one.rule for one in outcome.findings if one.level == "error"])
    assert found == [[], ["schema"]]
