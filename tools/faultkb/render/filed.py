"""What is said of a ticket that was filed: its pull request, and the answer in the issue with what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from faultkb import duty, exposed, masks, moment
from faultkb.render import objections, visible
from faultkb.render.objections import MOST, cell
from faultkb.render.tables import escape, unlinked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.receipt import Due, Receipt
    from faultkb.vocabulary import Vocabulary

EDIT = "点上面正文右上角的“…”→ Edit（编辑）"
_LONGEST = 100
"""Characters of a title in a list of pull requests; the schema allows 80, and masks may add some."""
_CLERK = "您（客服）"
_NOBODY = "还没有团队受理"
_WEIGHTIEST = 3
"""What is missing is many lines for a poor form: these are seen at once."""
_EXAMPLE = "，例如（"
"""How the wording's examples begin, which are the same for all that is vague."""
_PERMIT = (
    "Settings → Actions → General → Workflow permissions，勾选 Allow GitHub Actions to create and approve pull requests"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where things are: the repository's page, its main branch, and the number of the pull request (0: none)."""

    home: str
    main: str
    pull: int


def title(receipt: Receipt, words: Vocabulary) -> str:
    """Return the title of the pull request: no name, no mention, no reference, no word that steers a workflow."""
    text = f"登记 {receipt.ticket.id}：{visible(masks.put_on(receipt.ticket.title, words.lists))}"
    return unlinked(text[:_LONGEST]).replace("[", "[\u200b")


def about(receipt: Receipt, words: Vocabulary, number: int) -> str:
    """Return the text of the pull request."""
    header = masks.put_on(receipt.ticket.header, words.lists)
    rows = [(words.title(name), header[name]) for name in ("type", "severity", "channel")]
    rows += [(words.title("impact", name), one) for name, one in header["impact"].items()]
    shown = [
        f"| {escape(name)} | {cell('、'.join(map(str, one)) if isinstance(one, list) else one)} |" for name, one in rows
    ]
    return "\n".join(
        [
            f"由 #{number} 的登记表单生成，完整度 {receipt.score.percent} %。",
            "",
            "| 栏目 | 内容 |",
            "| --- | --- |",
            *shown,
            "",
            f"内容要改的，请改 #{number} 的标题或正文，这里跟着更新；在这个分支上直接改的也会留着。",
            "",
            f"Closes #{number}",
        ]
    )


def filed(receipt: Receipt, words: Vocabulary, number: int, place: Place, *, is_checked: bool) -> str:
    """Say which id the fault got, what happens next and by when, what is missing and what looks similar."""
    lines = [f"### 已登记：{receipt.ticket.id}", ""]
    lines += [*_urgent(receipt, words)]
    lines += [f"登记内容在 #{place.pull}，有人审阅、合并之后生效；时限从反馈时间起算，不等合并。"]
    if not is_checked:
        lines += ["", "**请管理员看**：自动检查没有启动，合并请求会一直等着。照 .github/SETUP.md 检查工作流的权限。"]
    return "\n".join([*lines, *_rest(receipt, words, number, place)])


def unpulled(receipt: Receipt, words: Vocabulary, number: int, place: Place) -> str:
    """Say that the ticket is on a branch, and that somebody must let workflows open pull requests."""
    branch = f"{place.home}/compare/{quote(place.main)}...intake/{number}?expand=1"
    lines = [f"### 编号已取得：{receipt.ticket.id}，还差一步", "", *_urgent(receipt, words)]
    lines += [
        f"登记内容已经写在分支 `intake/{number}` 上，但是仓库不允许工作流打开合并请求。**请管理员**二选一：",
        "",
        f"- 现在就[手工打开合并请求]({branch})；",
        f"- 以后自动打开：{_PERMIT}，再重新运行这个工作流（详见 .github/SETUP.md）。",
    ]
    return "\n".join([*lines, *_rest(receipt, words, number, place)])


def _rest(receipt: Receipt, words: Vocabulary, number: int, place: Place) -> Iterator[str]:
    yield from ahead(receipt, words)
    yield from _lacking(receipt)
    yield from _alike(receipt, place)
    yield from _noted(receipt, words, number)
    yield from ("", f"要修改或补充：{EDIT}，保存；登记的内容跟着更新。")


def ahead(receipt: Receipt, words: Vocabulary) -> Iterator[str]:
    """Say what is due next and by when."""
    yield from ("", "**接下来**", "", "| 最迟 | 谁 | 要做的 |", "| --- | --- | --- |")
    for one in receipt.dues:
        late = "（已超时）" if one.at < receipt.as_of else ""
        what = f"{cell(one.name)}{cell(_met_by(one, words))}"
        yield f"| {moment.show(one.at)}{late} | {cell(_who(one, receipt, words))} | {what} |"


def _who(due: Due, receipt: Receipt, words: Vocabulary) -> str:
    """Name who has to meet a limit: the clerk who talks to the user, else the teams that the fault concerns."""
    return _CLERK if due.external else _teams(receipt, words)


def _teams(receipt: Receipt, words: Vocabulary) -> str:
    header = receipt.ticket.header
    if header.get("team") in words.teams:
        return str(header["team"])
    return "或".join(duty.takers(str(header["type"]), words, receipt.as_of)) or _NOBODY


def _urgent(receipt: Receipt, words: Vocabulary) -> Iterator[str]:
    """Say of an urgent fault what happens by itself, and what its author does now."""
    names = "、".join(cell(one.name) for one in words.contacts.values() if one.alerts)
    if names and receipt.ticket.header["severity"] == words.severities()[0]:
        yield f"**{cell(words.severities()[0])}**：接下来几分钟，巡查会通知{names}。不要只等通知，**现在就按公司的应急电话联系{names}**。"
        yield ""


def _met_by(due: Due, words: Vocabulary) -> str:
    """Name what meets a limit, unless its own name does."""
    names = [name for name in due.events if name in words.lifecycle.events]
    if all(name in due.name for name in names):
        return ""
    return f"：{'或'.join(filter(None, ('、'.join(names[:-1]), names[-1])))}"


def _lacking(receipt: Receipt) -> Iterator[str]:
    if receipt.score.missing:
        kind = str(receipt.ticket.header["type"])
        yield from ("", f"**还缺什么**（完整度 {receipt.score.percent} %，补上就不会被退回）", "")
        lines = [f"- {cell(one.title)}：{cell(one.advice(kind))}" for one in receipt.score.missing[:MOST]]
        yield from lines[:_WEIGHTIEST]
        if lines[_WEIGHTIEST:]:
            yield from ("", f"<details><summary>还有 {len(lines) - _WEIGHTIEST} 项</summary>", "")
            yield from (*lines[_WEIGHTIEST:], "", "</details>")


def _alike(receipt: Receipt, place: Place) -> Iterator[str]:
    if receipt.similar:
        yield from ("", "**可能是同一个故障**，先看看有没有现成的办法", "")
    for one in receipt.similar:
        if one.id in receipt.waiting:
            yield f"- {cell(one.id)} {cell(one.title)}（待合并，见 #{receipt.waiting[one.id]}）"
            continue
        address = f"{place.home}/blob/{quote(place.main)}/{quote(one.path)}"
        solution = f"。解决办法：{cell(one.solution)}" if one.solution else ""
        yield f"- [{cell(one.id)}]({address}) {cell(one.title)}（{cell(one.status)}）{solution}"


def _noted(receipt: Receipt, words: Vocabulary, number: int) -> Iterator[str]:
    notes = [*_masked(receipt, number), *_uploaded(receipt)]
    if receipt.is_late:
        late = cell(exposed.title_of(words, "late"))
        notes.append(f"反馈时间比提交表单早了一个工作日以上：请在“{late}”里写为什么")
    notes += [f"这一栏没有登记，其余的登记了。{objections.shown(one, words)}" for one in receipt.left_out[:MOST]]
    notes += _once([objections.shown(one, words) for one in receipt.remarks[:MOST]])
    notes += filter(None, [objections.unused(receipt.unused, words)])
    if notes:
        yield from ("", "**请留意**", "")
        yield from (f"- {one}" for one in notes)


def _once(remarks: list[str]) -> list[str]:
    """Return remarks, each example in the first of them only."""
    shown: set[str] = set()
    found = []
    for one in remarks:
        said, mark, example = one.partition(_EXAMPLE)
        found.append(said if mark and example in shown else one)
        shown.add(example)
    return found


def _masked(receipt: Receipt, number: int) -> Iterator[str]:
    for one in receipt.masked[:MOST]:
        yield f"登记里已把{cell(one)}；#{number} 里还是原样，是用户的信息就请改掉"
    if receipt.beside:
        files = "；".join(f"“{cell(one.label)}”里的{cell(one.what)}" for one in receipt.beside[:MOST])
        yield (
            f"登记里已把附件{files}。上传到这里的那一份还是原样：请管理员联系 GitHub 删除它；"
            "或者删掉整个 issue，遮盖之后重新填一份"
        )


def _uploaded(receipt: Receipt) -> Iterator[str]:
    for one in receipt.refused:
        yield f"附件“{cell(one.label)}”没有收进来：{cell(one.reason)}。{cell(one.help)}"
    if receipt.taken:
        yield f"收下了 {receipt.taken} 个附件"
    if receipt.pictures:
        yield "图片里的拍摄地点等信息已去掉。图片里的字程序看不出：请自己确认没有姓名、电话"
