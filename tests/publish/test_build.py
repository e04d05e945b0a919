"""``fault site build``: only what changed is built again, the result is that of a whole build, and a failure changes nothing."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BUILD = ("site", "build", "--as-of", "2026-11-20 17:00")
ARTICLE = "tickets/2026/11/SW-20261103-001.md"


def content(folder: Path) -> dict[str, str]:
    """Return a digest of every file."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def times(folder: Path) -> dict[str, int]:
    """Return when every file was written."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()
    }


def replace(path: Path, old: str, new: str) -> None:
    """Change a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def repository(copy_repository: Callable[..., Path], tmp_path: Path) -> Path:
    """Return a git repository of half of the samples."""
    folder = copy_repository(tmp_path / "repository")
    for month in ("03", "06", "07", "08"):
        shutil.rmtree(folder / "tickets" / "2026" / month)
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


@pytest.fixture
def remembering(repository: Path, run: Callable[..., Any]) -> Path:
    """Return it with its site built; it remembers it."""
    assert run(repository, *BUILD).returncode == 0
    return repository


def test_nothing_changed_means_nothing_is_written(remembering: Path, run: Callable[..., Any]) -> None:
    """A second build of the same commit touches no file of the site and none under kb/."""
    before = times(remembering / "site"), times(remembering / "kb")
    done = run(remembering, *BUILD)
    assert "网站没有变化" in done.stdout, done.stdout + done.stderr
    assert (times(remembering / "site"), times(remembering / "kb")) == before


def test_changes_give_what_a_whole_build_gives(remembering: Path, run: Callable[..., Any], tmp_path: Path) -> None:
    """After a new summary, a reopening, a merged fault, a deleted ticket and a new hand-written page: the same bytes."""
    replace(remembering / ARTICLE, "  summary: 升级后", "  summary: 升级之后")
    (remembering / "tickets" / "2026" / "04" / "OT-20260416-001.md").unlink()
    replace(remembering / "kb" / "guide.md", "\n## ", "\n多一句。\n\n## ")
    withdrawn = remembering / "tickets" / "2026" / "05" / "HW-20260527-001.md"
    text = withdrawn.read_text(encoding="utf-8")
    withdrawn.write_text(text.replace("entry: 收录", "entry: 撤下, reason: 试一试", 1), encoding="utf-8")
    done = run(remembering, *BUILD)
    assert done.returncode == 0, done.stderr
    whole = tmp_path / "whole"
    shutil.copytree(remembering, whole, ignore=shutil.ignore_patterns("site", "faults", "reference", "api", ".git"))
    assert run(whole, *BUILD).returncode == 0
    assert content(remembering / "site") == content(whole / "site")


def test_one_summary_builds_one_article(remembering: Path, run: Callable[..., Any]) -> None:
    """A summary stands in the article, in the data, in the feeds and in the search: one page is built, few files written."""
    before = times(remembering / "site")
    replace(remembering / ARTICLE, "  summary: 升级后", "  summary: 升级之后")
    assert "更新了 1 页" in run(remembering, *BUILD).stdout
    after = times(remembering / "site")
    touched = {name for name in after if before.get(name) != after[name]}
    pages = {name for name in touched if name.endswith(".html")}
    assert pages == {"faults/SW-20261103-001/index.html"}
    assert "api/v1/faults/SW-20261103-001.json" in touched
    assert len(touched) < 40


def test_page_tampered_with_is_made_anew(remembering: Path, run: Callable[..., Any]) -> None:
    """What somebody writes into a generated page is not published, although its ticket did not change."""
    before = content(remembering / "site")
    page = remembering / "kb" / "faults" / "SW-20261103-001.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n手写的一句\n", encoding="utf-8")
    assert run(remembering, *BUILD).returncode == 0
    assert content(remembering / "site") == before


def test_site_that_is_gone_is_built_whole(remembering: Path, run: Callable[..., Any]) -> None:
    """Who removes the site, or puts another in its place, gets all of it back."""
    before = content(remembering / "site")
    shutil.rmtree(remembering / "site")
    assert run(remembering, *BUILD).returncode == 0
    assert content(remembering / "site") == before


