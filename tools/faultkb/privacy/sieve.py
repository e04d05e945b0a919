"""What a text may have in it, told by a quick look at its digits and letters: most texts need few detectors."""

from __future__ import annotations

import re

_DIGITS = bytes(code if code in b"0123456789" else ord(" ") for code in range(256))
_BETWEEN = b" \t\r\n.*_>-()"
"""What may stand between the digits of one number."""
_SHORTEST, _SHORTEST_CARD = 8, 15
_NO_LETTERS = bytes(code for code in range(256) if code not in b"abcdefghijklmnopqrstuvwxyz_-")
_SHAPE = bytes(
    ord("0") if chr(code).isdigit() else ord("A") if chr(code).isupper() else code if code == ord("?") else ord(" ")
    for code in range(128)
) + bytes(128)
_MOBILE = re.compile(b"1[3-9][0-9]{9}")
_APART = re.compile(
    rb"1(?:[3-9][0-9][^0-9a-z]{1,6}[0-9]{4}[^0-9a-z]{1,6}[0-9]{4}(?![0-9])|[^0-9a-z]{1,6}[3-9][^0-9a-z]{1,6}[0-9][^0-9a-z]{1,6}[0-9][^0-9a-z])"
)
_LANDLINE = re.compile(b"0[1-9][0-9]{9}|86[1-9][0-9]{9}")
_AREA = re.compile("）(?:(?<=0[0-9]{2}）)|(?<=0[0-9]{3}）))")
_CREDIT = re.compile(b"9[1-3][0-9]{6}")
_QUAD = re.compile(rb"\.[0-9]{1,3}\.[0-9]{1,3}\.")
_HEX = re.compile(b":[0-9a-f]{0,4}:[0-9a-f]{0,4}:")
_SPELT = re.compile("一[三四五六七八九][零〇一二三四五六七八九幺]{1,5}.[零〇一二三四五六七八九幺]{2}")
_SPELT_OTHERWISE = re.compile("[幺壹][三四五六七八九叁肆伍陆柒捌玖]")
_PLATE = re.compile(rb"\?A[ ?]{0,3}[A0]{4}")
_AT = re.compile(rb"at(?<=[\[({?]at)[\])}?]")


class Sieve:
    """The letters and digits of a text; each question is answered with no only if the detector would find nothing."""

    def __init__(self, text: str, plain: str) -> None:
        """Look at a text; ``plain`` is the same with a dash for each blank or dash that is not of ASCII."""
        bare = plain.encode("ascii", "replace")
        self._text = text
        self.shape = bare.translate(_SHAPE)
        """A zero for each digit, A for each capital, a question mark for what is not of ASCII, and blanks."""
        self.lower = bare.lower()
        """The text in lower case, with a question mark for what is not of ASCII: each character is where it was."""
        self.letters = self.lower.translate(None, _NO_LETTERS)
        """Nothing but the letters of ASCII, and what joins words."""
        runs = bare.translate(_DIGITS, _BETWEEN).split()
        self._numbers = b" ".join([run for run in runs if len(run) >= _SHORTEST])

    def has_mobile(self) -> bool:
        """Ask for eleven digits of a mobile number, whatever is between them."""
        return _MOBILE.search(self._numbers) is not None

    def has_apart_mobile(self) -> bool:
        """Ask for groups or single digits with any signs between them."""
        return _APART.search(self.lower) is not None

    def has_spelt_mobile(self) -> bool:
        """Ask for a mobile number in Chinese numerals."""
        return _SPELT.search(self._text) is not None or (
            ("幺" in self._text or "壹" in self._text) and _SPELT_OTHERWISE.search(self._text) is not None
        )

    def has_landline(self) -> bool:
        """Ask for a number with an area code."""
        return _LANDLINE.search(self._numbers) is not None or (
            "）" in self._text and _AREA.search(self._text) is not None
        )

    def has_card(self) -> bool:
        """Ask for as many digits as the number of a card has."""
        return max(map(len, self._numbers.split()), default=0) >= _SHORTEST_CARD

    def has_credit(self) -> bool:
        """Ask for the digits that the code of a company begins with, or for the label of another one."""
        text = self._text
        return (
            _CREDIT.search(self._numbers) is not None
            or "税" in text
            or "纳" in text
            or ("代" in text and "信用代码" in text)
        )

    def has_quad(self) -> bool:
        """Ask for numbers with dots."""
        return _QUAD.search(self.lower) is not None

    def has_hex(self) -> bool:
        """Ask for hexadecimal numbers with colons."""
        return _HEX.search(self.lower) is not None

    def has_plate(self) -> bool:
        """Ask for capitals and digits behind a character that is not of ASCII; small letters need the word for car."""
        return "车" in self._text or _PLATE.search(self.shape) is not None

    def has_spelt_mail(self) -> bool:
        """Ask for the ways to spell a mail address without its sign."""
        return (
            ("%" in self._text and b"%40" in self.lower)
            or (b"dot" in self.letters and b"dot" in self.lower)
            or _AT.search(self.lower) is not None
        )
