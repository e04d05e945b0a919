"""Records → the files under kb/: the page and the document of each fault that changed, the lists, the feeds."""

from __future__ import annotations

import os
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from faultkb import attached, corpus, vocabulary
from faultkb.finding import FaultError
from faultkb.publish import api, article, attachments, feed, generator, kin, pages, reference, state, syntax
from faultkb.publish.article import ARTICLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from faultkb.publish.kin import Around
    from faultkb.publish.state import Record, State
    from faultkb.vocabulary import Vocabulary

GENERATED = ("faults", "reference", "api", "index.md", "feed.xml", "sitemap.xml", "robots.txt")
"""What lies under kb/ and is not written by hand."""
_SEARCH = "api/search/"
_BEGINNING = "templates/home.md"
_NAME = "故障知识库"


class Composed(NamedTuple):
    """What a run wrote: files there are, files written, files removed, articles made anew, attachments left out and why."""

    files: int
    written: int
    removed: int
    articles: frozenset[str]
    refused: tuple[str, ...]


class _Made(NamedTuple):
    """What came of a job: how many files changed, the document's digest, the attachments beside the page, and complaints."""

    written: int
    document: str
    files: tuple[str, ...]
    refused: tuple[str, ...]


class _Job(NamedTuple):
    """A fault whose page is to be made: where its ticket is, and what its page says of others."""

    path: str
    around: Around


def compose(root: Path, words: Vocabulary, records: dict[str, Record], remembered: State) -> Composed:
    """Write what differs from what is there; ``records`` get the keys of their pages, ``remembered`` the new files."""
    kb = root / "kb"
    there = state.stamps(kb)
    trusted = {name for name, stamp in remembered.files.items() if there.get(name) == stamp}
    jobs, wanted = _jobs(records, remembered, trusted)
    written = 0
    refused: list[str] = []
    for job, made in zip(jobs, corpus.spread(jobs, _make, (root,)), strict=True):
        written += made.written
        refused += made.refused
        records[job.path] = records[job.path]._replace(document=made.document, files=made.files)
    wanted.update(name for one in records.values() if one.article for name in _beside(one.article.id, one.files))
    for name, text in _lists(root, words, records):
        wanted.add(name)
        written += write(kb / name, text.encode("utf-8"))
    for name, text in _notices(words, records, wanted | there.keys()):
        wanted.add(name)
        written += write(kb / name, text.encode("utf-8"))
    stale = [name for name in there if _is_generated(name) and name not in wanted]
    for name in stale:
        (kb / name).unlink(missing_ok=True)
    remembered.files = {name: stamp for name, stamp in state.stamps(kb).items() if name in wanted}
    made_anew = frozenset(Path(job.path).stem for job in jobs)
    return Composed(len(wanted), written, len(stale), made_anew, tuple(refused))


def _jobs(records: dict[str, Record], remembered: State, trusted: set[str]) -> tuple[list[_Job], set[str]]:
    """Return the pages to make, and the names of all pages and documents of faults."""
    before = [one.article for one in remembered.tickets.values() if one.article is not None]
    now = {one.article.id: (path, one, one.article) for path, one in records.items() if one.article is not None}
    index = kin.Index(one for _, _, one in now.values())
    changed = {
        record.article.id
        for old, new in ((remembered.tickets, records), (records, remembered.tickets))
        for path, record in old.items()
        if record.article is not None and (path not in new or new[path].digest != record.digest)
    }
    suspects = kin.affected(changed, kin.Index(before), index) if before and changed else changed
    jobs: list[_Job] = []
    wanted: set[str] = set()
    for name, (path, record, one) in now.items():
        names = [f"faults/{name}.md", api.address(name), *_beside(name, record.files)]
        wanted.update(names)
        if record.page and name not in suspects and trusted.issuperset(names):
            continue
        around = kin.around(one, index)
        key = blake2b(repr((record.digest, around)).encode(), digest_size=16).hexdigest()
        if key != record.page or not trusted.issuperset(names):
            jobs.append(_Job(path, around))
            records[path] = record._replace(page=key)
    return jobs, wanted