@pytest.mark.parametrize("name", ["index.html", "faults/SW-20261103-001/index.html"])
def test_page_of_the_site_that_is_edited_is_made_anew(remembering: Path, run: Callable[..., Any], name: str) -> None:
    """Also where its size and its time are those of the page that was built."""
    before = content(remembering / "site")
    page = remembering / "site" / name
    data, status = page.read_bytes(), page.stat()
    page.write_bytes(data.replace(b"<title>", b"<TITLE>", 1))
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (page.stat().st_size, page.stat().st_mtime_ns) == (len(data), status.st_mtime_ns)
    assert run(remembering, *BUILD).returncode == 0
    assert content(remembering / "site") == before


def test_file_beside_the_pages_is_a_change(remembering: Path, run: Callable[..., Any]) -> None:
    """A new picture or text that no page needs is counted, and so is one that is gone."""
    (remembering / "kb" / "assets" / "notice.txt").write_text("通知", encoding="utf-8")
    assert "更新了 0 页、1 个别的文件" in run(remembering, *BUILD).stdout
    assert (remembering / "site" / "assets" / "notice.txt").is_file()
    assert "网站没有变化" in run(remembering, *BUILD).stdout
    (remembering / "kb" / "assets" / "notice.txt").unlink()
    assert "更新了 0 页、1 个别的文件" in run(remembering, *BUILD).stdout
    assert "网站没有变化" in run(remembering, *BUILD).stdout


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        (ARTICLE, "severity: 高", "severity: 极高", "没有发布"),
        ("kb/guide.md", "\n## ", "\n[没有的页](nowhere.md)\n\n## ", "nowhere.md"),
        ("kb/templates/partials/footer.html", "<footer", "<script>alert(1)</script><footer", "页内脚本"),
        (
            "kb/templates/partials/footer.html",
            "<footer",
            '<img src="https://example.com/x.png" alt=""><footer',
            "别的服务器",
        ),
        ("mkdocs.yml", "docs_dir: kb", "docs_dir: 7", "mkdocs.yml"),
    ],
    ids=["wrong ticket", "dead link", "inline script", "foreign image", "wrong settings"],
)
def test_failure_leaves_the_site_as_it_was(
    remembering: Path, run: Callable[..., Any], path: str, old: str, new: str, said: str
) -> None:
    """Whatever stops a build: it says what is wrong, the old site stays whole, and nothing half-built lies about."""
    before = content(remembering / "site")
    replace(remembering / path, old, new)
    done = run(remembering, *BUILD)
    assert done.returncode in {1, 2}
    assert said in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert content(remembering / "site") == before
    assert list(remembering.glob(".site-*")) == []
    replace(remembering / path, new, old)
    assert run(remembering, *BUILD).returncode == 0
    assert content(remembering / "site") == before


