"""The name by which the user started the program, so that the commands that it proposes can be copied as they stand."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

_LAUNCHER = "FAULT_PROGRAM"
"""The variable in which the launchers of tools/ say how they were called."""
_COMMAND = re.compile(
    r"(?<![\w/\\.-])fault(?= (?:new|log|reply|edit|check|diff|renumber|report|show|list|similar|calendar|doc|export|import|publish"
    r"|site|privacy|migrate|intake|comment|forms|watch|rules|completion)(?![a-z]))"
)
"""The program's name in a command of its own; messages call it ``fault``."""


def called(text: str) -> str:
    """Return a message whose commands begin as the user's own did."""
    return _COMMAND.sub(lambda _: name(), text) if _COMMAND.search(text) else text


def name() -> str:
    """Return what to type for ``fault`` in this folder."""
    given = os.environ.get(_LAUNCHER) or sys.argv[0]
    started = Path(given)
    if started.parts[-2:] == (__package__, "__main__.py"):
        return f"{_typed(Path(sys.executable))} -m {__package__}"
    if given == started.name or (_LAUNCHER not in os.environ and started.stem != "fault"):
        return "fault"  # called by its name alone, or by another program
    beside = started.with_name("fault")  # tools/new and the others are launchers of one command
    return _typed(beside if beside.exists() or started.stem == "fault" else started.resolve().with_name("fault"))


def _typed(program: Path) -> str:
    """Return the shortest way to call a program: its name alone where the shell finds it, else its path."""
    path = Path(os.path.abspath(program))  # noqa: PTH100 - a link of a virtual environment is not to be followed
    short = program.name.removesuffix(".exe")
    found = shutil.which(short)
    if found and Path(os.path.abspath(found)) == path:  # noqa: PTH100
        return short
    if path.is_relative_to(Path.cwd()):
        near = path.relative_to(Path.cwd())
        typed = str(near) if len(near.parts) > 1 else f".{os.sep}{near}"
    else:
        typed = str(program)
    return shlex.quote(typed) if os.name == "posix" else typed
