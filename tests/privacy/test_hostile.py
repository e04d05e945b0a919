"""No text makes the detectors slow."""

from __future__ import annotations

import time

import pytest

from faultkb import privacy

# fmt: off
_PIECES = (
    "1", "12", "1 ", "1-", "13 ", "1 3 ", "13812345512 ", "138 1234 5512 ", "1381234\n5512 ", "电话1", "+86", "0571-",
    "0571-88886666 ", "@", "a@", "a@a.", "a@a.a", "a[at]", "%40a.", " at a dot b", "张", "王小", "联系人", "联系人张",
    "联系人：张三", "张三、", "用户张三反映", "先生", "张三先生", "密码:", "密码：abcd ", "token=", "token=a1",
    "password", "key", "api key:", "<", "<b>", "<b ", "</", "<b x=1>", "*", "**a", "**a**", "张*", "\u200b",
    "1\u200b", "`1", "&", "&#49;", "&#1", "\\n", "\\u4e00", "://a:", "://a:b@", "::", "a:b:", "1.2.3.4 ", "19",
    "1 9 2 0 ", "6222 ", "4111111111111111 ", "330106199003071236 ", "91330106", "浙A1", "浙A12C38 ", "路1号",
    "中山路1号2幢", "小区1", "一三八", "QQ 12345 ", "微信a", "-----BEGIN PRIVATE KEY-----", "eyJ", "eyJaaaaaaaaa.",
    "ghp_a", "sk-a", "AKIA", "authorization: ", "Bearer aaaaaaaaaaaaaaaaa ", "cookie sid=abcdefgh1 ", " ", "\n",
    "1\n", "人：", "姓名\t", "name: 张", "（", "人（a", "欧阳", "浙江省", "市区路1号", "IMEI ", "１", "①",
    "\U0001d7d8", "(0571)", "_1_3", "İ", "1\r\n>", "mysql ", "mysql -p", "redis-cli -a", "密码现", "密码改为a", "联 系 人 ", "客户：阿古·", "路\n1号", "0571\n",
    "1,", "—", "信", "sid=", "session id: a1", "sshpass -p ", "curl -u a",
    "138/1234/", "138,1234,5021 ", "1/", "1\n- ", "手机：1,", "138****5512 ", "张三 138****5512 ", "***1",
    "RD017 ", "张三RD017", "由张三", "@张三 ", "@张", "姓名,", "姓名|\n",
    "姓名,电话\n张三,1\n", "|", "|张三", "联系人\n", "联系人\n张三\n", "张三\n", "张三（客户）", "用户张", "李 建 国 先生",
    "[^1]", "[", "¹", "密码\n", "密码：\n\n\n", "验证码1234 ", "2^3 = 1",
)
# fmt: on
_LONG = ("x" * 70 + "@", "1" * 400 + "@", "-" * 60, "a" * 5000, "x@x" + ".x" * 9)
_SIZE = 100_000
_SLOWEST = 0.5
"""Seconds. Usual are 0.02 to 0.15; what grows with the square of the length would take minutes."""


@pytest.mark.parametrize("piece", [*_PIECES, *_LONG], ids=lambda piece: ascii(piece)[:30])
def test_hostile_text_takes_no_time(piece: str) -> None:
    """The time grows with the length of the text and not faster, whatever it repeats."""
    text = (piece * (_SIZE // len(piece) + 1))[:_SIZE]
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        privacy.find(text)
        taken.append(time.perf_counter() - began)
        if taken[-1] < _SLOWEST:
            break
    assert min(taken) < _SLOWEST
