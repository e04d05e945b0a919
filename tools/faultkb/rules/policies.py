"""Rules about schema/ beside its version on the base: what was in force decided whether faults were in time."""

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


_HELP = "恢复原来的版本；要改时限，在 policies 的最后追加一个从今天或以后生效的版本"


def _settled(policies: tuple[Policy, ...], day: date) -> dict[date, Policy]:
    """Return the policies that have decided something: those of the past, and the first, which holds before it as well."""
    return {one.effective_from: one for one in policies if one is policies[0] or one.effective_from < day}


def _place(policies: tuple[Policy, ...], since: date) -> tuple[str | int, ...]:
    number = next((number for number, one in enumerate(policies) if one.effective_from == since), None)
    return ("policies",) if number is None else ("policies", number)
