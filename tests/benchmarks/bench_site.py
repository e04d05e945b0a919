"""Measure `fault site build` beside MkDocs alone on as many plain pages, and a build after one ticket changed (`make bench`).

    bench_site.py [--sizes 2000 10000]

Sizes are numbers of articles; their texts are those of the sample tickets. The plain pages are the same texts,
without the box, the lists, the data and the search.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import bench
from rich.console import Console
from rich.table import Table

import tickets

_GENERATED = ("faults", "reference", "api")
_ENDS = {"关闭": 100}
_TAKEN = "entry: 收录"
_NAVIGATION = """
INHERIT: {config}
docs_dir: plain
site_dir: plain-site
nav: [{{首页: index.md}}]
not_in_nav: "/*.md"
theme: {{name: material, language: zh, font: false, custom_dir: kb/templates}}
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="*", type=int, default=[2_000, 10_000], metavar="NUMBER")
    options = parser.parse_args()
    table = Table(title=f"网站（{os.cpu_count()} 个核）", title_justify="left")
    for title in ("", "文章", "秒", "处理器秒", "与 MkDocs 相比", "与全部重建相比", "内存 MB"):
        table.add_column(title, justify="right" if title else "left", no_wrap=True)
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), size, table)
    out = Console(width=120)
    out.print(table)
    out.print("目标：全部重建不超过 MkDocs 单独生成同样多普通页面的 1.3 倍；改了一个故障之后不超过全部重建的 0.1 倍")


def measure(folder: Path, size: int, table: Table) -> None:
    """Measure one corpus, and add its rows."""
    bench.say(f"{size} 篇文章：准备")
    articles = prepare(folder, size)
    build = [str(bench.ROOT / "tools" / "fault"), "site", "build", "--as-of", tickets.AS_OF]
    bench.say(f"{size} 篇文章：MkDocs 单独")
    alone = bench.timed([sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", "plain.yml"], folder)
    bench.say(f"{size} 篇文章：全部建成")
    whole = bench.timed(build, folder)
    path = next(path for path in sorted((folder / "tickets").rglob("*.md")) if _TAKEN in path.read_text("utf-8"))
    path.write_text(path.read_text("utf-8").replace("  summary: ", "  summary: 又查了一次，", 1), encoding="utf-8")
    bench.say(f"{size} 篇文章：改了一个故障之后")
    again = bench.timed(build, folder)
    for title, run in (("MkDocs 单独，普通页面", alone), ("fault site build", whole), ("改了一个故障之后", again)):
        ratios = (f"{run.seconds / other.seconds:.2f}" for other in (alone, whole))
        table.add_row(
            title, f"{articles:,}", f"{run.seconds:.1f}", f"{run.processor:.1f}", *ratios, f"{run.memory:.0f}"
        )


def prepare(folder: Path, size: int) -> int:
    """Write a repository with ``size`` articles, and the same texts as plain pages; return how many there are."""
    shutil.copytree(bench.ROOT / "schema", folder / "schema")
    shutil.copytree(
        bench.ROOT / "kb",
        folder / "kb",
        ignore=lambda here, names: {*_GENERATED, "index.md"} & set(names) if Path(here).name == "kb" else set(),
    )
    shutil.copy(bench.ROOT / "mkdocs.yml", folder)
    tickets.write(folder, size, _ENDS)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    plain = folder / "plain"
    shutil.copytree(folder / "kb" / "assets", plain / "assets")
    (plain / "index.md").write_text("# 普通页面\n", encoding="utf-8")
    texts = [body for header, body in map(_parted, sorted((bench.ROOT / "tickets").rglob("*.md"))) if _TAKEN in header]
    articles = 0
    for path in sorted((folder / "tickets").rglob("*.md")):
        header, _ = _parted(path)
        if _TAKEN in header:
            body = texts[articles % len(texts)]
            path.write_text(f"---\n{header}---\n{body}", encoding="utf-8")
            (plain / path.name).write_text(body, encoding="utf-8")
            articles += 1
    (folder / "plain.yml").write_text(_NAVIGATION.format(config="mkdocs.yml"), encoding="utf-8")
    return articles


def _parted(path: Path) -> list[str]:
    """Return header and body of a ticket."""
    return path.read_text(encoding="utf-8").split("---\n", 2)[1:]


if __name__ == "__main__":
    main()
