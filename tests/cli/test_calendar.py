"""``fault calendar``: a year to look at, and due dates for a phone, read back by an independent parser."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import icalendar
import pytest

from faultkb.schemafiles import HOLIDAYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = ("--as-of", "2026-11-05 12:00")
LOGIN, GATEWAY, LOCK = "SW-20261104-001", "SW-20261102-001", "HW-20261029-001"


def at(text: str) -> datetime:
    """Read a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestYear:
    """The calendar of a year."""

    def test_text(self, call: Callable[..., Any], empty: Path) -> None:
        """October 2026 in its weeks: 1 to 7 are off, Saturday 10 is worked; today has a star."""
        done = call(empty, "calendar", "2026", "--as-of", "2026-10-09")
        lines = done.stdout.splitlines()
        assert done.returncode == 0
        assert lines[0] == "2026 年工作日历  248 个工作日"
        assert "国家公布的安排" in lines[1]
        assert "  1休  2休  3休  4休 " in done.stdout
        assert "  5休  6休  7休  8  * 9   10班 11 " in done.stdout
        assert "10-01 周四 至 10-07 周三  休息 7 天  国庆节" in done.stdout
        assert re.search(r"10-10 周六 +上班 +国庆节补班", done.stdout)

    def test_this_year_is_the_default(self, call: Callable[..., Any], empty: Path) -> None:
        """Without a year it is that of the moment; the word year may be left out or not."""
        said = [call(empty, "calendar", *words, "--as-of", "2025-06-01").stdout for words in ((), ("2025",), ("year",))]
        assert said[0].startswith("2025 年工作日历")
        assert len(set(said)) == 1

    def test_the_company_s_own_days(self, call: Callable[..., Any], empty: Path) -> None:
        """Days off and days worked of the company have marks of their own, and their names in the list."""
        path = empty / "schema" / "calendar.yaml"
        own = "days: {2026-05-30: {workday: true, name: 盘点}, 2026-12-31: {workday: false, name: 休整}}"
        path.write_text(path.read_text(encoding="utf-8").replace("days: {}", own), encoding="utf-8")
        done = call(empty, "calendar", "2026", "--as-of", "2026-05-04")
        assert "30企" in done.stdout
        assert "31歇" in done.stdout
        assert re.search(r"05-30 周六 +上班 +盘点（公司）", done.stdout)
        assert re.search(r"12-31 周四 +休息 1 天 +休整（公司）", done.stdout)

    def test_markdown(self, call: Callable[..., Any], empty: Path) -> None:
        """A table for each month, Monday first."""
        done = call(empty, "calendar", "2026", "--format", "md", "--as-of", "2026-10-09")
        month = done.stdout[done.stdout.index("## 10 月") : done.stdout.index("## 11 月")].splitlines()
        assert month[2] == "| 一 | 二 | 三 | 四 | 五 | 六 | 日 |"
        assert month[4:6] == ["|  |  |  | 1休 | 2休 | 3休 | 4休 |", "| 5休 | 6休 | 7休 | 8 | \\*9 | 10班 | 11 |"]
        assert "| 10-10 周六 | 上班 | 国庆节补班 |" in done.stdout

    def test_json(self, call: Callable[..., Any], empty: Path) -> None:
        """One document with every day, and on whose word it stands; what is missing is said on stderr."""
        done = call(empty, "calendar", "2050", "--format", "json", "--as-of", "2049-12-01")
        data = json.loads(done.stdout)
        days = data.pop("days")
        assert data["official_years"][0] == 2004
        # 2050 begins on a Saturday, as it ends: 260 weekdays, and 1 January is none of them.
        assert (data["schema_version"], data["year"], data["source"], data["workdays"]) == (1, 2050, "unknown", 260)
        assert len(days) == 365
        assert days[2] == {"date": "2050-01-03", "workday": True, "name": "", "company": False, "provisional": True}
        assert "还没有 2049、2050 年的节假日安排" in done.stderr

    def test_what_it_offers_ends_the_warning(self, call: Callable[..., Any], empty: Path) -> None:
        """The block that the warning prints, filled in, settles both years; nothing warns any more."""
        warning = call(empty, "calendar", "--as-of", "2050-11-03").stderr
        assert "还没有 2050、2051 年的节假日安排" in warning
        with (empty / "schema" / "calendar.yaml").open("a", encoding="utf-8") as file:
            file.write(warning[warning.index("\nyears:") :].replace("-??-??", "-05-01"))
        done = call(empty, "calendar", "2051", "--as-of", "2050-11-03")
        assert (done.returncode, done.stderr) == (0, "")
        assert "schema/calendar.yaml 里手工写的安排" in done.stdout

    def test_a_year_asked_for_is_missed_in_summer_too(self, call: Callable[..., Any], empty: Path) -> None:
        """Who asks for a year that nobody has settled is told how; who does not is not."""
        assert "\n  2051:\n    元旦: {off: " in call(empty, "calendar", "2051", "--as-of", "2026-07-01").stderr
        assert call(empty, "calendar", "--as-of", "2026-07-01").stderr == ""

    def test_a_year_by_hand_that_differs_is_named(self, call: Callable[..., Any], empty: Path) -> None:
        """Once the official arrangement is there, the first of the days that it has otherwise."""
        with (empty / "schema" / "calendar.yaml").open("a", encoding="utf-8") as file:
            others = ", ".join(f"{name}: {{off: 2026-01-01}}" for name in HOLIDAYS[1:])
            file.write(f"years: {{2026: {{元旦: {{off: 2026-01-01..2026-01-03, work: [2026-01-04]}}, {others}}}}}\n")
        done = call(empty, "calendar", "2026", "--as-of", "2026-05-01")
        assert "与国家公布的不同：2026-02-14、2026-02-16" in done.stderr

    @pytest.mark.parametrize("year", ["1999", "2200", "99999", "明年"])
    def test_no_such_year(self, call: Callable[..., Any], empty: Path, year: str) -> None:
        """Exit code 2, and what could be written."""
        done = call(empty, "calendar", year)
        assert done.returncode == 2
        assert f"“{year}”不是年份：写 2000 至 2199 之间的一年" in done.stderr

    def test_before_the_data(self, call: Callable[..., Any], empty: Path) -> None:
        """Nobody will publish a year that has gone by: no calendar is made up for it."""
        done = call(empty, "calendar", "2003")
        assert (done.returncode, done.stdout) == (2, "")
        assert "没有 2004 年以前的节假日数据" in done.stderr


