"""``fault export facts``: the same values as CSV, JSON and Parquet, for those who compute their own figures."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pyarrow import parquet

from faultkb import facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

AS_OF = ("--as-of", "2026-11-05 12:00")
KINDS = {facts.TIME: "timestamp[ms]", facts.FLAG: "bool", facts.LIST: "list<element: string>", "number": "int64"}


def as_text(value: Any) -> str:
    """Write a value of a Parquet table as the CSV has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "；".join(value)
    return "" if value is None else value.isoformat(" ", "minutes") if isinstance(value, datetime) else str(value)


def as_json(value: Any) -> Any:
    """Write a value of a Parquet table as the JSON has it."""
    return value.isoformat(" ", "minutes") if isinstance(value, datetime) else value


def test_the_three_formats_say_the_same(call: Callable[..., Any], root: Path, tmp_path: Path) -> None:
    """All sample tickets: each value of the Parquet file is that of the CSV and of the JSON; types are real."""
    moment = ("--as-of", "2026-11-20 17:00")
    for form in ("csv", "parquet"):
        done = call(root, "export", "facts", "--format", form, "--output", tmp_path, *moment)
        assert done.returncode == 0, done.stderr
        assert sorted(path.stem for path in tmp_path.glob(f"*.{form}")) == ["clocks", "faults"]
    data = json.loads(call(root, "export", "facts", "--format", "json", *moment).stdout)
    assert {key: data[key] for key in ("schema_version", "as_of", "timezone")} == {
        "schema_version": 1,
        "as_of": "2026-11-20 17:00",
        "timezone": "Asia/Shanghai",
    }
    for name, columns in facts.TABLES.items():
        table = parquet.read_table(tmp_path / f"{name}.parquet")
        rows = table.to_pylist()
        text = (tmp_path / f"{name}.csv").read_text(encoding="utf-8-sig")
        listed = list(csv.DictReader(io.StringIO(text)))
        assert len(rows) >= 51
        assert [{key: as_text(value) for key, value in row.items()} for row in rows] == listed
        assert [{key: as_json(value) for key, value in row.items()} for row in rows] == data[name]
        assert {field.name: str(field.type) for field in table.schema} == {
            column.key: KINDS.get(column.kind, "string") for column in columns
        }
        assert table.schema.metadata[b"timezone"] == b"Asia/Shanghai"
        assert table.schema.metadata[b"as_of"] == b"2026-11-20 17:00"


def test_one_table_on_the_screen(call: Callable[..., Any], office: Path) -> None:
    """With --table the CSV goes to stdout, with the mark that tells Excel its encoding; filters hold."""
    done = call(office, "export", "facts", "--table", "faults", "--severity", "高", *AS_OF)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("\ufeffid,title,")
    (row,) = csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff")))
    # Planned for Tuesday 18:00, now it is Thursday noon.
    assert (row["id"], row["owner"], row["late"], row["users"]) == ("HW-20261029-001", "RD017", "true", "12")
    assert row["products"] == "智能门锁 L7"


def test_one_table_as_json(call: Callable[..., Any], office: Path) -> None:
    """Only the table that was asked for."""
    data = json.loads(call(office, "export", "facts", "--table", "clocks", "--format", "json", *AS_OF).stdout)
    assert set(data) == {"schema_version", "as_of", "timezone", "clocks"}
    assert {row["fault_id"] for row in data["clocks"]} == {
        "SW-20261104-001",
        "SW-20261102-001",
        "HW-20261029-001",
        "SW-20261030-001",
    }


def test_no_text_becomes_a_formula(
    call: Callable[..., Any], empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]
) -> None:
    """A title or product that begins like a formula is marked as text."""
    text = write_text("登记", title='"=HYPERLINK(0)"', impact="{users: 1, products: ['@A1', 乙], versions: [V1]}")
    put_ticket(empty, "SW-20261102-001", text)
    done = call(empty, "export", "facts", "--table", "faults", *AS_OF)
    (row,) = csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff")))
    assert (row["title"], row["products"]) == ("'=HYPERLINK(0)", "'@A1；乙")


def test_two_tables_need_a_folder(call: Callable[..., Any], office: Path, tmp_path: Path) -> None:
    """Two CSV tables do not fit the screen, and a folder cannot be made where a file is."""
    done = call(office, "export", "facts", *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--output" in done.stderr
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = call(office, "export", "facts", "--output", tmp_path / "file" / "x", *AS_OF)
    assert done.returncode == 2
    assert "建不了文件夹" in done.stderr


def test_unreadable_files_are_named(call: Callable[..., Any], office: Path) -> None:
    """What is missing in the tables is said on stderr."""
    (office / "tickets" / "2026" / "11" / "SW-20261105-001.md").write_text("没有文件头", encoding="utf-8")
    done = call(office, "export", "facts", "--format", "json", *AS_OF)
    assert "有 1 个文件读不出来" in done.stderr
    assert len(json.loads(done.stdout)["faults"]) == 4


def test_parquet_without_pyarrow(
    call: Callable[..., Any], office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra that is not installed is named, with how to install it; nothing is written."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = call(office, "export", "facts", "--format", "parquet", "--output", tmp_path / "out", *AS_OF)
    assert done.returncode == 2
    assert "pip install pyarrow" in done.stderr
    assert list(tmp_path.glob("out/*")) == []
