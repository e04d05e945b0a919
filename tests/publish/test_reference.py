"""The generated pages that explain the process say everything that the program reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import facts
from faultkb.publish import reference
from faultkb.publish.safe_markdown import escape

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary


def test_every_column_of_the_fact_tables_is_documented(words: Vocabulary) -> None:
    """Each has a line with its key, its title, its type and what it means, in the order of the table."""
    page = dict(reference.pages(words))["reference/facts.md"]
    lines = [line for line in page.splitlines() if line.startswith("| `")]
    columns = [*facts.FAULTS, *facts.CLOCKS]
    assert len(lines) == len(columns)
    for line, column in zip(lines, columns, strict=True):
        assert line.startswith(f"| `{column.key}` | {escape(column.title)} | ")
        assert line.endswith(f" | {escape(column.hint)} |")
    assert page.index("## faults") < page.index("`returned`") < page.index("## clocks") < page.index("`fault_id`")


def test_every_page_is_in_the_navigation(root: Path, words: Vocabulary) -> None:
    """A page that nobody can reach explains nothing."""
    site = (root / "mkdocs.yml").read_text(encoding="utf-8")
    assert [name for name, _ in reference.pages(words) if f": {name}\n" not in site] == []
