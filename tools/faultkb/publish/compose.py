"""Records → the files under kb/: the page and the document of each fault that changed, the lists, the feeds."""

from __future__ import annotations

import os
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import attached, corpus, syntax, vocabulary
from faultkb.finding import FaultError
from faultkb.publish import api, article, attachments, feed, generator, kin, pages, reference, state
from faultkb.publish.article import ARTICLE
from faultkb.publish.aside import Aside
from faultkb.publish.files import GENERATED, is_generated, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from faultkb.publish.article import Article
    from faultkb.publish.state import Record, State
    from faultkb.vocabulary import Vocabulary

BEGINNING = "kb/templates/home.md"
"""The beginning of the home page."""
_SEARCH = "api/search/"
_NAME = "故障知识库"


class Composed(NamedTuple):
    """What a run wrote: files there are, files written, files removed, articles made anew, attachments left out and why."""

    files: int
    written: int
    removed: int
    articles: frozenset[str]
    refused: tuple[str, ...]


class _Made(NamedTuple):
    """What came of a job: what the page was made of, how many files changed, digest, attachments, and complaints."""

    page: str
    written: int
    document: str
    files: tuple[str, ...]
    refused: tuple[str, ...]


class _Job(NamedTuple):
    """A fault whose page may have to be made: its ticket, and what the page was made of that can be trusted to be there."""

    path: str
    record: Record
    page: str


def compose(root: Path, words: Vocabulary, records: dict[str, Record], remembered: State) -> Composed:
    """Write what differs from what is there; ``records`` get the keys of their pages, ``remembered`` the new files."""
    kb = root / "kb"
    for name in GENERATED:
        if (kb / name).is_symlink():
            raise FaultError(f"kb/{name} 是一个链接：删去它，生成的页面要写在仓库里")
    _WORDS[root] = words
    there = state.stamps(kb)
    trusted = {name for name, stamp in remembered.files.items() if there.get(name) == stamp}
    articles = [one.article for one in records.values() if one.article is not None]
    # Lists need nothing of what the articles say.
    lists = Aside(_write_all, kb, _lists, (root, articles))
    try:
        index = kin.Index(articles)
        jobs = _jobs(records, remembered, trusted, index)
        results = corpus.spread(jobs, _make, (root, index))
        wanted, written = lists.result()
    except BaseException:
        lists.stop()
        raise
    refused: list[str] = []
    for job, made in zip(jobs, results, strict=True):
        if made is not None:
            written += made.written
            refused += made.refused
            records[job.path] = job.record._replace(page=made.page, document=made.document, files=made.files)
    wanted.update(name for one in records.values() for name in _files_of(one))
    names, more = _write_all(
        kb, _notices, (words, records, wanted.union(name for name in there if not is_generated(name)))
    )
    wanted |= names
    written += more
    stale = [name for name in there if is_generated(name) and not name.startswith(_SEARCH) and name not in wanted]
    for name in stale:
        (kb / name).unlink(missing_ok=True)
    remembered.files = {name: stamp for name, stamp in state.stamps(kb).items() if name in wanted}
    made_anew = frozenset(Path(job.path).stem for job, made in zip(jobs, results, strict=True) if made is not None)
    return Composed(len(wanted), written, len(stale), made_anew, tuple(refused))


def _jobs(records: Mapping[str, Record], remembered: State, trusted: set[str], index: kin.Index) -> list[_Job]:
    """Return the faults whose pages may not be what they should be."""
    before = [one.article for one in remembered.tickets.values() if one.article is not None]
    changed = {
        record.article.id
        for old, new in ((remembered.tickets, records), (records, remembered.tickets))
        for path, record in old.items()
        if record.article is not None and (path not in new or new[path].digest != record.digest)
    }
    suspects = kin.affected(changed, kin.Index(before), index) if before and changed else changed
    jobs: list[_Job] = []
    for path, record in records.items():
        if record.article is not None:
            page = record.page if trusted.issuperset(_files_of(record)) else ""
            if not page or record.article.id in suspects:
                jobs.append(_Job(path, record, page))
    return jobs


def _files_of(record: Record) -> list[str]:
    """Return the names of the page of a fault, of its document, and of the attachments beside the page."""
    if record.article is None:
        return []
    name = record.article.id
    return [f"faults/{name}.md", api.address(name), *(f"faults/{name}/{file}" for file in record.files)]


def _write_all(
    kb: Path, files: Callable[..., Iterable[tuple[str, str]]], arguments: tuple[Any, ...]
) -> tuple[set[str], int]:
    """Write files; return their names, and how many changed."""
    found = {name: write(kb / name, text.encode("utf-8")) for name, text in files(*arguments)}
    return set(found), sum(found.values())


_WORDS: dict[Path, Vocabulary] = {}


def _words(root: Path) -> Vocabulary:
    """Return the vocabulary: a forked process has it, others read it."""
    if root not in _WORDS:
        _WORDS[root] = vocabulary.load(root)
    return _WORDS[root]


def _make(jobs: Sequence[_Job], root: Path, index: kin.Index) -> list[_Made | None]:
    """Write the pages and documents of some faults, with the attachments that they show; None where nothing is to be done."""
    return [_make_one(root, _words(root), job, index) for job in jobs]


def _make_one(root: Path, words: Vocabulary, job: _Job, index: kin.Index) -> _Made | None:
    around = kin.around(index.known[Path(job.path).stem], index)
    made_of = blake2b(repr((job.record.digest, around)).encode(), digest_size=16).hexdigest()
    if made_of == job.page:
        return None
    loaded = corpus.load(root, job.path, words)
    one = article.of(loaded.ticket, words) if loaded.ticket is not None else None
    if one is None or corpus.digest(root, job.path, loaded.document.text) != job.record.digest:
        # What was not checked is not published.
        raise FaultError(f"{job.path} 在检查之后又改了：再运行一次")
    one = replace(one, sections={key: syntax.parse(text) for key, text in one.sections.items()})
    home = root / "kb" / "faults"
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
    return _Made(made_of, written, api.digest(document), tuple(sorted(files.values())), tuple(refused))


def _lists(root: Path, articles: Sequence[Article]) -> Iterator[tuple[str, str]]:
    """Yield every page and document about many faults, or none."""
    words = _words(root)
    beginning = (root / BEGINNING).read_text(encoding="utf-8")
    yield from pages.lists(articles, words, beginning)
    yield from reference.pages(words, root)
    yield from api.static(words)
    yield "api/v1/faults.json", api.faults(articles)


def _notices(words: Vocabulary, records: Mapping[str, Record], names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what tells others that there is something new."""
    site_url = os.environ.get("SITE_URL", "")
    digests = {one.article.id: one.document for one in records.values() if one.article is not None}
    articles = {one.article.id: one.article for one in records.values() if one.article is not None}
    yield "api/v1/changes.json", api.changes(list(articles.values()), digests)
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