@pytest.fixture
def due(call: Callable[..., Any], office: Path, tmp_path: Path) -> Callable[..., dict[str, icalendar.Event]]:
    """Return a function from options to the events of the file, by UID, as icalendar reads them."""

    def export(*options: str, as_of: tuple[str, str] = AS_OF) -> dict[str, icalendar.Event]:
        path = tmp_path / "due.ics"
        done = call(office, "calendar", "ics", "--output", path, *options, *as_of)
        assert done.returncode == 0, done.stderr
        found = icalendar.Calendar.from_ical(path.read_bytes())
        assert [error for one in found.walk() for error in one.errors] == []
        return {str(one["UID"]): one for one in found.walk("VEVENT")}

    return export


class TestIcs:
    """Due dates for a phone."""

    def test_an_event_for_each_running_clock(self, due: Callable[..., dict[str, icalendar.Event]]) -> None:
        """On Thursday 2026-11-05 12:00, in UTC (eight hours less): what still runs of the three open faults."""
        shown = {uid.removesuffix("@faultkb"): one["DTSTART"].dt for uid, one in due().items()}
        # LOGIN 紧急, Wednesday 4th 09:00, waits: review to the 5th 18:00, respond 2 h, inform and propose 24 h; resolve
        # runs from the due of respond, 11:00, for 24 h.
        # GATEWAY 中: resolve from Monday 10:00 for five days to Monday 9th, as planned; the update clock starts today 18:00.
        # LOCK 高, Thursday 29th 09:00, accepted 10:00: resolve for three days to Tuesday 3rd, as planned; the update clock
        # starts on the third day after, Tuesday 3rd, and is due on Thursday 5th.
        assert shown == {
            f"{LOGIN}-review-1-1": at("2026-11-05 10:00"),
            f"{LOGIN}-respond-1-1": at("2026-11-04 03:00"),
            f"{LOGIN}-inform-1-1": at("2026-11-05 01:00"),
            f"{LOGIN}-propose-1-1": at("2026-11-05 01:00"),
            f"{LOGIN}-resolve-1-1": at("2026-11-05 03:00"),
            f"{GATEWAY}-resolve-1-1": at("2026-11-09 10:00"),
            f"{LOCK}-resolve-1-1": at("2026-11-03 10:00"),
            f"{LOCK}-update-1-1": at("2026-11-05 10:00"),
        }

    def test_what_an_event_says(self, due: Callable[..., dict[str, icalendar.Event]]) -> None:
        """Id, severity and clock; the state and the team; an alarm on the working day before, an hour for clocks of hours."""
        found = due()
        one = found[f"{GATEWAY}-resolve-1-1@faultkb"]
        assert str(one["SUMMARY"]) == f"{GATEWAY} 中 计划完成"
        assert str(one["DESCRIPTION"]) == ("状态：处理中\n团队：软件开发组\n起算：2026-11-02 10:00，目标 5 个工作日")
        assert one["DTSTAMP"].dt == at("2026-11-05 04:00")
        assert one["STATUS"] == "CONFIRMED"
        alarms = {uid: one.walk("VALARM")[0]["TRIGGER"].dt for uid, one in found.items()}
        # Due on Monday the 9th 18:00: on Friday the 6th; due on Wednesday the 4th 11:00: at 10:00.
        assert alarms[f"{GATEWAY}-resolve-1-1@faultkb"] == at("2026-11-06 10:00")
        assert alarms[f"{LOGIN}-respond-1-1@faultkb"] == at("2026-11-04 02:00")

    def test_the_same_due_date_keeps_its_uid(self, due: Callable[..., dict[str, icalendar.Event]]) -> None:
        """Exported again later, it replaces what the phone has."""
        uid = f"{GATEWAY}-resolve-1-1@faultkb"
        first, second = due()[uid], due(as_of=("--as-of", "2026-11-06 12:00"))[uid]
        assert first["DTSTART"].dt == second["DTSTART"].dt
        assert first["DTSTAMP"].dt < second["DTSTAMP"].dt

    def test_filters(self, due: Callable[..., dict[str, icalendar.Event]], monkeypatch: pytest.MonkeyPatch) -> None:
        """By team, by person, mine."""
        assert {uid[:15] for uid in due("--team", "硬件研发组")} == {LOCK}
        assert {uid[:15] for uid in due("--staff", "RD017")} == {LOCK, GATEWAY}
        monkeypatch.setenv("FAULT_STAFF", "RD017")
        assert {uid[:15] for uid in due("--mine")} == {LOCK, GATEWAY}
        assert due("--staff", "RD999") == {}

    def test_a_plan_of_its_own_is_an_event_of_its_own(
        self,
        due: Callable[..., dict[str, icalendar.Event]],
        office: Path,
        write_text: Callable[..., str],
        put_ticket: Callable[..., Path],
    ) -> None:
        """Postponed to the 20th: the limit stays on Monday the 9th, the plan stands beside it."""
        text = write_text(
            *("登记", "受理 due_at: 2026-11-09 18:00", "改期"),
            status="已延期",
            team="软件开发组",
            owner="{staff: RD017, name: 李*}",
            due_at="2026-11-20 18:00",
        )
        put_ticket(office, GATEWAY, text)
        found = due("--product", "GW2")
        assert {uid: one["DTSTART"].dt for uid, one in found.items()} == {
            f"{GATEWAY}-resolve-1-1@faultkb": at("2026-11-09 10:00"),
            f"{GATEWAY}-resolve-1-1-plan@faultkb": at("2026-11-20 10:00"),
        }
        assert str(found[f"{GATEWAY}-resolve-1-1-plan@faultkb"]["SUMMARY"]) == f"{GATEWAY} 中 计划完成（计划）"

    def test_a_clock_that_rests_says_so(
        self,
        due: Callable[..., dict[str, icalendar.Event]],
        office: Path,
        write_text: Callable[..., str],
        put_ticket: Callable[..., Path],
    ) -> None:
        """Waiting for the user stops the limit: its date moves on with every day."""
        text = write_text(
            *("登记", "受理 due_at: 2026-11-09 18:00", "暂停 reason: 待用户补充"),
            status="已延期",
            team="软件开发组",
            owner="{staff: RD017, name: 李*}",
            due_at="2026-11-09 18:00",
        )
        put_ticket(office, GATEWAY, text)
        shown = {str(one["SUMMARY"]) for one in due("--product", "GW2").values()}
        assert f"{GATEWAY} 中 计划完成（暂停中）" in shown

    def test_lines(self, call: Callable[..., Any], office: Path) -> None:
        """RFC 5545, 3.1: lines end with CRLF and have at most 75 octets; no character is cut."""
        done = call(office, "calendar", "ics", *AS_OF)
        assert (done.returncode, done.stderr) == (0, "")
        lines = done.stdout.split("\r\n")
        assert lines[-1] == ""
        assert all("\n" not in line and len(line.encode()) <= 75 for line in lines)
        assert any(line.startswith(" ") for line in lines)

    def test_nothing_private(self, call: Callable[..., Any], office: Path) -> None:
        """No title, no name, no staff id, no customer."""
        shown = call(office, "calendar", "ics", *AS_OF).stdout.replace("\r\n ", "")
        for private in ("李*", "张*", "RD017", "ZL001", "云端登录", "网关", "门锁"):
            assert private not in shown

    def test_a_provisional_date_is_tentative(
        self,
        due: Callable[..., dict[str, icalendar.Event]],
        office: Path,
        write_text: Callable[..., str],
        put_ticket: Callable[..., Path],
    ) -> None:
        """In a year that nobody has announced: 2050-11-04 is a Friday, the review is due on Monday."""
        put_ticket(office, "SW-20501104-001", write_text("2050-11-04 09:00 登记", title="x"))
        one = due(as_of=("--as-of", "2050-11-04 12:00"))["SW-20501104-001-review-1-1@faultkb"]
        assert (one["STATUS"], str(one["SUMMARY"])) == ("TENTATIVE", "SW-20501104-001 中 完整性审核（暂定）")
        assert one["DTSTART"].dt == at("2050-11-07 10:00")
