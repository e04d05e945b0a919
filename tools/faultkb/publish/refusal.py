"""What is said when files must not get out: each value once, by its mask, with the lines that somebody has to change."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from faultkb import contents, corpus, privacy, rules, vocabulary
from faultkb.finding import FaultError
from faultkb.publish import clearance
from faultkb.publish.files import is_generated
from faultkb.publish.permit import ID
from faultkb.rules import exposure, waivers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from faultkb.privacy import Lists
    from faultkb.publish.permit import Permit

_SHOWN = 20
_MOST = 3
_LARGEST = 5_000_000
_HEAD = "网站没有更新（已有的网站没有动）：要发布的文件里有不该有的东西"
_WAY_OUT = (
    "改法：在“见”后面写的文件里把它遮盖掉或删去；故障里的先运行 fault check --fix，它会改能改的。"
    "标着“提醒”的，fault check 只是提醒，要上网站就必须处理：故障里确实可以公开的，在那个故障的 waive 里写明 rule、value（代号）、"
    "reason 和 approver。公司本来就公开的（客服邮箱、热线），以及 kb/、schema/ 的文件里可以公开的，由管理员写进 schema/privacy.yaml 的 public"
)


class _Value(NamedTuple):
    rule: str
    value: str
    said: str


def refuse(root: Path, files: Mapping[str, Path], permit: Permit) -> None:
    """Raise FaultError if there is anything in files (by their names on the site) that must not get out."""
    found = clearance.objections(files, permit)
    if not found:
        return
    grouped: dict[_Value, list[str]] = defaultdict(list)
    for one in found:
        grouped[_Value(one.rule, one.value, one.said)].append(one.file)
    shown = sorted(grouped.items())[:_SHOWN]
    sources = _Sources(root, permit)
    lines = [_line(what, names, sources(what, names) if what.rule else []) for what, names in shown]
    if len(grouped) > _SHOWN:
        lines.append(f"  ……共 {len(grouped)} 处")
    ways = [_WAY_OUT] if any(what.rule for what in grouped) else []
    raise FaultError("\n".join([_HEAD, *lines, *ways]), code=1 if ways else 2)


def _line(what: _Value, files: Sequence[str], sources: Sequence[str]) -> str:
    # The page of a fault tells more than the lists that it is in.
    own = sorted(files, key=lambda name: (not ID.search(name), not name.endswith(".html"), name))
    place = f"  {own[0]}{f' 等 {len(own)} 个文件' if len(own) > 1 else ''}："
    if not what.rule:
        return place + what.said
    known = rules.catalogue().get(what.rule)
    level = "提醒" if waivers.may_name(what.rule) else "错误"
    summary = known.summary.rstrip("。") if known else what.rule
    see = f"，见 {'、'.join(sources[:_MOST])}{' 等' if len(sources) > _MOST else ''}" if sources else ""
    return f"{place}{summary}：{what.said}（{what.rule}，{level}）{see}"


class _Sources:
    """Finds the files that people write in which a value stands, with the line."""

    def __init__(self, root: Path, permit: Permit) -> None:
        self._root, self._words, self._permit = root, vocabulary.load(root), permit
        self._written = list(_handwritten(root))

    def __call__(self, what: _Value, files: Sequence[str]) -> list[str]:
        """Return the places of a value, given the files of the site that show it: tickets first, each with its code for it."""
        ids = dict.fromkeys(found[0] for name in sorted(files) if (found := ID.search(name)))
        paths = [self._permit.tickets[one] for one in ids if one in self._permit.tickets][:_SHOWN]
        tickets = [self._in_ticket(what, path) for path in paths]
        lines = ((path, _line_of(what, text, self._permit.lists)) for path, text in self._written)
        # A page shows titles of other faults, and what is attached.
        own = [place for place, is_there in tickets if is_there] or [place for place, _ in tickets]
        return own + [f"{exposure.masked_name(path, self._permit.lists)}:{line}" for path, line in lines if line]

    def _in_ticket(self, what: _Value, path: str) -> tuple[str, bool]:
        """Return a ticket's path with line and code, and whether its text has the value."""
        loaded = corpus.load(self._root, path, self._words)
        line = _line_of(what, loaded.document.text, self._permit.lists)
        code = waivers.code(loaded.ticket, self._words, what.rule, what.value) if loaded.ticket else ""
        code = code if waivers.may_name(what.rule) else ""
        return f"{path}{f':{line}' if line else ''}{f'（代号 {code}）' if code else ''}", line > 0


def _handwritten(root: Path) -> Iterator[tuple[str, str]]:
    """Yield every text under kb/ and schema/ that people write, and the settings of the site, with its path."""
    kb = root / "kb"
    own = [path for path in sorted(kb.rglob("*")) if not is_generated(path.relative_to(kb).as_posix())]
    for path in (*own, *sorted((root / "schema").glob("*")), root / "mkdocs.yml"):
        if path.is_file() and path.stat().st_size <= _LARGEST:
            text = "\n".join(piece.text for piece in contents.pieces(path.name, path.read_bytes()))
            yield path.relative_to(root).as_posix(), text


def _line_of(what: _Value, text: str, lists: Lists) -> int:
    """Return the first line of a text with a value, 0 where it does not have it."""
    found = (one.start for one in privacy.find(text, lists) if (one.rule, one.value) == (what.rule, what.value))
    start = next(found, text.find(what.value))
    return exposure.Lines(text).of(start)[0] if start >= 0 else 0
