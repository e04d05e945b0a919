"""``fault check --fix``: masks and other small mends in ticket files and in the texts beside them, each shown, none guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import contents, corpus, document, moment, privacy, tidy, transaction, yamlwrite
from faultkb.rules import exposure, waivers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path as PathOnDisk

    from faultkb.change import Branch
    from faultkb.corpus import Loaded
    from faultkb.document import Document
    from faultkb.vocabulary import Vocabulary
    from faultkb.yamltext import Path


class Done(NamedTuple):
    """One mend: file and line, and what was done, in words that repeat no private value."""

    path: str
    line: int
    what: str


class _Edit(NamedTuple):
    start: int
    end: int
    new: str
    what: str
    masked: Path | None = None
    """Where in the data something was masked."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What becomes of a ticket and of the texts beside it. ``masked`` are the places at which something was masked."""

    path: str
    edits: tuple[transaction.Edit, ...]
    done: tuple[Done, ...]
    masked: tuple[Path, ...]


def plan(loaded: Loaded, words: Vocabulary, root: PathOnDisk) -> Mended | None:
    """Return what can be mended in a ticket, None where that is nothing; one that cannot be read is left alone."""
    if any(one.rule != "fullwidth-colon" for one in loaded.document.problems):
        return None
    draft = _Draft(loaded.path, loaded.document.text, exposure.masked_name(loaded.path, words.lists))
    draft.take(_colons(draft.document), _is_better)
    # Read anew: the schema turns texts into numbers in place.
    now = corpus.loaded(loaded.path, document.parse(draft.text), words)
    waived = waivers.fingerprints(now.ticket, words) if now.ticket else frozenset()
    if not now.document.problems:
        draft.take(_values(now, words, waived), _is_only_masked)
        draft.take(_blanks(draft.document), _is_same)
        draft.reorder(list(words.schema.root["properties"]))
    edits = [_edit(loaded.path, loaded.document.text.encode(), draft.text.encode())]
    done = draft.done
    for edit, some in _texts(loaded.path, words, root, waived):
        edits.append(edit)
        done += some
    changed = tuple(one for one in edits if one.before != one.after)
    return Mended(loaded.path, changed, tuple(done), tuple(draft.masked)) if changed else None


def write(root: PathOnDisk, one: Mended) -> None:
    """Write a ticket and the texts beside it, all or nothing. Raise FaultError as `transaction.write` does."""
    transaction.write(root, one.edits)


def to_record(one: Mended, branch: Branch, words: Vocabulary) -> list[str]:
    """Return the options of the corrections that the base asks for: what was masked is recorded there as it was."""
    if one.path not in branch.before or one.edits[0].path != one.path:
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


class _Draft:
    """The text of a ticket as it is mended; what would change more than it says is not taken."""

    def __init__(self, path: str, text: str, shown: str) -> None:
        self.path, self.text, self.shown = path, text, shown
        self.document = document.parse(text)
        self.done: list[Done] = []
        self.masked: list[Path] = []

    def take(self, edits: Sequence[_Edit], is_fine: Callable[[Document, Document], bool]) -> None:
        """Apply edits that leave the header fine, else those of the body alone."""
        body = len(self.text) - len(self.document.body)
        for some in (edits, [one for one in edits if one.start >= body]):
            after = document.parse(_spliced(self.text, some)) if some else self.document
            if not some or is_fine(self.document, after):
                break
        else:
            return
        lines = exposure.Lines(self.text)
        self.done += [Done(self.shown, lines.of(one.start)[0], one.what) for one in some]
        self.masked += [one.masked for one in some if one.masked is not None]
        self.text, self.document = after.text, after

    def reorder(self, order: Sequence[str]) -> None:
        """Bring the fields into the order of the schema, each with its lines and the comments before it."""
        keys = list(self.document.header)
        wanted = tidy.ordered(keys, order)
        blocks = _blocks(self.document) if wanted != keys else {}
        if blocks.keys() != set(keys):
            return
        start = self.text.find("\n") + 1
        moved = "".join(blocks[key] for key in wanted)
        after = document.parse(self.text[:start] + moved + self.text[start + len(self.document.header_text) :])
        if len(moved) == len(self.document.header_text) and _is_same(self.document, after):
            self.done.append(Done(self.shown, 2, "字段按规定的顺序排列"))
            self.text, self.document = after.text, after


def _spliced(text: str, edits: Sequence[_Edit]) -> str:
    pieces, at = [], 0
    for one in sorted(edits):
        pieces += [text[at : one.start], one.new]
        at = one.end
    return "".join([*pieces, text[at:]])


def _is_better(before: Document, after: Document) -> bool:
    return len(after.problems) < len(before.problems)


def _is_same(before: Document, after: Document) -> bool:
    return not after.problems and after.header == before.header


def _is_only_masked(before: Document, after: Document) -> bool:
    return not after.problems and _alike(before.header, after.header)


def _alike(old: Any, new: Any) -> bool:
    """Say whether data has the same shape, and other values only where they are masks or times."""
    if isinstance(old, dict) and isinstance(new, dict):
        pairs = zip(old.items(), new.items(), strict=False)
        return len(old) == len(new) and all(_alike(key, key2) and _alike(one, two) for (key, one), (key2, two) in pairs)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_alike, old, new))
    return bool(old == new or (isinstance(new, str) and isinstance(old, str) and ("*" in new or moment.is_minute(new))))


