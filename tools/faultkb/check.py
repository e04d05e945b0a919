"""Paths → findings: the whole order of things in one screen."""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faultkb import change, corpus, document, earlier, rules, schemafiles, standing, ticket
from faultkb.finding import ERROR, Finding
from faultkb.rules import Case, File, exposure, fields, waivers
from faultkb.rules.references import Corpus, Entry, entry
from faultkb.yamltext import MERGE_CONFLICT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from faultkb.change import Branch, Change
    from faultkb.corpus import Loaded
    from faultkb.document import Document
    from faultkb.privacy import Match
    from faultkb.rules import Hit, Rule
    from faultkb.vocabulary import Vocabulary

MOST_PER_RULE = 20
"""Findings of one rule in one file after which the rest is counted instead of listed."""

_FIELD = re.compile(r"(---|[A-Za-z_]+)[ \t]*(?:[:：]|\r?$)")
_BARE_NAME = re.compile(r"name[\"']?[ \t]*[:：][^,}\]*]*(?:[,}\]]|\r?$)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found, sorted by place, and in how many files it looked.

    With a base: how many files are as they are there, and how many errors those have that do not block (None: nobody
    looked). ``noted`` is what ``note`` of `check` returned, by path.
    """

    findings: tuple[Finding, ...]
    checked: int
    unchanged: int | None = None
    elsewhere: int | None = None
    noted: Mapping[str, Any] = field(default_factory=dict)

    def count(self, level: str) -> int:
        """Count the findings of a level."""
        return sum(finding.level == level for finding in self.findings)


def check(  # noqa: PLR0913 - what to look at, and what to say of it
    root: Path,
    words: Vocabulary,
    as_of: datetime,
    paths: Sequence[Path] = (),
    branch: Branch | None = None,
    *,
    touched: bool = False,
    note: Callable[[Loaded, Vocabulary, Path], Any] | None = None,
) -> Outcome:
    """Apply every rule to the tickets of a repository; report those of ``paths`` (all if empty).

    With a ``branch`` only tickets that differ from its base, and what they touch, are reported. What is reported is
    examined in full; of the others only ids and references are read, which is what rules about several tickets need.
    With ``touched`` also what ``paths`` bring about in other files is reported. ``note``, a module-level function, is
    called with each ticket that is examined: whoever wants more of it need not read it again.
    """
    survey = corpus.survey(root)
    every, chosen = survey.tickets, corpus.within(root, paths, survey)
    wanted = set(chosen.tickets)
    strays = [path for path in chosen.strays if branch is None or path in branch.strays]
    focus = wanted if branch is None else branch.changed
    rest = [path for path in every if path not in focus]
    in_order = sorted(focus)
    pairs = corpus.each(root, words, in_order, _examine, (root, as_of, branch, note))
    examined = [outcome for outcome, _ in pairs]
    noted = dict(zip(in_order, (one for _, one in pairs), strict=True)) if note else {}
    mine = {one.id for _, one in examined} | (branch.former if branch else frozenset())
    named = {target for _, one in examined for _, target in one.references}
    entries = tuple(sorted([*(one for _, one in examined), *_outlines(root, words, rest, mine, named)]))
    findings = [one for path, (found, _) in zip(in_order, examined, strict=True) if path in wanted for one in found]
    said = _across(root, Corpus(entries, strays), focus.union(strays), mine)
    others = [one for one in said if touched or one.path in wanted.union(strays) or not every]
    others += _in_strays(root, words, strays)
    if branch is None:
        return Outcome(tuple(sorted([*findings, *_unsaid(others, words)])), len(wanted), noted=noted)
    others += _deleted(branch, words, as_of)
    others += (one for one in _earlier(branch, words, root) if one.path in wanted or one.path not in every)
    others += _schema_changes(branch, words, root, as_of)
    findings += _unsaid(others, words)
    errors = _errors(root, words, as_of, rest) if branch.schema is not None else None
    return Outcome(tuple(sorted(findings)), len(focus & wanted) + len(branch.deleted), len(rest), errors)


def _in_strays(root: Path, words: Vocabulary, paths: Sequence[str]) -> Iterator[Finding]:
    """Look for private data in files that belong to no ticket."""
    nothing = document.Document("", {}, "", ())
    for path in paths:
        for name, hit in exposure.of_stray(File(path, nothing, words, root)):
            yield from _stamped(rules.catalogue()[name], path, nothing, [hit])


def _errors(root: Path, words: Vocabulary, as_of: datetime, paths: Sequence[str]) -> int:
    """Count the errors of unchanged tickets under rules that changed."""
    found = corpus.each(root, words, paths, examine, (root, as_of))
    return sum(one.level == ERROR for some, _ in found for one in some)


def _outlines(
    root: Path, words: Vocabulary, paths: Sequence[str], mine: set[str], targets: set[str]
) -> Iterator[Entry]:
    """Return the entries of unchanged files: in full where they name a changed ticket or are named by one."""
    numbers = {one.partition("-")[2] for one in mine}
    for path in paths:
        own, named = corpus.outline(root, path)
        if own and own not in targets | mine and named.isdisjoint(numbers):
            yield Entry(path, own, "", ())
            continue
        yield entry(path, corpus.load(root, path, words).ticket)


def _deleted(branch: Branch, words: Vocabulary, as_of: datetime) -> Iterator[Finding]:
    gone = replace(branch, changed=frozenset())
    for one in change.load(gone, Path(), words, standing.calendar(words), as_of):
        yield from _change_findings(one)


def _earlier(branch: Branch, words: Vocabulary, root: Path) -> Iterator[Finding]:
    """Apply the rules about what the commits of a branch held."""
    for past in earlier.load(root, branch.earlier, words):
        for rule in rules.of_scope("past"):
            yield from _stamped(rule, past.path, document.Document("", {}, ""), rule.check(past))


def _schema_changes(branch: Branch, words: Vocabulary, root: Path, as_of: datetime) -> Iterator[Finding]:
    """Apply the rules about schema/ itself."""
    one = change.of_schema(branch, words, as_of)
    for rule in rules.of_scope("schema") if one else ():
        for hit in rule.check(one):
            place = schemafiles.locate((root / hit.file).read_text(encoding="utf-8"), hit.path)
            yield Finding(hit.file, *place, rule.id, rule.level, hit.message, hit.help)


def _change_findings(one: Change) -> Iterator[Finding]:
    text = one.after.document if one.after else document.Document("", {}, "")
    for rule in rules.of_scope("change"):
        yield from _stamped(rule, one.path, text, rule.check(one))


def _examine(
    loaded: Loaded,
    words: Vocabulary,
    root: Path,
    as_of: datetime,
    branch: Branch | None,
    note: Callable[[Loaded, Vocabulary, Path], Any] | None,
) -> tuple[tuple[list[Finding], Entry], Any]:
    return examine(loaded, words, root, as_of, branch), note(loaded, words, root) if note else None


def examine(
    loaded: Loaded, words: Vocabulary, root: Path, as_of: datetime, branch: Branch | None = None
) -> tuple[list[Finding], Entry]:
    """Apply all rules about a single file, with a branch also those about its change; also return what other tickets need to know of it."""
    file = File(loaded.path, loaded.document, words, root)
    found = list(_text_findings(loaded))
    if any(one.rule == MERGE_CONFLICT for one in found):
        # Two versions at once: all else that could be said is noise.
        return _finished(found, file), entry(loaded.path, loaded.ticket)
    found += _file_findings(file)
    found += _ticket_findings(loaded, words, root, as_of) if loaded.ticket else _schema_findings(loaded, words)
    if branch:
        changed = change.of(branch, loaded, words, standing.calendar(words), as_of)
        found += _change_findings(changed)
        found += _former_findings(changed, root, {(one.path, one.rule, one.line, one.column) for one in found})
    if loaded.ticket:
        found = list(_unwaived(found, loaded, words))
    return _finished(found, file), entry(loaded.path, loaded.ticket)


def _file_findings(file: File) -> Iterator[Finding]:
    for one in rules.of_scope("file"):
        yield from _stamped(one, file.path, file.document, one.check(file))


def _unwaived(found: list[Finding], loaded: Loaded, words: Vocabulary) -> Iterator[Finding]:
    """Leave out what a waiver of the ticket silences, and say which waivers are of no use."""
    if loaded.ticket is None:
        return
    kept, waived = waivers.apply(found, loaded.ticket, words)
    yield from kept
    for one in rules.of_scope("waive"):
        yield from _stamped(one, loaded.path, loaded.document, one.check(waived))


def _ticket_findings(loaded: Loaded, words: Vocabulary, root: Path, as_of: datetime) -> Iterator[Finding]:
    if loaded.ticket is None:
        return
    case = Case(
        ticket=loaded.ticket,
        document=loaded.document,
        replay=ticket.replay(loaded.ticket, words.lifecycle),
        violations=loaded.violations,
        vocabulary=words,
        calendar=standing.calendar(words),
        as_of=as_of,
        root=root,
    )
    broken = {one.path for one in loaded.violations if one.rule != "missing-field"}
    for one in rules.of_scope("ticket"):
        hits = list(one.check(case))
        if hits:
            hits = [hit for hit in hits if not broken or one.id in _SCHEMA_RULES or not _touches(hit.path, broken)]
            yield from _stamped(one, loaded.path, loaded.document, hits)


def _former_findings(one: Change, root: Path, known: set[tuple[str, str, int, int]]) -> Iterator[Finding]:
    """Judge a ticket also by the rules of the base: no branch loosens one and makes use of it at once."""
    if one.after is None:
        return
    found = _ticket_findings(one.after, one.former, root, one.as_of) if one.former else ()
    every = [(finding, "流程") for finding in found if finding.level == ERROR]
    if one.former_lists:
        file = File(one.path, one.after.document, one.former_lists, root)
        every += [(finding, "名单") for finding in _file_findings(file)]
    for finding, what in every:
        if (finding.path, finding.rule, finding.line, finding.column) not in known:
            message = f"{finding.message}（按改动之前的{what}）"
            yield replace(finding, message=message, help=f"{finding.help}；{what}的改动要先单独合并".lstrip("；"))


_SCHEMA_RULES = frozenset({"schema", "unknown-field"})


def _touches(path: tuple[str | int, ...], broken: set[tuple[str | int, ...]]) -> bool:
    """Say whether a place is, or lies in, one that breaks the schema: it has its finding already."""
    return any(path[: len(one)] == one for one in broken)


def _text_findings(loaded: Loaded) -> Iterator[Finding]:
    catalogue = rules.catalogue()
    for problem in loaded.document.problems:
        one = catalogue[problem.rule]
        for hit in one.check(problem):
            yield Finding(
                loaded.path, problem.line, problem.column, one.id, one.level, hit.message, hit.help, one.fixable
            )


def _schema_findings(loaded: Loaded, words: Vocabulary) -> Iterator[Finding]:
    """Explain a header whose events cannot be read: only what the schema says of it is known."""
    catalogue = rules.catalogue()
    for one in loaded.violations:
        hit = fields.explained(one, loaded.document, words)
        yield from _stamped(catalogue[one.rule], loaded.path, loaded.document, [hit])


def _stamped(rule: Rule, path: str, document: Document, hits: Iterable[Hit]) -> Iterator[Finding]:
    """Add file, line, column, id and level to what a rule found."""
    for hit in hits:
        line, column = hit.at or document.locate(hit.path, key=rule.id == "unknown-field")
        yield Finding(
            path=hit.file or path,
            line=line,
            column=column,
            rule=rule.id,
            level=hit.level or rule.level,
            message=hit.message,
            help=hit.help,
            fixable=hit.fixable or (rule.fixable and hit.level in {"", rule.level}),
            private=hit.private,
            place=hit.path,
            codes=hit.codes,
        )


def _finished(found: list[Finding], file: File) -> list[Finding]:
    """Cut what is too long, mark the findings whose source line must not be shown, and let no message say what it holds."""
    if not found:
        return found
    text = file.document.text
    lines = text.split("\n")
    said = sorted({text[one.start : one.end] for one in file.matches})
    secret = _secret_lines(text, file.matches)
    marked = (
        replace(one, private=True) if one.line in secret or _is_private(lines, one.line, file.vocabulary) else one
        for one in _capped(found)
    )
    return _unsaid(marked, file.vocabulary, said)


def _unsaid(found: Iterable[Finding], words: Vocabulary, said: Sequence[str] = ()) -> list[Finding]:
    """Let no finding repeat a private value, whatever it quotes; a path that holds one cannot be shown as it is."""
    clean = functools.partial(exposure.unsaid, said=said, lists=words.lists)
    return [
        replace(one, path=exposure.masked_name(one.path, words.lists), message=clean(one.message), help=clean(one.help))
        for one in found
    ]


def _secret_lines(text: str, matches: Sequence[Match]) -> set[int]:
    """Return the lines on which something private stands, be it in part."""
    lines = exposure.Lines(text if matches else "")
    ends = ((lines.of(one.start)[0], lines.of(one.end - 1)[0]) for one in matches)
    return {number for first, last in ends for number in range(first, last + 1)}


def _is_private(lines: list[str], number: int, words: Vocabulary) -> bool:
    """Say whether a line holds a bare name, or belongs to a field whose content is private; broken YAML included."""
    if number > len(lines):
        return False
    if _BARE_NAME.search(lines[number - 1]):
        return True
    above = (_FIELD.match(line) for line in reversed(lines[:number]))
    field = next((match[1] for match in above if match), "")
    return field in words.private_fields


def _capped(found: list[Finding]) -> list[Finding]:
    """Leave out what one rule says of one file beyond the first few, and say so."""
    if len(found) <= MOST_PER_RULE:
        return found
    kept: list[Finding] = []
    number: Counter[tuple[str, str]] = Counter()
    for one in sorted(found):
        number[one.path, one.rule] += 1
        if number[one.path, one.rule] <= MOST_PER_RULE:
            kept.append(one)
        elif number[one.path, one.rule] == MOST_PER_RULE + 1:
            more = f"同样的错误还有很多，只列出前 {MOST_PER_RULE} 个"
            kept.append(replace(one, message=more, help="改好之后再检查一次"))
    return kept


def _across(root: Path, every: Corpus, focus: AbstractSet[str], mine: AbstractSet[str]) -> Iterator[Finding]:
    """Apply the rules about all tickets; keep what is said at the files in focus, and elsewhere of their ids."""
    meant = {(one.path, place): target for one in every.entries for place, target in one.references}
    own = {one.path: one.id for one in every.entries}
    said: defaultdict[str, list[tuple[Rule, Hit]]] = defaultdict(list)
    for one in rules.of_scope("corpus"):
        for hit in one.check(every):
            target = meant.get((hit.file, hit.path), own.get(hit.file))
            if hit.file in focus or target in mine or not every.entries:
                said[hit.file].append((one, hit))
    for file, pairs in said.items():
        text = corpus.read(root, file)
        yield from _capped([finding for one, hit in pairs for finding in _stamped(one, file, text, [hit])])
