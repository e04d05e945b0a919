"""What the counter says in a pull request when its form is closed or opened again, as Markdown."""

from __future__ import annotations


def withdrawn(number: int, *, is_deleted: bool) -> str:
    """Say that the author has closed or deleted the form while its registration is still open."""
    done = "删除" if is_deleted else "关闭"
    way_on = "" if is_deleted else f"还要的话，重新打开 #{number}（Reopen），或直接审阅、合并这里；"
    return (
        f"### 登记人{done}了表单 #{number}，请确认还要不要\n\n"
        f"这里的内容没有动，以后也不再跟着表单更新。请先问清楚{done}的原因。{way_on}不要的话，关闭这个合并请求。"
    )


def resumed(number: int) -> str:
    """Say that the form is open again."""
    return f"### 继续：表单 #{number} 又打开了\n\n修改表单，这里跟着更新；照常审阅、合并。"
