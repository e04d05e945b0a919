"""The site as ``fault site build`` makes it, in a copy of this repository: complete, quiet, and safe whatever a ticket says."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from faultkb.publish import pages

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

AS_OF = ("--as-of", "2026-11-20 17:00")
ID = re.compile(r"[A-Z]{2}-\d{8}-\d{3,}")
MANIFEST = "api/search/manifest.json"


def headers(root: Path) -> Iterator[dict[str, Any]]:
    """Read the headers of all tickets, without the program's own reader."""
    for path in sorted((root / "tickets").rglob("*.md")):
        yield yaml.load(path.read_text(encoding="utf-8").split("\n---", 1)[0].removeprefix("---"), yaml.BaseLoader)  # noqa: S506 - the loader that knows only strings


def closed_and_taken(root: Path) -> dict[str, dict[str, Any]]:
    """Return the headers of the faults that are articles."""
    return {
        one["id"]: one
        for one in headers(root)
        if one["status"] == "已关闭" and one.get("kb", {}).get("entry") == "收录"
    }


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return modification time and content of every file."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def changed(before: dict[str, tuple[int, bytes]], after: dict[str, tuple[int, bytes]]) -> set[str]:
    """Name the files that were written, whatever their content."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_build_in_strict_mode_is_clean(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """The samples build without a warning, and the command says where the site is."""
    folder, done = built
    assert (done.returncode, done.stderr) == (0, "")
    assert str(folder / "site" / "index.html") in done.stdout


def test_every_article_has_a_page_with_its_title(
    built: tuple[Path, subprocess.CompletedProcess[str]], read_html: Callable[[str], Any]
) -> None:
    """Each closed fault that is 收录 has a page at its address, under its own title."""
    folder, _ = built
    articles = closed_and_taken(folder)
    assert len(articles) > 20
    for ticket_id, header in articles.items():
        text = (folder / "site" / "faults" / ticket_id / "index.html").read_text(encoding="utf-8")
        title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
        assert title is not None
        assert header["title"] in read_html(title[1]).text
        # What the phone needs, then the text, then the course of the fault.
        assert text.index('class="fault-box"') < text.index('id="symptom"') < text.index('id="course"'), ticket_id


def test_every_address_is_kept(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """Folded, withdrawn and reopened faults have pages too; refused and open ones have none."""
    folder, _ = built
    pages_built = {
        path.parent.name for path in (folder / "site" / "faults").glob("*/index.html") if ID.fullmatch(path.parent.name)
    }
    expected = {
        one["id"]
        for one in headers(folder)
        if one.get("kb", {}).get("entry") in {"收录", "并入", "撤下"}
        and any(event["event"] in {"关闭", "作废"} or event.get("status") == "已关闭" for event in one["events"])
    }
    assert pages_built == expected


class _Navigation(HTMLParser):
    """The targets of all links inside <nav>."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "nav"
        if tag == "a" and self.depth:
            self.targets.append(unquote(dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "nav"


def test_articles_stay_out_of_the_navigation(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """No page carries links to articles in its navigation: with 2,000 of them a build would take minutes."""
    folder, _ = built
    seen = 0
    for path in (folder / "site").rglob("*.html"):
        reader = _Navigation()
        reader.feed(path.read_text(encoding="utf-8"))
        reader.close()
        assert [target for target in reader.targets if ID.search(target) or "/by/" in target] == [], path
        seen += len(reader.targets)
    assert seen > 1000


def loaded_at_view_time(tag: str, attributes: dict[str, str]) -> Iterator[str]:
    """Yield what a browser fetches because of a tag."""
    names = {
        "src",
        "srcset",
        "poster",
        "data",
        "background",
        "manifest",
        "formaction",
        "action",
        "imagesrcset",
        "xlink:href",
    }
    if tag != "a":
        names |= {"href", "ping"}
    yield from (attributes[name] for name in names & attributes.keys())
    yield from re.findall(r"url\(([^)]*)\)", attributes.get("style", ""))


def test_no_page_and_no_style_loads_from_another_host(
    built: tuple[Path, subprocess.CompletedProcess[str]], read_html: Callable[[str], Any]
) -> None:
    """All that a page or a style sheet names for loading lies on the site itself."""
    folder, _ = built
    for path in (folder / "site").rglob("*.html"):
        for tag, attributes in read_html(path.read_text(encoding="utf-8")).tags:
            for target in loaded_at_view_time(tag, attributes):
                assert (urlsplit(target).scheme, urlsplit(target).netloc) in {("", ""), ("data", "")}, (
                    path,
                    tag,
                    target,
                )
    for path in (folder / "site").rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "@import" not in text
        for target in re.findall(r"url\(\s*['\"]?([^)'\"]*)", text):
            assert (urlsplit(target).scheme, urlsplit(target).netloc) in {("", ""), ("data", "")}, (path, target)


def test_links_between_pages_lead_somewhere(
    built: tuple[Path, subprocess.CompletedProcess[str]], read_html: Callable[[str], Any]
) -> None:
    """No link of any page to the site itself is dead."""
    folder, _ = built
    site = folder / "site"
    for path in site.rglob("*.html"):
        if path.name == "404.html":
            continue  # served at any depth: its links start with /
        for tag, attributes in read_html(path.read_text(encoding="utf-8")).tags:
            target = urlsplit(attributes.get("href", "")) if tag == "a" else urlsplit("")
            if not target.scheme and not target.netloc and target.path:
                found = path.parent / unquote(target.path)
                assert (found / "index.html" if found.is_dir() else found).is_file(), (path, target.path)


@pytest.fixture
def copied(copy_repository: Callable[..., Path], run: Callable[..., Any], tmp_path: Path) -> Path:
    """Return a copy of the repository whose pages are up to date."""
    folder = copy_repository(tmp_path / "repository")
    assert run(folder, "publish", *AS_OF).returncode == 0
    return folder


def test_time_alone_changes_nothing(copied: Path, run: Callable[..., Any]) -> None:
    """What is generated says nothing of the moment at which it was made, and files of the same content keep their time.

    But for the manifest of the search: without it there is no index, so it goes before an index is made and comes last.
    """
    before = state(copied / "kb")
    done = run(copied, "publish", "--as-of", "2027-03-01 09:00")
    assert done.returncode == 0
    assert "写了 0 个，删去 0 个" in done.stdout
    after = state(copied / "kb")
    assert changed(before, after) <= {MANIFEST}
    assert after[MANIFEST][1] == before[MANIFEST][1]


def test_new_summary_rewrites_one_page(copied: Path, run: Callable[..., Any]) -> None:
    """A summary stands in its own article, in the data, in the feeds and in the search: on no other page."""
    ticket = copied / "tickets" / "2026" / "11" / "SW-20261103-001.md"
    ticket.write_text(
        ticket.read_text(encoding="utf-8").replace("  summary: 升级后", "  summary: 升级之后"), encoding="utf-8"
    )
    before = state(copied / "kb")
    assert run(copied, "publish", *AS_OF).returncode == 0
    written = changed(before, state(copied / "kb"))
    assert {name for name in written if not name.startswith("api/search/")} == {
        "faults/SW-20261103-001.md",
        "api/v1/faults/SW-20261103-001.json",
        "api/v1/faults.json",
        "api/v1/changes.json",
        "feed.xml",
        f"faults/by/product/{pages.slug('智能网关 GW2')}/feed.xml",
    }
    assert len([name for name in written if name.startswith("api/search/docs/")]) == 1


def test_new_title_rewrites_what_shows_it(
    copied: Path, run: Callable[..., Any], read_all: Callable[[Path], dict[str, str]]
) -> None:
    """A title stands in its article, in lists, feeds and data that name the fault, and in the articles that relate to it."""
    ticket = copied / "tickets" / "2026" / "11" / "SW-20261103-001.md"
    text = ticket.read_text(encoding="utf-8")
    before = state(copied / "kb")
    showing = {name for name, said in read_all(copied / "kb").items() if "网关升级 V2.3.1 后每日凌晨自动重启" in said}
    assert len(showing) > 5
    ticket.write_text(
        text.replace("title: 网关升级 V2.3.1 后每日凌晨自动重启", "title: 网关升级后每天自动重启"), encoding="utf-8"
    )
    assert run(copied, "publish", *AS_OF).returncode == 0
    written = changed(before, state(copied / "kb"))
    # changes.json has the digest of the fault's document; the search, what it found the words of the title in.
    assert showing | {"api/v1/changes.json"} <= written
    assert {name for name in written - showing if not name.startswith("api/search/")} == {"api/v1/changes.json"}


def test_deleted_ticket_leaves_no_trace(
    copied: Path, run: Callable[..., Any], read_all: Callable[[Path], dict[str, str]]
) -> None:
    """When a ticket is gone, so are its page, its data, every list page that only it had, and its id everywhere else."""
    others = {
        one
        for header in headers(copied)
        for one in [*header.get("kb", {}).get("related", []), header.get("kb", {}).get("canonical")]
    }
    modules = Counter(
        module for one in closed_and_taken(copied).values() for module in one["impact"].get("modules", ())
    )
    ticket_id, module = next(
        (key, module)
        for key, one in closed_and_taken(copied).items()
        for module in one["impact"].get("modules", ())
        if key not in others and modules[module] == 1
    )
    own = {
        f"faults/{ticket_id}.md",
        f"api/v1/faults/{ticket_id}.json",
        f"faults/by/module/{pages.slug(module)}.md",
    }
    naming = {name for name, said in read_all(copied / "kb").items() if ticket_id in said}
    assert own <= state(copied / "kb").keys()
    assert {"sitemap.xml", "api/v1/changes.json", "api/search/texts/0.bin"} <= naming
    next((copied / "tickets").rglob(f"{ticket_id}.md")).unlink()
    assert run(copied, "publish", *AS_OF).returncode == 0
    after = read_all(copied / "kb")
    assert own & after.keys() == set()
    assert [name for name, said in after.items() if ticket_id in said] == []


def test_foreign_file_among_the_pages_goes(copied: Path, run: Callable[..., Any]) -> None:
    """What lies under kb/faults without a ticket is not published: a draft of another branch, say."""
    stray = copied / "kb" / "faults" / "SW-20260101-001.md"
    stray.write_text("# 别的分支留下的\n", encoding="utf-8")
    assert run(copied, "publish", *AS_OF).returncode == 0
    assert not stray.exists()


@pytest.mark.parametrize("command", [("publish",), ("site", "build")])
def test_error_in_a_ticket_stops_everything(copied: Path, run: Callable[..., Any], command: tuple[str, ...]) -> None:
    """One finding of level error, in any ticket: exit code 1, the place named, nothing written and no site."""
    taken = copied / "tickets" / "2026" / "11" / "SW-20261103-001.md"
    taken.write_text(
        taken.read_text(encoding="utf-8").replace("  summary: 升级后", "  summary: 升级之后"), encoding="utf-8"
    )
    wrong = copied / "tickets" / "2026" / "11" / "SW-20261106-001.md"
    wrong.write_text(
        re.sub(r"^severity: \S+", "severity: 极高", wrong.read_text(encoding="utf-8"), flags=re.MULTILINE),
        encoding="utf-8",
    )
    before = state(copied / "kb")
    done = run(copied, *command, *AS_OF)
    assert (done.returncode, done.stdout) == (1, "")
    assert "tickets/2026/11/SW-20261106-001.md:5:11: 错误[schema]" in done.stderr
    assert "没有发布" in done.stderr
    assert changed(before, state(copied / "kb")) == set()
    assert not (copied / "site").exists()


def test_warnings_do_not_stop_publishing(copied: Path, run: Callable[..., Any]) -> None:
    """An overdue fault is a warning; time alone must not keep the site from being built."""
    done = run(copied, "check", "--format", "json", *AS_OF)
    levels = {one["level"] for one in json.loads(done.stdout)["findings"]}
    assert levels == {"warning"}
    assert run(copied, "publish", *AS_OF).returncode == 0


WORD = r"[\w+-][\w.+-]*"
NAMES_OF_FILES = re.compile(
    rf"faults/(index|codes|affected|statistics|{ID.pattern})\.md|faults/by/{WORD}/{WORD}\.md"
    rf"|faults/by/product/{WORD}/feed\.xml|api/v1/({WORD}|faults/{ID.pattern}|products/{WORD})\.json"
    r"|api/search/(\w+/\d+\.bin|\w+\.bin|manifest\.json)"
)
DATA = {"application/json", "application/ld+json"}
HOSTILE_NAMES = [
    "../../x",
    "..",
    ".",
    "/etc/passwd",
    "..\\..\\x",
    "a/b",
    "a-b",
    "%2e%2e%2fx",
    ".hidden",
    "index",
    "ABC",
    "abc",
    "网" * 100,
    "x" * 100,
    "<script>window.__pwned=1</script>",
    '"onmouseover="window.__pwned=1',
    "'onmouseover='window.__pwned=1",
    "<img src=x onerror=window.__pwned=1>",
    "{{ config }}",
    "{: onclick=window.__pwned=1 }",
    "](javascript:window.__pwned=1)",
    "a | b",
    "`code`",
    "# 标题",
    "--8<-- mkdocs.yml",
    "&lt;script&gt;window.__pwned=1&lt;/script&gt;",
    "</title><script>window.__pwned=1</script>",
    "</script><script>window.__pwned=1</script>",
    "\\",
    "🙂",
]
"""Products that somebody could type; the title of a ticket takes each too."""


@pytest.fixture(scope="module")
def attacked(
    copy_repository: Callable[..., Path],
    run: Callable[..., Any],
    write_text: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return a built site whose tickets have each hostile name as title, product, version, module, cause, code and keyword."""
    folder = copy_repository(tmp_path_factory.mktemp("attacked") / "repository", tickets=False)
    for number, name in enumerate(HOSTILE_NAMES, 1):
        quoted = json.dumps(name, ensure_ascii=False)
        short = json.dumps(name[:60], ensure_ascii=False)
        lists = ", ".join(f"{field}: [{quoted}]" for field in ("error_codes", "keywords", "fixed_versions"))
        text = write_text(
            *("登记", "受理", "提交验证", "验证通过", "关闭"),
            id=f"SW-20261102-{number:03d}",
            title=json.dumps(name[:80], ensure_ascii=False),
            status="已关闭",
            channel="内部测试",
            impact=f"{{users: 1, products: [{quoted}], versions: [{quoted}], modules: [{quoted}], regions: [{quoted}]}}",
            team="软件开发组",
            owner="{staff: RD017, name: 李*}",
            due_at="2026-11-06 18:00",
            completed_at="2026-11-02 12:00",
            verification="{result: 通过, functional: 通过, compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 赵*}}",
            kb=f"{{entry: 收录, summary: {quoted}, solution: {quoted}, cause: {short}, {lists}}}",
        )
        path = folder / "tickets" / "2026" / "11" / f"SW-20261102-{number:03d}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    done = run(folder, "site", "build", *AS_OF)
    assert done.returncode == 0, done.stderr
    return folder


def test_hostile_names_stay_in_their_folders(attacked: Path, root: Path) -> None:
    """A product called ../../x makes a file among the products and nowhere else, with a name that every system can hold."""
    written = [path.relative_to(attacked / "kb") for path in (attacked / "kb").rglob("*") if path.is_file()]
    for path in written:
        if path.parts[0] in {"faults", "api"}:
            assert NAMES_OF_FILES.fullmatch(path.as_posix()), path
            assert max(len(part.encode()) for part in path.parts) <= 255, path
    generated = {"faults", "reference", "api", "index.md", "feed.xml", "sitemap.xml", "robots.txt"}
    assert {path.name for path in (attacked / "kb").iterdir()} == {
        *generated,
        *(path.name for path in (root / "kb").iterdir()),
    }
    found = {path.name for path in attacked.iterdir() if not path.name.startswith(".coverage")}
    assert found == {"kb", "mkdocs.yml", "schema", "site", "tickets"}
    assert {path.name for path in attacked.parent.iterdir()} == {"repository"}


def test_each_hostile_name_has_its_own_page(attacked: Path) -> None:
    """Names that differ only in case or punctuation do not share a page: each lists its own fault, beside the index."""
    folder = attacked / "kb" / "faults" / "by" / "product"
    listed = [ID.findall(path.read_text(encoding="utf-8")) for path in folder.glob("*.md") if path.stem != "index"]
    assert sorted({one for ids in listed for one in ids}) == [
        f"SW-20261102-{number:03d}" for number in range(1, len(HOSTILE_NAMES) + 1)
    ]
    assert [len(set(ids)) for ids in listed] == [1] * len(HOSTILE_NAMES)


def test_hostile_names_bring_no_element_and_no_attribute(attacked: Path, read_html: Callable[[str], Any]) -> None:
    """In the built HTML (title, heading, facts, lists) a hostile name is text: no script of its own, no handler, no link."""
    own = None
    for path in sorted((attacked / "site").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        page = read_html(text)
        for tag, attributes in page.tags:
            assert [name for name in attributes if name.startswith("on") or "pwned" in name] == [], (path, tag)
            assert not attributes.get("href", "").startswith("javascript:"), path
            assert tag not in {"iframe", "object", "embed", "base"}, path
            assert tag != "img" or "logo" in attributes["src"], path
        # Every page has the site's scripts and no other; what is no script is data, and ends where it should.
        scripts = [attributes for tag, attributes in page.tags if tag == "script"]
        run = [one["src"].rpartition("/")[2] for one in scripts if one.get("type") not in DATA]
        own = own or run
        assert run == own, path
        for data in re.findall(r"<script[^>]*json\"[^>]*>(.*?)</script>", text, re.DOTALL):
            assert "<" not in data, path
            json.loads(data)


def test_hostile_titles_are_the_titles_of_their_pages(attacked: Path, read_html: Callable[[str], Any]) -> None:
    """What was typed is what is read: in the browser's title and in the heading."""
    for number, name in enumerate(HOSTILE_NAMES, 1):
        text = (attacked / "site" / "faults" / f"SW-20261102-{number:03d}" / "index.html").read_text(encoding="utf-8")
        title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)
        assert title is not None
        assert heading is not None
        assert name[:80] in read_html(title[1]).text, name
        assert read_html(heading[1]).text.strip().removesuffix("¶").strip() == name[:80], name


def test_search_finds_hostile_names_as_typed(attacked: Path, read_all: Callable[[Path], dict[str, str]]) -> None:
    """The index has titles, products and codes as plain text; the page shows them as such (test_attacks.py)."""
    files = read_all(attacked / "site" / "api" / "search")
    documents = [json.loads(text) for name, text in files.items() if name.startswith("docs/")]
    assert sorted(one["title"] for one in documents) == sorted(name[:80] for name in HOSTILE_NAMES)
    assert all(set(HOSTILE_NAMES).issuperset(one["facets"]["product"]) for one in documents)
    assert json.loads(files["facets.bin"])["facets"]["product"].keys() == set(HOSTILE_NAMES)


@settings(deadline=None)
@given(names=st.sets(st.text(min_size=1, max_size=100), min_size=2, max_size=6))
def test_slug_is_a_safe_name_of_its_own(names: set[str]) -> None:
    """Any names, however alike, become different file names (on systems that ignore case, too) without any path in them."""
    made = [pages.slug(name) for name in names]
    assert len({one.lower() for one in made}) == len(names)
    for one in made:
        assert re.fullmatch(r"[^.\s/\\:*?\"<>|][^\s/\\:*?\"<>|]*", one)
        assert not one.endswith(".")
        assert len(one.encode()) <= 250


@pytest.mark.parametrize(
    ("one", "other"),
    [("ABC", "abc"), ("a/b", "a-b"), ("a b", "a-b"), ("a", "a."), ("网" * 61, "网" * 62), ("K", "\u212a")],
)
def test_slugs_of_names_that_look_alike_differ(one: str, other: str) -> None:
    """Case, punctuation and length do not make two values share a page."""
    assert pages.slug(one).lower() != pages.slug(other).lower()


@pytest.mark.parametrize("missing", ["mkdocs.yml", "kb/templates/home.md"])
def test_missing_part_of_the_site_is_said_in_words(copied: Path, run: Callable[..., Any], missing: str) -> None:
    """Without its settings or the beginning of its home page there is no site: exit code 2, what to do, nothing written."""
    (copied / missing).unlink()
    next((copied / "kb" / "faults").glob("SW-*.md")).unlink()
    before = state(copied / "kb")
    done = run(copied, "site", "build", *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"缺少 {missing}：" in done.stderr
    assert "Traceback" not in done.stderr
    assert changed(before, state(copied / "kb")) == set()


def test_what_mkdocs_has_against_a_page_is_passed_on(copied: Path, run: Callable[..., Any]) -> None:
    """A hand-written page with a dead link fails the strict build; the message names the page."""
    with (copied / "kb" / "guide.md").open("a", encoding="utf-8") as file:
        file.write("\n[没有这一页](nowhere.md)\n")
    done = run(copied, "site", "build", *AS_OF)
    assert done.returncode == 2
    assert "guide.md" in done.stderr
    assert "Traceback" not in done.stderr


def test_site_goes_where_output_says(copied: Path, run: Callable[..., Any], tmp_path: Path) -> None:
    """``--output`` leaves the repository's own site/ alone; a relative path counts from the working directory."""
    done = run(copied / "tickets", "site", "build", "--output", "../../elsewhere", *AS_OF)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "elsewhere" / "index.html").is_file()
    assert not (copied / "site").exists()
