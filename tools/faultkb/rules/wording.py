"""Rules about words: vague ones for a phenomenon; promises, blame and internal names in what a user hears."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from faultkb import privacy, wording, yamltext
from faultkb.finding import WARNING
from faultkb.rules import Hit, corrections, rule
from faultkb.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from faultkb.document import Document
    from faultkb.privacy import Match
    from faultkb.rules import Case
    from faultkb.ticket import Step
    from faultkb.vocabulary import Vocabulary
    from faultkb.wording.patterns import Spot
    from faultkb.yamltext import Path


@rule("vague-wording", level=WARNING, waivable=True)
def vague_wording(case: Case) -> Iterator[Hit]:
    """现象写得模糊：只有“不好用”“卡顿”“有问题”这样的词，旁边没有事实。

    别人看不出哪里坏了，只好再问用户一遍，或者分析错了方向。检查标题、“现象”与知识库的现象一句话；旁边写了带单位的数、次数、时刻、
    错误代码、引号里的屏幕提示、指示灯、看得见听得到的样子，或按顺序的步骤，就不提醒；用户的原话可以照抄，后面要接事实。
    从旧跟踪表导入的历史只检查知识库的一句话：当时的描述照抄，不改。
    改法：写清现象、频率、步骤、环境、错误代码；提示里有同类故障的例子。词与例子在 schema/wording.yaml，由客服自己维护。
    """
    mine = wording.of(case.vocabulary).vague
    described = (text for text in _described(case) if text.path[0] == "kb" or not case.replay.is_imported)
    for text in described:
        for spot in mine.find(text.text[: wording.LONGEST], _names(case), line=text.path[0] != "sections"):
            yield text.hit(case, spot, "只写“{}”，看不出是什么故障", f"{spot.instead}{_example(case)}")


def _names(case: Case) -> Iterator[str]:
    """Return the products and versions that the ticket names, the longest first."""
    impact = case.ticket.header.get("impact")
    listed = [impact.get(name) for name in ("products", "versions")] if isinstance(impact, dict) else []
    yield from sorted({str(one) for some in listed if isinstance(some, list) for one in some}, key=len, reverse=True)


def _example(case: Case) -> str:
    kind = str(case.ticket.header.get("type", ""))
    example = case.vocabulary.wording.get("examples", {}).get(kind)
    hint = "；写清现象、频率、步骤、环境、错误代码"
    return f"{hint}，例如（{kind}）：{example}" if example else hint


@rule("unconfirmed-promise", level=WARNING, waivable=True)
def unconfirmed_promise(case: Case) -> Iterator[Hit]:
    """对用户承诺了没有确认的时间或结果，例如“明天修好”“三天内解决”“保证”。

    做不到的承诺比没有承诺更伤人，也会成为投诉的依据。看“反馈”“用户确认”的说明和“用户确认”一节；内部的进展、已经发生的事、用户
    提出的要求不算；说哪天上门、寄到，也算。“争取”“计划”“大概”加时间，用户听到的还是时间，也算；只有“预计”可以（“预计明天修好”）：
    流程要求紧急问题告知用户预计处理时限；“预计一定”仍是承诺。
    改法：说“问题已受理，我们很重视，正在处理中，有进展会及时告知您”；时间确实定了，在这个事件里加 confirmed: true
    （fault log 反馈 --confirmed）；fault reply 会写出统一的说法。
    """
    mine = wording.of(case.vocabulary).promises
    for text in _said(case):
        for spot in () if text.confirmed else mine.find(text.text[: wording.LONGEST], text.day):
            yield text.hit(case, spot, "对用户承诺了没有确认的事：“{}”", spot.instead)
        if len(text.text) > wording.LONGEST:  # a section: notes are shorter
            yield Hit(text.path, f"有 {len(text.text)} 字，只检查了前 {wording.LONGEST} 字的用语", _TOO_LONG)


_TOO_LONG = "日志、聊天记录放进同名文件夹作为附件，这里只写结论"


@rule("outward-wording", level=WARNING, waivable=True)
def outward_wording(case: Case) -> Iterator[Hit]:
    """对用户说了不该说的话：怪罪用户、内部的团队与人员、竞争对手，或承认责任、许诺赔偿。

    对外要统一口径：怪罪会激怒用户，内部的名字让用户去找错人，承认责任与赔偿要由公司统一答复。看“反馈”“用户确认”的说明和
    “用户确认”一节；用户自己说的话（“用户要求赔偿”）不算。团队、角色的名字来自 schema/teams.yaml，其余的词在 schema/wording.yaml。
    改法：照提示换一种说法；内部的分析写进“进展”。fault reply 会写出统一的说法。
    """
    said = list(_said(case))
    mine, staff = wording.of(case.vocabulary), named.private(case.ticket, case.vocabulary) if said else {}
    for text in said:
        for spot in mine.outward(text.text, staff):
            yield text.hit(case, spot, _SAID[spot.group], spot.instead)


_SAID = {
    "blame": "“{}”在怪用户，或没把他的问题当回事",
    "internal": "“{}”是内部的说法，用户不需要知道",
    "competitors": "“{}”提到了竞争对手",
    "liability": "“{}”承认了责任，或许诺了赔偿",
}


class _Text(NamedTuple):
    """A text of a ticket: where it stands, the day on which it was said, whether its times are confirmed."""

    path: Path
    text: str
    day: date
    confirmed: bool = False
    step: Step | None = None
    """The event in whose note it stands."""

    def hit(self, case: Case, spot: Spot, message: str, advice: str) -> Hit:
        """Say something about a word of it."""
        private = any(one.start < spot.end and spot.start < one.end for one in _private(self.text, case.vocabulary))
        word = "……" if private else self.text[spot.start : spot.end]
        path = corrections.place(case, self.step, "note") if self.step else self.path
        return Hit(path, message.format(word), advice, private, at=_place(case.document, path, self.text, spot))


@functools.lru_cache(maxsize=2)
def _private(text: str, words: Vocabulary) -> Sequence[Match]:
    """Return the private values in a text, looked for once for all that is found in it."""
    return privacy.find(text[: wording.LONGEST], words.lists)


def _described(case: Case) -> Iterator[_Text]:
    """Return the texts that say what the fault is."""
    day, kb = case.ticket.reported_at.date(), case.ticket.header.get("kb")
    yield _Text(("title",), case.ticket.title, day)
    if isinstance(kb, dict) and isinstance(kb.get("summary"), str):
        yield _Text(("kb", "summary"), kb["summary"], day)
    sections = case.ticket.sections
    for key, path in _SECTIONS.items():
        if sections.get(key):
            yield _Text(path, sections[key], day)


_SECTIONS: dict[tuple[str, str], Path] = {
    ("故障描述", ""): ("sections", "故障描述"),
    ("故障描述", "现象"): ("sections", "故障描述", "现象"),
}


def _said(case: Case) -> Iterator[_Text]:
    """Return what a user hears, as corrections leave it: notes, and the section on what he confirmed."""
    closing = case.vocabulary.lifecycle.closing
    section, names = closing["confirmed_by"], {closing["unreachable"]["after"], closing["confirmed_by"]}
    for step in case.replay.steps:
        event = step.event
        if event.name in names and "note" in event.data:
            confirmed = event.data.get("confirmed") is True
            yield _Text((), str(event.data["note"]), event.at.date(), confirmed, step)
    text = case.ticket.sections.get((section, ""))
    if text:
        # It is written afterwards: what it names up to the last event has come about.
        yield _Text(("sections", section), text, case.ticket.events[-1].at.date() + timedelta(days=1))


def _place(document: Document, path: Path, text: str, spot: Spot) -> tuple[int, int] | None:
    """Return line and column of a word; None where it cannot be found as it stands."""
    word = text[spot.start : spot.end]
    number = text.count(word, 0, spot.start)
    for source, start in _sources(document, path):
        if source.count(word) > number:
            at = source.index(word)
            for _ in range(number):
                at = source.index(word, at + len(word))
            return yamltext.line_column(document.text, start + at)
        number -= source.count(word)
    return None


def _sources(document: Document, path: Path) -> Iterator[tuple[str, int]]:
    """Return the pieces of the file that make a text, with where each begins."""
    if path[0] != "sections":
        place = document.places.get(path)
        start = document.text.index(document.header_text)
        if place:
            yield document.header_text[place.value.start : place.value.end], start + place.value.start
        return
    start, key = len(document.text) - len(document.body), ("", "")
    wanted = (str(path[1]), str(path[2]) if len(path) > 2 else "")  # noqa: PLR2004 - sections, section, part
    for heading in document.headings:
        if heading.level <= 2:  # noqa: PLR2004 - the levels of Markdown headings
            key = (heading.name, "")
        elif heading.level == 3:  # noqa: PLR2004
            key = (key[0], heading.name)
        if key == wanted:
            yield document.body[heading.start : heading.end], start + heading.start
