"""Words that say nothing, promises and what no user is told: each case as a clerk would write it."""

from __future__ import annotations

import re
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from faultkb import wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from faultkb.vocabulary import Vocabulary
    from faultkb.wording.patterns import Spot

DATA = Path(__file__).parent / "data" / "wording"
CASES = yaml.safe_load((DATA / "cases.yaml").read_text(encoding="utf-8"))
MORE = yaml.safe_load((DATA / "more.yaml").read_text(encoding="utf-8"))
EVERY = [(kind, text) for kind, texts in CASES.items() for text in texts]
THURSDAY, FRIDAY = date(2026, 11, 5), date(2026, 11, 20)
PRODUCTS = ("智能网关 GW2", "摄像机 C5", "V2.3.1")
_MARK = re.compile("[【】]")


def spots(kind: str, text: str, words: Vocabulary) -> Iterator[tuple[int, int]]:
    """Return where the rules find something in a text of a kind."""
    mine = wording.of(words)
    if kind == "note":
        yield from (spot[:2] for spot in mine.promises.find(text, THURSDAY))
        yield from (spot[:2] for spot in mine.outward(text, {"RD017", "ZL001"}))
    else:
        yield from (spot[:2] for spot in mine.vague.find(text, PRODUCTS, line=kind == "title"))


def marked(text: str, found: Iterable[tuple[int, int]]) -> str:
    """Return a text with marks around what was found."""
    for start, end in sorted(found, reverse=True):
        text = f"{text[:start]}【{text[start:end]}】{text[end:]}"
    return text


@pytest.mark.parametrize(("kind", "text"), EVERY, ids=[_MARK.sub("", text)[:24] for _, text in EVERY])
def test_exactly_the_marked_words_are_found(kind: str, text: str, words: Vocabulary) -> None:
    """What is marked in a case is found, at its place, and nothing else."""
    plain = _MARK.sub("", text)
    assert marked(plain, spots(kind, plain, words)) == text


AIM = 0.97


@pytest.mark.parametrize("rule", ["vague-wording", "unconfirmed-promise", "outward-wording"])
def test_precision_and_recall(rule: str, words: Vocabulary, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the sentences in which a rule finds something 97 % deserve it, and of those that deserve it 97 % are found."""
    mine = wording.of(words)
    find: Callable[[str], Sequence[Spot]] = {
        "vague-wording": mine.vague.find,
        "unconfirmed-promise": lambda text: mine.promises.find(text, FRIDAY),
        "outward-wording": mine.outward,
    }[rule]
    cases = [one for one in MORE if one["rule"] == rule]
    wanted = {one["text"] for one in cases if one["flagged"]}
    found = {one["text"] for one in cases if find(one["text"])}
    precision, recall = len(wanted & found) / len(found), len(wanted & found) / len(wanted)
    with capsys.disabled():
        sys.stdout.write(f"\n{rule}: {len(cases)} sentences, precision {precision:.3f}, recall {recall:.3f}\n")
    assert precision >= AIM, found - wanted
    assert recall >= AIM, wanted - found


HOSTILE = ("1", "12:", "三天内", "明天修好", "“卡”", "```\n", "卡顿。", "用户说", "没有问题", "研发", "1. \n", " ", "…")


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_text_makes_the_search_slow(unit: str, words: Vocabulary, patience: float) -> None:
    """A section of nothing but one thing, with a vague word and a promise at either end, takes a fraction of a second."""
    mine = wording.of(words)
    text = f"坏了明天修好{unit * (wording.LONGEST // len(unit))}坏了明天修好"
    started = time.process_time()
    mine.vague.find(text)
    mine.promises.find(text, THURSDAY)
    mine.outward(text, {"RD017"})
    assert time.process_time() - started < patience