def _beside(fault_id: str, files: Iterable[str]) -> list[str]:
    return [f"faults/{fault_id}/{name}" for name in files]


_WORDS: dict[Path, Vocabulary] = {}


def _make(jobs: Sequence[_Job], root: Path) -> list[_Made]:
    """Write the pages and documents of some faults, with the attachments that they show."""
    if root not in _WORDS:
        _WORDS[root] = vocabulary.load(root)
    return [_make_one(root, _WORDS[root], job) for job in jobs]


def _make_one(root: Path, words: Vocabulary, job: _Job) -> _Made:
    loaded = corpus.load(root, job.path, words)
    one = article.of(loaded.ticket, words) if loaded.ticket is not None else None
    if one is None:
        raise FaultError(f"{job.path} 在发布时有改动：再运行一次")
    one = replace(one, sections={key: syntax.parse(text) for key, text in one.sections.items()})
    around, home = job.around, root / "kb" / "faults"
    found = attachments.collect(root, job.path, one.sections.values(), attached.limits(words))
    shown = [file for file in found if isinstance(file, attachments.Attachment)]
    files = {file.reference: file.name for file in shown}
    written = sum(write(home / one.id / file.name, file.data) for file in shown)
    refused = (
        f"{job.path}：{file.reference} 不发布：{file.reason}" for file in found if isinstance(file, attachments.Refused)
    )
    related = [*(name for name, _ in around.by_hand), *(other.id for other in around.similar)]
    if one.kind != ARTICLE:
        related = [one.target] if around.target else []
    page = pages.article_page(one, around, words, files)
    document = api.fault(one, related, around.folded, files)
    written += write(home / f"{one.id}.md", page.encode()) + write(root / "kb" / api.address(one.id), document.encode())
    return _Made(written, api.digest(document), tuple(sorted(files.values())), tuple(refused))


def _lists(root: Path, words: Vocabulary, records: Mapping[str, Record]) -> Iterator[tuple[str, str]]:
    """Yield every file that is not of one fault."""
    articles = [one.article for one in records.values() if one.article is not None]
    digests = {one.article.id: one.document for one in records.values() if one.article is not None}
    beginning = (root / "kb" / _BEGINNING).read_text(encoding="utf-8")
    yield from pages.lists(articles, words, beginning)
    yield from reference.pages(words, root)
    yield from api.static(words)
    yield "api/v1/faults.json", api.faults(articles)
    yield "api/v1/changes.json", api.changes(articles, digests)


def _notices(words: Vocabulary, records: Mapping[str, Record], names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what tells others that there is something new."""
    site_url = os.environ.get("SITE_URL", "")
    articles = {one.article.id: one.article for one in records.values() if one.article is not None}
    yield "feed.xml", feed.atom(_NAME, articles.values(), site_url, "feed.xml", words)
    for product, some in pages.by_product(articles.values()).items():
        path = f"faults/by/product/{pages.slug(product)}/feed.xml"
        yield path, feed.atom(f"{_NAME}：{product}", some, site_url, path, words, feed.LATEST_OF_PRODUCT)
    entries = []
    for name in sorted(name for name in names if name.endswith(".md")):
        one = articles.get(Path(name).stem) if name.startswith("faults/") else None
        if one is None or one.kind == ARTICLE:
            entries.append(
                (generator.address(name).removesuffix("index.html"), one.closed_on if one is not None else None)
            )
    yield "sitemap.xml", feed.sitemap(entries, site_url)
    yield "robots.txt", feed.robots(site_url)


def _is_generated(name: str) -> bool:
    return name.partition("/")[0] in GENERATED and not name.startswith(_SEARCH)


def write(path: Path, data: bytes) -> bool:
    """Write a file if its content differs: what did not change is not built again."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(data)
    draft.replace(path)
    return True
