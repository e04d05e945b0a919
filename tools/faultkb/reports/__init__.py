"""Reports: one module per report, each with a title, and `build` from standings to tables. No formatting here.

`catalogue` finds every module of this package, so a new report is a new file and nothing else.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from types import ModuleType

TEXT = "text"
PROSE = "prose"
"""Text of any length: the column that gives way where the window is narrow."""
NUMBER = "number"
SEVERITY = "severity"
VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the key of its values, its Chinese title, and what kind of value it holds."""

    key: str
    title: str
    kind: str = TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report. Values are str, int, datetime, Person or None; ``empty`` is what to say without rows."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[dict[str, Any]]
    empty: str = "无"


@dataclass(frozen=True, slots=True)
class Report:
    """A report: tables as of a moment, and remarks on what they leave out."""

    title: str
    as_of: datetime
    timezone: str
    tables: tuple[Table, ...]
    remarks: tuple[str, ...] = ()


@cache
def catalogue() -> dict[str, ModuleType]:
    """Return the report modules by name; each has ``TITLE`` and ``build(standings, words, as_of) -> tables``."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}
