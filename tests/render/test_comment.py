"""The comment under a pull request, as a page of text."""

from __future__ import annotations

import pytest

from faultkb import moment
from faultkb.render import comment
from faultkb.suggestions import Fix
from faultkb.summary import Item, Line, Summary, Tally

HOME = "https://github.com/qiyun/faults/actions/runs/42"
PATH = "tickets/2026/11/SW-20261102-001.md"
RED = Item(
    "SW-20261102-001",
    "网关重启",
    PATH,
    "新登记 → 待受理",
    (Line("请看", "错误[schema] 第 5 行：严重程度没有这个选项。只能是：紧急、高、中、低"),),
    blocked=True,
)
GREEN = Item(
    "SW-20261103-001",
    "门锁堵转",
    PATH,
    "待受理 → 处理中",
    (Line("事件", "2026-11-05 10:00 受理 PM002"),),
    blocked=False,
)


def summary(*items: Item, errors: int = 0) -> Summary:
    """Return a summary of some tickets."""
    when = moment.parse("2026-11-05 12:00")
    return Summary(
        "main", "abcdef0" + "0" * 33, when, "Asia/Shanghai", items, len(items), Tally(len(items), {"error": errors}), ()
    )


def test_a_red_one() -> None:
    """What blocks and what to do come before all else; it is told once, and the rest is folded."""
    one = comment.Page(
        "failure", HOME, summary(RED, GREEN, errors=1), offered=1, others=[Fix(PATH, 3, 4, "", "删去行末的空格")]
    )
    assert (
        comment.markdown(one)
        == f"""\
## ❌ 检查没有通过：1 处错误要改

改好下面几处并提交，这里会自己更新。　[检查的经过]({HOME})

- **SW-20261102-001** 网关重启
  - 第 5 行：严重程度没有这个选项。只能是：紧急、高、中、低

💡 **1 处可以点一下就改好**：打开上方的 Files changed，在建议下面点 Commit suggestion；几处一起，就逐处点 Add suggestion to batch，最后提交一次。
遮盖了个人信息的，合并时选 Squash and merge：原来的写法还在较早的提交里。

🔧 下面几处要自己改，或在电脑上运行 `tools/check --fix`：

- `{PATH}` 第 3–4 行：删去行末的空格

<details><summary>这次改了什么：2 个故障</summary>


### ❌ SW-20261102-001 网关重启

新登记 → 待受理


### SW-20261103-001 门锁堵转

待受理 → 处理中

- **事件**
  - 2026-11-05 10:00 受理 PM002

</details>

<sub>截至 2026-11-05 12:00，提交 abcdef0</sub>"""
    )


def test_a_green_one() -> None:
    """One look says that it is fine; a small change is open to read."""
    said = comment.markdown(comment.Page("success", HOME, summary(GREEN))).splitlines()
    assert said[0] == "## ✅ 检查通过"
    assert said[2] == f"检查了 1 个故障：没有发现问题。　[检查的经过]({HOME})"
    assert said[4] == "<details open><summary>这次改了什么：1 个故障</summary>"


@pytest.mark.parametrize(
    ("conclusion", "title"),
    [
        ("timed_out", "⌛ 检查超时，没有做完"),
        ("cancelled", "⏹️ 检查被取消了，没有做完"),
        ("action_required", "⏸️ 检查在等管理员批准"),
        ("startup_failure", "❔ 检查没有做完"),
        ("<b>", "❔ 检查没有做完"),
    ],
)
def test_how_else_a_run_may_end(conclusion: str, title: str) -> None:
    """Every end has a word; one that is not known is never taken for a good one."""
    assert comment.markdown(comment.Page(conclusion, HOME, None)).splitlines()[0] == f"## {title}"


def test_red_for_another_reason() -> None:
    """Where the tickets are fine and another step failed, the reader is sent to the run and not to the tickets."""
    said = comment.markdown(comment.Page("failure", HOME, summary(GREEN))).splitlines()
    assert said[0] == "## ❌ 检查没有通过"
    assert said[2] == f"检查了 1 个故障：没有发现问题。没有通过的是别的步骤，请看：　[检查的经过]({HOME})"
    nothing = comment.markdown(comment.Page("failure", HOME, summary())).splitlines()
    assert nothing[2].startswith("没有故障与基线不同。没有通过的是别的步骤")


def test_what_only_the_commits_hold_is_told_on_top() -> None:
    """A page that is green says in the open how to merge, where an earlier commit holds what the file has masked."""
    line = Line("请看", "提醒[private-in-history] 第 1 行：较早的提交里还有手机号码（提交 abcdef0）")
    item = Item(GREEN.id, GREEN.title, PATH, GREEN.course, (line,), blocked=False)
    page = comment.markdown(comment.Page("success", HOME, summary(item)))
    top, _, _ = page.partition("<details")
    assert "**合并时选 Squash and merge**" in top
    assert "Squash" not in comment.markdown(comment.Page("success", HOME, summary(GREEN)))


def test_a_run_without_summary_says_where_to_look() -> None:
    """A mistake in schema/ stops the check before there is a summary: the marks in Files changed say where it is."""
    page = comment.markdown(comment.Page("failure", HOME, None, is_missing=True))
    assert "`schema/` 里写错了也会这样：看 Files changed 里的标记" in page
