"""What the tests of the workflows share: a stand-in for GitHub, and a repository whose workflows run."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.workflows import patches
from tests.workflows.expressions import Actions
from tests.workflows.github import GitHub
from tests.workflows.harness import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def github() -> Iterator[GitHub]:
    """Return a stand-in for GitHub that answers; the test fails if something was asked that GitHub does not know.

    See tests/workflows/github.py for how to use it.
    """
    hub = GitHub()
    hub.start()
    try:
        yield hub
    finally:
        hub.stop()
    hub.settle()


@pytest.fixture(scope="session")
def actions() -> Iterator[Actions]:
    """Return GitHub's own reader of workflow files."""
    program = Actions()
    yield program
    program.close()


@pytest.fixture(scope="session")
def origin(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a bare repository with the files of this one, as they lie here, on main; without the tests."""
    place = tmp_path_factory.mktemp("origin")
    work, bare = place / "work", place / "faults.git"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ".", ":!tests"]
    names = subprocess.run(listed, cwd=root, check=True, capture_output=True, encoding="utf-8").stdout
    for name in filter(None, names.split("\0")):
        if (root / name).is_file():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, work / name, follow_symlinks=False)
    patches.git(work, "init", "-q", "-b", "main")
    patches.git(work, "add", ".")
    patches.git(work, "commit", "-qm", "故障知识库")
    patches.git(place, "clone", "-q", "--bare", str(work), str(bare))
    patches.git(bare, "repack", "-adq")  # what is copied and fetched by each test is one file
    for name in ("uploadpack.allowAnySHA1InWant", "uploadpack.allowFilter"):
        patches.git(bare, "config", name, "true")
    return bare


@pytest.fixture
def world(github: GitHub, actions: Actions, origin: Path, tmp_path: Path) -> World:
    """Return a repository on GitHub whose workflows run; see tests/workflows/harness.py."""
    github.remote = tmp_path / "faults.git"
    shutil.copytree(origin, github.remote)
    return World(github, github.remote, tmp_path, actions)
