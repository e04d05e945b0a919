"""SLA clocks case by case: every clock with its start, stop, pause, change of severity, reopening and closing.

The cases are tests/data/clocks/*.yaml, one file a clock, worked out by hand from the contract (DESIGN §5) with the reason
beside each. The arrangement of 2027 is not published in the pinned ``chinesecalendar``; once it is, the cases that end
there are to be worked out anew.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from faultkb import clocks, ticket

from .conftest import CARRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faultkb.calendar import WorkCalendar
    from faultkb.clocks import Clock
    from faultkb.finding import Finding
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

    Case = dict[str, Any]

