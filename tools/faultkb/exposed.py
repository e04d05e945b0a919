"""What is private in an issue: what has to be deleted before it becomes a ticket, and what is only masked in the ticket."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import download, masks, privacy, registration, tidy
from faultkb.rules import exposure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from faultkb.form import Entry
    from faultkb.privacy import Match
    from faultkb.registration import Objection
    from faultkb.vocabulary import Vocabulary

TITLE = "标题"
"""What the issue's own title is called."""
_WEB = re.compile(r"https?://[^\s()<>\[\]{}|^`\"'\\，。；、）】]{1,4000}")
_CHANCE = re.compile(rf"(?<=/)(?:[0-9]{{1,15}}(?=/)|(?:[0-9]{{1,15}}-)?{download.UUID}(?=[.?]|$))")
"""The numbers in the address of an upload: theirs is chance."""
_ADDRESS = "ip-address"
_CERTAIN = frozenset({"street-address", "own-word"})
"""What no program may mask as it likes, and yet is private for certain."""
_MASKED = "/masked"
"""How the schema refers to what must have a * in it."""
_ROUNDS = 5
"""How often private values are looked for: one that is masked may uncover the next."""


class Exposed(NamedTuple):
    """Something private: in which field it stands, and what kind it is."""

    where: str
    kind: str


def plain(text: str) -> str:
    """Return a text, character for character, without the numbers in the addresses of uploads, which are chance."""
    given = download.platform()
    return _WEB.sub(lambda one: _without_chance(one[0]) if given.is_upload(one[0]) else one[0], text)


def _without_chance(address: str) -> str:
    return _CHANCE.sub(lambda one: "x" * len(one[0]), address)


def is_own_network(one: Match) -> bool:
    """Say whether something is an address such as 192.168.1.1, which every router has and which leads to nobody."""
    return one.rule == _ADDRESS and not ip_address(one.value).is_global


def in_title(title: str, words: Vocabulary) -> Iterator[Exposed]:
    """Find what is private in a title: what may be, too, since the title of a pull request is seen by all and stays for ever."""
    yield from (_named(TITLE, one) for one in privacy.find(title, words.lists) if not is_own_network(one))


def in_entries(entries: Iterable[Entry], words: Vocabulary) -> Iterator[Exposed]:
    """Find what is private in the fields of a form, in those that nobody asked for too, and in their headings.

    In a field about a person what may be private is; a whole name there is, and what asks for a mask and has none.
    """
    of_people = _of_people(words)
    names = {title: name for name, title in registration.titles(words).items()}
    for one in entries:
        if kind := _unmasked(words, names.get(one.label, ""), one.text.strip()):
            yield Exposed(one.label, kind)
        where = masks.put_on(one.label, words.lists)
        for match in _find(f"{one.label}\n{one.text}", words):
            if _is_certain(match) or (one.label in of_people and not is_own_network(match)):
                yield _named(where, match)


def in_answers(words: Vocabulary, objections: Iterable[Objection]) -> Iterator[Exposed]:
    """Find what the check calls private in a ticket of these answers."""
    for one in objections:
        if one.rule in exposure.NAMES:
            yield Exposed(title_of(words, one.about) or one.about, exposure.NAMES[one.rule])


def _unmasked(words: Vocabulary, name: str, text: str) -> str:
    """Say what is not masked in a field that asks for it: a whole name, an id of a user; empty where nothing is."""
    if not text:
        return ""
    has_mask = "*" in unicodedata.normalize("NFKC", text)
    if registration.names_person(name):
        return "" if has_mask and tidy.shows_family(text) else exposure.NAMES["unmasked-name"]
    return registration.titles(words)[name] if _asks_for_mask(words, name) and not has_mask else ""


def masked(entries: Iterable[Entry], words: Vocabulary) -> tuple[list[Entry], list[str]]:
    """Return entries with a mask for what keeps nobody from filing, and what was masked.

    It may be no name, and an address of one's own network leads nowhere; but what was found is not published.
    """
    of_people = _of_people(words)
    found: list[Entry] = []
    done: dict[str, None] = {}
    for one in entries:
        text, some = (one.text, []) if one.label in of_people else in_mask(one.text, words, f"{one.label}\n")
        label, more = in_mask(one.label, words)
        found.append(replace(one, label=label, text=text))
        done |= dict.fromkeys(f"{label}里的{it}" for it in (*more, *some))
    return found, [*done]


def in_mask(text: str, words: Vocabulary, before: str = "") -> tuple[str, list[str]]:
    """Return a text with a mask for all that is private in it, and what was masked; ``before`` is what stands before it."""
    done: list[str] = []
    for _ in range(_ROUNDS):
        matches = [one for one in _find(before + text, words) if one.start >= len(before)]
        if not matches:
            break
        text = privacy.masked(before + text, matches)[len(before) :]
        done += [f"{exposure.NAMES[one.rule]}遮盖为 {one.shown}" for one in matches]
    return text, done


def _find(text: str, words: Vocabulary) -> list[Match]:
    return privacy.find(plain(text), words.lists)


def _named(where: str, one: Match) -> Exposed:
    return Exposed(where, exposure.NAMES[one.rule])


def _is_certain(one: Match) -> bool:
    return (one.sure or one.rule in _CERTAIN) and not is_own_network(one)


def _of_people(words: Vocabulary) -> frozenset[str]:
    """Return the labels of the fields that are about a person."""
    titles = registration.titles(words)
    return frozenset(titles[one.name] for one in registration.ITEMS if words.schema.field(one.path).private)


def _asks_for_mask(words: Vocabulary, name: str) -> bool:
    node: Any = words.schema.root
    for step in registration.BY_NAME[name].path if name in registration.BY_NAME else ():
        node = words.schema.resolve(node)
        node = node["items"] if isinstance(step, int) else node["properties"][step]
    return str(node.get("$ref", "")).endswith(_MASKED) if name in registration.BY_NAME else False


def title_of(words: Vocabulary, about: str) -> str:
    """Return what people call an answer: the title of the fault is the issue's own."""
    return TITLE if about == "title" else registration.titles(words).get(about, "")
