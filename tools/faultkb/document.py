"""A ticket file as text: header, body, sections, and the line and column of every value."""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from frontmatter.default_handlers import BaseHandler
from yaml import ScalarNode

from faultkb import yamltext, yamlwrite
from faultkb.yamltext import MERGE_CONFLICT, Path, Place, Problem, ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 1_000_000
"""Size of a ticket file. Logs belong into attachments; a larger file is a mistake."""
MAX_HEADER = 262_144
"""Length of a header, in characters: a thousand events fit."""

_BOUNDARY = re.compile(r"^---[ \t]*\r?$\n?", re.MULTILINE)
_MARK = re.compile(
    r"^ {0,3}(?P<hashes>#{1,6})(?P<name>[ \t][^\n]*)?\r?$"
    r"|^ {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})"
    r"|^ {0,3}<!--(?s:.*?)(?:-->|\Z)"
    r"|^ {0,3}(?!\d{1,9}[.)][ \t\r\n])(?P<title>[^\s>#|*+-][^\n]*)\n {0,3}(?P<line>=+|-+)[ \t\r]*$",
    re.MULTILINE,
)
_CLOSING = re.compile(r"(?:^|[ \t])#+$")
_FULLWIDTH_KEY = re.compile(r"^[ \t]*+(?:- *+)?\{?[ \t]*+([A-Za-z_]++)[ \t]*+：", re.MULTILINE)
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: .*)?\r?$", re.MULTILINE)
_MOST_CONFLICTS = 20
"""Conflicts of one file that are named; finding the line of each costs time."""
_SIDES = re.compile(r"^(?:\|{7}(?: .*)?|={7})\r?$", re.MULTILINE)


class TicketHandler(BaseHandler):
    """The front-matter handler for tickets: scalars stay strings, keys keep their order, a broken header is an error."""

    FM_BOUNDARY = _BOUNDARY
    START_DELIMITER = END_DELIMITER = "---"

    def split(self, text: str) -> tuple[str, str]:
        """Return header and body. Raise ProblemError if the header is missing or never ends."""
        first = _BOUNDARY.match(text)
        if first is None:
            raise ProblemError(_no_header(text))
        second = _BOUNDARY.search(text, first.end())
        if second is None:
            raise ProblemError(Problem("front-matter", 1, 1, "unterminated"))
        return text[first.end() : second.start()], text[second.end() :]

    def load(self, fm: str) -> dict[str, Any]:
        """Return the header's data; every scalar is a string. Raise ProblemError where it is no YAML mapping."""
        return yamltext.parse(fm)[0]

    def export(self, metadata: dict[str, object], **_kwargs: object) -> str:
        """Print a header: fields in the given order, each event on a line of its own."""
        return yamlwrite.header(metadata)


HANDLER = TicketHandler()


