"""Rules that need all tickets at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from faultkb.finding import WARNING
from faultkb.rules import Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.ticket import Ticket
    from faultkb.yamltext import Path


MERGED = "并入"


class Entry(NamedTuple):
    """What other tickets need to know of a ticket: small, so that it can be passed between processes."""

    path: str
    id: str
    kb_entry: str
    references: tuple[tuple[Path, str], ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """All tickets of a repository, as entries, and the files that are looked at although they belong to none."""

    entries: tuple[Entry, ...]
    strays: Sequence[str] = ()


def entry(path: str, ticket: Ticket | None) -> Entry:
    """Return the entry of a file; one that cannot be read goes by its name, so that references to it do not dangle."""
    if ticket is None:
        return Entry(path, PurePosixPath(path).stem, "", ())
    kb = ticket.header.get("kb", {})
    references: list[tuple[Path, str]] = [(("kb", "related", n), one) for n, one in enumerate(kb.get("related", ()))]
    if "canonical" in kb:
        references.append((("kb", "canonical"), kb["canonical"]))
    return Entry(path, ticket.id, kb.get("entry", ""), tuple(references))


@rule("empty-corpus", level=WARNING, scope="corpus")
def empty_corpus(corpus: Corpus) -> Iterator[Hit]:
    """tickets/ 里一个故障都没有。

    新的仓库本来如此；不是新的，多半是目录不对，或文件没有提交：什么都没检查就通过，等于没有检查。
    改法：新的仓库用 fault new 或登记表单登记第一个故障；不是新的，确认在仓库的根目录，文件已经提交。
    """
    if not corpus.entries:
        yield Hit((), "tickets/ 里一个故障都没有", "新的仓库用 fault new 登记第一个；否则确认目录正确", file="tickets")


@rule("duplicate-id", scope="corpus")
def duplicate_id(corpus: Corpus) -> Iterator[Hit]:
    """两个故障用了同一个问题编号。

    编号是唯一标识，重复了就不知道引用的是哪一个。多半是两个分支同时登记。
    改法：还没有合并的一个换成新的编号：在它的分支上运行 fault renumber 编号，文件、附件、引用一起改。
    """
    files = defaultdict(list)
    for one in corpus.entries:
        files[one.id].append(one.path)
    for ticket_id, paths in files.items():
        if ticket_id and len(paths) > 1:
            for path in paths:
                others = "、".join(other for other in paths if other != path)
                yield Hit(
                    ("id",),
                    f"编号 {ticket_id} 还用在 {others}",
                    f"还没有合并的一个换编号：fault renumber {ticket_id}",
                    file=path,
                )


@rule("dangling-reference", scope="corpus")
def dangling_reference(corpus: Corpus) -> Iterator[Hit]:
    """引用的故障不存在，或并入的对象不对。

    相关故障（kb.related）和并入的故障（kb.canonical）要写真实存在的编号；并入的对象自己不能又并入别处，也不能是自己。
    改法：改正编号；并入要写最终收录的那一个。
    """
    known = {one.id: one for one in corpus.entries}
    for one in corpus.entries:
        for path, target in one.references:
            wrong = _wrong(one, path, target, known)
            if wrong:
                yield Hit(path, *wrong, file=one.path)


@rule("stray-file", level=WARNING, scope="corpus")
def stray_file(corpus: Corpus) -> Iterator[Hit]:
    """tickets/ 里的文件不是故障，也不属于任何故障。

    没有人会从故障找到它，它也不会发布；里面的个人信息却照样留在仓库里。多半是附件没有放进故障的文件夹，或故障删了、改了名。
    改法：是附件的移到与故障同名的文件夹（tickets/2026/11/SW-20261103-001/）；用不着的删去。
    """
    for path in corpus.strays:
        if "/." not in path:  # programs keep such files for themselves
            yield Hit((), "不是故障，也不属于任何故障", "是附件的移到与故障同名的文件夹，用不着的删去", file=path)


def _wrong(one: Entry, path: Path, target: str, known: dict[str, Entry]) -> tuple[str, str] | None:
    if target not in known:
        return f"没有编号为 {target} 的故障", "改正编号，或删去这个引用"
    if target == one.id:
        return "引用的是它自己", "改成另一个故障的编号，或删去"
    if path[-1] == "canonical" and one.kb_entry == known[target].kb_entry == MERGED:
        final = "、".join(ref for place, ref in known[target].references if place[-1] == "canonical")
        return f"{target} 自己也是{MERGED}的", f"写它最终{MERGED}的那个故障：{final}"
    return None
