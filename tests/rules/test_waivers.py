"""Waivers: what they silence, what they never silence, and what they allow elsewhere."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from faultkb.finding import ERROR
from faultkb.rules import waivers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.corpus import Loaded
    from faultkb.finding import Finding
    from faultkb.vocabulary import Vocabulary

ADDRESS = "118.31.24.7"
TEXT = "公网地址 118.31.24.7，备用 118.31.24.8。联系人：王建国。电话 13812345512。"


def mark(rule: str, value: str, salt: str = "", at: str = "2026-11-02 09:00") -> str:
    """Return the code of a value in the tickets of these tests: a digest under salt, reporter and time of the report."""
    key = hashlib.blake2b(f"{salt}\nZL001\n{at}".encode()).digest()
    return hashlib.blake2b(f"{rule}\n{value}".encode(), digest_size=2, key=key).hexdigest()


def ticket(write_text: Callable[..., str], *items: str, note: str = "", body: str = TEXT) -> str:
    """Return a ticket with private data in its surroundings, or in the note of its second event, and some waivers."""
    events = ["登记", *([f"补充 note: {note}"] if note else [])]
    text = write_text(*events, occurred_at="2026-11-01 08:00", waive=f"[{', '.join(items)}]" if items else None)
    return text.replace("### 环境信息\n", f"### 环境信息\n\n{body}\n")


def found(one: list[Finding], *names: str) -> list[str]:
    """Return the messages of some rules."""
    return [finding.message for finding in one if finding.rule in names]


def test_the_item_in_the_help_silences_the_finding(
    write_text: Callable[..., str], judge_text: Callable[[str], list[Finding]]
) -> None:
    """Whoever copies what the help says, with a reason and an approver, is rid of that finding and of no other."""
    findings = judge_text(ticket(write_text))
    for one in (one for one in findings if one.rule in {"ip-address", "unmasked-name"}):
        item = re.search(r"\{rule: .*\}", one.help)
        assert item, one
        written = item.group().replace("理由", "公司测试服务器").replace("批准人工号", "PM001")
        left = judge_text(ticket(write_text, written))
        assert [other.message for other in left] == [other.message for other in findings if other != one]


@pytest.mark.parametrize(
    ("place", "silenced"),
    [
        ("故障描述/环境信息", 2),
        ("故障描述", 2),
        ("故障描述/现象", 0),
        ("环境信息", 0),
        ("events.2.note", 0),
        ("故障", 0),
    ],
)
def test_place_in_the_text(
    write_text: Callable[..., str], judge_text: Callable[[str], list[Finding]], place: str, silenced: int
) -> None:
    """A place is a section with its parts, or a part; beginnings of names are none, and a useless one is said."""
    findings = judge_text(
        ticket(write_text, f"{{rule: ip-address, place: {place}, reason: 公司测试服务器, approver: PM001}}")
    )
    assert len(found(findings, "ip-address")) == 2 - silenced
    assert len(found(findings, "unused-waiver")) == (0 if silenced else 1)


def test_place_of_an_event_counts_from_one(
    write_text: Callable[..., str], judge_text: Callable[[str], list[Finding]]
) -> None:
    """events.2 is the second event, as people count."""
    for place, left in (("events.2.note", 0), ("events.2", 0), ("events.1", 1)):
        item = f"{{rule: ip-address, place: {place}, reason: 公司测试服务器, approver: PM001}}"
        text = ticket(write_text, item, note=f"地址 {ADDRESS}", body="")
        assert len(found(judge_text(text), "ip-address")) == left, place


@pytest.mark.parametrize(
    ("item", "rule"),
    [
        (
            f"{{rule: mobile-number, value: {mark('mobile-number', '13812345512')}, reason: 用户同意, approver: PM001}}",
            "unused-waiver",
        ),
        ("{rule: mobile-number, place: 故障描述, reason: 用户同意, approver: PM001}", "unused-waiver"),
        ("{rule: overdue, place: status, reason: 用户同意, approver: PM001}", "unused-waiver"),
        ("{rule: unmasked-name, place: reporter.name, reason: 用户同意, approver: PM001}", "unused-waiver"),
        ("{rule: ip-address, place: 故障描述, reason: 无, approver: PM001}", "missing-field"),
        ("{rule: ip-address, place: 故障描述, approver: PM001}", "missing-field"),
        ("{rule: ip-address, place: 故障描述, reason: 公司测试服务器}", "missing-field"),
        ("{rule: ip-address, reason: 公司测试服务器, approver: PM001}", "schema"),
        ("{rule: ip-address, value: 6ed4, place: 故障描述, reason: 公司测试服务器, approver: PM001}", "schema"),
        ("{rule: ip-address, value: 118.31.24.7, reason: 公司测试服务器, approver: PM001}", "schema"),
    ],
)
def test_waiver_that_is_none(
    write_text: Callable[..., str], judge_text: Callable[[str], list[Finding]], item: str, rule: str
) -> None:
    """An error, a rule that cannot be waived, no reason, no approver, no or two places: said, and nothing is silenced."""
    text = ticket(write_text, item).replace("name: 张*", "name: 张三丰")
    findings = judge_text(text)
    assert found(findings, rule)
    assert len(found(findings, "ip-address")) >= 2
    assert {one.rule for one in findings if one.level == ERROR} >= {"mobile-number", "unmasked-name"}


def test_what_a_ticket_waives_elsewhere(
    write_text: Callable[..., str], load_text: Callable[[str], Loaded], words: Vocabulary, tmp_path: Path
) -> None:
    """A waived value is allowed wherever it stands, a waived place stands for what is there; an error never is."""
    items = (
        f"{{rule: ip-address, value: {mark('ip-address', ADDRESS)}, reason: 公司测试服务器, approver: PM001}}",
        f"{{rule: ip-address, value: {mark('ip-address', '118.31.24.9')}, reason: 公司测试服务器, approver: PM001}}",
        "{rule: unmasked-name, place: 故障描述, reason: 公开的署名, approver: PM001}",
        f"{{rule: mobile-number, value: {mark('mobile-number', '13812345512')}, reason: 用户同意, approver: PM001}}",
    )
    one = load_text(ticket(write_text, *items)).ticket
    assert one
    (tmp_path / one.path.removesuffix(".md")).mkdir(parents=True)
    (tmp_path / one.path.removesuffix(".md") / "a.log").write_text("118.31.24.9 118.31.24.6\n", encoding="utf-8")
    wanted = {("ip-address", ADDRESS), ("ip-address", "118.31.24.9"), ("unmasked-name", "王建国")}
    assert waivers.values(one, words, tmp_path) == wanted
    bare = load_text(ticket(write_text)).ticket
    assert bare
    assert waivers.values(bare, words, tmp_path) == frozenset()


def test_code_of_a_value_is_one_of_its_ticket(
    write_text: Callable[..., str], load_text: Callable[[str], Loaded], words: Vocabulary
) -> None:
    """The same value has another code in another ticket, and under the salt of another repository."""
    here, there = (
        load_text(write_text("登记", reported_at=at)).ticket for at in ("2026-11-02 09:00", "2026-11-02 09:01")
    )
    assert here
    assert there
    salted = replace(words, privacy={**words.privacy, "salt": "00ff" * 8})
    written = [waivers.code(one, known, "ip-address", ADDRESS) for one in (here, there) for known in (words, salted)]
    assert written[0] == mark("ip-address", ADDRESS)
    assert written[1] == mark("ip-address", ADDRESS, "00ff" * 8)
    assert len(set(written)) == 4


def test_code_may_look_like_a_number(write_text: Callable[..., str], load_text: Callable[[str], Loaded]) -> None:
    """Codes of digits only, or with an e among them, are texts all the same."""
    for one in ("1234", "0001", "12e4"):
        item = f"{{rule: ip-address, value: {one}, reason: 公司测试服务器, approver: PM001}}"
        assert not load_text(ticket(write_text, item)).violations


def test_waiver_from_before_the_salt_is_still_one(
    write_text: Callable[..., str], load_text: Callable[[str], Loaded], words: Vocabulary, tmp_path: Path
) -> None:
    """The first own word gives the repository its salt: what was waived before stays so."""
    salted = replace(words, privacy={**words.privacy, "salt": "00ff" * 8})
    for salt in ("", "00ff" * 8):
        item = (
            f"{{rule: ip-address, value: {mark('ip-address', ADDRESS, salt)}, reason: 公司测试服务器, approver: PM001}}"
        )
        one = load_text(ticket(write_text, item)).ticket
        assert one
        assert waivers.values(one, salted, tmp_path) == {("ip-address", ADDRESS)}


def test_who_has_code_and_mask_does_not_find_the_value() -> None:
    """Trying all 65,536 addresses that fit a mask leads nowhere for who does not know the reporter and the minute."""
    told = mark("ip-address", ADDRESS)
    every = [f"118.31.{third}.{fourth}" for third in range(256) for fourth in range(256)]
    bare = {one: hashlib.blake2b(f"ip-address\n{one}".encode(), digest_size=2).hexdigest() for one in every}
    assert bare[ADDRESS] != told
    assert [one for one in every if mark("ip-address", one, at="2026-11-02") == told] != [ADDRESS]