def _no_header(text: str) -> Problem:
    if text.startswith("\ufeff"):
        return Problem("front-matter", 1, 1, "byte order mark")
    if not text.strip():
        return Problem("front-matter", 1, 1, "empty file")
    return Problem("front-matter", 1, 1, "missing")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the body outside code fences: level, text, where it stands in the body, where its content begins and ends."""

    level: int
    name: str
    at: int
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """A ticket file that was read: ``header`` holds its data, ``problems`` what kept it from being read fully.

    ``blanks`` are the paths of the keys that have no value and so count as not written.
    """

    text: str
    header: dict[str, Any]
    body: str
    problems: tuple[Problem, ...] = ()
    header_text: str = ""
    blanks: tuple[Path, ...] = ()

    @functools.cached_property
    def headings(self) -> tuple[Heading, ...]:
        """The headings of the body, in order."""
        found = self._outline.headings
        ends = [*(start for _, _, start, _ in found[1:]), len(self.body)][: len(found)]
        return tuple(
            Heading(level, name, start, content, end)
            for (level, name, start, content), end in zip(found, ends, strict=True)
        )

    @property
    def open_fence(self) -> int | None:
        """The line of a code fence that never ends; None if there is none."""
        start = self._outline.open_fence
        return None if start is None else self.line_of(start)

    def is_code(self, index: int) -> bool:
        """Say whether a character of the body stands in a code fence."""
        fences = self._outline.fences
        before = bisect.bisect_right(fences, (index, len(self.body)))
        return before > 0 and index < fences[before - 1][1]

    @functools.cached_property
    def _outline(self) -> _Outline:
        return _outline(self.body)

    def line_of(self, index: int) -> int:
        """Return the line of the file on which a character of the body stands."""
        return self.text.count("\n", 0, len(self.text) - len(self.body) + index) + 1

    @functools.cached_property
    def sections(self) -> dict[tuple[str, str], str]:
        """The text under each ``##`` section (name, "") and each ``###`` part (section, name), in order.

        Deeper headings stay part of the text that they stand in; a name that comes twice is joined.
        """
        texts: dict[tuple[str, str], str] = {}
        key: tuple[str, str] | None = None
        for heading in self.headings:
            content = self.body[heading.start : heading.end]
            if heading.level <= 2:  # noqa: PLR2004 - the levels of Markdown headings
                key = (heading.name, "")
            elif heading.level == 3 and key:  # noqa: PLR2004
                key = (key[0], heading.name)
            elif key:
                texts[key] += self.body[heading.at : heading.end]
                continue
            if key:
                texts[key] = f"{texts[key]}\n{content}" if key in texts else content
        return texts

    @functools.cached_property
    def section_lines(self) -> dict[str, list[str]]:
        """The lines of each ``##`` section, parts included, without spaces at their ends and empty lines around them.

        What stands before the first section goes by an empty name.
        """
        starts = [(one.at, one.name) for one in self.headings if one.level <= 2]  # noqa: PLR2004
        ends = [*(at for at, _ in starts), len(self.body)]
        texts = {"": self.body[: ends[0]]}
        for (at, name), end in zip(starts, ends[1:], strict=True):
            texts[name] = texts.get(name, "") + self.body[at:end]
        return {name: [line.rstrip() for line in text.strip().splitlines()] for name, text in texts.items()}

    @functools.cached_property
    def places(self) -> dict[Path, Place]:
        """Where every value of the header stands, relative to ``header_text``."""
        try:
            return yamltext.places(self.header_text)
        except ProblemError:
            return {}

    def locate(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Return line and column of a value, or of what is nearest to where it is missing.

        ``("line", number)`` is that line; ``("sections", name)`` and ``("sections", name, part)`` lead to headings; something missing at the top of the
        header is reported at ``status:``. With ``key``, the name of the field is pointed at.
        """
        if path and path[0] == "line":
            return int(path[1]), 1
        if path and path[0] == "sections":
            return self._heading(path[1:]) or self.locate(())
        while path and path not in self.places:
            path = path[:-1]
        place = self.places.get(path or ("status",))
        if place is None:
            return 1, 1
        # A scalar is pointed at itself, a collection or something missing at the key.
        at_value = path and isinstance(place.node, ScalarNode) and not key
        span = place.value if at_value else place.key or place.value
        return span.line + 1, span.column

    def _heading(self, names: Path) -> tuple[int, int] | None:
        section = None
        for heading in self.headings:
            if heading.level <= 2:  # noqa: PLR2004
                section = heading.name
            if names in {(section,), (section, heading.name)} and heading.name == names[-1]:
                return self.line_of(heading.at), 1
        return self._heading(names[:-1]) if len(names) > 1 else None


