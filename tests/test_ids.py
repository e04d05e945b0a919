"""Public ids: where their files are, and which is the next."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from faultkb import ids

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 11, 3)


@pytest.mark.parametrize(
    ("ticket_id", "path"),
    [
        ("SW-20261103-001", "tickets/2026/11/SW-20261103-001.md"),
        ("OT-20270101-999", "tickets/2027/01/OT-20270101-999.md"),
        ("HW-20261231-1000", "tickets/2026/12/HW-20261231-1000.md"),
    ],
)
def test_home_follows_from_the_id(ticket_id: str, path: str) -> None:
    """Year and month of the id are the folders; forward slashes on every system."""
    assert ids.home(ticket_id) == path


NEXT = {
    "none of the day": ([], "SW-20261103-001"),
    "after the highest": (["2026/11/SW-20261103-001", "2026/11/SW-20261103-002"], "SW-20261103-003"),
    "gaps stay gaps": (["2026/11/SW-20261103-001", "2026/11/SW-20261103-007"], "SW-20261103-008"),
    "other types do not count": (["2026/11/HW-20261103-005"], "SW-20261103-001"),
    "other days do not count": (["2026/11/SW-20261102-005", "2026/11/SW-20261104-005"], "SW-20261103-001"),
    "more than three digits": (["2026/11/SW-20261103-999"], "SW-20261103-1000"),
    "more than a thousand": (["2026/11/SW-20261103-999", "2026/11/SW-20261103-1000"], "SW-20261103-1001"),
    "numbers, not texts": (["2026/11/SW-20261103-0010", "2026/11/SW-20261103-009"], "SW-20261103-011"),
    "misplaced files count": (["2025/01/SW-20261103-004"], "SW-20261103-005"),
    "names that are no ids": (
        ["2026/11/SW-20261103-abc", "2026/11/README", "2026/11/xSW-20261103-009"],
        "SW-20261103-001",
    ),
}


@pytest.mark.parametrize(("there", "expected"), NEXT.values(), ids=NEXT.keys())
def test_next_id_of_a_day(tmp_path: Path, there: list[str], expected: str) -> None:
    """The next number is one more than the highest of its prefix and day, whatever the content of the files."""
    (tmp_path / "tickets").mkdir()
    for name in there:
        path = tmp_path / "tickets" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert ids.next_id(tmp_path, "SW", DAY) == expected


def test_attachments_of_a_fault_are_no_faults(tmp_path: Path) -> None:
    """A folder named like a fault does not take its number twice."""
    home = tmp_path / "tickets" / "2026" / "11"
    (home / "SW-20261103-001").mkdir(parents=True)
    (home / "SW-20261103-001.md").touch()
    assert ids.next_id(tmp_path, "SW", DAY) == "SW-20261103-002"
