"""Rules about the looks of a file, which ``fault check --fix`` mends: blanks at the ends of lines, the order of fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import tidy, yamltext
from faultkb.finding import NOTE
from faultkb.rules import Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.rules import File


@rule("trailing-space", level=NOTE, scope="file", fixable=True)
def trailing_space(file: File) -> Iterator[Hit]:
    """行末有多余的空格。

    看不见，却会让两个人改同一行时产生冲突，比较改动时也多出没有内容的行。Markdown 用来换行的两个空格、代码块里的不算。
    改法：删去；fault check --fix 可以代改。
    """
    found = tidy.trailing(file.document) if not file.document.problems else []
    if found:
        place = yamltext.line_column(file.document.text, found[0].start)
        rest = f"，共 {len(found)} 行" if len(found) > 1 else ""
        yield Hit((), f"行末有多余的空格{rest}", "删去；fault check --fix 可以代改", at=place)


@rule("key-order", level=NOTE, scope="file", fixable=True)
def key_order(file: File) -> Iterator[Hit]:
    """文件头的字段没有按规定的顺序写。

    每个故障的字段顺序一样，看的人知道往哪里找，合并时也少冲突；顺序就是“字段表”的顺序。
    改法：移到该在的位置；fault check --fix 可以代改，字段前面的注释跟着走。
    """
    if file.document.problems:
        return
    keys, order = list(file.document.header), file.vocabulary.schema.root["properties"]
    if keys == [key for key in order if key in file.document.header]:
        return
    wanted = tidy.ordered(keys, list(order))
    wrong = next((key for key, right in zip(keys, wanted, strict=True) if key != right), None)
    if wrong is not None:
        right = wanted[keys.index(wrong)]
        advice = f"先写 {right}，再写 {wrong}；fault check --fix 可以代改"
        yield Hit((wrong,), "字段的顺序与规定的不同", advice)
