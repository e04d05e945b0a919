"""``fault check --fix``: masks and other small mends in ticket files and in the texts beside them, each shown, none guessed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from faultkb import change, contents, corpus, document, pairs, privacy, redraft, tidy, transaction, yamlwrite
from faultkb.finding import ERROR
from faultkb.redraft import Done, Draft, Edit
from faultkb.rules import File, exposure, naming, waivers
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as PathOnDisk

    from faultkb.corpus import Loaded
    from faultkb.document import Document
    from faultkb.privacy import Match
    from faultkb.vocabulary import Vocabulary
    from faultkb.yamltext import Path, Place

_ROUNDS = 20
"""How often private values are looked for: one that is masked may uncover the next."""
_SHOWN = 20
"""What is left for people that is listed of one file."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What becomes of a ticket and of the texts beside it.

    ``masked`` are the places at which something was masked; ``left`` is what is private too, and not for a program to mask.
    """

    path: str
    edits: tuple[transaction.Edit, ...]
    done: tuple[Done, ...]
    masked: tuple[Path, ...]
    left: tuple[Done, ...]


def plan(loaded: Loaded, words: Vocabulary, root: PathOnDisk) -> Mended | None:
    """Return what can be mended in a ticket and beside it, and what is left; None where that is nothing.

    A ticket that cannot be read is left alone, the texts beside it are not.
    """
    draft = Draft(loaded.path, loaded.document.text, exposure.masked_name(loaded.path, words.lists))
    if all(one.rule == "fullwidth-colon" for one in draft.document.problems):
        draft.take(redraft.colons(draft.document), redraft.is_better)
    # Read anew: the schema turns texts into numbers in place.
    now = corpus.loaded(loaded.path, document.parse(draft.text), words)
    permit = _Permit(words, now, root)
    look = _Look(permit, File(loaded.path, now.document, words, root))
    if not now.document.problems:
        now = _masked(draft, now, look, words)
        draft.take(redraft.blanks(draft.document), redraft.is_same)
        draft.reorder(list(words.schema.root["properties"]))
    edits = [
        _edit(
            loaded.path,
            loaded.document.text.encode(),
            draft.text.encode(),
        )
    ]
    stuck = [Done(draft.shown, *one) for one in _stuck(now, look)]
    done, left = draft.done, sorted({*look.left(draft.shown, draft.text), *stuck})
    for edit, some, others in _texts(loaded.path, root, permit):
        edits.append(edit)
        done += some
        left += others
    changed = tuple(one for one in edits if one.before != one.after)
    return Mended(loaded.path, changed, tuple(done), tuple(draft.masked), tuple(left)) if changed or stuck else None


def _masked(draft: Draft, now: Loaded, look: _Look, words: Vocabulary) -> Loaded:
    """Mask what stands in a ticket as it is written, then what only the reader of the YAML sees; return it as it is then."""
    for _ in range(_ROUNDS):
        if not (
            draft.take(_values(now, look), redraft.is_only_masked)
            or draft.take(_in_quotes(now.document, look), redraft.is_only_masked)
        ):
            break
        now = corpus.loaded(now.path, document.parse(draft.text), words)
    return now


def write(root: PathOnDisk, one: Mended) -> None:
    """Write a ticket and the texts beside it, all or nothing. Raise FaultError as `transaction.write` does."""
    if one.edits:
        transaction.write(root, one.edits)


def to_record(one: Mended, root: PathOnDisk, base: str, words: Vocabulary) -> list[str]:
    """Return the options of the corrections that a base asks for: what was masked is recorded there as it was.

    Raise FaultError as `change.alone` does.
    """
    branch = change.alone(root, base, one.path) if one.masked else None
    if branch is None or one.path not in branch.before or one.path not in {edit.path for edit in one.edits[:1]}:
        return []
    before, after = corpus.decode(branch.before[one.path][1]), corpus.decode(one.edits[0].after)
    is_closed = before.header.get("status") in words.lifecycle.closed_states
    options: dict[str, None] = {}
    for path in one.masked:
        if path[:1] == ("sections",):
            name = str(path[1])
            if is_closed and before.section_lines.get(name) != after.section_lines.get(name):
                options[f"--section {name}"] = None
        elif _at(before.header, path) not in {None, _at(after.header, path)}:
            if path[0] == "events":
                options[f"--target {int(path[1]) + 1}"] = None
            elif is_closed and not words.schema.root["properties"].get(path[0], {}).get("x-after-closing"):
                options["--target 1"] = None
    return list(options)


def _at(data: Any, path: Path) -> str | None:
    """Return the text at a place, None where there is none."""
    try:
        for step in path:
            data = data[step]
    except (LookupError, TypeError):
        return None
    return data if isinstance(data, str) else None


def _edit(path: str, before: bytes, after: bytes) -> transaction.Edit:
    return transaction.Edit(path, path, before, after)


# ── a ticket ──


class _Permit:
    """Says what somebody approved to stay; where a ticket cannot be read that is everything which may be approved."""

    def __init__(self, words: Vocabulary, ticket: Loaded, root: PathOnDisk) -> None:
        self.lists = words.lists
        self._values = waivers.values(ticket.ticket, words, root) if ticket.ticket else frozenset()
        is_read = ticket.ticket is not None and not ticket.document.problems
        self._is_unknown = not is_read and waivers.FIELD in ticket.document.text

    def has(self, one: Match) -> bool:
        """Say whether a value may stay."""
        return (one.rule, one.value) in self._values

    def may_have(self, one: Match) -> bool:
        """Say whether nobody knows if a value may stay."""
        return self._is_unknown and exposure.level_of(one.rule) != ERROR


class _Look:
    """Looks for private values in a text: which to mask, and which to leave for people.

    What is left is remembered: once what stands beside it is masked, it may be found no more.
    """

    def __init__(self, permit: _Permit, file: File | None = None) -> None:
        self._permit, self._path = permit, file.path if file else ""
        self._names = naming.told(file.path, file.beside, permit.lists) if file else {}
        self._left: dict[tuple[str, str], tuple[str, str]] = {}

    def __call__(self, text: str) -> list[Match]:
        """Return what to mask: what is sure, and not in the name of a file, which stays as it is."""
        every = [one for one in privacy.find(text, self._permit.lists) if not self._permit.has(one)]
        named = naming.references(text, self._path, self._names) if self._path and every else ()
        certain = []
        for one in every:
            is_name = naming.is_in(one, named)
            if one.sure and not is_name and not self._permit.may_have(one):
                certain.append(one)
            else:
                what = f"{'附件的文件名里的' if is_name else ''}{_named(one)}"
                self._left.setdefault((one.rule, one.value), (text[one.start : one.end], what))
        return certain

    def left(self, shown: str, text: str) -> list[Done]:
        """Say what private data is left in a text that is mended."""
        uncertain = [(text.find(raw), what) for raw, what in self._left.values() if raw in text]
        found = sorted({*uncertain, *((one.start, _named(one)) for one in self(text))})
        lines = exposure.Lines(text)
        told = [Done(shown, lines.of(at)[0], what) for at, what in found]
        more = [Done(shown, told[_SHOWN].line, f"还有 {len(told) - _SHOWN} 个")] if len(told) > _SHOWN else []
        return told[:_SHOWN] + more


def _named(match: Match) -> str:
    return f"{exposure.NAMES.get(match.rule, match.rule)}（遮盖后是 {clip(match.shown)}）"


def _values(loaded: Loaded, look: _Look) -> list[Edit]:
    """Return the edits of private values, of names in fields for people, and of what breaks the schema in a plain way."""
    source = loaded.document
    every = [_masking_in(source, *spot) for spot in exposure.spots(source, look(source.text))]
    return _apart([*every, *_in_fields(loaded)])


def _apart(every: list[Edit]) -> list[Edit]:
    """Return edits in order, without those that overlap one before."""
    found: list[Edit] = []
    for one in sorted(every, key=lambda one: (one.start, -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


_INDICATORS = frozenset("*&!%@`|>")
"""What a plain value of YAML cannot begin with."""


def _masking(text: str, match: Match) -> Edit:
    what = f"{exposure.NAMES.get(match.rule, match.rule)}遮盖为 {match.shown}"
    return Edit(*pairs.spared(text, match.start, match.end, match.mask), what)


def _masking_in(source: Document, match: Match, path: Path) -> Edit:
    edit, place = _masking(source.text, match)._replace(masked=path), source.places.get(path)
    start = source.text.find("\n") + 1
    if place and match.start == start + place.value.start and match.mask[:1] in _INDICATORS:
        end = start + place.value.end
        return edit._replace(end=end, new=yamlwrite.scalar(match.mask + source.text[match.end : end]))
    return edit


def _in_fields(loaded: Loaded) -> Iterator[Edit]:
    source, start = loaded.document, loaded.document.text.find("\n") + 1
    for path, place in source.places.items() if source.header else ():
        new = tidy.name(str(place.node.value).strip()) if _is_bare_name(source, path, place) else None
        if new and "#" not in source.header_text[place.value.start : place.value.end]:
            raw = source.header_text[place.value.start : place.value.end]
            end = start + place.value.start + len(raw.rstrip())  # a block ends behind its last line
            yield Edit(start + place.value.start, end, new, f"姓名遮盖为 {new}", path)
    for one in loaded.violations:
        new = tidy.scalar(source.header, one.path, one.help) if one.rule == "schema" else None
        if new and one.path in source.places:
            place, is_mask = source.places[one.path], "*" in new
            what = f"{one.path[-1]} {'遮盖为' if is_mask else '写成'} {new}"
            span = (start + place.value.start, start + place.value.end)
            yield Edit(*span, new, what, one.path if is_mask else None)


def _in_quotes(source: Document, look: _Look) -> list[Edit]:
    """Return the edits of quoted values in which something private is spelt with escapes, or stands beside one."""
    start = source.text.find("\n") + 1
    found = []
    for path, place, value in _escaping(source):
        some = look(value)
        new = privacy.masked(value, some)
        if new != value:
            what = "、".join(dict.fromkeys(_masking(value, one).what for one in some))
            quoted = json.dumps(new, ensure_ascii=False)
            found.append(Edit(start + place.value.start, start + place.value.end, quoted, what, path))
    return found


def _escaping(source: Document) -> Iterator[tuple[Path, Place, str]]:
    r"""Yield the values in double quotes that have a ``\`` in them."""
    for path, place in source.places.items() if "\\" in source.header_text else ():
        raw = source.header_text[place.value.start : place.value.end]
        if raw.startswith('"') and "\\" in raw and isinstance(place.node.value, str):
            yield path, place, place.node.value


def _stuck(now: Loaded, look: _Look) -> Iterator[tuple[int, str]]:
    """Yield line and kind of what a program is sure of, and could not mask all the same."""
    source = now.document
    lines = exposure.Lines(source.text)
    yield from ((lines.of(one.start)[0], _named(one)) for one in look(source.text))
    for path, _, value in _escaping(source) if source.header else ():
        yield from ((source.locate(path)[0], _named(one)) for one in look(value))
    for path, place in source.places.items() if source.header else ():
        if _is_bare_name(source, path, place):
            yield source.locate(path)[0], "姓名没有用 * 遮盖"


def _is_bare_name(source: Document, path: Path, place: Place) -> bool:
    return exposure.is_name(source, path) and "*" not in str(place.node.value)


# ── texts beside it ──


def _texts(path: str, root: PathOnDisk, permit: _Permit) -> Iterator[tuple[transaction.Edit, list[Done], list[Done]]]:
    home = exposure.folder(path)
    for name in sorted(corpus.attachments(root, path)) if (root / home).is_dir() else ():
        data = corpus.content(root, f"{home}/{name}") if name.lower().endswith(exposure.MENDED) else None
        text, encoding = (contents.decoded(data) if data else None) or ("", "")
        if not data or text.encode(encoding or "utf-8") != data:
            continue
        done: list[Done] = []
        look, before = _Look(permit), text
        shown = exposure.masked_name(f"{home}/{name}", permit.lists)
        for _ in range(_ROUNDS):
            edits = _apart([_masking(text, one) for one in look(text)])
            if not edits:
                break
            lines = exposure.Lines(text)
            done += [Done(shown, lines.of(one.start)[0], one.what) for one in edits]
            text = redraft.spliced(text, edits)
        if text != before:
            yield _edit(f"{home}/{name}", data, text.encode(encoding)), done, look.left(shown, text)
