"""The company's own words in schema/privacy.yaml: put in, taken out and counted, and never shown."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import TYPE_CHECKING, Any

from faultkb import corpus, transaction, yamltext, yamlwrite
from faultkb.finding import FaultError
from faultkb.privacy import dictionary
from faultkb.privacy.dictionary import Dictionary, Word
from faultkb.transaction import Edit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

PATH = "schema/privacy.yaml"
_COMMON = 0.2
"""The share of the tickets from which on a word in them is taken for an ordinary one."""
_FEW = 5
_ORDER = ("version", "public", "salt", "words")
_NEW = "# 个人信息：公开的值与公司词库。词只存加盐的摘要，用 fault privacy add 添加，不要手改。\nversion: 1\n"
_SHORTEST, _SHORTEST_LATIN, _SHORTEST_NUMBER = 2, 3, 5

Places = list[tuple[str, int]]


def objection(word: str) -> str:
    """Say why a word cannot be in the list, empty where it can; the word itself is not repeated."""
    folded = dictionary.fold(word)
    least = _SHORTEST_LATIN if folded.isascii() else _SHORTEST
    if folded.isdecimal():
        least = _SHORTEST_NUMBER
    if len(folded) < least:
        return f"太短：汉字至少 {_SHORTEST} 个，字母至少 {_SHORTEST_LATIN} 个，纯数字至少 {_SHORTEST_NUMBER} 位"
    if len(folded) > dictionary.LONGEST:
        return f"太长：最多 {dictionary.LONGEST} 个字"
    return "" if any(char.isalnum() for char in folded) else "只有标点"


def places(root: Path, words: Sequence[str]) -> list[Places]:
    """Return for each word where it stands in the tickets: path and line."""
    salt = secrets.token_bytes(16)
    entries = [dictionary.entry(word, salt, str(number)) for number, word in enumerate(words)]
    found: list[Places] = [[] for _ in words]
    for number, path, line in corpus.spread(corpus.find(root), _in_tickets, (root, salt, entries)):
        found[number].append((path, line))
    return found


def _in_tickets(paths: Sequence[str], root: Path, salt: bytes, entries: Sequence[Word]) -> list[tuple[int, str, int]]:
    known = Dictionary(salt, entries)
    texts = ((path, corpus.text(root, path) or "") for path in paths)
    return [
        (int(kind), path, text.count("\n", 0, start) + 1) for path, text in texts for start, _, kind in known.find(text)
    ]


def is_common(found: Places, root: Path) -> bool:
    """Say whether a word is in so many of the tickets that a warning at each would help nobody."""
    return len({path for path, _ in found}) > max(_FEW, _COMMON * len(corpus.find(root)))


def add(root: Path, words: Iterable[str], kind: str) -> int:
    """Put words in the list, and a salt where there is none; return how many are new. Raise FaultError if that fails."""
    before, data = _read(root)
    salt = data.get("salt") or secrets.token_hex(16)
    known = {item["digest"] for item in data.get("words", ())}
    entries = {one.digest: one for one in (dictionary.entry(word, bytes.fromhex(salt), kind) for word in words)}
    fresh = [one._asdict() for digest, one in entries.items() if digest not in known]
    if fresh:
        text = (before or _NEW.encode()).decode("utf-8")
        _write(root, before, _with(yamlwrite.update(text, {"salt": salt}, _ORDER), data.get("words", []), fresh))
    return len(fresh)


def remove(root: Path, words: Iterable[str]) -> int:
    """Take words out of the list; return how many were there. Raise FaultError if that fails."""
    before, data = _read(root)
    salt = bytes.fromhex(data.get("salt", ""))
    unwanted = {dictionary.entry(word, salt, "").digest for word in words}
    numbers = [number for number, item in enumerate(data.get("words", ())) if item["digest"] in unwanted]
    if before and numbers:
        _write(root, before, _without(before.decode("utf-8"), data["words"], numbers))
    return len(numbers)


def counts(stored: Mapping[str, Any]) -> dict[str, int]:
    """Return how many words there are of each kind, most first."""
    return dict(Counter(item["kind"] for item in stored.get("words", ())).most_common())


def _read(root: Path) -> tuple[bytes | None, Mapping[str, Any]]:
    """Return the file, None where there is none, and what it says; that it has no mistakes is known by then."""
    path = root / PATH
    before = path.read_bytes() if path.exists() else None
    return before, yamltext.parse(before.decode("utf-8"))[0] if before else {}


def _write(root: Path, before: bytes | None, text: str) -> None:
    transaction.write(root, [Edit(PATH, PATH, before, text.encode("utf-8"))])


def _with(text: str, known: Sequence[Any], fresh: Sequence[Any]) -> str:
    """Append words, each on a line of its own: two branches that add some conflict in few lines."""
    if known:
        return _checked(yamlwrite.update(text, {}, _ORDER, {"words": fresh}), [*known, *fresh])
    newline = "\r\n" if "\r\n" in text else "\n"
    rest = yamlwrite.update(text, {"words": None}, _ORDER)
    rest += "" if rest.endswith("\n") else newline
    lines = ["words:", *(f"  - {yamlwrite.flow(item)}" for item in fresh)]
    return _checked(rest + "".join(line + newline for line in lines), fresh)


def _without(text: str, known: Sequence[Any], numbers: Sequence[int]) -> str:
    rest = [item for number, item in enumerate(known) if number not in numbers]
    spans = [yamltext.places(text)["words", number].value for number in numbers]
    lines = text.splitlines(keepends=True)
    if not rest or any(not lines[span.line - 1].lstrip().startswith("- {") for span in spans):
        return _checked(yamlwrite.update(text, {"words": rest}, _ORDER), rest)
    gone = {span.line - 1 for span in spans}
    return _checked("".join(line for number, line in enumerate(lines) if number not in gone), rest)


def _checked(text: str, expected: Sequence[Any]) -> str:
    """Return a text that says what it should. Raise FaultError if it does not: the file is written in some unusual way."""
    data, problems = yamltext.parse(text)
    if problems or data.get("words", []) != yamlwrite.as_text(list(expected)):
        raise FaultError(f"{PATH} 的写法太特别，没有改：把 words 写成一行一个词")
    return text
