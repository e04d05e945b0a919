"""Findings about words repeat nothing private, and a waiver silences them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.finding import Finding

    Judge = Callable[..., list[Finding]]

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


def test_notes_of_the_work_may_name_dates_and_teams(judge: Judge) -> None:
    """What nobody outside reads is not looked at."""
    assert about_words(judge("登记", "受理", "进展 note: 明天修好，转测试组", status="处理中", team="软件开发组",
                             owner="{staff: RD017, name: 李*}", due_at="2026-11-06 18:00")) == []  # fmt: skip
