"""A last look at each page that was built: nothing active that is not the site's own, and nothing from another host.

What tickets say cannot bring either about; a template or an extension of Markdown that somebody adds later could.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

_POLICY = re.compile(r"<meta\s[^>]*Content-Security-Policy", re.IGNORECASE)
_SUSPICIOUS = [
    re.compile(pattern)
    for pattern in (
        r"<script(?! src=\"[\w. ?=-]*\"| id=\"[^\"]*\" type=\"application json\"| type=\"application ld\+json\")",
        r"<iframe|<object|<embed|<applet|<frame|<base|<portal",
        r"<meta[^>]*refresh",
        r" on[a-z]+ *=",
        r" style *=| srcdoc *=",
        r" (?:src|srcset|action) *=(?! *\"(?![^\"]*  )[^\":]*\")",
        r" (?:poster|data|background|manifest|formaction|ping|imagesrcset) *=",
        r"javascript:|vbscript:",
        r"<(?:link|use|image) [^>]*href *= *[\"']? *(?:[a-z]+:)?  ",
    )
]
"""What is worth a closer look, at a hundredth of the cost of one; in small letters, slashes and line ends as spaces."""
_LOADING = {"src", "srcset", "poster", "data", "background", "manifest", "action", "formaction", "ping", "imagesrcset"}
_INERT = {"application/json", "application/ld+json"}
_FOREIGN_TAGS = {"iframe", "object", "embed", "applet", "frame", "base", "portal"}
_NAMING = {"canonical", "alternate", "prev", "next", "license", "author"}
"""What a link may name anywhere: a browser loads nothing because of it."""
_SCRIPTED = {"javascript", "vbscript"}


def faults(text: str, fresh: str | None = None) -> list[str]:
    """Return what is wrong with the HTML of a page, in Chinese; nothing for a good one.

    ``fresh`` are those of its lines that no other page had: what all pages have is looked at in the first.
    """
    found = [] if _POLICY.search(text) else ["没有 Content-Security-Policy"]
    plain = (text if fresh is None else fresh).lower()
    for blank in "\t\n\f\r/":
        plain = plain.replace(blank, " ")
    if any(one.search(plain) for one in _SUSPICIOUS):
        reader = _Reader()
        reader.feed(text)
        reader.close()
        found += reader.found
    return list(dict.fromkeys(found))


class _Reader(HTMLParser):
    """Reads tags as a browser does, and notes what must not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag and its attributes."""
        values = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in values and values.get("type") not in _INERT:
            self.found.append("页内脚本")
        if tag in _FOREIGN_TAGS or (tag == "meta" and values.get("http-equiv", "").lower() == "refresh"):
            self.found.append(f"<{tag}>")
        for name, value in values.items():
            self._attribute(tag, name, value, values.get("rel", ""))

    def _attribute(self, tag: str, name: str, value: str, relation: str) -> None:
        if name.startswith("on") or name in {"style", "srcdoc"}:
            self.found.append(f"<{tag}> 的属性 {name}")
        parts = urlsplit("".join(value.split()))
        if name in _LOADING | {"href", "xlink:href"} and parts.scheme.lower() in _SCRIPTED:
            self.found.append(f"<{tag}> 的 {parts.scheme}: 地址")
        loads = name in _LOADING or (name in {"href", "xlink:href"} and tag not in {"a", "area"})
        if loads and relation not in _NAMING and (parts.netloc or parts.scheme not in {"", "data"}):
            self.found.append(f"<{tag}> 从别的服务器 {parts.netloc or parts.scheme} 加载")
