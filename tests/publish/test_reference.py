"""The pages that explain the process say everything that the program reads, and every sentence of the process itself."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from faultkb import facts
from faultkb.finding import FaultError
from faultkb.papers import names
from faultkb.publish import describe, process, reference
from faultkb.safe_markdown import escape

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def pages(root: Path, words: Vocabulary) -> dict[str, str]:
    """Return the pages by name."""
    return {
        name.removeprefix("reference/").removesuffix(".md"): text for name, text in reference.pages(words, root)
    } | {"guide": (root / "kb" / "guide.md").read_text(encoding="utf-8")}


def test_every_column_of_the_fact_tables_is_documented(pages: dict[str, str]) -> None:
    """Each has a line with its key, its title, its type and what it means, in the order of the table."""
    page = pages["facts"]
    lines = [line for line in page.splitlines() if line.startswith("| `")]
    columns = [*facts.FAULTS, *facts.CLOCKS]
    assert len(lines) == len(columns)
    for line, column in zip(lines, columns, strict=True):
        assert line.startswith(f"| `{column.key}` | {escape(column.title)} | ")
        assert line.endswith(f" | {escape(column.hint)} |")
    assert page.index("## faults") < page.index("`returned`") < page.index("## clocks") < page.index("`fault_id`")


def test_every_placeholder_is_on_the_page(pages: dict[str, str]) -> None:
    """The page for the quality department has every name that a template may use, with its kind and the cells of its rows."""
    page = pages["documents"]
    for one in names.EVERY.values():
        (line,) = [
            line for line in page.splitlines() if f"&#123;&#123; {one.name} &#125;&#125;</code></span> |" in line
        ]
        assert one.kind in line
        assert all(cell in line for cell in one.cells)


def test_every_page_is_in_the_navigation(root: Path, pages: dict[str, str]) -> None:
    """A page that nobody can reach explains nothing."""
    site = (root / "mkdocs.yml").read_text(encoding="utf-8")
    names = [f"reference/{name}.md" if name != "guide" else "guide.md" for name in pages]
    assert len(names) == 13
    assert [name for name in names if f": {name}\n" not in site] == []


def test_no_mark_is_left(pages: dict[str, str]) -> None:
    """What people wrote is filled in everywhere."""
    assert [name for name, text in pages.items() if "{{" in text] == []


def test_unknown_mark_is_said_in_words(root: Path, words: Vocabulary, tmp_path: Path) -> None:
    """A slip in a hand-written page names the page, the mark and what there is."""
    shutil.copytree(root / "kb" / "templates" / "process", tmp_path / "process")
    (tmp_path / "process" / "sla.md").write_text("# 时限\n\n{{时线 review}}\n", encoding="utf-8")
    with pytest.raises(FaultError, match=r"sla\.md 里没有 \{\{时线 review\}\} 这个标记；可以写：.*时限"):
        dict(process.pages(words, tmp_path / "process"))


def test_every_event_belongs_to_a_step(pages: dict[str, str], words: Vocabulary) -> None:
    """The five steps show the lifecycle, and name each event in exactly one of them."""
    page = pages["steps"]
    assert page.count('<figure class="fault-lifecycle') == 1
    rows = re.findall(r'^\| \*\*<span class="fault-word">(\S+)</span>\*\* \| [^|]+ \| [^|]+→', page, re.MULTILINE)
    assert sorted(rows) == sorted(words.lifecycle.events)
    assert page.count("\n## 第") == 5


def test_every_clock_is_explained(pages: dict[str, str], words: Vocabulary) -> None:
    """The page on time limits has each clock in words; the steps have each once."""
    for one in words.policies[-1].clocks.values():
        assert pages["sla"].count(f"- **{one.name}**：") == 1
        assert pages["steps"].count(f"- **{one.name}**：") == 1
    assert (
        "- **计划完成**：紧急 24 小时，高 3 个工作日，中 5 个工作日，低 10 个工作日。从 受理 或 重开 起，到 提交验证 为止"
        in pages["sla"]
    )
    assert "- **受理分配**：高、中、低 3 个工作日。从 登记 起，到 受理 为止；退回 期间不计时。" in pages["sla"]
    assert "- **紧急响应**：紧急 2 小时。从 登记、定级为紧急 或 重开 起，到 响应、受理 或 退回 为止。" in pages["sla"]


def test_examples_are_right(pages: dict[str, str]) -> None:
    """Worked out by hand on the calendar of 2026: National Day is off from 1 to 7 October, 10 October is worked."""
    rows = {
        re.sub(r"<.*?>|\*", "", line.split(" | ")[0].removeprefix("| ")): line.removesuffix(" |").split(" | ")[1:]
        for line in pages["sla"].splitlines()
        if "<br>" in line
    }
    assert rows["目标＼起算"] == ["11-03 周二<br>09:12", "11-06 周五<br>19:00", "09-30 周三<br>16:00"]
    assert rows["24 小时"] == ["11-04 周三<br>09:12", "11-07 周六<br>19:00", "10-01 周四<br>16:00"]
    assert rows["1 个工作日"] == ["11-04 周三<br>18:00", "11-09 周一<br>18:00", "10-08 周四<br>18:00"]
    assert rows["3 个工作日"] == ["11-06 周五<br>18:00", "11-11 周三<br>18:00", "10-10 周六<br>18:00"]


def test_every_severity_has_its_definition_and_its_targets(pages: dict[str, str], words: Vocabulary) -> None:
    """From the schema and the policy, side by side."""
    plain = re.sub(r"<.*?>|\*", "", pages["severity"])
    for line in (
        "| 紧急 | 影响核心功能且大面积用户 | 24 小时 |",
        "| 低 | 轻微体验问题 | 10 个工作日 |",
        "| 计划完成 | 24 小时 | 3 个工作日 | 5 个工作日 | 10 个工作日 |",
        "| 紧急响应 | 2 小时 | — | — | — |",
        "| 复杂问题 | 提交验证之前 |",
    ):
        assert line in plain
    assert all(role in plain for role in words.lifecycle.review["roles"])


def test_communication_rules_are_those_of_the_wording_file(pages: dict[str, str], words: Vocabulary) -> None:
    """Each reply, each word to avoid and what to say instead; of what no user is told, only that, since users may read here."""
    for kind, one in words.wording["replies"].items():
        assert kind in pages["wording"]
        assert escape(one["text"]) in pages["wording"]
    for one in (*words.wording["vague"], *words.wording["promises"]):
        row = rf"\| {re.escape(escape(one['word'].rstrip('。')))}[^|\n]*\| {re.escape(escape(one['instead']))} \|"
        assert re.search(row, pages["wording"]), one["word"]
    for one in (one for group in words.wording["outward"].values() for one in group):
        assert escape(one["instead"]) in pages["wording"]
    assert not any(one["word"] in pages["wording"] for one in words.wording["outward"]["competitors"])


def test_every_key_of_the_api_is_in_its_page(pages: dict[str, str], words: Vocabulary) -> None:
    """What the page on the API lists is what schema.json describes."""
    known = describe.definitions(words)
    for name in ("light", "article", "section", "step", "change"):
        for key in known[name]["properties"]:
            assert f"`{key}`" in pages["api"]


def test_hostile_words_of_the_schema_are_text(root: Path, words: Vocabulary) -> None:
    """Who may edit schema/ still puts no markup into a page."""
    wording = {**words.wording, "replies": {"<b>": {"states": [], "text": "<script>x</script> {{事件}}"}}}
    page = dict(reference.pages(replace(words, wording=wording), root))["reference/wording.md"]
    assert "<script" not in page
    assert "{{" not in page


SENTENCES = {
    "guide": (
        "什么时候发生的",
        "当时在做什么",
        "看到什么现象",
        "影响多少用户、哪些模块",
        "怎样联系用户",
        "型号、版本、环境",
    ),
    "steps": (
        "联系方式仅内部使用，不对外公开",
        "故障类型-日期-序号",
        "1 个工作日内审核",
        "排除操作不当与外部环境",
        "硬件故障给硬件研发组，软件Bug给软件开发组",
        "主责人由产品部门指定",
        "24 小时内联系用户",
        "2 小时内响应，24 小时内给出初步解决方案",
        "3 个工作日内完成受理分配",
        "产品负责人直接协调资源",
        "由产品、研发、测试负责人开评审会",
        "代码开发完成、补丁测试通过、物料采购到位",
        "上报产品部门负责人",
        "每 2 个工作日向用户反馈一次进度",
        "每周召开故障处理例会",
        "指定的第三方",
        "现场或远程验证",
        "收录到故障知识库",
        "《故障分析报告》《解决方案说明书》",
        "《问题验证报告》",
        "客服专员、技术支持工程师",
        "产品部门负责人、故障处理专员",
        "研发工程师、技术专家",
        "责任团队主责人、产品部门跟进人",
        "测试工程师、客服专员",
    ),
    "wording": ("统一口径", "除非已经确认", "问题已经受理，我们很重视，正在处理中", "品牌的形象", "客户系统"),
    "fields": ("唯一标识符", "精确到分钟", "姓名用\\*号代替", "下拉选择", "量化评估严重程度"),
}
"""What the written process demands, by the page on which people look for it."""


@pytest.mark.parametrize("page", SENTENCES)
def test_the_whole_process_is_told(pages: dict[str, str], page: str) -> None:
    """No demand of the process is missing from its page."""
    assert [one for one in SENTENCES[page] if one not in pages[page]] == []
