"""What the detectors share: blanks and dashes of all kinds, and words that announce a serial number."""

from __future__ import annotations

import re

BLANK = " \t\u00a0\u2000-\u200a\u202f\u3000"
DASH = "\\-\u2010-\u2015\u2212"
HAN = "\u3400-\u4dbf\u4e00-\u9fff"

_LOOK_BACK = 24
_CHINESE = (
    "(?:订单|工单|单|流水|序列|编|批|料|快递|发票|合同|设备|机身|串|资产|条码|物料|版本|图|件|型)号|条形?码|批次|时间戳|计数|编码|序列|流水|货号|订单|运单|工号"
    "|图纸|字节数?|累计|总[数量计]|流量|收发|[激兑校]?[活换验]码"
)
_ENGLISH = (
    r"imei|imsi|iccid|meid|s/?n|mac|uuid|guid|serial(?:[ _-]?(?:no|number))?|order(?:[ _-]?(?:id|no))?|[a-z]{1,10}[_-]?id|seq|ts|timestamp|time|epoch|id"
    "|[rt]x|vlan|lba|[pd]ts|count(?:er)?|offset|addr|hash|commit|oid|ean|upc|size|len|bytes|nonce|crc|sum|ticks?|cycles?|uptime|jiffies|pos|ptr|total|duration|elapsed|clock|freq"
    "|idx|index|adc|heap|free|mem|rss|step|delta|packets|frames|p/?n|part(?:[ _-]?no)?|model"
)
_FILL = " \t\u00a0\u202f\u3000#:：=\"'_|-\u2212（(+,，" + "".join(
    map(chr, (*range(0x2000, 0x200B), *range(0x2010, 0x2016)))
)
_UNIT = "(?:_(?:[mun]?s|[km]?b|bytes|count|total))?"
_SUM = re.compile(rf"[0-9)）][{BLANK}]{{0,3}}=[{BLANK}]{{0,3}}\Z")
"""What a calculation gives: 2^34 = …"""
_SERIAL = re.compile(
    rf"(?:{_CHINESE})(?:[码号数值]|为|是)?[{BLANK}#:：=\"'_|{DASH}]{{0,5}}$"
    rf"|(?<![a-z])(?:{_ENGLISH}){_UNIT}(?:[码号数值]|为|是)?[{BLANK}#:：=\"'_|,{DASH}]{{0,5}}$"
)


def is_serial(text: str, at: int) -> bool:
    """Say whether the words before a place announce the number of a thing, and not of a person."""
    ahead = before(text, at, _LOOK_BACK)
    if ahead[-1:] == ",":  # bytes: 13812345512,13912345512
        ahead = before(text, at, 2 * _LOOK_BACK).rstrip(",0123456789")[-_LOOK_BACK:]
    if "=" in ahead and _SUM.search(ahead):
        return True
    return is_behind_word(ahead) and _SERIAL.search(ahead.lower()) is not None


def is_behind_word(ahead: str, fill: str = "") -> bool:
    """Say whether there is a letter or a Chinese character at the end, but for blanks and signs."""
    return ahead.rstrip(_FILL + fill)[-1:].isalpha()


def before(text: str, at: int, length: int = 16) -> str:
    """Return the few characters before a place."""
    return text[max(0, at - length) : at]
