"""Findings about words repeat nothing private, and a waiver silences them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import yamltext

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from faultkb.finding import Finding

    Judge = Callable[..., list[Finding]]

FACTS = "## 故障描述\n\n### 现象\n\n网关 03:10 自行重启，指示灯由绿变红，47 秒后恢复。\n\n"
RULES = {"vague-wording", "unconfirmed-promise", "outward-wording"}


def about_words(findings: list[Finding]) -> list[Finding]:
    """Return the findings of the rules about words."""
    return [one for one in findings if one.rule in RULES]


def test_a_number_between_time_and_result_is_not_repeated(judge: Judge) -> None:
    """The promise is found, its source line is not shown, and neither message nor help has the number."""
    found = about_words(judge("登记", "反馈 note: 明天打13812345512修好"))
    assert [one.rule for one in found] == ["unconfirmed-promise"]
    assert found[0].private
    assert "138" not in found[0].message + found[0].help


def test_a_waiver_silences_a_place(judge: Judge) -> None:
    """The title may stay vague where somebody has approved it; a second vague place is still found."""
    waive = "[{rule: vague-wording, place: title, reason: 用户的原话要保留, approver: PM001}]"
    body = "## 故障描述\n\n### 现象\n\n用户说不好用。\n"
    assert len(about_words(judge("登记", title="网关不好用", body=body))) == 2
    left = about_words(judge("登记", title="网关不好用", body=body, waive=waive))
    assert [(one.line, one.column) for one in left] == [(left[0].line, 4)]


def test_a_section_beyond_the_limit_is_not_passed_over_in_silence(judge: Judge) -> None:
    """What stands behind fifty thousand characters is not looked at, and people are told; a note is never that long."""
    body = f"{FACTS}## 用户确认\n\n{'用户没有再遇到。' * 7000}明天修好\n"
    (found,) = about_words(judge("登记", body=body))
    assert found.rule == "unconfirmed-promise"
    assert found.message.endswith("字，只检查了前 50000 字的用语")


def test_findings_in_the_text_do_not_need_the_header(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty of them, and the YAML is not composed for places again."""
    composed: list[str] = []
    places = yamltext.places
    monkeypatch.setattr(yamltext, "places", lambda text: composed.append(text) or places(text))
    body = f"{FACTS}## 用户确认\n\n{'明天修好，研发在处理。' * 10}\n"
    assert len(about_words(judge("登记", body=body))) == 20
    assert composed == []


def test_the_number_of_the_customer_is_not_told(judge: Judge) -> None:
    """It is a private field of the ticket, like the ids of staff wherever they stand in it."""
    staff = "登记", "反馈 note: 请凭 crm-88213 联系 YY007", "进展 by: YY007"
    found = about_words(judge(*staff, customer="{ref: CRM-88213}"))
    assert [one.rule for one in found] == ["outward-wording"] * 2


def test_notes_of_the_work_may_name_dates_and_teams(judge: Judge) -> None:
    """What nobody outside reads is not looked at."""
    assert about_words(judge("登记", "受理", "进展 note: 明天修好，转测试组", status="处理中", team="软件开发组",
                             owner="{staff: RD017, name: 李*}", due_at="2026-11-06 18:00")) == []  # fmt: skip