def test_leftovers_of_a_killed_build_go(remembering: Path, root: Path, run: Callable[..., Any]) -> None:
    """A build that was killed leaves a folder behind; the next one removes it and builds as if nothing had been."""
    before = content(remembering / "site")
    shutil.rmtree(remembering / "site")
    command = [sys.executable, "-m", "faultkb", *BUILD]
    environment = {**os.environ, "PYTHONPATH": str(root / "tools")}
    with subprocess.Popen(
        command, cwd=remembering, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None and not list(remembering.glob(".site-*")):
            pass
        process.kill()
    assert run(remembering, *BUILD).returncode == 0
    assert list(remembering.glob(".site-*")) == []
    assert content(remembering / "site") == before


def test_changed_attachment_is_published_anew(
    remembering: Path, run: Callable[..., Any], read_all: Callable[[Path], dict[str, str]]
) -> None:
    """A new line in an attachment, even in one whose name begins with a dot, shows; a deleted one goes."""
    folder = remembering / "tickets" / "2026" / "11" / "SW-20261103-001"
    folder.mkdir()
    (folder / ".log.txt").write_text("第一行\n", encoding="utf-8")
    replace(remembering / ARTICLE, "网关保存的上一次运行日志：", "网关保存的[日志](SW-20261103-001/.log.txt)：")
    assert run(remembering, *BUILD).returncode == 0
    (folder / ".log.txt").write_text("第一行\n第二行\n", encoding="utf-8")
    assert run(remembering, *BUILD).returncode == 0
    (name,) = [name for name, text in read_all(remembering / "site").items() if "第二行" in text]
    assert name.startswith("faults/SW-20261103-001/log-")
    (folder / ".log.txt").unlink()
    assert run(remembering, *BUILD).returncode == 0
    assert not (remembering / "site" / name).exists()


def test_failed_build_leaves_nothing_in_the_search(
    remembering: Path, run: Callable[..., Any], read_all: Callable[[Path], dict[str, str]]
) -> None:
    """What was written while a build failed, and was taken back before the next one, is in no file of the site."""
    replace(remembering / ARTICLE, "小型仓库，夜间有人值守", "小型仓库（机密代号 QZX-7731），夜间有人值守")
    replace(remembering / "kb" / "guide.md", "\n## ", "\n[没有的页](nowhere.md)\n\n## ")
    assert run(remembering, *BUILD).returncode != 0
    replace(remembering / ARTICLE, "（机密代号 QZX-7731）", "")
    replace(remembering / "kb" / "guide.md", "\n[没有的页](nowhere.md)\n\n## ", "\n## ")
    assert run(remembering, *BUILD).returncode == 0
    assert [name for name, text in read_all(remembering / "site").items() if "QZX" in text or "qzx" in text] == []


@pytest.mark.parametrize("gone", ["faults/SW-20261103-001/index.html", "api/search/docs", "assets/theme.css"])
def test_what_was_removed_from_the_site_comes_back(remembering: Path, run: Callable[..., Any], gone: str) -> None:
    """Who deletes a file or a folder of the site, or of the search index under kb/, finds it again after the next build."""
    before = content(remembering / "site")
    for path in (remembering / "site" / gone, remembering / "kb" / gone):
        if path.is_dir():
            shutil.rmtree(path)
        elif path.is_relative_to(remembering / "site"):
            path.unlink()
    assert run(remembering, *BUILD).returncode == 0
    assert content(remembering / "site") == before


def test_handwritten_page_shows_pictures_and_links_anywhere(remembering: Path, run: Callable[..., Any]) -> None:
    """A new page may show a picture of kb/assets and link to pages in and out of the navigation, generated ones as well."""
    (remembering / "kb" / "extra.md").write_text(
        "# 附加\n\n![图标](assets/touch-icon.png) [搜索](search.md) [文章](faults/SW-20261103-001.md) [指南](guide.md)\n",
        encoding="utf-8",
    )
    done = run(remembering, *BUILD)
    assert "更新了 1 页" in done.stdout, done.stderr
    text = (remembering / "site" / "extra" / "index.html").read_text(encoding="utf-8")
    for address in ("../assets/touch-icon.png", "../search/", "../faults/SW-20261103-001/", "../guide/"):
        assert f'"{address}"' in text


def test_second_build_at_the_same_time_is_refused(remembering: Path, run: Callable[..., Any]) -> None:
    """While one command writes the pages, another one says so and ends with 2."""
    (lock,) = (remembering / ".git" / "faultkb").glob("*.lock")
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = run(remembering, *BUILD)
    assert done.returncode == 2
    assert "另一个命令正在发布或建网站" in done.stderr


@pytest.mark.parametrize("output", ["kb/out", "tickets/site", ".git/site", "."])
def test_output_among_the_sources_is_refused(repository: Path, run: Callable[..., Any], output: str) -> None:
    """A site inside of what it is made of would be built into itself."""
    assert run(repository, *BUILD, "--output", output).returncode == 2
    assert not (repository / output / "index.html").exists()


def test_other_folder_with_files_is_not_emptied(repository: Path, run: Callable[..., Any], tmp_path: Path) -> None:
    """``--output`` must be empty, new, or an earlier site."""
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("重要", encoding="utf-8")
    (mine / "404.html").write_text("别的网站", encoding="utf-8")
    done = run(repository, *BUILD, "--output", str(mine))
    assert done.returncode == 2
    assert "letter" not in done.stderr
    assert list(mine.iterdir()) != []
    assert (mine / "letter.txt").read_text(encoding="utf-8") == "重要"
