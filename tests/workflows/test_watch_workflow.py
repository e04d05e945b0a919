"""sla-watch.yml and calendar.yml, run as GitHub runs them: each thing is told once, whatever fails in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from faultkb import moment
from faultkb.calendar import published_years
from tests.conftest import ticket_text
from tests.workflows.paper import filled
from tests.workflows.sink import Received, Sink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from faultkb.calendar import WorkCalendar
    from tests.workflows.harness import World
    from tests.workflows.job import Run

TOLD = ("software", "cloud", "product")
"""Who hears of an urgent fault of type 软件Bug: the teams that take it, and the contact that is alerted."""


STEP = "更新看板，发提醒"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """Where the messages go."""
    folder = tmp_path / "sink"
    folder.mkdir()
    found = Sink(folder)
    yield found
    found.stop()


@pytest.fixture
def office(world: World, sink: Sink) -> World:
    """The repository with one fault, urgent and a minute old, and an address for each that is to hear of it."""
    world.secrets["FAULT_NOTIFY"] = "\n".join(f"{name} = json://{sink.webhook}/{name}" for name in TOLD)
    world.commit("main", {"tickets": None, **urgent(now() - timedelta(minutes=1))})
    return world


def now() -> datetime:
    """Return the minute that it is."""
    return moment.now("Asia/Shanghai")


def urgent(reported: datetime, number: int = 1, **fields: str) -> dict[str, str | None]:
    """Return the file of an urgent fault that was reported at a moment."""
    name = f"SW-{reported:%Y%m%d}-{number:03}"
    text = ticket_text(f"{moment.show(reported)} 登记", id=name, severity="紧急", channel="内部测试", **fields)
    return {f"tickets/{reported:%Y/%m}/{name}.md": text}


def news(sink: Sink) -> list[Received]:
    """Return what was received of faults; the weekly pack comes besides, on some days."""
    return [one for one in sink.received if "周报" not in one.body["title"]]


def counts(sink: Sink) -> dict[str, int]:
    """Return how often each address has heard of faults."""
    paths = [one.path.removeprefix("/") for one in news(sink)]
    return {name: paths.count(name) for name in TOLD}


def watch(world: World, conclusion: str = "success") -> Run:
    """Let the timetable start the watch."""
    run = world.schedule("sla-watch.yml")
    assert run.conclusion == conclusion, run.output
    assert world.secrets["FAULT_NOTIFY"].partition("json://")[2].split()[0] not in run.output, "an address is a secret"
    return run


def test_watch_run_twice_sends_one_message(office: World, sink: Sink) -> None:
    """Each address hears of the fault once, by the timetable or by a push; there is one board."""
    watch(office)
    assert counts(sink) == dict.fromkeys(TOLD, 1)
    assert all("紧急" in str(one.body) for one in news(sink))
    assert office.push("sla-watch.yml", office.tip()).conclusion == "success"
    assert counts(sink) == dict.fromkeys(TOLD, 1)
    boards = [one for one in office.github.issues.values() if "SLA 看板" in one["title"]]
    assert len(boards) == 1
    assert "SW-" in boards[0]["body"]
    assert {push["ref"] for push in office.github.pushes} == {"refs/fault-state/watch"}


def test_nothing_is_lost_in_an_outage(office: World, sink: Sink) -> None:
    """The services were down, then nothing ran for five hours: what was not delivered, and what came since, is told once."""
    sink.answers[sink.webhook] = (503, {})
    watch(office, "failure")
    assert counts(sink) == dict.fromkeys(TOLD, 1)
    sink.answers.clear()
    sink.received.clear()
    office.commit("main", urgent(now() - timedelta(hours=5), 2))
    run = watch(office)
    whole = {name: "\n".join(str(one.body) for one in news(sink) if one.path == f"/{name}") for name in TOLD}
    for name in TOLD:
        for path in office.files("tickets"):
            assert path.rpartition("/")[2].removesuffix(".md") in whole[name], (name, path)
    assert "超时" in whole["software"], "nobody has answered for five hours"
    sink.received.clear()
    assert run.job("watch").repeat(STEP).outcome == "success"
    assert sink.received == []


def test_github_may_be_down(office: World, sink: Sink) -> None:
    """Where the API answers nothing, people are told all the same; the board comes with the next run."""
    office.github.fail("GET", "/issues", 403, times=99)
    office.schedule("sla-watch.yml")
    assert counts(sink) == dict.fromkeys(TOLD, 1)
    office.github.failures.clear()
    watch(office)
    assert counts(sink) == dict.fromkeys(TOLD, 1)
    assert len([one for one in office.github.issues.values() if "SLA 看板" in one["title"]]) == 1


def test_a_wrong_clock_neither_repeats_nor_loses(office: World, sink: Sink) -> None:
    """The runner's clock and the server's differ, then they do not: the fault is told of when it has happened, and once."""
    office.github.skew = -1800
    first = watch(office)
    assert "按服务器的时间" in first.output
    assert news(sink) == [], "by the server's clock it has not happened yet"
    office.github.skew = 0
    watch(office)
    assert counts(sink) == dict.fromkeys(TOLD, 1)
    for skew in (1800, -1800):
        office.github.skew = skew
        assert first.job("watch").repeat(STEP).outcome == "success"
        assert counts(sink) == dict.fromkeys(TOLD, 1)


def test_faults_of_open_intake_pull_requests_are_watched(office: World, sink: Sink) -> None:
    """An urgent fault is told of when it is filed, not when it is merged; the merge is no second news."""
    office.commit("main", {"tickets": None, "tickets/.gitkeep": ""})
    number = office.github.add_issue(filled(severity="紧急"), title="[故障] 网关整夜重启", user="mei")
    assert office.issue("intake.yml", number).conclusion == "success"
    watch(office)
    assert counts(sink) == dict.fromkeys(TOLD, 1)
    assert all("网关整夜重启" in str(one.body) for one in news(sink))
    office.set("main", office.tip(f"intake/{number}"))
    watch(office)
    assert counts(sink) == dict.fromkeys(TOLD, 1)


def test_the_weekly_pack_comes_on_monday(office: World, sink: Sink, calendar: WorkCalendar) -> None:
    """The first run after nine on a Monday, by the server's clock, brings it: to each address once, as files for members.

    The files are kept also where an address refuses: it is asked again by the next run, which has the files that it tells of.
    """
    watch(office)
    sink.received.clear()
    mondays = (now().replace(hour=9, minute=30) + timedelta(days=7 * week - now().weekday()) for week in range(1, 4))
    monday = next(day for day in mondays if calendar.is_workday(day.date()))  # two in a row are no holidays
    office.github.skew = (monday - now()).total_seconds()
    other = sink.webhook.replace("127.0.0.1", "localhost")
    office.secrets["FAULT_NOTIFY"] = office.secrets["FAULT_NOTIFY"].replace(f"{sink.webhook}/cloud", f"{other}/cloud")
    sink.answers[other] = (503, {})
    run = watch(office, "failure")
    assert {path.suffix for path in office.artifact(run, "weekly-pack").iterdir()} == {".docx", ".html", ".xlsx"}
    assert [path for path in weekly(sink) if path != "/cloud"] == ["/product", "/software"]
    sink.received.clear()
    sink.answers.clear()
    again = watch(office)
    assert weekly(sink) == ["/cloud"]
    assert office.artifact(again, "weekly-pack").is_dir()
    sink.received.clear()
    assert not office.artifact(watch(office), "weekly-pack").exists()
    assert weekly(sink) == []


def weekly(sink: Sink) -> list[str]:
    """Return who was sent the weekly pack."""
    return sorted(one.path for one in sink.received if "周报" in one.body["title"])


def test_the_calendar_is_asked_for_once(world: World) -> None:
    """In December of the last year whose holidays are published, there is one issue about the next, however often it runs."""
    last = published_years()[-1]
    world.github.skew = (datetime.fromisoformat(f"{last}-12-07 10:00") - now()).total_seconds()
    run = world.schedule("calendar.yml")
    assert run.conclusion == "success"
    assert run.job("remind").repeat("看日历，提醒").outcome == "success"
    assert [one["title"] for one in world.github.issues.values()] == [f"{last + 1} 年的节假日还没有写进日历"]
