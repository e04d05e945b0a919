"""``fault report`` as csv, xlsx and html, and one table of it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from faultkb.reports import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = ("--as-of", "2026-11-05 12:00")


def test_csv_reaches_a_pipe_as_it_is(
    office: Path, environment: dict[str, str], call: Callable[..., Any], tmp_path: Path
) -> None:
    """The mark for UTF-8 and CRLF come through, byte for byte what --output writes."""
    command = [sys.executable, "-m", "faultkb", "report", "--format", "csv", "--table", "overdue", *AS_OF]
    piped = subprocess.run(command, cwd=office, env=environment, capture_output=True, check=True).stdout
    assert piped.startswith(b"\xef\xbb\xbf")
    assert piped.count(b"\r\n") == piped.count(b"\n") == 4  # title, headings, one fault, an empty line
    call(office, *command[3:], "--output", tmp_path / "overdue.csv")
    assert (tmp_path / "overdue.csv").read_bytes() == piped


def test_xlsx_reaches_a_pipe_as_it_is(office: Path, environment: dict[str, str]) -> None:
    """Without --output the workbook goes to the pipe."""
    command = [sys.executable, "-m", "faultkb", "report", "--format", "xlsx", *AS_OF]
    piped = subprocess.run(command, cwd=office, env=environment, capture_output=True, check=True).stdout
    assert "等待受理" in openpyxl.load_workbook(io.BytesIO(piped)).sheetnames


@pytest.mark.parametrize("form", ["csv", "html", "xlsx", "docx"])
@pytest.mark.parametrize("kind", catalogue())
def test_every_report_in_every_format(
    call: Callable[..., Any], office: Path, tmp_path: Path, kind: str, form: str
) -> None:
    """Each report can be written, with the faults behind its figures, twice the same."""
    files = [tmp_path / f"{number}.{form}" for number in (1, 2)]
    for path in files:
        done = call(office, "report", kind, "--which", "--format", form, "--output", path, *AS_OF)
        assert (done.returncode, done.stdout) == (0, "")
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("name", ["teams", "各团队未关闭的故障"])
def test_one_table(call: Callable[..., Any], office: Path, name: str) -> None:
    """``--table`` takes the id or the title, and leaves everything else out."""
    data = json.loads(call(office, "report", "--format", "json", "--table", name, *AS_OF).stdout)
    assert set(data) == {"schema_version", "as_of", "timezone", "teams", "remarks"}


def test_unknown_table(call: Callable[..., Any], office: Path) -> None:
    """A table that is not there: exit 2, and the names of those that are."""
    done = call(office, "report", "--table", "nothing", *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("错误：这个报告里没有“nothing”这个表；可以写：counts（状态与严重程度）、")
