"""Which faults an article names: by hand, folded in, similar; and that a change reaches no more pages than it must."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from faultkb.publish import kin
from faultkb.publish.article import ARTICLE, REDIRECT, TOMBSTONE, Article

FIRST = date(2026, 1, 5)


def fault(number: int, title: str = "", *, day: int = 0, product: str = "", module: str = "", **kb: Any) -> Article:
    """Return a published fault that shares nothing with others unless said."""
    impact = {"products": [product or f"产品{number}"], "modules": [module or f"模块{number}"], "versions": ["V1"]}
    fields = {"title": title or chr(0x4E00 + 2 * number), "impact": impact, "kb": kb, "severity": "中", "type": "其他"}
    closed = FIRST + timedelta(days=day)
    moment = datetime.combine(closed, time())
    return Article(f"SW-20260105-{number:03d}", ARTICLE, "", fields, {}, (("已关闭", closed),), moment)


def similar(one: Article, *others: Article) -> list[str]:
    """Name the numbers of the faults that are similar to one."""
    return [other.id[-3:] for other in kin.related(one.id, kin.Index([one, *others]))]


@pytest.mark.parametrize("spelling", ["0x8007000E", "8007000e", "８００７０００Ｅ"])
def test_code_makes_kin_however_it_is_spelled(spelling: str) -> None:
    """The same error code is reason enough, and the reason is told as the article itself writes it."""
    one, other = fault(1, error_codes=["0x8007000E"]), fault(2, error_codes=[spelling])
    assert kin.related(one.id, kin.Index([one, other])) == (kin.Kin(other.id, other.title, ("0x8007000E",)),)


def test_one_keyword_is_coincidence_and_two_are_not() -> None:
    """Faults that share a single keyword and nothing else are no kin; two keywords, or the same cause, make them so."""
    one = fault(1, keywords=["看门狗", "重启"], cause="时序")
    assert similar(one, fault(2, keywords=["看门狗"])) == []
    assert similar(one, fault(2, keywords=["看门狗", "重启"])) == ["002"]
    assert similar(one, fault(2, cause="时序")) == ["002"]


def test_like_titles_decide_between_faults_of_one_place() -> None:
    """Product and module alone are not enough; with titles that say the same they are."""
    here = {"product": "网关", "module": "电源"}
    one = fault(1, "网关每晚自动重启", **here)
    others = fault(2, "网关每晚自动重启两次", **here), fault(3, "指示灯不亮", **here)
    assert similar(one, *others) == ["002"]


def test_five_at_most_best_first_then_newest_then_by_id() -> None:
    """Two shared keys come before one; among equals the newest, then the smaller id; the sixth is left out."""
    one = fault(1, error_codes=["E-1"], cause="时序")
    others = [fault(number, error_codes=["E-1"], day=number == 5) for number in range(2, 7)]
    assert similar(one, *others, fault(7, error_codes=["E-1"], cause="时序")) == ["007", "005", "002", "003", "004"]


def test_order_of_the_articles_does_not_matter() -> None:
    """The same faults in any order have the same kin."""
    chance = random.Random(3)  # noqa: S311 - the same faults every time
    some = _crowd(chance, 90)
    shuffled = chance.sample(some, len(some))
    one, other = kin.Index(some), kin.Index(shuffled)
    assert [kin.around(it, one) for it in some] == [kin.around(it, other) for it in some]


def test_named_by_hand_comes_once_and_only_if_it_is_an_article() -> None:
    """What an author named is not repeated among the similar; a withdrawn fault and the fault itself are not named."""
    gone = Article("SW-20260105-009", TOMBSTONE, "withdrawn")
    one = fault(1, error_codes=["E-1"], related=["SW-20260105-002", "SW-20260105-001", gone.id, "SW-20260105-404"])
    other = fault(2, "另一个", error_codes=["E-1"])
    found = kin.around(one, kin.Index([one, other, gone]))
    assert (found.by_hand, found.similar) == (((other.id, "另一个"),), ())


def test_folded_faults_and_their_article_know_each_other() -> None:
    """The article has the ids that were folded in; the redirect has its title, and nothing of what is no article."""
    one = fault(1, "原文")
    folded = [Article(f"SW-20260105-0{number}", REDIRECT, one.id) for number in (12, 11)]
    astray = Article("SW-20260105-013", REDIRECT, "SW-20260105-404")
    index = kin.Index([one, *folded, astray])
    assert kin.around(one, index).folded == ("SW-20260105-011", "SW-20260105-012")
    assert [kin.around(it, index).target for it in (*folded, astray)] == ["原文", "原文", ""]


def _crowd(chance: random.Random, number: int) -> list[Article]:
    """Return faults that share much: two places, ten keywords, five causes, some codes; some named by hand, some folded."""
    return [_any(chance, one, number) for one in range(number)]


def _any(chance: random.Random, one: int, number: int) -> Article:
    other = f"SW-20260105-{chance.randrange(number):03d}"
    if chance.random() < 0.1:
        return Article(f"SW-20260105-{one:03d}", REDIRECT, other)
    return fault(
        one,
        "".join(chance.choices("网关重启掉线夜间升级", k=5)),
        day=chance.randrange(300),
        product="网关",
        module=chance.choice(["电源", "电源", "电源", "网络"]),
        keywords=chance.sample("甲乙丙丁戊己庚辛壬癸", 2),
        cause=chance.choice("子丑寅卯辰"),
        error_codes=[f"E-{chance.randrange(30)}"],
        related=[other] if chance.random() < 0.2 else [],
    )


@pytest.mark.parametrize("seed", range(25))
def test_change_reaches_every_page_that_differs(seed: int) -> None:
    """Whatever is added, removed, withdrawn or rewritten, crowds and lists included: no page differs that was not named."""
    chance = random.Random(seed)  # noqa: S311 - the same faults every time
    before = {one.id: one for one in _crowd(chance, chance.choice([40, 85, 160]))}
    after = dict(before)
    changed = set(chance.sample(sorted(before), chance.choice([1, 3])))
    for name in changed:
        kind = chance.choice(["gone", "withdrawn", "rewritten", "rewritten"])
        del after[name]
        if kind == "withdrawn":
            after[name] = Article(name, TOMBSTONE, "withdrawn")
        if kind == "rewritten":
            after[name] = _any(chance, int(name[-3:]), len(before))
    new = _any(chance, 900, len(before))
    after[new.id] = new
    changed.add(new.id)
    old_index, new_index = kin.Index(before.values()), kin.Index(after.values())
    differing = {
        name
        for name, one in after.items()
        if name not in before or kin.around(one, new_index) != kin.around(before[name], old_index)
    }
    assert differing - kin.affected(changed, old_index, new_index) == set()


def test_change_of_one_among_many_reaches_few() -> None:
    """Of 400 faults of one place, a new title concerns those near in time and those of the same cause or keyword only."""
    some = [
        fault(number, product="网关", module="电源", day=number, cause=f"原因{number % 80}") for number in range(400)
    ]
    changed = [*some[:200], fault(200, "新的标题", product="网关", module="电源", day=200, cause="原因40"), *some[201:]]
    reached = kin.affected([some[200].id], kin.Index(some), kin.Index(changed))
    # 30 before and 30 after, itself, and of the cause 40, 120, 280 and 360.
    assert len(reached) == 65
