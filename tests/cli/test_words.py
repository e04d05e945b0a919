"""The words of the command line: click's own in Chinese, and every command in both READMEs."""

from __future__ import annotations

import string
from pathlib import Path

import click
import pytest
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from faultkb import cli

CATALOGUE = Path(cli.__file__).parents[1] / "locale" / "zh_CN" / "LC_MESSAGES" / "messages.po"

UNUSED = {
    # deprecations, passwords, editors, pagers, colours and completion: no command of ours has any
    "deprecated": "no command is deprecated",
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}": "no command is deprecated",
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}": "no option is deprecated",
    "Repeat for confirmation": "no password",
    "Error: The two entered values do not match.": "no password",
    "Do you want to continue?": "no confirmation option",
    "Confirm the action without prompting.": "no confirmation option",
    "Press any key to continue...": "no pause",
    "Unknown color {colour!r}": "no colour is chosen by the user",
    "Couldn't detect Bash version, shell completion is not supported.": "our own scripts ask for no version",
    "Shell completion is not supported for Bash versions older than 4.4.": "our own scripts ask for no version",
    "%(prog)s, version %(version)s": "the version option has its own words",
    "Show the version and exit.": "the version option has its own words",
    "env var: {var}": "variables are named in the help of their option",
    # types that no option has
    "{value!r} is not a valid UUID.": "no UUID",
    "{value!r} does not match the format {format}.": "times have a type of their own",
    "{value!r} is not a valid boolean. Recognized values: {states}": "flags take no value",
    "{len_type} values are required, but {len_value} was given.": "no tuples",
    "Takes {nargs} values but 1 was given.": "no option of several values",
    "Value must be an iterable.": "no option of several values",
    "Choice({choices})": "only for developers",
    "(dynamic)": "no default is computed",
    "Missing {param_type}": "only parameters of a kind of their own",
    "Could not open file {filename!r}: {message}": "files are opened by the commands",
    "unknown error": "files are opened by the commands",
    # mistakes of a developer
    "Name '{name}' defined twice": "developer",
    "Boolean option {decl!r} cannot use the same flag for true/false.": "developer",
    "Could not determine name for option with declarations {decls!r}": "developer",
    "No options defined but a name was passed ({name}). Did you mean to declare an argument instead? Did you mean to pass '--{name}'?": "developer",
    "Arguments take exactly one parameter declaration, got {length}: {decls}.": "developer",
    "Invalid start character for option ({option})": "developer",
    "Unknown standard stream '{name}'": "developer",
}
"""Messages of click that no user of this program meets, with the reason."""


def own_words_of_click() -> set[str]:
    """Return every message that click looks up in a catalogue, but for editors and Windows' console."""
    folder = Path(click.__file__).parent
    found = set()
    for path in sorted(folder.glob("*.py")):
        if path.name not in {"_termui_impl.py", "_winconsole.py"}:
            for _, message, _, _ in extract_from_file("python", path, keywords={"_": None, "ngettext": (1, 2)}):
                found.add(message if isinstance(message, str) else message[0])
    return found


def test_compiled_catalogue_equals_its_source() -> None:
    """messages.mo is what messages.po says: whoever changes the words compiles them."""
    with CATALOGUE.open("rb") as source, CATALOGUE.with_suffix(".mo").open("rb") as compiled:
        written, used = read_po(source), read_mo(compiled)

    def plain(text: object) -> object:
        return tuple(text) if isinstance(text, list) else text

    assert {plain(one.id): plain(one.string) for one in written if one.id} == {
        plain(one.id): plain(one.string) for one in used if one.id
    }
    assert not any(one.fuzzy for one in written)


def test_translations_keep_their_placeholders() -> None:
    """Each translation is there, and uses no placeholder that the original does not give."""
    with CATALOGUE.open("rb") as source:
        for one in read_po(source):
            originals = [one.id] if isinstance(one.id, str) else list(one.id)
            translations = [one.string] if isinstance(one.string, str) else list(one.string)
            given = {name for text in originals for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in translations if one.id else ():
                assert text, one.id
                assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= given, one.id


def test_every_word_of_click_is_translated_or_known_to_be_unused() -> None:
    """A new version of click brings no English to the users unnoticed."""
    with CATALOGUE.open("rb") as source:
        translated = {one.id if isinstance(one.id, str) else one.id[0] for one in read_po(source)}
    assert own_words_of_click() - translated - UNUSED.keys() == set()
    assert translated & UNUSED.keys() == set()


def command_names() -> list[str]:
    """Return every command as it is typed, groups left out."""
    context = click.Context(cli.fault)
    names = []
    for name in cli.fault.list_commands(context):
        command = cli.fault.get_command(context, name)
        inner = command.list_commands(context) if isinstance(command, click.Group) else []
        names += [f"{name} {one}" for one in inner] or [name]
    return names


@pytest.mark.parametrize("name", command_names())
@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_command_is_in_the_readme(root: Path, name: str, readme: str) -> None:
    """A command that help lists is explained in both READMEs."""
    assert f"fault {name}" in (root / readme).read_text(encoding="utf-8")
