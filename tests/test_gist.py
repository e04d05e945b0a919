"""What a fault is about, from its file as text: every style of header that a person or a program writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faultkb import gist, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.ticket import Ticket

BODY = "\n## 故障描述\n\n### 现象\n\n橙灯慢闪。\n\n### 使用场景\n\n夜间。\n"

STYLES = {
    "flow": "title: 网关重启\nimpact: {users: 3, products: [智能网关 GW2]}\nkb: {entry: 收录, error_codes: [E-1042]}\n",
    "block": "title: 网关重启\nimpact:\n  users: 3\n  products:\n    - 智能网关 GW2\nkb:\n  error_codes:\n    - E-1042\n",
    "quoted": "'title': \"网关重启\"\n\"impact\": {\"products\": ['智能网关 GW2']}\n'kb':\n  'error_codes': [\"E-1042\"]\n",
    "over several lines": "title: >\n  网关重启\nimpact: {products: [智能网关\n  GW2]}\nkb:\n\n  # 代码\n  error_codes: [E-1042]\n",
    "escaped": 'title: "\\u7f51\\u5173\\u91cd\\u542f"\nimpact: {products: ["\\u667a\\u80fd\\u7f51\\u5173\\tGW2"]}\nkb: {error_codes: ["\\x45-1042"]}\n',
    "all in one": '{"title": "网关重启", "impact": {"products": ["智能网关 GW2"]}, "kb": {"error_codes": ["E-1042"]}}\n',
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("header", STYLES.values(), ids=STYLES.keys())
def test_every_style_of_header_names_the_fault(header: str, end: str) -> None:
    """Title, product and code are among the names, the symptom is the section 现象 and nothing else."""
    text = f"---\nowner: 李*\n{header}events:\n  - {{note: 更换主板}}\n---\n{BODY}".replace("\n", end)
    names, symptom = gist.of_text(text)
    assert {"网关", "关重", "重启", "智能", "能网", "gw2", "e1042"} <= set(tokens.tokens(names))
    assert symptom.strip() == "橙灯慢闪。"


def test_events_and_people_are_no_names() -> None:
    """What people did about a fault does not say what it is."""
    names, _ = gist.of_text(f"---\ntitle: 网关重启\nowner: 李*\nevents:\n  - {{note: 更换主板}}\n---\n{BODY}")
    assert names == "title: 网关重启\n"


BODIES = {
    "without a part": ("\n## 故障描述\n\n橙灯慢闪。\n\n## 原因分析\n\n看门狗。\n", "橙灯慢闪。"),
    "at the end": ("\n## 故障描述\n\n### 现象\n\n橙灯慢闪。", "橙灯慢闪。"),
    "none": ("\n说明\n", ""),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES.keys())
def test_symptom_is_found_wherever_it_stands(body: str, expected: str) -> None:
    """In its part, in the section without parts, at the end of the file; or there is none."""
    assert gist.of_text(f"---\ntitle: 网关重启\n---\n{body}").symptom.strip() == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("title: 网关重启", "网关重启"),
        ("title: '网关重启'  ", "网关重启"),
        ('"title" : "网关重启"', "网关重启"),
        ("kb: {}", ""),
    ],
)
def test_title_is_read_without_quotes(line: str, expected: str) -> None:
    """The title as a person reads it."""
    assert gist.title_in(f"{line}\n") == expected


def test_ticket_says_what_distinguishes_it(make_ticket: Callable[..., Ticket]) -> None:
    """Title, product, summary, codes, keywords and symptom; not version, module, solution or cause, which many share."""
    one = make_ticket(
        "登记",
        title="网关重启",
        impact="{users: 3, products: [智能网关 GW2], versions: [V2.3.1], modules: [电源管理]}",
        kb="{entry: 收录, summary: 每晚重启, solution: 升级, cause: 看门狗, error_codes: [E-1042], keywords: [自动重启]}",
    )
    names, symptom = gist.of_ticket(one)
    assert names == "网关重启\n智能网关 GW2\n每晚重启\nE-1042\n自动重启"
    assert symptom.strip() == "网关 03:10 自行重启，指示灯由绿变红，47 秒后恢复。"


def test_hostile_headers_take_no_time() -> None:
    """Megabytes of quotes, backslashes, blank lines and unfinished fields are cut short, not tried in every way."""
    for piece in ('"', "\\", '"\\', "\n", "title:\n ", "kb: {\n  ", "\n## 故障描述", "### 现象\n"):
        names, symptom = gist.of_text(f"---\n{piece * 200_000}\n---\n{piece * 200_000}")
        assert len(names) <= 8_000
        assert len(symptom) <= 2_000
