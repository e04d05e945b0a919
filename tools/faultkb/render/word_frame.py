"""What stands around the text of each page: the company, the title, the number of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docx.oxml.ns import qn

from faultkb.render.word_xml import element, paragraph, run

if TYPE_CHECKING:
    from faultkb.papers.letterhead import Picture


def text_width(section: Any) -> int:
    """Return the width between the margins of a page, in twentieths of a point."""
    return int((section.page_width - section.left_margin - section.right_margin) / 635)


def dress(document: Any, company: str, title: str, below: str, logo: Picture | None) -> None:
    """Give a document a header with the company and the title, and a footer with ``below`` and the number of the page."""
    section = document.sections[0]
    room = text_width(section)
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    part, styles = section.header.part, {one.name: one.style_id for one in document.styles}
    style = styles["header"] if "header" in styles else styles["Header"]
    head = section.header._element  # noqa: SLF001 - python-docx has no other way to its content
    _emptied(head).append(_line(room, [_picture(part, logo), run(f" {company}")], [run(title)], style))
    foot = section.footer._element  # noqa: SLF001
    number = [run("第 "), *_field("PAGE"), run(" 页　共 "), *_field("NUMPAGES"), run(" 页")]
    _emptied(foot).append(_line(room, [run(below)], number, style))


def _emptied(story: Any) -> Any:
    for one in list(story):
        story.remove(one)
    return story


def _line(room: int, left: list[Any], right: list[Any], style: str) -> Any:
    made = paragraph(None, [*left, element("w:r", element("w:tab")), *right], style)
    stops = [element("w:tab", val="clear", pos=4819), element("w:tab", val="clear", pos=9638)]
    made.pPr.append(element("w:tabs", *stops, element("w:tab", val="right", pos=room)))
    made.pPr.append(element("w:textAlignment", val="center"))
    return made


def _picture(part: Any, logo: Picture | None) -> Any:
    if logo is None:
        return run("")
    from faultkb.render.word_pictures import LOGO, placed

    return element("w:r", placed(part, logo.data, "", LOGO, 1))


def _field(code: str) -> list[Any]:
    """Return the runs of a field that Word reckons when it shows the page."""
    order = element("w:instrText")
    order.text = f" {code} "
    order.set(qn("xml:space"), "preserve")
    marks = [element("w:r", element("w:fldChar", fldCharType=kind)) for kind in ("begin", "separate", "end")]
    return [marks[0], element("w:r", order), marks[1], run("1"), marks[2]]
