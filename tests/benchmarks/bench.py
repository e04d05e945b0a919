"""Measure `fault check`, `fault report` and `fault similar` beside what else could do part of their work (`make bench`).

    bench.py [--sizes 2000 10000] [--reports 10000 100000]
    bench.py --write FOLDER NUMBER     only write tickets, with the schema that they need

The last line of comparison is libyaml itself: reading the files and parsing the headers, and nothing else.
"""

from __future__ import annotations

import argparse
import functools
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import frontmatter
from jsonschema import Draft202012Validator
from rich.console import Console
from rich.table import Table
from yaml.cyaml import CParser

import tickets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = "schema/ticket.schema.json"
QUESTION = "智能网关升级后每晚自动重启，提示 E-1042"
"""What `fault similar` is asked; the tickets share most of its words, so that none is passed over at once."""
_KINDS = ("status", "sla")
_TURNS = 5
_MANY = 20_000
"""More tickets than this are measured twice only."""
_TURNS_OF = {"loop": 2, "check-jsonschema": 1}
"""How often each is measured; the slow ones less often, since what disturbs them averages out."""
_WITHOUT_TEXT_RULES = """
import sys
from faultkb import __main__, rules

text = {"vague-wording", "unconfirmed-promise", "outward-wording", "incomplete-report"}
tidy = {"trailing-space", "key-order"}
every = rules.of_scope
rules.of_scope = lambda scope: tuple(
    one for one in every(scope) if (one.id in tidy if scope == "file" else one.id not in text)
)
__main__.main()
"""
"""`fault` without the rules that read the text: private data, wording, completeness."""
_SIMILAR = {"按文字": "similar text", "按编号": "similar id"}


@dataclass(frozen=True)
class Run:
    """What was measured: seconds by the wall clock, seconds of all processors, memory of the largest process in MB."""

    seconds: float
    processor: float
    memory: float


