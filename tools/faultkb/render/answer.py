"""What the counter answers in an issue, as Markdown for a clerk who has never seen git. Nothing private is repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from faultkb.exposed import TITLE
from faultkb.render import objections
from faultkb.render.filed import EDIT, Place, about, ahead, filed, title, unpulled
from faultkb.render.objections import MOST, cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.counter import Judgement
    from faultkb.exposed import Exposed
    from faultkb.receipt import Receipt
    from faultkb.vocabulary import Vocabulary

__all__ = [
    "Place",
    "about",
    "carried",
    "ended",
    "exposed",
    "failed",
    "filed",
    "rejected",
    "taken_over",
    "title",
    "unpulled",
    "unreadable",
    "unreserved",
]

_AGAIN = "保存之后几分钟，这里的回复会跟着更新，不用另外提交。"
_EXPOSED = "### 没有登记：里面有个人信息，请先删掉"
_DELETE_ALL = "**请管理员删掉整个 issue**（页面右下角 Delete issue）"
_OLD_TITLE = f"**标题里曾经写过个人信息**，旧标题一直留在时间线上：{_DELETE_ALL}，再重新填一份表单。"
_OLD_TEXT = (
    "**这份表单曾经写过个人信息**：旧版本如果还在修改记录里，请删掉"
    "（正文上方的 edited → 旧版本 → Options → Delete revision from history）。"
)
"""What stays true when the form is mended: nobody but people can clear its history, and no program sees whether they did."""
_SECRET = "口令或密钥"  # noqa: S105 - the word, not one


def exposed(found: Sequence[Exposed], place: Place) -> str:
    """Say that there is something private, and how to get rid of it."""
    lines = [_EXPOSED, "", "这里很多人看得到，下面这些不能留在这里：", ""]
    kinds: dict[str, dict[str, None]] = {}
    for one in found:
        kinds.setdefault(one.where or "正文", {})[one.kind] = None
    lines += [f"- **{cell(where)}**：{'、'.join(some)}" for where, some in list(kinds.items())[:MOST]]
    lines += ["", "请这样做：", "", *(f"{number}. {step}" for number, step in enumerate(_steps(kinds), 1)), ""]
    if any(_SECRET in some for some in kinds.values()):
        lines += ["写出来过的口令、密钥不能再用了：请马上换掉。", ""]
    if place.pull:
        lines += [f"以前登记的内容（#{place.pull}）没有动。", ""]
    return "\n".join([*lines, "看过的人、已经发出的通知邮件收不回来；有疑问请找管理员。"])


def carried(before: str, text: str) -> str:
    """Return an answer with the advice on old versions that the answer before it gave: it is still to be followed."""
    owed, said = _owed(before), _owed(text)
    if not owed or said in {owed, _OLD_TITLE}:
        return text
    heading, _, rest = text.partition("\n\n")
    return f"{heading}\n\n{owed}\n\n{rest}"


def _owed(text: str) -> str:
    """Return what an answer says of old versions, in the words for later ones; empty where it says nothing."""
    heading, _, rest = text.partition("\n\n")
    kept = rest.partition("\n\n")[0]
    if kept in {_OLD_TITLE, _OLD_TEXT}:
        return kept
    if heading != _EXPOSED:
        return ""
    return _OLD_TITLE if _DELETE_ALL in rest else _OLD_TEXT


def _steps(kinds: dict[str, dict[str, None]]) -> Iterator[str]:
    if TITLE in kinds:
        yield (f"标题里的旧内容改了也会一直留在时间线上：{_DELETE_ALL}，再重新填一份表单，不写这些内容。")
        return
    yield f"{EDIT}，删掉这些内容，或者遮盖（例如 138\\*\\*\\*\\*5512、张\\*），保存。要联系用户的，只写客户系统编号，例如 CRM-88213。"
    yield (
        "**旧内容还留在修改记录里**：点正文上方的 edited（已编辑）→ 点开改之前的每一次 → Options（选项）→ "
        "Delete revision from history（从历史记录中删除）。提交的人自己、有写入权限的人都可以删。"
    )
    yield "做完就好了：保存之后几分钟会自动重新登记。也可以请管理员删掉整个 issue（页面右下角 Delete issue），再重新填一份。"


def rejected(said: Judgement, words: Vocabulary, place: Place) -> str:
    """List all that is missing or wrong, with what to write."""
    wrong = [*said.wrong, *said.left_out]
    lines = [f"### 还没有登记：有 {len(wrong)} 处要补充或改正", ""]
    lines += [f"- {objections.shown(one, words, said.absent)}" for one in wrong[:MOST]]
    lines += objections.rest(len(wrong))
    lines += [
        "",
        f"怎么改：{EDIT}，在每个“### 栏目名”的下面写（没填过的写着 \\_No response\\_，换掉它），保存；标题在页面最上面改。{_AGAIN}",
    ]
    lines += ["", objections.unused(said.unused, words)] if said.unused else []
    if place.pull:
        lines += ["", f"以前登记的内容（#{place.pull}）没有动，改好之后跟着更新。"]
    return "\n".join(lines)


def taken_over(ticket_id: str, place: Place, known: Receipt | None, words: Vocabulary) -> str:
    """Say that somebody has changed the same lines in the pull request, and what is due of the ticket as it is there."""
    name = f"{ticket_id} " if ticket_id else ""
    where = f"#{place.pull}" if place.pull else "它的分支"
    said = (
        f"### {name}已经有人在 {where} 里修改\n\n"
        f"为了不盖掉别人的改动，这里的修改没有写进去。请到 {where} 里改，或在那里留言说明要改什么。"
    )
    return "\n".join([said, *(ahead(known, words) if known else ())])


def ended(ticket_id: str, place: Place, *, is_merged: bool) -> str:
    """Say that the pull request is merged or closed, and how to add something."""
    name = ticket_id or "这个故障"
    if not is_merged:
        return (
            f"### {name} 的登记已经关闭，没有合并\n\n"
            f"#{place.pull} 是人工关闭的，原因看那里的留言；这里的修改没有写进去。"
            f"要继续登记，请重新打开 #{place.pull}（Reopen）再改这里，或者另填一份表单。"
        )
    folder = f"tickets/{ticket_id[3:7]}/{ticket_id[7:9]}/{ticket_id}.md"
    where = f"[{name}]({place.home}/blob/{quote(place.main)}/{folder})" if ticket_id else name
    return (
        f"### {name} 已经登记完成\n\n"
        f"#{place.pull} 已合并，故障在 {where}。登记之后的内容不再从这里改。要补充情况："
        f'在自己的电脑上运行 `fault log {name} 补充 --by 你的工号 --note "补充的内容"` 后提交；'
        "不会用的，把要补充的内容发给故障处理专员，由他记录。"
    )


def unreserved() -> str:
    """Say that no id could be had."""
    return (
        "### 还没有登记：暂时取不到编号\n\n"
        "填写的内容没有问题，是程序这边的原因。过几分钟在正文里随便改一个字保存，会再试一次；"
        "还不行请找管理员：工作流要有写入仓库内容的权限（contents: write），见 .github/SETUP.md。"
    )


def unreadable(place: Place) -> str:
    """Say that a form that was answered before has lost its headings, and what to do."""
    lines = [
        "### 认不出栏目了，这次的修改没有登记",
        "",
        "“### 栏目名”这样的行被改掉或删掉了，看不出哪句是哪一栏。二选一：",
        "",
        f"- {EDIT}，把缺的“### 栏目名”补回去（单独一行，例如 `### 现象`），保存；",
        "- 或者另外填一份表单。",
    ]
    lines += ["", f"以前登记的内容（#{place.pull}）没有动。"] if place.pull else []
    return "\n".join(lines)


def failed(place: Place) -> str:
    """Say that the program broke off, and that it is not the clerk's fault."""
    lines = [
        "### 没有处理完：是程序这边的原因",
        "",
        "填写的内容没有问题，不用重填。过几分钟在正文里随便改一个字保存，会再试一次；还不行请管理员看运行记录（Actions）。",
    ]
    lines += ["", f"以前登记的内容在 #{place.pull}。"] if place.pull else []
    return "\n".join(lines)
