"""What a cell with several things in it means: the parts of a field, of a verification, of a section."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from faultkb import labelled, registration, spelling
from faultkb.tracking import canonical
from faultkb.updates import passages, values
from faultkb.updates.passages import Passage
from faultkb.updates.touched import Intent, RefusedError, filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faultkb.updates.touched import Touched
    from faultkb.vocabulary import Vocabulary

_VERDICT = re.compile(r"([^\s:,;，；。]+)[\s:,;，；。]*(.*)", re.DOTALL)
_RESULT, _REASON, _VERIFIER = "result", "reason", "verifier"
_PART_LINE = "每一项写一行，名称在前，例如 {}：…"


def verification(one: Touched) -> Intent:
    """Read the result of a verification, in its own line or in front of the reason, and its parts."""
    titles = {key: one.words.title("verification", key) for key in _keys(one) if key != _RESULT}
    old, new = (labelled.split(canonical(text), titles.values()) for text in (one.before, filled(one)))
    said = _VERDICT.fullmatch(new.get("", ""))
    was = str(one.now.get("verification", {}).get(_RESULT, ""))
    meant = values.choice(one.words, "verification.result", said[1]) if said else was
    results = one.words.schema.field(("verification", _RESULT)).choices
    if meant not in results:
        raise RefusedError(f"先写 {' 或 '.join(results)}，再一行一行写各项，例如 {titles['functional']}：通过")
    parts = {key: new.get(title, "") for key, title in titles.items() if new.get(title)}
    if said and said[2] and _REASON not in parts:
        parts[_REASON] = " ".join(said[2].split())
    if _VERIFIER in parts:
        parts[_VERIFIER] = next(iter(values.people(parts[_VERIFIER])), "")
    is_same = meant == was and all(
        canonical(old.get(titles[key], "")) == canonical(text) for key, text in parts.items()
    )
    return Intent() if is_same else Intent(values={"verification": {_RESULT: meant, **parts}})


def parts(one: Touched) -> Intent:
    """Read a cell with a line for each part of a field."""
    name = one.column.name
    titles = {key: one.words.title(name, key) for key in _keys(one)}
    old, new = (labelled.split(text, titles.values()) for text in (one.before, one.text))
    if canonical(new.get("", "")) != canonical(old.get("", "")):
        raise RefusedError(_PART_LINE.format(next(iter(titles.values()))))
    result = dict(one.now.get(name, {}))
    for key, title in titles.items():
        if canonical(old.get(title, "")) != canonical(new.get(title, "")):
            result[key] = _part(one.words, (name, key), new.get(title, ""))
    kept = {key: value for key, value in result.items() if value not in ("", [])}
    wanted = one.words.schema.coerce({name: kept})[name] if kept else None
    return Intent(edits={name: wanted}) if wanted != one.now.get(name) else Intent()


def _part(words: Vocabulary, path: tuple[str, str], text: str) -> Any:
    item = next(item for item in registration.ITEMS if item.path == path)
    value = registration.value(words, item.name, text)
    return value if isinstance(value, list) else spelling.put_right(words, item.name, " ".join(value.split()))


def _keys(one: Touched) -> list[str]:
    node = one.words.schema.resolve(one.words.schema.root["properties"][one.column.name])
    return list(node["properties"])


def remark(one: Touched) -> Intent:
    """Read a text of the header, line by line."""
    own = str(one.now.get("remark", ""))
    new = passages.merged(own, one.before, one.text.rstrip()).strip() if own else one.text.strip()
    return Intent(edits={"remark": new or None}) if canonical(new) != canonical(own) else Intent()


def description(one: Touched) -> Intent:
    """Read the cell of a section with parts: the title, what belongs to no part, and the parts."""
    (section,) = one.column.of
    known = [each.name for each in one.words.sections if each.part_of == section]
    known += [part for name, part in one.loaded.document.sections if name == section and part]
    old, new = (labelled.split(text, known) for text in (one.before, filled(one)))
    (title, intro), (title2, intro2) = _head(old), _head(new)
    found = Intent(edits={"title": title2} if canonical(title) != canonical(title2) else {})
    if not title2:
        raise RefusedError("第一行是问题标题，不能没有")
    parts = [("", intro, intro2), *((name, old.get(name, ""), new.get(name, "")) for name in dict.fromkeys(known))]
    found.passages += [
        Passage(section, name, was, now) for name, was, now in parts if not passages.is_same(one.words, was, now)
    ]
    return found


def _head(split: Mapping[str, str]) -> tuple[str, str]:
    title, _, rest = split.get("", "").strip().partition("\n")
    return title.strip(), rest.strip("\n")


def several_sections(one: Touched) -> Intent:
    """Read a cell in which several sections stand, each under its name."""
    old, new = (labelled.split(text, one.column.of) for text in (one.before, one.text))
    if new.get("", "").strip():
        raise RefusedError(f"分成几段写，每段前面写上 {'、'.join(f'【{name}】' for name in one.column.of)}")
    wanted = [Passage(name, "", old.get(name, ""), new.get(name, ""), whole=True) for name in one.column.of]
    return Intent(passages=[each for each in wanted if not passages.is_same(one.words, each.shown, each.wanted)])
