"""Rules about schema/ beside its version on the base: what was in force decided whether faults were in time, and what is private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.finding import WARNING
from faultkb.rules import Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from faultkb.change import SchemaChange
    from faultkb.policy import Policy

_FILE = "schema/sla.yaml"


@rule("schema-rewritten", scope="schema")
def schema_rewritten(change: SchemaChange) -> Iterator[Hit]:
    """已经生效的时限被改动、删去，或补进了过去。

    过去的达标与超时是按当时的时限算的；改了当时的时限，超时就能变成按时。
    改法：恢复 schema/sla.yaml 里原来的版本，在最后追加一个从今天或以后生效（effective_from）的版本。
    """
    if change.then is None:
        return
    day = change.as_of.date()
    before, after = (_settled(words.policies, day) for words in (change.then, change.now))
    for since in sorted(before.keys() | after.keys()):
        if before.get(since) == after.get(since):
            continue
        what = "被改了" if before.keys() & after.keys() & {since} else "不见了" if since in before else "是后来加的"
        message = f"{since} 起生效的时限{what}：已经得出的达标与超时会跟着变"
        yield Hit(_place(change.now.policies, since), message, _HELP, file=_FILE)


@rule("schema-unreadable", level=WARNING, scope="schema")
def schema_unreadable(change: SchemaChange) -> Iterator[Hit]:
    """改动之前的 schema/ 读不出来，故障只按改动之后的规定检查了。

    平时，已经记录的内容按改动之前的规定判断，放宽规定的人不能马上利用它；读不出来，就无从对照。多半是程序升级了。
    改法：请管理员核对 schema/ 的改动没有放宽规定，再合并。
    """
    if change.then is None:
        message = "改动之前的 schema/ 这个版本的程序读不出来，故障只按改动之后的规定检查了"
        yield Hit((), message, "请管理员核对 schema/ 的改动没有放宽规定，再合并", file=_FILE)


@rule("schema-loosened", level=WARNING, scope="schema")
def schema_loosened(change: SchemaChange) -> Iterator[Hit]:
    """个人信息的检查被放宽：新写了公开的值，或从公司词库里删去了词。

    写成公开的值，从这次合并起到处都可以出现，网站上也可以；从词库里删去的词不再提示。
    改法：确认这个值本来就对外公开（公司自己的邮箱、热线），这些词确实不用保密，再合并；否则恢复 schema/privacy.yaml。
    """
    if change.then is None:
        return
    before, after = change.then.privacy, change.now.privacy
    known = {item["value"] for item in before.get("public", ())}
    for number, item in enumerate(after.get("public", ())):
        if item["value"] not in known:
            yield Hit(("public", number), "新写了一个公开的值：合并之后它不再算个人信息", _CONFIRM, file=_PRIVACY)
    digests, kept = ({item["digest"] for item in one.get("words", ())} for one in (before, after))
    if digests and before["salt"] != after.get("salt"):
        yield Hit(("salt",), "salt 变了：公司词库里原来的词都认不出来了", "恢复原来的 salt 一行", file=_PRIVACY)
    elif digests - kept:
        message = f"从公司词库里删去了 {len(digests - kept)} 个词：以后不再提示"
        yield Hit(("words",), message, "确认这些词不用保密，再合并；否则恢复它们", file=_PRIVACY)


_PRIVACY = "schema/privacy.yaml"
_CONFIRM = "确认它本来就对外公开，例如公司自己的邮箱、热线，再合并；否则删去这一条"
_HELP = "恢复原来的版本；要改时限，在 policies 的最后追加一个从今天或以后生效的版本"


def _settled(policies: tuple[Policy, ...], day: date) -> dict[date, Policy]:
    """Return the policies that have decided something: those of the past, and the first, which holds before it as well."""
    return {one.effective_from: one for one in policies if one is policies[0] or one.effective_from < day}


def _place(policies: tuple[Policy, ...], since: date) -> tuple[str | int, ...]:
    number = next((number for number, one in enumerate(policies) if one.effective_from == since), None)
    return ("policies",) if number is None else ("policies", number)
