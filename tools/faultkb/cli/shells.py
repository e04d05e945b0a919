"""The shells that can ask for completions: their scripts, how they ask, and the answer as each wants it."""

from __future__ import annotations

from os.path import commonprefix
from pathlib import Path
from typing import TYPE_CHECKING

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

if TYPE_CHECKING:
    import click


class _Shell(ShellComplete):
    """What the shells share: their scripts are files beside this one, and nothing is ever said but completions."""

    def source(self) -> str:
        """Return the script of the shell, which calls the program as it was typed."""
        return (Path(__file__).with_name("completions") / f"fault.{self.name}").read_text(encoding="utf-8")

    def complete(self) -> str:
        """Return the answer for the shell; nothing whatever goes wrong, since it would land in the line being typed."""
        try:
            return super().complete()
        except Exception:  # noqa: BLE001 - a broken ticket, a missing folder, an odd environment: no completions
            return ""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Complete ``--option=val`` as a whole: zsh and fish replace the whole word."""
        found = super().get_completions(args, incomplete)
        option, sign, _ = incomplete.partition("=")
        if not sign or not option.startswith("-"):
            return found
        return [CompletionItem(f"{option}={one.value}", one.type, one.help) for one in found]


class Bash(_Shell, BashComplete):
    """Bash, which takes an equals sign for a word of its own, and types the beginning that all matches share."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one being typed, and that one."""
        args, incomplete = super().get_completion_args()
        return [one for one in args if one != "="], incomplete

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Keep what is typed where the matches share a beginning without it: bash would put that in its place."""
        found = ShellComplete.get_completions(self, args, incomplete)
        shared = commonprefix([str(one.value) for one in found])  # noqa: RUF071 - text, not a path
        lost = len(found) > 1 and shared and incomplete.upper() not in shared.upper()
        return [*found, CompletionItem(incomplete)] if lost else found


class Zsh(_Shell, ZshComplete):
    """Zsh."""

    def format_completion(self, item: CompletionItem) -> str:
        """Return type, value and help, a line each; a colon would end a value that has a help text."""
        value = str(item.value)
        return f"{item.type}\n{value.replace(':', chr(92) + ':') if item.help else value}\n{item.help or '_'}"


class Fish(_Shell, FishComplete):
    """Fish."""


SHELLS: dict[str, type[_Shell]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}


def script(group: click.Command, shell: str) -> str:
    """Return the script that a shell reads once to complete the command ``fault`` from then on."""
    return SHELLS[shell](group, {}, "fault", "_FAULT_COMPLETE").source()


def register() -> None:
    """Let click answer the shells with these classes."""
    for one in SHELLS.values():
        add_completion_class(one)
