"""The quick look at a text keeps no detector from what it would find."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from faultkb.privacy import accounts, cards, network, phones
from faultkb.privacy.sieve import Sieve
from faultkb.privacy.view import View

_TEXTS = [
    case["text"]
    for name in ("cases.yaml", "unseen.yaml", "more.yaml")
    for case in yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
]
_QUESTIONS = {
    Sieve.has_mobile: phones.find_mobile,
    Sieve.has_spelt_mobile: phones.find_spelt,
    Sieve.has_apart_mobile: phones.find_apart,
    Sieve.has_landline: phones.find_landline,
    Sieve.has_card: cards.find,
    Sieve.has_credit: cards.find_credit,
    Sieve.has_quad: network.find_ipv4,
    Sieve.has_hex: network.find_ipv6,
    Sieve.has_plate: accounts.find_plates,
}


@pytest.mark.parametrize("ask", _QUESTIONS, ids=lambda ask: ask.__name__)
def test_no_means_that_nothing_is_there(ask: object) -> None:
    """Where a detector finds anything in any of the cases, the question was answered with yes."""
    views = [View(text) for text in _TEXTS]
    found = [view for view in views if list(_QUESTIONS[ask](view.text))]
    assert found
    assert [view.text for view in found if not ask(Sieve(view.text, view.plain))] == []


def test_spelt_mail_is_asked_for() -> None:
    """Each way to spell a mail address without its sign makes the detector look."""
    for text in ("a[at]b.cn", "a (AT) b.cn", "a（at）b.cn", "a%40b.cn", "a at b dot cn", "a{at}b.cn"):
        assert Sieve(text, View(text).plain).has_spelt_mail()
    assert not Sieve("电话回访 at 09:12", "电话回访 at 09:12").has_spelt_mail()


def test_ordinary_text_needs_no_look() -> None:
    """Times, versions, ids and masks of a ticket open none of the gates."""
    text = "id: HW-20261103-001\noccurred_at: 2026-11-03 09:12\ncontact: 138****5512\n固件 V2.3.1 重启 12 次，批次 20260318 的 27 台"
    sieve = Sieve(text, View(text).plain)
    assert [ask.__name__ for ask in _QUESTIONS if ask(sieve)] == []
