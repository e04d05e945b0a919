"""A temporary repository with the real schema/, into which a test puts ticket files."""

import functools
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from faultkb import change, check, vocabulary
from faultkb.check import Outcome
from faultkb.vocabulary import Vocabulary

AS_OF = datetime(2026, 11, 20, 17, 30)  # noqa: DTZ001 - a Friday evening in the policy's zone
IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@localhost")
SOMEWHERE = "tickets/2026/11/SW-20261119-001.md"
"""Where a file without a usable id is put."""

_ID = re.compile(rb"^id: ([A-Z]{2}-([0-9]{4})([0-9]{2})[0-9]{2}-[0-9]{3})\r?$", re.MULTILINE)


@pytest.fixture
def repository(root: Path, tmp_path: Path) -> Path:
    """Return an empty repository: schema/ and no ticket."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    return tmp_path


@pytest.fixture
def place(repository: Path) -> Callable[[Path], None]:
    """Return a function that copies a fixture into the repository: a folder as it is, a file to where its id belongs."""

    def copy(fixture: Path) -> None:
        if fixture.is_dir():
            shutil.copytree(fixture, repository, dirs_exist_ok=True)
            return
        found = _ID.search(fixture.read_bytes())
        ticket_id, year, month = (part.decode() for part in found.groups()) if found else ("", "", "")
        target = repository / (f"tickets/{year}/{month}/{ticket_id}.md" if found else SOMEWHERE)
        target.parent.mkdir(parents=True)
        shutil.copyfile(fixture, target)

    return copy


@pytest.fixture
def findings_of(repository: Path, place: Callable[[Path], None], words: Vocabulary) -> Callable[[Path], Outcome]:
    """Return a function that checks a repository which holds nothing but one fixture, as of 2026-11-20 17:30.

    A fixture with the folders base and head is checked as a change: head in the working tree, base committed, and
    earlier, if there is one, too.
    """

    def run(fixture: Path) -> Outcome:
        if (fixture / "base").is_dir():
            git = functools.partial(subprocess.run, cwd=repository, check=True)
            git(["git", "init", "-q"])
            shutil.copytree(fixture / "base", repository, dirs_exist_ok=True, copy_function=shutil.copyfile)
            git(["git", "add", "."])
            git(["git", *IDENTITY, "commit", "-q", "-m", "base"])
            base = git(["git", "rev-parse", "HEAD"], stdout=subprocess.PIPE, encoding="ascii").stdout.strip()
            if (fixture / "earlier").is_dir():
                shutil.copytree(fixture / "earlier", repository, dirs_exist_ok=True, copy_function=shutil.copyfile)
                git(["git", "add", "."])
                git(["git", *IDENTITY, "commit", "-q", "-m", "earlier"])
            shutil.rmtree(repository / "tickets")
            # Without the old times: git takes a file of the same size and time for the same.
            shutil.copytree(fixture / "head", repository, dirs_exist_ok=True, copy_function=shutil.copyfile)
            own = vocabulary.load(repository) if (fixture / "head" / "schema").is_dir() else words
            return check.check(repository, own, AS_OF, branch=change.compare(repository, own, base))
        place(fixture)
        own_schema = fixture.is_dir() and (fixture / "schema").is_dir()
        return check.check(repository, vocabulary.load(repository) if own_schema else words, AS_OF)

    return run
