"""Where the result of a command goes: the screen, or a file that is written whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

import click

from faultkb.finding import FaultError, reason

if TYPE_CHECKING:
    from collections.abc import Callable

output_option = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="写到文件（默认：屏幕）"
)


def deliver(render: Callable[[TextIO], Any], output: Path | None) -> None:
    """Write text to the screen or to a file. Raise FaultError if the file cannot be written."""
    if output is None:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(newline="")  # the line ends are the format's own, on Windows, too
        render(sys.stdout)
        return
    stream = io.StringIO()
    render(stream)
    save(output, stream.getvalue().encode())


def deliver_bytes(render: Callable[[BinaryIO], Any], output: Path | None) -> None:
    """Write bytes to a file or a pipe; a terminal would show nothing sensible. Raise FaultError if that fails."""
    if output is None and sys.stdout.isatty():
        raise FaultError("这种格式不能显示在屏幕上：加上 --output 文件名")
    stream = io.BytesIO()
    render(stream)
    if output is None:
        sys.stdout.buffer.write(stream.getvalue())
    else:
        save(output, stream.getvalue())


def save(output: Path, data: bytes) -> None:
    """Write a file whole or not at all, and say so on stderr. Raise FaultError if it cannot be written."""
    write(output, data)
    click.echo(f"已写到 {output}", err=True)


def write(output: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raise FaultError if it cannot be written."""
    try:
        if output.exists() and not output.is_file():  # a pipe or a device
            output.write_bytes(data)
        else:
            draft = output.with_name(f".{output.name}.{os.getpid()}")
            try:
                draft.write_bytes(data)
                draft.replace(output)
            finally:
                draft.unlink(missing_ok=True)
    except OSError as error:
        raise FaultError(f"写不了 {output}：{reason(error)}") from None
