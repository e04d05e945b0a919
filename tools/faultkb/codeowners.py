"""The teams of the schema → CODEOWNERS: whom GitHub asks to review which files. The last line that matches decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from faultkb.vocabulary import Vocabulary

PATH = ".github/CODEOWNERS"
_PROTECTED = ("/.github/", "/schema/", "/tests/", "/tools/")
"""What decides how faults are judged and who may do what. The rest goes by ``*``, but it is no worse to name them."""
_HEADER = """\
# 谁审核什么：由 fault forms 从 schema/teams.yaml 的 github、takes 与 contacts 生成，不要手改。
# 几行都匹配时，最后一行算数。写到的小组和帐号要有这个仓库的写权限，GitHub 才会请他们审核。
"""


def text(words: Vocabulary, day: date) -> str:
    """Return the file, with the teams that take faults on a day."""
    return _HEADER + "".join(f"{line}\n" for line in _lines(words, day))


def _lines(words: Vocabulary, day: date) -> Iterator[str]:
    maintainers = _handles(one.github for one in words.contacts.values() if one.maintains)
    if maintainers:
        yield f"\n# 其余的文件\n* {maintainers}"
    yield "\n# 故障与它的附件，按编号的前缀"
    active = [team for team in words.teams.values() if team.retired is None or team.retired > day]
    for prefix in dict.fromkeys(words.prefixes.values()):
        types = {name for name, its in words.prefixes.items() if its == prefix}
        owners = _handles(team.github for team in active if types.intersection(team.takes))
        if owners:  # a pattern alone would say that nobody reviews these
            yield f"/tickets/**/{prefix}-* {owners}"
    if maintainers:
        yield "\n# 规定与程序"
        yield from (f"{path} {maintainers}" for path in _PROTECTED)


def _handles(groups: Iterable[tuple[str, ...]]) -> str:
    return " ".join(dict.fromkeys(handle for group in groups for handle in group))
