"""``fault doc`` and ``fault report`` as Word files: nothing private in any part of them."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PHONE, MAIL = "13812345678", "zhangsan@example.com"
AS_OF = ("--as-of", "2026-11-05 17:00")


def test_nothing_private(call: Callable[..., Any], office: Path, tmp_path: Path) -> None:
    """A phone number and an address that stand in a ticket are masked in every part of each file."""
    path = office / "tickets" / "2026" / "11" / "SW-20261102-001.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("03:10", f"{PHONE} {MAIL} ![{PHONE}](a/{PHONE}.png) 03:10", 1), encoding="utf-8")
    files = []
    for kind in ("8D", "归档", "故障分析报告"):
        files.append(tmp_path / f"{kind}.docx")
        done = call(office, "doc", "SW-20261102-001", kind, "--output", files[-1], *AS_OF)
        assert done.returncode == 0
        assert PHONE not in done.stderr
    for kind in ("weekly", "status"):
        files.append(tmp_path / f"{kind}.docx")
        assert call(office, "report", kind, "--format", "docx", "--output", files[-1], *AS_OF).returncode == 0
    for file in files:
        with zipfile.ZipFile(file) as archive:
            every = b"".join(archive.read(one) for one in archive.namelist())
        assert PHONE.encode() not in every
        assert MAIL.encode() not in every
        assert b"138****5678" in every or file.stem in {"weekly", "status"}


def test_a_misspelt_placeholder_is_told(call: Callable[..., Any], office: Path, tmp_path: Path) -> None:
    """The document is written; the name that nobody knows is told with the one that was meant, and a script sees it."""
    from docx import Document  # noqa: PLC0415 - only this test needs it

    template = office / "schema" / "documents" / "8D.docx"
    document = Document(str(template))
    document.add_paragraph("{{ 问题编码 }}")
    document.save(str(template))
    done = call(office, "doc", "SW-20261102-001", "8D", "--output", tmp_path / "a.docx", *AS_OF)
    assert done.returncode == 1
    assert "问题编码，是不是 问题编号" in done.stderr


def test_a_broken_template_is_told(call: Callable[..., Any], office: Path) -> None:
    """Nothing is written, and what is wrong is said, not shown as a traceback."""
    (office / "schema" / "documents" / "8D.docx").write_bytes(b"\xd0\xcf\x11\xe0")
    done = call(office, "doc", "SW-20261102-001", "8D", "--output", office / "a.docx", *AS_OF)
    assert (done.returncode, (office / "a.docx").exists()) == (2, False)
    assert "旧的 .doc 格式" in done.stderr
