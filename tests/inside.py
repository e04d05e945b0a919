"""`fault` run within this process as it runs in one of its own: its folder, environment, streams and exit code.

Starting Python and importing everything takes several times as long as most commands. What is about the process itself
(signals, pipes, terminals, locales, several at once) starts a real one, and so does at least one test of each command.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import os
import subprocess
import sys
import threading
import traceback
from typing import TYPE_CHECKING

from faultkb import __main__, cli, gitrepo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


PATIENCE = 120.0
"""Seconds after which a command counts as hanging: the process ends with a traceback, and pytest-xdist fails the test."""


def run(folder: Path, environment: Mapping[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run ``python -m faultkb`` in a folder without a terminal."""
    command = [__main__.__file__, *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with (
        open(os.devnull, encoding="utf-8") as nothing,  # noqa: PTH123 - a name of the system
        contextlib.chdir(folder),
        _standing_for(sys, argv=command, stdin=nothing, stdout=out, stderr=err),
        _standing_for(threading, active_count=lambda: 1),  # those of pytest-xdist are not the command's: it forks
        _environment(environment),
        _patience(),
    ):
        code = _main(command[1:])
        out.flush()
        err.flush()
    said, complained = (one.buffer.getvalue().decode("utf-8").replace("\r\n", "\n") for one in (out, err))
    return subprocess.CompletedProcess(command, code, said, complained)


def _main(arguments: list[str]) -> int:
    """Return the exit code, as Python itself makes it of what a program raises."""
    try:
        cli.main(arguments)
    except SystemExit as ended:
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)  # noqa: T201 - as Python does
            return 1
        return ended.code or 0
    except Exception:  # noqa: BLE001 - as Python does
        traceback.print_exc()
        return 1
    return 0


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    faulthandler.dump_traceback_later(PATIENCE, exit=True, file=sys.__stderr__)  # type: ignore[arg-type]
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


@contextlib.contextmanager
def _standing_for(module: object, **values: object) -> Iterator[None]:
    kept = {name: getattr(module, name) for name in values}
    for name, value in values.items():
        setattr(module, name, value)
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(module, name, value)


@contextlib.contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    kept = dict(os.environ)
    _become(wanted)
    try:
        yield
    finally:
        _become(kept)


def _become(wanted: Mapping[str, str]) -> None:
    """Change what differs; a server of the test, in a thread of its own, misses nothing meanwhile."""
    os.environ.update(wanted)
    for name in set(os.environ) - set(wanted):
        del os.environ[name]
    gitrepo._clean.cache_clear()  # noqa: SLF001 - a process has one environment; this one has several
