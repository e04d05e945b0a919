"""What the tests of publishing share: a copy of this repository, Python-Markdown as MkDocs sets it up, HTML as data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import markdown
import pytest
from mkdocs.config import load_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_VOID = {"br", "hr", "img", "input", "link", "meta", "source"}


@dataclass
class Page(HTMLParser):
    """An HTML text as data: every start tag with its attributes, the text, and what must never be there."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: str = ""
    oddities: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare the parser."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag; an attribute that comes twice, or stands alone, is noted as odd."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if len({name for name, _ in attrs}) != len(attrs):
            self.oddities.append(f"repeated attribute in {tag}")

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.oddities.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        """Note a declaration other than the document type."""
        if decl.lower() != "doctype html":
            self.oddities.append(f"declaration {decl}")

    def unknown_decl(self, data: str) -> None:
        """Note a CDATA section or the like."""
        self.oddities.append(f"declaration {data}")

    def handle_pi(self, data: str) -> None:
        """Note a processing instruction."""
        self.oddities.append(f"instruction {data}")


@pytest.fixture(scope="session")
def read_html() -> Callable[[str], Page]:
    """Return a function from HTML to its tags and text."""

    def read(text: str) -> Page:
        page = Page()
        page.feed(text)
        page.close()
        return page

    return read


@pytest.fixture(scope="session")
def to_html(root: Path) -> Callable[[str], str]:
    """Return Python-Markdown with exactly the extensions and settings of mkdocs.yml."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    config = load_config(str(root / "mkdocs.yml"))
    reader = markdown.Markdown(extensions=config["markdown_extensions"], extension_configs=config["mdx_configs"])
    return lambda text: str(reader.reset().convert(text))


@pytest.fixture(scope="session")
def run(root: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs ``fault`` in a folder, as a user does."""

    def fault(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(root / "tools"), **extra}
        return subprocess.run(
            [sys.executable, "-m", "faultkb", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return fault


@pytest.fixture(scope="session")
def copy_repository(root: Path) -> Callable[..., Path]:
    """Return a function that copies what a site is made of; without tickets if asked."""

    def copy(target: Path, *, tickets: bool = True) -> Path:
        generated = {"faults", "reference", "api"}
        shutil.copytree(root / "schema", target / "schema")
        shutil.copytree(
            root / "kb",
            target / "kb",
            ignore=lambda folder, names: generated & set(names) if folder == str(root / "kb") else set(),
        )
        shutil.copy(root / "mkdocs.yml", target)
        if tickets:
            shutil.copytree(root / "tickets", target / "tickets")
        else:
            (target / "tickets").mkdir()
        return target

    return copy


@pytest.fixture(scope="session")
def built(
    copy_repository: Callable[..., Path],
    run: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Return a copy of this repository with its site built, and what the command said."""
    folder = copy_repository(tmp_path_factory.mktemp("built") / "repository")
    return folder, run(folder, "site", "build", "--as-of", "2026-11-20 17:00")
