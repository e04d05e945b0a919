"""Reports as one self-contained HTML page."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.reports import Report

FORMATS: dict[str, Callable[[Report, TextIO], None]] = {}