def main() -> None:
    """Measure, or write tickets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=[2_000, 10_000], metavar="NUMBER")
    parser.add_argument("--reports", nargs="*", type=int, default=[10_000, 100_000], metavar="NUMBER")
    parser.add_argument("--write", nargs=2, metavar=("FOLDER", "NUMBER"))
    options = parser.parse_args()
    if options.write:
        prepare(Path(options.write[0]), int(options.write[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        results = {size: measure(Path(folder) / str(size), size) for size in options.sizes}
        report(results)
        reports = {size: measure_reports(Path(folder) / f"reports-{size}", size) for size in options.reports}
    if reports:
        compare_reports(reports)


def prepare(folder: Path, number: int) -> None:
    """Write a repository with ``number`` tickets, and each header as a file of its own (check-jsonschema reads no Markdown)."""
    shutil.copytree(ROOT / "schema", folder / "schema")
    tickets.write(folder, number)
    (folder / "headers").mkdir()
    for path in (folder / "tickets").rglob("*.md"):
        (folder / "headers" / f"{path.stem}.yaml").write_text(_header_of(path), encoding="utf-8")


def measure(folder: Path, size: int) -> dict[str, Run]:
    """Measure everything on one corpus."""
    say(f"{size} 个故障：准备")
    prepare(folder, size)
    paths = sorted((folder / "tickets").rglob("*.md"))
    single = folder / "single"
    prepare(single, 1)
    check = [str(ROOT / "tools" / "fault"), "check", "--as-of", tickets.AS_OF]
    source = {**os.environ, "PYTHONPATH": str(ROOT / "tools")}
    similar = [str(ROOT / "tools" / "fault"), "similar"]
    headers = sorted(path.name for path in (folder / "headers").iterdir())
    _change_one(folder, paths[-1])
    acts: dict[str, Callable[[], Run]] = {
        "fault check": lambda: timed(check, folder),
        "no text rules": lambda: timed([sys.executable, "-c", _WITHOUT_TEXT_RULES, *check[1:]], folder, source),
        "start": lambda: timed(check, single),
        "check one": lambda: timed([*check, str(paths[-1])], folder),
        "check --base": lambda: timed([*check, "--base", "HEAD"], folder),
        "similar text": lambda: timed([*similar, QUESTION], folder),
        "similar id": lambda: timed([*similar, paths[-1].stem], folder),
        "libyaml 2": lambda: _inside(lambda: _parse_on_two(paths)),
        "libyaml 1": lambda: _inside(lambda: _parse(paths)),
        "loop": lambda: _inside(lambda: _plain_loop(folder / SCHEMA, paths)),
        "check-jsonschema": lambda: timed(
            [_tool("check-jsonschema"), "--schemafile", str(folder / SCHEMA), *headers], folder / "headers"
        ),
    }
    # In turns, so that a machine that grows slower meanwhile does so for all; of each the fastest counts.
    runs: dict[str, list[Run]] = {name: [] for name in acts}
    for turn in range(_TURNS):
        for name, act in acts.items():
            if turn < _TURNS_OF.get(name, _TURNS):
                say(f"{size} 个故障：{name}（第 {turn + 1} 次）")
                runs[name].append(act())
    return {name: _fastest(some) for name, some in runs.items()}


def measure_reports(folder: Path, size: int) -> dict[str, Run]:
    """Measure the reports on one corpus, beside reading and parsing the same files."""
    say(f"{size} 个故障：准备")
    shutil.copytree(ROOT / "schema", folder / "schema")
    tickets.write(folder, size)
    paths = sorted((folder / "tickets").rglob("*.md"))
    command = [str(ROOT / "tools" / "report"), "--as-of", tickets.AS_OF]
    acts: dict[str, Callable[[], Run]] = {
        "libyaml 2": lambda: _inside(lambda: _parse_on_two(paths)),
        **{kind: functools.partial(timed, [*command, kind], folder) for kind in _KINDS},
    }
    runs: dict[str, list[Run]] = {name: [] for name in acts}
    for turn in range(_TURNS if size <= _MANY else 2):
        for name, act in acts.items():
            say(f"{size} 个故障：{name}（第 {turn + 1} 次）")
            runs[name].append(act())
    return {name: _fastest(some) for name, some in runs.items()}


def compare_reports(results: dict[int, dict[str, Run]]) -> None:
    """Print the reports beside the parser, and how they grow."""
    out = Console(width=120)
    table = Table(title=f"报告（{os.cpu_count()} 个核）", title_justify="left")
    for title in ("", "故障", "秒", "处理器秒", "毫秒/个", "与解析相比", "内存 MB"):
        table.add_column(title, justify="right" if title else "left", no_wrap=True)
    for size, runs in results.items():
        for name, run in runs.items():
            title = "libyaml 只读取与解析，2 个进程" if name == "libyaml 2" else f"report {name}"
            ratio = f"{run.seconds / runs['libyaml 2'].seconds:.2f}"
            memory = f"{run.memory:.0f}" if run.memory else ""
            each = f"{run.seconds / size * 1000:.2f}"
            table.add_row(title, f"{size:,}", f"{run.seconds:.2f}", f"{run.processor:.2f}", each, ratio, memory)
    out.print(table)
    out.print("内存是最大的一个进程的；与解析相比：用时是 libyaml 读取并解析同样的文件的几倍，目标是 1.5")


def report(results: dict[int, dict[str, Run]]) -> None:
    """Print the comparison, the growth, the start of a command and the memory."""
    out = Console(width=120)
    rows = (
        ("fault check（全部静态规则）", "fault check"),
        ("fault check，不查个人信息、用语、完整度", "no text rules"),
        ("check-jsonschema（同样的文件头）", "check-jsonschema"),
        ("python-frontmatter + jsonschema 循环", "loop"),
        ("libyaml 只解析，1 个进程", "libyaml 1"),
        ("libyaml 只解析，2 个进程", "libyaml 2"),
    )
    for size, runs in results.items():
        mine = runs["fault check"].seconds
        working = mine - runs["start"].seconds
        table = Table(title=f"{size:,} 个故障（{os.cpu_count()} 个核）", title_justify="left")
        for title in ("", "秒", "处理器秒", "毫秒/个", "倍", "倍（除去启动）"):
            table.add_column(title, justify="right" if title else "left", no_wrap=True)
        for title, name in rows:
            run = runs[name]
            times = (run.seconds, run.processor, run.seconds / size * 1000, run.seconds / mine, run.seconds / working)
            table.add_row(title, *(f"{value:.2f}" for value in times))
        out.print(table)
        started, memory = runs["start"].seconds, runs["fault check"].memory
        asked = " 秒，".join(f"{title} {runs[name].seconds:.2f}" for title, name in _SIMILAR.items())
        out.print(
            f"个人信息、用语、完整度的规则多用处理器 {_more(runs):.0%}（目标 50%）\n"
            f"倍：与 fault check 相比。它启动（检查 1 个故障）要 {started:.2f} 秒，最大的一个进程用内存 {memory:.0f} MB\n"
            f"fault check 文件：{runs['check one'].seconds:.2f} 秒；--base，改了 1 个故障：{runs['check --base'].seconds:.2f} 秒（连启动）\n"
            f"fault similar：{asked} 秒（连启动）\n"
        )
    small, large = min(results), max(results)
    if small != large:
        growth = results[large]["fault check"].seconds / results[small]["fault check"].seconds
        out.print(f"故障多到 {large / small:.1f} 倍，fault check 用时多到 {growth:.1f} 倍")
    start = _fastest([timed([str(ROOT / "tools" / "report"), "--help"], ROOT) for _ in range(_TURNS)])
    out.print(f"tools/report --help：{start.seconds:.3f} 秒（{_TURNS} 次中最快的）")


def _more(runs: dict[str, Run]) -> float:
    """Return the share by which the rules that read the text add to what the others cost."""
    return runs["fault check"].processor / runs["no text rules"].processor - 1


def _change_one(folder: Path, path: Path) -> None:
    """Make the folder a git repository in which one ticket differs from what is committed."""
    for arguments in (["init", "-q"], ["add", "schema", "tickets"], ["commit", "-q", "-m", "base"]):
        command = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0", *arguments]
        subprocess.run(command, cwd=folder, check=True)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\nremark: ", "\nremark: 例会上讨论过；", 1), encoding="utf-8")


def _fastest(runs: Sequence[Run]) -> Run:
    return min(runs, key=lambda run: run.seconds)


def timed(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end; it must find nothing, or the comparison means nothing."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{Path(command[0]).name} 没有通过：\n{output[-2000:]}")
    memory = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Run(seconds, usage.ru_utime + usage.ru_stime, memory)


def _inside(act: Callable[[], object]) -> Run:
    """Measure a function of this process, so without any start-up."""
    start, used = time.perf_counter(), os.times()
    act()
    processor = sum(os.times()[:4]) - sum(used[:4])
    return Run(time.perf_counter() - start, processor, 0)


def _plain_loop(schema: Path, paths: Sequence[Path]) -> None:
    validator = Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
    for path in paths:
        if list(validator.iter_errors(frontmatter.load(str(path)).metadata)):
            sys.exit(f"{path} 不符合规定")


class _Parser(CParser):
    """libyaml's composer with nothing added: no tags are looked up."""

    def resolve(self, _kind: object, _value: object, _implicit: object) -> None:
        """Leave the tag empty."""

    def descend_resolver(self, _parent: object, _index: object) -> None:
        """Do nothing."""

    def ascend_resolver(self) -> None:
        """Do nothing."""


def _parse(paths: Sequence[Path]) -> None:
    for path in paths:
        _Parser(_header_of(path)).get_single_node()


def _parse_on_two(paths: Sequence[Path]) -> None:
    chunks = [paths[start : start + 100] for start in range(0, len(paths), 100)]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for _ in pool.imap(_parse, chunks):
            pass


def _header_of(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("---\n", 2)[1]


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def say(text: str) -> None:
    """Tell whoever waits what is being done."""
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
