"""A slip of the pen in the header is named for what it is; the parser's own complaint is the last resort."""

from collections.abc import Callable
from pathlib import Path

import pytest

from faultkb.check import Outcome

FIXTURES = Path(__file__).parents[1] / "fixtures" / "rules"
PLAIN = FIXTURES / "missing-section" / "good-handed-over.md"
TITLE = "title: 门锁 L3 在零下十度以下指纹没有反应"
LAST_RESORT = "这一行的写法有误"

# What is written on line 3, instead of the title, and what the finding must speak of.
SLIPS = {
    "star-first": ("title: *网关重启", "引号"),
    "star-alone": ("title: *", "引号"),
    "ampersand-first": ("title: &网关重启", "引号"),
    "exclamation-mark-first": ("title: !网关重启", "引号"),
    "at-sign-first": ("title: @客服 网关重启", "双引号"),
    "backtick-first": ("title: `reboot` 后重启", "双引号"),
    "percent-first": ("title: %50 的用户", "双引号"),
    "greater-than-first": ("title: >20% 的用户遇到重启", "引号"),
    "bar-first": ("title: |重启|", "引号"),
    "comma-first": ("title: , 重启", "引号"),
    "dash-first": ("title: - 重启", "引号"),
    "backslash-in-quotes": ('title: "日志在 C:\\path"', "\\"),
    "half-a-quote": ('title: "网关重启', "引号"),
    "text-after-a-quote": ('title: "网关"重启', "引号"),
    "colon-in-value": ("title: 网关: 重启", "冒号"),
    "no-space-after-colon": ("title:网关重启", "冒号"),
    "no-colon": ("title 网关重启", "冒号"),
    "full-width-colon": ("title：网关重启", "冒号"),
    "brace-not-closed": ("title: {网关", "括号"),
    "bracket-not-closed": ("title: [网关", "括号"),
    "brace-too-many": ("title: {a: b}}", "括号"),
    "tab-first": ("\ttitle: 网关重启", "Tab"),
    "indented": ("  title: 网关重启", "缩进"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_the_slip_is_named(tmp_path: Path, findings_of: Callable[[Path], Outcome], name: str) -> None:
    """The one finding stands on the line of the slip and says which character is to blame."""
    line, word = SLIPS[name]
    text = PLAIN.read_text(encoding="utf-8")
    assert text.count(TITLE) == 1
    fixture = tmp_path / "slip.md"
    fixture.write_text(text.replace(TITLE, line), encoding="utf-8")

    (finding,) = findings_of(fixture).findings

    assert finding.rule in {"yaml-syntax", "fullwidth-colon"}
    assert finding.line == 3
    assert LAST_RESORT not in finding.message
    assert word in finding.message + finding.help