def parse(text: str) -> Document:
    """Read a ticket file. Never raises: what is wrong with the text is in ``problems``."""
    problems: list[Problem] = []
    header_text, body = "", ""
    header: dict[str, Any] = {}
    blanks: list[Path] = []
    try:
        header_text, body = HANDLER.split(text)
        if len(header_text) > MAX_HEADER:
            raise ProblemError(Problem("yaml-syntax", 1, 1, "too many values"))  # noqa: TRY301 - same exit as all others
        header, found, blanks = yamltext.read(header_text)
        problems += found
        if not header and not found:
            problems.append(Problem("front-matter", 0 if header_text else 1, 1, "empty header"))
    except ProblemError as error:
        problems.append(error.problem)
    if problems or len(header) < 5 or "：" in "".join(header):  # noqa: PLR2004 - an untouched ticket has more fields
        problems = _likely_causes(header_text, problems)
    shifted = tuple(_shift(problem, 1 if header_text else 0) for problem in problems)
    conflicts = tuple(itertools.islice(_conflicts(text), _MOST_CONFLICTS))
    # What a parser says of a header with conflict markers in it is noise.
    kept = () if conflicts and conflicts[0].line <= header_text.count("\n") + 1 else shifted
    return Document(text, header, body, (*kept, *conflicts), header_text, tuple(blanks))


def _conflicts(text: str) -> Iterator[Problem]:
    """Find what a merge left undecided. The detail holds the two sides, with a NUL between; empty for half a conflict."""
    start: re.Match[str] | None = None
    for mark in _CONFLICT.finditer(text) if "<<<<<<<" in text or ">>>>>>>" in text else ():
        opens = mark.group()[0] == "<"
        if start or not opens:
            first = start or mark
            sides = _SIDES.split(text[first.end() : mark.start()])
            whole = start and not opens and len(sides) > 1
            yield _problem_at(
                text,
                first.start(),
                MERGE_CONFLICT,
                "\0".join((sides[0], sides[-1])).replace("\r\n", "\n") if whole else "",
            )
        start = mark if opens else None
    if start:
        yield _problem_at(text, start.start(), MERGE_CONFLICT, "")


def _shift(problem: Problem, lines: int) -> Problem:
    """Count lines from the top of the file instead of the top of the header."""
    return Problem(problem.rule, problem.line + lines, problem.column, problem.detail)


def _likely_causes(header: str, problems: list[Problem]) -> list[Problem]:
    """Name the slip of the pen behind a parser's complaint: half a merge conflict, full-width colons."""
    middle = _SIDES.search(header)
    if middle:
        return [_problem_at(header, middle.start(), MERGE_CONFLICT, "")]
    colons = [
        _problem_at(header, one.end() - 1, "fullwidth-colon", one.group(1)) for one in _FULLWIDTH_KEY.finditer(header)
    ]
    if colons:
        others = [problem for problem in problems if problem.rule != "yaml-syntax" and problem not in colons]
        return colons + others
    return problems


def _problem_at(text: str, index: int, rule: str, detail: str) -> Problem:
    return Problem(rule, *yamltext.line_column(text, index), detail)


class _Outline(NamedTuple):
    """The block structure that matters: headings (level, name, start, start of content), and code fences (start, end).

    A fence that never ends reaches to the end of the body, and its start is ``open_fence``.
    """

    headings: list[tuple[int, str, int, int]]
    fences: list[tuple[int, int]]
    open_fence: int | None


def _outline(body: str) -> _Outline:
    """Find every heading outside code fences and comments, and every code fence."""
    found = _Outline([], [], None)
    position = 0
    while mark := _MARK.search(body, position):
        position = mark.end()
        after = min(mark.end() + 1, len(body))
        if mark["hashes"]:
            name = _CLOSING.sub("", (mark["name"] or "").strip(), count=1).rstrip()
            found.headings.append((len(mark["hashes"]), name, mark.start(), after))
        elif mark["title"]:
            level = 1 if mark["line"][0] == "=" else 2
            found.headings.append((level, mark["title"].strip(), mark.start(), after))
        elif mark["fence"]:
            end = re.compile(rf"^ {{0,3}}{mark['fence'][0]}{{{len(mark['fence'])},}}[ \t\r]*$", re.MULTILINE)
            closing = end.search(body, mark.end())
            position = closing.end() if closing else len(body)
            found.fences.append((mark.start(), position))
            if closing is None:
                return found._replace(open_fence=mark.start())
    return found
