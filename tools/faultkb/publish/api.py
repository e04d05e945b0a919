"""The static API under api/v1/: the published faults as JSON, every list in a stated order, nothing but what the site shows.

`shapes` has the keys and where they come from, `describe` what they mean, `openapi` the addresses.
"""

from __future__ import annotations

import hashlib
import json
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from faultkb.publish import describe, openapi
from faultkb.publish.article import ARTICLE, REDIRECT
from faultkb.publish.shapes import DAY, KEYS, LIST, VERSION
from faultkb.safe_markdown import NO_FILES, plain, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from faultkb.publish.article import Article
    from faultkb.publish.shapes import Key
    from faultkb.syntax import Node
    from faultkb.vocabulary import Vocabulary

Json = dict[str, Any]
FOLDER = "api/v1"
_ORDER = attrgetter("order")
_LINES = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def address(fault_id: str) -> str:
    """Return the address of a fault's document, relative to the root of the site."""
    return f"{FOLDER}/faults/{fault_id}.json"


def faults(articles: Iterable[Article]) -> str:
    """Return faults.json: every article without its text, the one closed last first, of equal days the greater id."""
    published = [one for one in articles if one.kind == ARTICLE]
    return _list("faults", [_light(one) for one in sorted(published, key=_ORDER, reverse=True)])


def changes(articles: Sequence[Article], digests: Mapping[str, str] | None = None) -> str:
    """Return changes.json: every page that there is or was, the one that changed last first.

    ``digests`` are those of the faults' documents by id (`digest`): with them a consumer sees corrections, too.
    """
    known = {one.id for one in articles if one.kind == ARTICLE}
    entries = (_change(one, known, digests or {}) for one in sorted(articles, key=_ORDER, reverse=True))
    return _list("changes", list(entries))


def fault(
    one: Article, related: Iterable[str] = (), folded: Iterable[str] = (), files: Mapping[str, str] = NO_FILES
) -> str:
    """Return the document of one page.

    ``related`` are the ids of published articles that it may name, in order; for a redirect, its target if that is one.
    ``folded`` are the ids of the faults that lead to it, ``files`` the attachments as `render` takes them.
    """
    head = {"schema_version": VERSION, "status": _status(one)}
    if one.kind != ARTICLE:
        return _print({**head, **_page(one), **_target(one, set(related)), "changed_on": str(one.changed_on)})
    body = {
        "sections": [_section(*key, text, files) for key, text in one.sections.items()],
        "timeline": [{"state": state, "on": str(day)} for state, day in one.timeline],
        "related": list(related),
        "folded": sorted(folded),
    }
    return _print({**head, **_light(one), **body})


def static(words: Vocabulary) -> Iterator[tuple[str, str]]:
    """Return the documents that depend on schema/ alone, as (address, text)."""
    yield f"{FOLDER}/schema.json", _print(describe.schema(words))
    yield f"{FOLDER}/openapi.json", _print(openapi.document(words))


def digest(text: str) -> str:
    """Return what changes when a document does."""
    return hashlib.sha256(text.encode()).hexdigest()


def _status(one: Article) -> str:
    return {ARTICLE: "published", REDIRECT: "merged"}.get(one.kind, one.target)


def _page(one: Article) -> Json:
    return {"id": one.id, "url": f"faults/{one.id}/"}


def _target(one: Article, known: set[str]) -> Json:
    """The article that a redirect leads to; the id of a fault that is not published does not exist for the site."""
    return {"canonical": one.target if one.target in known else None} if one.kind == REDIRECT else {}


def _light(one: Article) -> Json:
    return {**_page(one), **{key.name: _value(one, key) for key in KEYS}, "closed_on": str(one.closed_on)}


def _value(one: Article, key: Key) -> Any:
    if key.kind == LIST:
        return one.listed(*key.path)
    text = one.text(*key.path)
    if key.kind == DAY:
        # 未知 is no day.
        return text if text[:1].isdigit() else None
    return text or None


def _section(name: str, part: str, text: str | Node, files: Mapping[str, str]) -> Json:
    return {"section": name, "part": part or None, "markdown": render(text, files), "text": plain(text)}


def _change(one: Article, known: set[str], digests: Mapping[str, str]) -> Json:
    entry = {**_page(one), "status": _status(one), "changed_on": str(one.changed_on), **_target(one, known)}
    return entry | ({"digest": digests[one.id]} if one.id in digests else {})


def _print(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _list(name: str, items: list[Json]) -> str:
    """Print a list with a line for each item: small, fast, and a change of one is a change of one line."""
    lines = ",\n".join(map(_LINES.encode, items))
    return f'{{"schema_version":{VERSION},"count":{len(items)},"{name}":[\n{lines}\n]}}\n'
