"""The search index: text is cut as the browser cuts it, and patches lead to the same bytes as building."""

from __future__ import annotations

import json
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultkb.publish import grams, search_index, search_patch, search_store
from faultkb.publish.search_document import SearchDocument
from faultkb.publish.search_summary import Facet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CASES = json.loads((Path(__file__).parents[1] / "data" / "search" / "cases.json").read_text(encoding="utf-8"))
FACETS = {"product": Facet("产品"), "year": Facet("年份", ["2026", "2025"])}
TEXT = st.text(st.sampled_from('网关重启凌晨aB3-_ 。\n"\\😀'), max_size=12)
DOCUMENTS = st.lists(
    st.builds(
        SearchDocument,
        number=st.integers(0, 60_000) | st.integers(0, 12),
        id=TEXT,
        url=st.just("faults/x/"),
        title=TEXT,
        facets=st.dictionaries(st.sampled_from(["product", "year"]), st.lists(TEXT, max_size=2)),
        head=st.lists(TEXT, max_size=3),
        body=TEXT,
        solution=TEXT,
    ),
    max_size=8,
    unique_by=lambda one: one.number,
)


def document(number: int, body: str = "网关重启") -> SearchDocument:
    """Return a document that has nothing but a body."""
    return SearchDocument(number, f"X-{number}", f"faults/X-{number}/", "标题", {"product": ["网关"]}, [], body, "")


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize(
    ("function", "name"),
    [(grams.compact, "compact"), (lambda text: sorted(grams.of(text)), "grams"), (grams.bare, "bare")],
)
def test_text_is_cut_as_the_cases_say(function: Callable[[str], Any], name: str) -> None:
    """The cases that the browser also runs come out as written down by hand."""
    assert [[given_text, function(given_text)] for given_text, _ in CASES[name]] == CASES[name]


def test_pieces_are_in_the_files_that_the_cases_say() -> None:
    """The file of a piece is a checksum, the same in both languages."""
    assert [[piece, shards, grams.shard(piece, shards)] for piece, shards, _ in CASES["shards"]] == CASES["shards"]


@given(st.sets(st.integers(0, search_store.LIMIT - 1)))
def test_numbers_survive_being_written(numbers: set[int]) -> None:
    """Any rising numbers are read as they were written, through UTF-8."""
    written = search_store.encode(sorted(numbers)).encode()
    assert search_store.decode(written.decode()) == sorted(numbers)


def test_index_tells_where_a_piece_stands(tmp_path: Path) -> None:
    """A piece leads to the documents that have it in the title, those that have it in the head, and the others."""
    first = SearchDocument(2, "A", "faults/A/", "网关", {}, ["重启"], "网关重启", "")
    second = SearchDocument(5, "B", "faults/B/", "其他", {}, ["网关"], "重启", "")
    search_index.build(tmp_path, [second, first], {})
    shard = json.loads(zlib.decompress((tmp_path / "grams" / "0.bin").read_bytes()))
    assert [search_store.decode(one) for one in shard["网关"]] == [[2], [5], []]
    assert [search_store.decode(one) for one in shard["重启"]] == [[], [2], [5]]
    assert [search_store.decode(one) for one in shard["关重"]] == [[], [], [2]]


def test_index_tells_what_an_article_is_called(tmp_path: Path) -> None:
    """The whole id and title lead to an article, and so does a short entry of its head; a sentence does not."""
    sentence = "网关每天凌晨三点左右自行重启，重启以后所有的串口都没有输出"
    first = SearchDocument(2, "A-1", "faults/A-1/", sentence, {}, ["0x80E1", "NX-8800", "a1", "—"], "", "")
    second = SearchDocument(5, "B-2", "faults/B-2/", "NX-8800", {}, [sentence], "", "")
    search_index.build(tmp_path, [first, second], {})
    shard = json.loads(zlib.decompress((tmp_path / "grams" / "0.bin").read_bytes()))
    wholes = {piece: [search_store.decode(one) for one in shard[piece]] for piece in shard if piece.startswith("=")}
    assert wholes == {
        "=a1": [[2], [], []],
        "=b2": [[5], [], []],
        "=80e1": [[], [2], []],
        "=nx8800": [[5], [2], []],
        f"={grams.compact(sentence)}": [[2], [], []],
    }


