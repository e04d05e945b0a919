"""The placeholders of a template as people type them in Word: mended where the meaning is plain, refused where it is not.

A cell of a table, ``{{ 经过.时间 }}``, repeats the row of Word's table that it stands in, or its paragraph: nobody needs to
write a loop. Loops and conditions may be written all the same, as docxtpl has them (``{%tr for 行 in 经过 %}``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from docx.oxml.ns import qn
from jinja2 import TemplateSyntaxError, nodes

from faultkb.render.harmless import DEEPEST, ForbiddenError
from faultkb.render.word_xml import element, run, said, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Environment

_TAG = re.compile(
    r"[{｛] ?[{｛](?P<value>[^{}｛｝]*)[}｝] ?[}｝]|[{｛][%％](?P<order>[^{}｛｝]*)[%％][}｝]|[{｛][#＃][^{}｛｝]*[#＃][}｝]"
)
_BROKEN = re.compile(r"[{｛] ?[{｛]|[}｝] ?[}｝]|[{｛][%％]|[%％][}｝]")
_SINGLE = re.compile(r"[{｛]\s*([^{}｛｝\s]+)\s*[}｝]")
_PLAIN = str.maketrans("％｜（），．　＂＇“”‘’＝！＞＜：", "%|(),. \"'\"\"''=!><:")
"""What an input method for Chinese makes of the signs that placeholders need."""
_ORDER = re.compile(
    r"-?\s*(?P<where>tr|tc|p|r)?\s*\b(?P<word>for|if|elif|else|endfor|endif)\b\s*(?P<rest>.*?)\s*-?", re.DOTALL
)
_LOOP = re.compile(r"(\w+)\s+in\s+(\w+)")
_SHOWN = 40
_BESIDE = 12
"""Characters that are shown on either side of braces that are not whole."""


class Problem(NamedTuple):
    """What is wrong with a template, and the text beside it."""

    where: str
    what: str


class Tags:
    """The placeholders of one template."""

    def __init__(self, environment: Environment, tables: Mapping[str, frozenset[str]], known: frozenset[str]) -> None:
        """``tables`` are the names of the cells of each table, ``known`` all placeholders."""
        self._environment = environment
        self._tables = tables
        self._known = known
        self.used: set[str] = set()
        self.unknown: dict[str, None] = {}
        self.problems: list[Problem] = []
        self._where = self._story = ""
        self._open: list[tuple[str, str, str, str]] = []

    def read(self, story: Any, name: str) -> None:
        """Mend and look at the placeholders of a story (the body, a header); add the loops that its tables need."""
        repeated: dict[Any, set[str]] = {}
        self._story = name
        for one in list(story.iter(qn("w:p"))):
            self._where = f"{name}“{said(one).strip()[:_SHOWN]}”"
            loops = self._paragraph(one)
            if loops:
                around = next((above for above in one.iterancestors(qn("w:tr"))), one)
                repeated.setdefault(around, set()).update(loops)
                if len(repeated[around]) > 1:
                    self._wrong(f"同一行里只能用一个表：这里有{'、'.join(sorted(repeated[around]))}")
        for word, _, _, where in self._open:
            self.problems.append(Problem(where, f"{{% {word} … %}} 没有结束：在要结束的地方写 {{% end{word} %}}"))
        self._open.clear()
        for one, loops in repeated.items():
            _repeat(one, min(loops))

    def elsewhere(self, story: Any, name: str) -> None:
        """Report the placeholders of a story that stand in no text: in names of bookmarks, descriptions of pictures, fields."""
        for one in story.iter():
            is_field = len(one) == 0 and one.tag != qn("w:t")
            for text in (*one.attrib.values(), (is_field and one.text) or ""):
                if _BROKEN.search(text):
                    what = "书签、图片说明、水印、域和公式里不能用占位符：只写在文字里"
                    self.problems.append(Problem(f"{name}“{text.strip()[:_SHOWN]}”", what))

    def _wrong(self, what: str) -> None:
        self.problems.append(Problem(self._where, what))

    def _paragraph(self, one: Any) -> set[str]:
        """Look at a paragraph; return the tables whose cells stand in it outside of a loop."""
        text = said(one)
        if not _BROKEN.search(text) and not _SINGLE.search(text):
            return set()
        found = list(_TAG.finditer(text))
        rest = _TAG.sub(lambda match: " " * len(match[0]), text)
        single = next((match for match in _SINGLE.finditer(rest) if match[1].partition(".")[0] in self._known), None)
        broken = single or _BROKEN.search(rest)
        if broken:
            self._unpaired(rest, broken, single[1] if single else "问题编号")
            return set()
        loops: set[str] = set()
        for match in found:
            inside = (match["value"] if match["value"] is not None else match["order"] or "").translate(_PLAIN)
            if match["value"] is not None:
                loops |= self._value(inside)
            elif match["order"] is not None:
                self._order(inside)
        _straighten(one, found)
        return loops

    def _unpaired(self, text: str, broken: re.Match[str], name: str) -> None:
        """Say which braces have none over against them, with what stands beside."""
        near = " ".join(text[max(broken.start() - _BESIDE, 0) : broken.end() + _BESIDE].split())
        wide = "用了全角花括号，而且" if re.search("[｛｝]", near) else "花括号"
        what = f"{wide}没有配好对：一个占位符写成 {{{{ {name} }}}}，两边各两个半角花括号"
        self.problems.append(Problem(f"{self._story}“{near}”", what))

    def _value(self, inside: str) -> set[str]:
        inside = re.sub(r"^\s*[pr]\s", "", inside)
        return self._expression(f"{{{{ {inside} }}}}", inside)

    def _expression(self, source: str, shown: str) -> set[str]:
        """Look at the names in an expression; return the tables whose cells it means outside of a loop."""
        try:
            tree = self._environment.parse(source)
        except ForbiddenError:
            self._wrong(f"“{shown.strip()}”写错了：模板里只能写占位符、{{% for %}}、{{% if %}} 和“勾选”")
            return set()
        except (TemplateSyntaxError, RecursionError):
            self._wrong(f"“{shown.strip()}”写错了：花括号里只写占位符的名字，例如 {{{{ 问题编号 }}}}")
            return set()
        loops: set[str] = set()
        cells = {id(one.node): one.attr for one in tree.find_all(nodes.Getattr)}
        for one in tree.find_all(nodes.Name):
            loops |= self._name(one.name, cells.get(id(one), ""))
        return loops

    def _name(self, name: str, cell: str) -> set[str]:
        table = next((of for word, target, of, _ in reversed(self._open) if word == "for" and target == name), "")
        if name == "loop" and self._open:
            return set()
        if not table and name not in self._known:
            self.unknown[f"{name}.{cell}" if cell else name] = None
            return set()
        self.used.add(table or name)
        if not cell:
            return set()
        if cell not in self._tables.get(table or name, ()):
            self.unknown[f"{name}.{cell}"] = None
            return set()
        return set() if table else {name}

    def _order(self, inside: str) -> None:
        found = _ORDER.fullmatch(inside.strip())
        if not found:
            self._wrong(f"“{inside.strip()}”写错了：模板里只能用 for、endfor、if、elif、else、endif")
            return
        word, rest = found["word"], found["rest"]
        if word == "for":
            self._loop(rest)
        elif word == "if":
            self._expression(f"{{% if {rest} %}}{{% endif %}}", rest)
            self._open.append(("if", "", "", self._where))
        elif word == "elif":
            self._expression(f"{{% if {rest} %}}{{% endif %}}", rest)
        if word in {"elif", "else"} and not self._open:
            self._wrong(f"{{% {word} %}} 前面没有 {{% if … %}}")
        elif word.startswith("end") and (not self._open or self._open.pop()[0] != word[3:]):
            self._wrong(f"{{% {word} %}} 前面没有与它相配的 {{% {word[3:]} … %}}")

    def _loop(self, rest: str) -> None:
        found = _LOOP.fullmatch(rest)
        table = found[2] if found else ""
        if table in self._tables:
            self.used.add(table)
        elif table and table not in self._known:
            self.unknown[table] = None
        else:
            self._wrong(f"“for {rest}”写错了：写成 for 行 in 经过，最后一个词是一个表的名字")
        if sum(word == "for" for word, *_ in self._open) >= DEEPEST:
            self._wrong("循环套得太深")
        self._open.append(("for", found[1] if found else "", table, self._where))


def _straighten(one: Any, found: list[re.Match[str]]) -> None:
    """Write each placeholder into one piece of text, with plain signs: Word cuts them up, input methods widen them."""
    pieces = list(texts(one))
    for match in reversed(found):
        plain = _written(match)
        for place, start, end in _overlaps(pieces, *match.span()):
            piece = pieces[place]
            piece.text = piece.text[:start] + plain + piece.text[end:]
            piece.set(qn("xml:space"), "preserve")
            plain = ""


def _written(match: re.Match[str]) -> str:
    if match["value"] is not None:
        return f"{{{{ {re.sub(r'^[pr] ', '', match['value'].translate(_PLAIN).strip())} }}}}"
    return f"{{%{match['order'].translate(_PLAIN)}%}}" if match["order"] is not None else ""


def _overlaps(pieces: list[Any], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield, for each piece of text that a stretch touches, its number and where in it the stretch begins and ends."""
    at = 0
    for number, piece in enumerate(pieces):
        size = len(piece.text or "")
        if at < end and at + size > start:
            yield number, max(start - at, 0), min(end - at, size)
        at += size


def _repeat(one: Any, table: str) -> None:
    """Put a loop over a table around a row or a paragraph."""
    in_row = one.tag == qn("w:tr")
    kind = "tr" if in_row else "p"
    for text, put in (
        (f"{{%{kind} for {table} in {table} %}}", one.addprevious),
        (f"{{%{kind} endfor %}}", one.addnext),
    ):
        line = element("w:p", run(text))
        put(element("w:tr", element("w:tc", line)) if in_row else line)
