"""``fault check --fix``: masks and other small mends in ticket files and in the texts beside them, each shown, none guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from faultkb import contents, corpus, document, privacy, redraft, tidy, transaction, yamlwrite
from faultkb.redraft import Done, Draft, Edit
from faultkb.rules import exposure, waivers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as PathOnDisk

    from faultkb.change import Branch
    from faultkb.corpus import Loaded
    from faultkb.document import Document
    from faultkb.vocabulary import Vocabulary
    from faultkb.yamltext import Path


_ROUNDS = 5
"""How often private values are looked for: one that is masked may uncover the next."""


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
    draft = Draft(loaded.path, loaded.document.text, exposure.masked_name(loaded.path, words.lists))
    draft.take(redraft.colons(draft.document), redraft.is_better)
    # Read anew: the schema turns texts into numbers in place.
    now = corpus.loaded(loaded.path, document.parse(draft.text), words)
    waived = waivers.fingerprints(now.ticket, words) if now.ticket else frozenset()
    if not now.document.problems:
        for _ in range(_ROUNDS):
            if not draft.take(_values(now, words, waived), redraft.is_only_masked):
                break
            now = corpus.loaded(loaded.path, document.parse(draft.text), words)
        draft.take(redraft.blanks(draft.document), redraft.is_same)
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


def _values(loaded: Loaded, words: Vocabulary, waived: frozenset[tuple[str, str]]) -> list[Edit]:
    """Return the edits of private values, of names in fields for people, and of what breaks the schema in a plain way."""
    source = loaded.document
    spots = exposure.spots(source, privacy.find(source.text, words.lists))
    every = [_masking_in(source, *spot) for spot in spots if _may_mask(spot.match, waived)]
    every += _in_fields(loaded)
    found: list[Edit] = []
    for one in sorted(every, key=lambda one: (one.start, -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def _may_mask(match: privacy.Match, waived: frozenset[tuple[str, str]]) -> bool:
    return match.sure and (match.rule, privacy.fingerprint(match.rule, match.value)) not in waived


_INDICATORS = frozenset("*&!%@`|>")
"""What a plain value of YAML cannot begin with."""


def _masking(match: privacy.Match) -> Edit:
    return Edit(match.start, match.end, match.mask, f"{exposure.NAMES.get(match.rule, match.rule)}遮盖为 {match.mask}")


def _masking_in(source: Document, match: privacy.Match, path: Path) -> Edit:
    edit, place = _masking(match)._replace(masked=path), source.places.get(path)
    start = source.text.find("\n") + 1
    if place and match.start == start + place.value.start and match.mask[:1] in _INDICATORS:
        end = start + place.value.end
        return edit._replace(end=end, new=yamlwrite.scalar(match.mask + source.text[match.end : end]))
    return edit


def _in_fields(loaded: Loaded) -> Iterator[Edit]:
    source, start = loaded.document, loaded.document.text.find("\n") + 1
    for path, place in source.places.items() if source.header else ():
        if path[-1:] == ("name",) and (*path[:-1], "staff") in source.places and "*" not in str(place.node.value):
            new = tidy.name(str(place.node.value))
            if new:
                yield Edit(start + place.value.start, start + place.value.end, new, f"姓名遮盖为 {new}", path)
    for one in loaded.violations:
        new = tidy.scalar(source.header, one.path, one.help) if one.rule == "schema" else None
        if new and one.path in source.places:
            place, is_mask = source.places[one.path], "*" in new
            what = f"{one.path[-1]} {'遮盖为' if is_mask else '写成'} {new}"
            span = (start + place.value.start, start + place.value.end)
            yield Edit(*span, new, what, one.path if is_mask else None)


# ── texts beside it ──


def _texts(
    path: str, words: Vocabulary, root: PathOnDisk, waived: frozenset[tuple[str, str]]
) -> Iterator[tuple[transaction.Edit, list[Done]]]:
    home = exposure.folder(path)
    for name in sorted(corpus.attachments(root, path)) if (root / home).is_dir() else ():
        data = corpus.content(root, f"{home}/{name}") if name.lower().endswith(exposure.MENDED) else None
        text, encoding = (contents.decoded(data) if data else None) or ("", "")
        if not data or text.encode(encoding or "utf-8") != data:
            continue
        done: list[Done] = []
        shown = exposure.masked_name(f"{home}/{name}", words.lists)
        for _ in range(_ROUNDS):
            edits = [_masking(one) for one in privacy.find(text, words.lists) if _may_mask(one, waived)]
            lines = exposure.Lines(text)
            done += [Done(shown, lines.of(one.start)[0], one.what) for one in edits]
            text = redraft.spliced(text, edits)
        if done:
            yield _edit(f"{home}/{name}", data, text.encode(encoding)), done
