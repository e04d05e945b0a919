"""Documents as Word files: a template that people edit in Word or WPS, filled with the values of a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.papers import Filled

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from faultkb.attached import Limits
    from faultkb.papers import Paper


def fill(paper: Paper, template: Path, root: Path, limits: Limits, as_of: datetime) -> Filled:
    """Return a document made of the template; pictures are looked for in ``root``/``paper.home``, within the limits.

    Raise FaultError if the template is none, or is written wrongly, in words for its editor.
    """
    raise NotImplementedError