def _colons(source: Document) -> list[_Edit]:
    starts = [0, *(number + 1 for number, char in enumerate(source.text) if char == "\n")]
    found = []
    for one in source.problems:
        at = starts[one.line - 1] + one.column - 1
        if one.rule == "fullwidth-colon" and source.text[at : at + 1] == "：":
            end = at + 1
            while source.text[end : end + 1] in {" ", "\u3000"}:
                end += 1
            found.append(_Edit(at, end, ": ", f"{one.detail} 后面的全角冒号改成半角"))
    return list(dict.fromkeys(found))


def _values(loaded: Loaded, words: Vocabulary, waived: frozenset[tuple[str, str]]) -> list[_Edit]:
    """Return the edits of private values, of names in fields for people, and of what breaks the schema in a plain way."""
    source = loaded.document
    spots = exposure.spots(source, privacy.find(source.text, words.lists))
    every = [_masking(source, *spot) for spot in spots if _may_mask(spot.match, waived)]
    every += _in_fields(loaded)
    found: list[_Edit] = []
    for one in sorted(every, key=lambda one: (one.start, -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def _may_mask(match: privacy.Match, waived: frozenset[tuple[str, str]]) -> bool:
    return match.sure and (match.rule, privacy.fingerprint(match.rule, match.value)) not in waived


_INDICATORS = frozenset("*&!%@`|>")
"""What a plain value of YAML cannot begin with."""


def _masking(source: Document, match: privacy.Match, path: Path) -> _Edit:
    what = f"{exposure.NAMES.get(match.rule, match.rule)}遮盖为 {match.mask}"
    place = source.places.get(path)
    start = source.text.find("\n") + 1
    if place and match.start == start + place.value.start and match.mask[:1] in _INDICATORS:
        end = start + place.value.end
        return _Edit(match.start, end, yamlwrite.scalar(match.mask + source.text[match.end : end]), what, path)
    return _Edit(match.start, match.end, match.mask, what, path)


def _in_fields(loaded: Loaded) -> Iterator[_Edit]:
    source, start = loaded.document, loaded.document.text.find("\n") + 1
    for path, place in source.places.items() if source.header else ():
        if path[-1:] == ("name",) and (*path[:-1], "staff") in source.places and "*" not in str(place.node.value):
            new = tidy.name(str(place.node.value))
            if new:
                yield _Edit(start + place.value.start, start + place.value.end, new, f"姓名遮盖为 {new}", path)
    for one in loaded.violations:
        new = tidy.scalar(source.header, one.path, one.help) if one.rule == "schema" else None
        if new and one.path in source.places:
            place, is_mask = source.places[one.path], "*" in new
            what = f"{one.path[-1]} {'遮盖为' if is_mask else '写成'} {new}"
            span = (start + place.value.start, start + place.value.end)
            yield _Edit(*span, new, what, one.path if is_mask else None)


def _blanks(source: Document) -> list[_Edit]:
    return [_Edit(*span, "", "删去行末的空格") for span in tidy.trailing(source)]


def _blocks(source: Document) -> dict[str, str]:
    """Return the lines of each field, with the comments before it; nothing where two fields share a line."""
    lines = source.header_text.splitlines(keepends=True)
    starts: list[tuple[int, str]] = []
    for path, place in source.places.items():
        if len(path) == 1 and place.key:
            at = place.key.line - 1
            while at > 0 and lines[at - 1].startswith("#"):
                at -= 1
            starts.append((at, str(path[0])))
    starts.sort()
    numbers = [at for at, _ in starts]
    if len(set(numbers)) < len(numbers) or numbers[:1] != [0] or not source.header_text.endswith("\n"):
        return {}
    ends = [*numbers[1:], len(lines)]
    return {key: "".join(lines[at:end]) for (at, key), end in zip(starts, ends, strict=True)}


# ── texts beside it ──


def _texts(
    path: str, words: Vocabulary, root: PathOnDisk, waived: frozenset[tuple[str, str]]
) -> Iterator[tuple[transaction.Edit, list[Done]]]:
    home = exposure.folder(path)
    for name in sorted(corpus.attachments(root, path)) if (root / home).is_dir() else ():
        data = corpus.content(root, f"{home}/{name}") if name.lower().endswith(exposure.MENDED) else None
        text, encoding = (contents.decoded(data) if data else None) or ("", "")
        edits = [
            _Edit(one.start, one.end, one.mask, f"{exposure.NAMES.get(one.rule, one.rule)}遮盖为 {one.mask}")
            for one in (privacy.find(text, words.lists) if text else ())
            if _may_mask(one, waived)
        ]
        if edits and text.encode(encoding) == data:
            lines, shown = exposure.Lines(text), exposure.masked_name(f"{home}/{name}", words.lists)
            after = _spliced(text, edits).encode(encoding)
            yield (
                _edit(f"{home}/{name}", data, after),
                [Done(shown, lines.of(one.start)[0], one.what) for one in edits],
            )
