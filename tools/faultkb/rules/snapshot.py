"""The rule that holds the header to what the events add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb import yamlwrite
from faultkb.rules import Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.rules import Case


@rule("snapshot-mismatch")
def snapshot_mismatch(case: Case) -> Iterator[Hit]:
    """文件头与事件推出的结果不一致。

    状态、严重程度、类型、团队、主责人、协办人、计划与实际完成时间、验证结果都由事件推出；
    只改文件头而不记事件，谁在什么时候为什么改就丢了。
    改法：补上引起变化的事件；如果是文件头写错了，改成提示的值。
    """
    for name in case.vocabulary.lifecycle.snapshot:
        wanted, written = case.replay.snapshot.get(name), case.ticket.header.get(name)
        if not _same(wanted, written):
            yield from _mismatch(case, name, wanted, written)


def _same(wanted: Any, written: Any) -> bool:
    """Compare a field with what the events add up to. Parts that no event carries (a reason) may be worded freely."""
    if isinstance(wanted, dict) and isinstance(written, dict) and "result" in wanted:
        free = {"reason"} | (written.keys() - wanted.keys() if wanted["result"] == "未通过" else set())
        return {key: value for key, value in wanted.items() if key not in free} == {
            key: value for key, value in written.items() if key not in free
        }
    return bool(wanted == written)


def _mismatch(case: Case, name: str, wanted: Any, written: Any) -> Iterator[Hit]:
    title = f"{case.vocabulary.title(name)}（{name}）"
    if written is None:
        yield Hit((name,), f"文件头没有{title}，按事件应当是 {_show(wanted)}", f"补上 {name}: {_show(wanted)}")
    elif wanted is None:
        yield Hit((name,), f"文件头写了{title}，但没有事件给出它", f"补上相应的事件，或删去 {name}")
    else:
        yield Hit(
            (name,),
            f"{title}与事件不一致：按事件应当是 {_show(wanted)}",
            f"补上引起变化的事件，或改成 {name}: {_show(wanted)}",
        )


def _show(value: Any) -> str:
    return yamlwrite.flow(_masked(value))


def _masked(value: Any) -> Any:
    """Leave out names that somebody forgot to mask: a message must not repeat them."""
    if isinstance(value, dict):
        return {key: "*" if key == "name" and "*" not in item else _masked(item) for key, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list) else value