@settings(max_examples=60, deadline=None)
@given(before=DOCUMENTS, after=DOCUMENTS)
def test_patched_index_is_the_built_one(before: Sequence[SearchDocument], after: Sequence[SearchDocument]) -> None:
    """Whatever is added, changed and removed: the patched index has the same bytes as one built anew."""
    with tempfile.TemporaryDirectory() as name:
        built, patched = Path(name, "built"), Path(name, "patched")
        search_index.build(built, reversed(after), FACETS)
        search_index.build(patched, before, FACETS)
        removed = {one.number for one in before} - {one.number for one in after}
        assert search_patch.patch(patched, [one for one in after if one not in before], removed, FACETS)
        assert content(patched) == content(built)


def test_index_that_must_be_divided_otherwise_is_not_patched(tmp_path: Path) -> None:
    """So many new pieces that one file becomes two: patching says no, building then makes it."""
    search_index.build(tmp_path, [document(1)], FACETS)
    long = document(2, "".join(map(chr, range(0x4E00, 0x4E00 + 5000))))
    assert not search_patch.patch(tmp_path, [long], [], FACETS)
    assert not (tmp_path / "manifest.json").exists()
    search_index.build(tmp_path, [document(1), long], FACETS)
    assert sorted(one.name for one in (tmp_path / "grams").iterdir()) == ["0.bin", "1.bin"]


@pytest.mark.parametrize("name", ["manifest.json", "facets.bin", "terms.bin", "docs/1.bin", "grams/0.bin"])
@pytest.mark.parametrize("damage", ["missing", "empty", "other"])
def test_damaged_index_is_not_patched(tmp_path: Path, name: str, damage: str) -> None:
    """A file that is missing, cut off or somebody else's: patching says no instead of failing or making it worse."""
    search_index.build(tmp_path, [document(1)], FACETS)
    (tmp_path / name).unlink()
    if damage != "missing":
        (tmp_path / name).write_bytes(b"" if damage == "empty" else zlib.compress(b"[1]"))
    assert not search_patch.patch(tmp_path, [document(1, "另一段话")], [], FACETS)


def test_second_build_touches_nothing(tmp_path: Path) -> None:
    """The same documents again: no file is written, so that nobody copies or loads it again."""
    search_index.build(tmp_path, [document(1)], FACETS)
    (tmp_path / "docs" / "9.bin").write_bytes(b"")
    times = {one: one.stat().st_mtime_ns for one in (tmp_path / "grams").iterdir()}
    search_index.build(tmp_path, [document(1)], FACETS)
    assert {one: one.stat().st_mtime_ns for one in (tmp_path / "grams").iterdir()} == times
    assert not (tmp_path / "docs" / "9.bin").exists()


@pytest.mark.parametrize("numbers", [[1, 1], [-1], [search_store.LIMIT]])
def test_number_that_cannot_be_written_is_refused(tmp_path: Path, numbers: list[int]) -> None:
    """A number twice, below nothing or too high is a mistake of the caller."""
    with pytest.raises(ValueError, match="number"):
        search_index.build(tmp_path, map(document, numbers), FACETS)


def test_version_changes_with_any_change(tmp_path: Path) -> None:
    """Another text, facet name, order of values or set of documents has another version, so that browsers never mix two indexes."""
    versions = set()
    for documents, facets in [
        ([document(1)], FACETS),
        ([document(1, "别的")], FACETS),
        ([document(2)], FACETS),
        ([], FACETS),
        ([document(1)], {"product": Facet("产品型号")}),
        ([document(1)], {**FACETS, "year": Facet("年份")}),
    ]:
        search_index.build(tmp_path, documents, facets)
        versions.add(json.loads((tmp_path / "manifest.json").read_bytes())["version"])
    assert len(versions) == 6
