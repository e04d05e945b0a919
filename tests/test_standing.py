"""How a fault stands at a moment."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from faultkb import standing
from faultkb.ticket import Person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.standing import Standing
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

    Stand = Callable[..., Standing | None]

moment = datetime.fromisoformat


@pytest.fixture(scope="session")
def stand(make_ticket: Callable[..., Ticket], words: Vocabulary) -> Stand:
    """Return a function from events to how the fault stands."""

    def at(*events: str, as_of: str, **fields: str) -> Standing | None:
        return standing.of(make_ticket(*events, **fields), words, moment(as_of))

    return at


def test_an_accepted_fault(stand: Stand) -> None:
    """Everything that lists and reports show."""
    one = stand(
        "2026-11-02 09:00 登记",
        "2026-11-02 10:00 受理",
        "2026-11-03 10:00 定级",
        as_of="2026-11-03 12:00",
        severity="高",
    )
    assert one is not None
    assert (one.id, one.path) == ("SW-20261102-001", "tickets/2026/11/SW-20261102-001.md")
    assert (one.title, one.type, one.severity, one.status, one.is_open) == (
        "网关升级后每日凌晨重启",
        "软件Bug",
        "高",
        "处理中",
        True,
    )
    assert (one.channel, one.team, one.owner) == ("电话", "软件开发组", Person("RD017", "李*"))
    assert (one.reported_at, one.due_at, one.completed_at) == (
        moment("2026-11-02 09:00"),
        moment("2026-11-06 18:00"),
        None,
    )
    assert (one.products, one.versions, one.waiting, one.late) == (("智能网关 GW2",), ("V2.3.1",), (), False)
    assert {clock.clock for clock in one.clocks} >= {"review", "accept", "resolve"}


def test_looking_back(stand: Stand) -> None:
    """As of an earlier day it is what the events up to then say, whatever the header says now."""
    path = ("2026-11-02 09:00 登记", "2026-11-03 10:00 受理", "2026-11-04 10:00 定级", "2026-11-05 10:00 作废")
    one = stand(
        *path,
        as_of="2026-11-02 12:00",
        severity="高",
        status="已关闭",
        team="软件开发组",
        completed_at="2026-11-05 10:00",
    )
    assert one is not None
    assert (one.status, one.severity, one.team, one.owner, one.due_at, one.completed_at) == (
        "待受理",
        "中",
        "",
        None,
        None,
        None,
    )


def test_before_the_registration_there_is_no_fault(stand: Stand) -> None:
    """A minute before it, nothing."""
    assert stand("2026-11-02 09:00 登记", as_of="2026-11-02 08:59") is None


@pytest.mark.parametrize(
    ("path", "as_of", "late"),
    [
        pytest.param(("登记", "受理"), "2026-11-06 18:00", False, id="at the due"),
        pytest.param(("登记", "受理"), "2026-11-06 18:01", True, id="a minute later"),
        pytest.param(("登记", "受理", "改期"), "2026-11-10 12:00", False, id="postponed"),
        pytest.param(("登记", "受理", "改期"), "2026-11-20 18:01", True, id="postponed and late"),
        pytest.param(("登记", "受理", "提交验证"), "2026-11-10 12:00", False, id="handed over for verification"),
        pytest.param(("登记", "受理", "提交验证", "验证不通过"), "2026-11-10 12:00", True, id="came back"),
        pytest.param(("登记", "受理", "作废"), "2026-11-10 12:00", False, id="closed"),
        pytest.param(("登记",), "2026-12-31 12:00", False, id="no plan"),
    ],
)
def test_late(path: tuple[str, ...], as_of: str, late: bool, stand: Stand) -> None:  # noqa: FBT001 - a case's own verdict
    """Late is an open fault whose plan has passed and whose work is still to be done."""
    one = stand(*path, as_of=as_of)
    assert one is not None
    assert one.late is late


@pytest.mark.parametrize(
    ("path", "waiting"),
    [(("登记", "退回"), ("退回",)), (("登记", "退回", "补充"), ()), (("登记", "受理", "暂停"), ("暂停",))],
)
def test_waiting(path: tuple[str, ...], waiting: tuple[str, ...], stand: Stand) -> None:
    """What it waits for, by the event that began the wait."""
    one = stand(*path, as_of="2026-11-20 12:00")
    assert one is not None
    assert one.waiting == waiting


def test_a_fault_with_holes(stand: Stand) -> None:
    """Lists and reports show a fault whose header breaks the schema as far as it is known."""
    one = stand(
        "登记",
        "受理 due_at: 明天",
        as_of="2026-11-20 12:00",
        impact="很大",
        title=None,
        channel="信鸽",
        severity="特急",
    )  # type: ignore[arg-type]
    assert one is not None
    assert (one.title, one.channel, one.products, one.severity, one.due_at) == ("", "", (), "", None)


@pytest.fixture
def office(root: Path, tmp_path: Path, write_text: Callable[..., str]) -> Path:
    """Return a repository with three faults, one of which cannot be read."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    folder = tmp_path / "tickets" / "2026" / "11"
    folder.mkdir(parents=True)
    for number, fields in enumerate(
        ({}, {"severity": "高", "impact": "{users: 1, products: [门锁 L7, 网关], versions: [V1]}"}), 1
    ):
        text = write_text("登记", "受理", **fields).replace("SW-20261102-001", f"SW-20261102-00{number}")
        (folder / f"SW-20261102-00{number}.md").write_text(text, encoding="utf-8")
    (folder / "SW-20261102-003.md").write_text("没有文件头", encoding="utf-8")
    return tmp_path


def test_all(office: Path, words: Vocabulary) -> None:
    """In order of path, with the number of files that cannot be read; those that come later are neither."""
    found, unreadable = standing.all_at(office, words, moment("2026-11-20 12:00"))
    assert ([one.id for one in found], unreadable) == (["SW-20261102-001", "SW-20261102-002"], 1)
    assert standing.all_at(office, words, moment("2026-11-01 12:00")) == ([], 1)


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [1, 2]),
        ({"severity": ["高"]}, [2]),
        ({"severity": ["高", "中"]}, [1, 2]),
        ({"severity": [], "team": ["软件开发组"]}, [1, 2]),
        ({"severity": ["高"], "team": ["测试组"]}, []),
        ({"products": ["l7"]}, [2]),
        ({"products": ["网关"]}, [1, 2]),
        ({"products": ["摄像机", "GW"]}, [1]),
        ({"status": ["待受理"]}, []),
    ],
)
def test_matching(wanted: dict[str, list[str]], numbers: list[int], office: Path, words: Vocabulary) -> None:
    """Values of one field are alternatives, fields add up; a product matches by any part of its name."""
    found, _ = standing.all_at(office, words, moment("2026-11-20 12:00"))
    assert [int(one.id[-1]) for one in standing.matching(found, **wanted)] == numbers


def test_one_calendar_for_all(words: Vocabulary) -> None:
    """It remembers the days that it was asked about."""
    assert standing.calendar(words) is standing.calendar(words)
