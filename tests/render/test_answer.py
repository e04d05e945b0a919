"""The answers in an issue: in a clerk's words, with what to do, and nothing of a file that nobody sees there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faultkb.exposed import TITLE, Exposed
from faultkb.registration import Objection
from faultkb.render import answer, objections

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary

PLACE = answer.Place("https://github.example/o/r", "main", 13)
NONE = answer.Place("https://github.example/o/r", "main", 0)

SAID = {
    "a foreign picture": (
        Objection("现象", "引用了外部网站的图片，不会发布", "把图片放进 SW-20261120-001/ 再引用", rule="attachment"),
        "**现象**：有图片或文件没有上传到这里，不会收进登记。拖进来上传；别处的图片先存下来再上传",
    ),
    "HTML": (
        Objection("现象", "正文里有 HTML 标签", "改用 Markdown，或用反引号 ` 把代码括起来", rule="unsafe-html"),
        "**现象**：有 HTML 标签（尖括号 &lt; &gt; 里的字），会当作普通文字。用不着的删掉；是代码、日志的，前后各写一行 \\`\\`\\`",
    ),
    "an address": (
        Objection("remark", "详细地址没有遮盖（遮盖后是 ****）", "写成 ****，或删去", rule="street-address"),
        "**备注**：详细地址没有遮盖（遮盖后是 \\*\\*\\*\\*）。删掉，或把一部分换成 \\*",
    ),
    "a log": (
        Objection(
            "现象", "有 30000 字", "日志、聊天记录放进同名文件夹作为附件，这里只写结论", rule="unconfirmed-promise"
        ),
        "**现象**：有 30000 字。日志、聊天记录拖进来作为附件，这里只写结论",
    ),
    "the same twice": (
        Objection("product", "涉及产品（products）里有重复的项", "删去重复的一项", rule="schema"),
        "**涉及产品**：有重复的项。删去重复的一项",
    ),
    "too long": (
        Objection("title", "问题标题（title）太长：90 个字，最多 80 个", "写得短一些，细节放到正文里", rule="schema"),
        "**标题**：太长：90 个字，最多 80 个。写得短一些，细节写在“现象”里",
    ),
    "nothing": (
        Objection("version", "缺少涉及版本（versions）", "补上 versions: …；写成方括号里的列表", missing=True),
        "**涉及版本**：没有填。",
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_the_check_s_words_become_those_of_the_form(words: Vocabulary, case: str) -> None:
    """Neither a folder, nor a file, nor its keys: what to do on this page."""
    one, expected = SAID[case]
    assert objections.shown(one, words).startswith(expected)


def test_a_heading_that_is_gone_is_given_as_a_line(words: Vocabulary) -> None:
    """The line to write stands there to be copied; a title is no heading, and what is there needs none."""
    one = Objection("severity", "缺少严重程度", "", missing=True)
    line = "在正文最前面单独写一行 `### 严重程度`，空一行，再写。只能是：紧急、高、中、低"
    assert objections.shown(one, words, frozenset({"severity"})).endswith(line)
    assert "###" not in objections.shown(one, words)
    assert "###" not in objections.shown(Objection("title", "", "", missing=True), words, frozenset({"title"}))


def test_what_is_unused_is_named_with_all_that_there_is(words: Vocabulary) -> None:
    """A heading that is no field is named, as text, with the fields of the form; without one nothing is said."""
    said = objections.unused(["心情 @all"], words)
    assert "“心情 @\u200ball”" in said or "“心情 \\@all”" in said or "@all" not in said
    assert "故障类型、严重程度" in said
    assert objections.unused([], words) == ""


def test_a_value_in_the_title_cannot_be_taken_out(words: Vocabulary) -> None:
    """The timeline keeps old titles: only deleting the issue helps. Elsewhere the history of the text can be cleared."""
    assert words
    title = answer.exposed([Exposed(TITLE, "姓名")], PLACE)
    assert "请管理员删掉整个 issue" in title
    assert "Delete revision" not in title
    text = answer.exposed([Exposed("现象", "固定电话"), Exposed("", "口令或密钥")], NONE)
    assert "- **现象**：固定电话\n- **正文**：口令或密钥\n" in text
    assert "Delete revision from history" in text
    assert "请马上换掉" in text
    assert ("#13" in title, "#13" in text) == (True, False)


def test_the_advice_on_old_versions_stays(words: Vocabulary) -> None:
    """A mended form still has its old text in the history: each later answer says so, the same one each time; a title says more."""
    text = answer.exposed([Exposed("现象", "手机号码")], NONE)
    title = answer.exposed([Exposed(TITLE, "姓名")], NONE)
    later = answer.unreserved()
    first = answer.carried(f"{text}\n\n<!-- faultkb:intake -->", later)
    assert "**这份表单曾经写过个人信息**：旧版本如果还在修改记录里，请删掉" in first
    assert first.startswith(later.partition("\n")[0])
    assert answer.carried(first, later) == first
    assert answer.carried(first, text) == text
    assert answer.carried(answer.carried(first, text), later) == first
    assert "请管理员删掉整个 issue" in answer.carried(title, later)
    assert "请管理员删掉整个 issue" in answer.carried(answer.carried(title, text), later)
    assert answer.carried(later, later) == answer.carried("", later) == later
    assert words


@pytest.mark.parametrize("said", [answer.unreadable, answer.failed])
def test_short_answers_say_what_to_do_and_what_is_untouched(said: object) -> None:
    """Headings that are gone, and a breakdown of ours: a way out, and what became of the registration, if there is one."""
    assert callable(said)
    assert "#13" in said(PLACE)
    assert "#" not in said(NONE).removeprefix("###").replace("### ", "")
    assert len(said(PLACE)) < 250
    assert "栏目名" in answer.unreadable(NONE)
    assert "不用重填" in answer.failed(NONE)
