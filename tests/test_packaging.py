"""What is built and locked: the sdist and the wheel hold what they must, work when installed, and the locks are whole."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.xdist_group("packaging")

AS_OF = "2026-11-20 17:00"


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    """The project's own description."""
    with (root / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist, and the wheel that was built from the sdist."""
    source = tmp_path_factory.mktemp("source")
    shutil.copytree(root / "tools", source / "tools", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source)
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist"], source)
    return source / "dist"


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment with the wheel in it; what it depends on comes from this environment."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place, symlinks=True)
    python = place / "bin" / "python"
    run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            str(one(built, "*.whl")),
        ],
        place,
    )
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages, dependencies = (run([str(which), "-c", ask], place).strip() for which in (python, sys.executable))
    Path(packages, "dependencies.pth").write_text(f"{dependencies}\n", encoding="utf-8")
    return place / "bin"


@pytest.fixture
def repository(root: Path, tmp_path: Path) -> Path:
    """A company's repository: its schema and tickets, without the program."""
    for name in ("schema", "tickets"):
        shutil.copytree(root / name, tmp_path / name)
    return tmp_path


def run(command: list[str], folder: Path) -> str:
    """Run a command that must succeed, as from a shell that knows nothing of this test; return what it printed."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def one(folder: Path, pattern: str) -> Path:
    """The only file that a pattern finds."""
    (found,) = folder.glob(pattern)
    return found


def test_wheel_holds_the_whole_package(root: Path, built: Path) -> None:
    """Every file of the package is in the wheel (schemas, words, templates), and nothing beside it but the metadata."""
    here = root / "tools" / "faultkb"
    wanted = {
        f"faultkb/{path.relative_to(here).as_posix()}"
        for path in here.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(one(built, "*.whl")) as wheel:
        held = {name for name in wheel.namelist() if not name.split("/")[0].endswith(".dist-info")}
    assert held == wanted
    assert {"faultkb/metaschema/sla.schema.json", "faultkb/locale/zh_CN/LC_MESSAGES/messages.mo"} <= held


def test_sdist_holds_what_a_packager_needs(built: Path) -> None:
    """The sdist has the licence, the manual and the sources, and nothing that a machine left behind."""
    with tarfile.open(one(built, "*.tar.gz")) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"LICENSE", "README.md", "pyproject.toml", "tools/faultkb/__main__.py"} <= names
    assert not [name for name in names if name.endswith(".pyc")]


def test_installed_program_is_not_the_clone(installed: Path, tmp_path: Path) -> None:
    """The tests below run the wheel: the package comes from the new environment."""
    place = run([str(installed / "python"), "-c", "import faultkb; print(faultkb.__file__)"], tmp_path)
    assert place.startswith(str(installed.parent))


def test_installed_program_names_its_version(installed: Path, tmp_path: Path, project: dict[str, Any]) -> None:
    """`fault --version` prints the version of pyproject.toml, so the two cannot drift apart."""
    assert run([str(installed / "fault"), "--version"], tmp_path) == f"fault {project['version']}\n"


def test_installed_program_speaks_chinese(installed: Path, tmp_path: Path) -> None:
    """The catalogue of click's words is in the wheel and found there."""
    assert run([str(installed / "fault"), "--help"], tmp_path).startswith("用法:")


def test_installed_program_checks_a_repository(installed: Path, repository: Path) -> None:
    """`fault check` of the wheel works in a repository that holds only schema/ and tickets/."""
    number = len(list((repository / "tickets").rglob("*.md")))
    assert f"检查了 {number} 个故障：0 个错误" in run([str(installed / "fault"), "check", "--as-of", AS_OF], repository)


def test_installed_program_reports(installed: Path, repository: Path) -> None:
    """`fault report` of the wheel works there too."""
    assert "故障状态报告" in run([str(installed / "fault"), "report", "--as-of", AS_OF], repository)


@pytest.fixture(params=["requirements.lock", "requirements-dev.lock"])
def lock(request: pytest.FixtureRequest, root: Path) -> str:
    """The text of a lock file."""
    return (root / request.param).read_text(encoding="utf-8")


def test_lock_pins_every_package_by_hash(lock: str) -> None:
    """A lock file is a list of ``name==version`` with at least one hash each, and names no index."""
    entries = re.split(r"\n(?=\S)", lock.strip())
    entry = re.compile(r"[a-z0-9][a-z0-9.-]*==[0-9][^ ;]*( ; [^\\\n]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+")
    assert [one for one in entries if not entry.fullmatch(one)] == []


@pytest.mark.parametrize(
    ("name", "choose"),
    [
        ("requirements.lock", lambda project: project["dependencies"]),
        ("requirements-dev.lock", lambda project: [*project["dependencies"], *project["optional-dependencies"]["dev"]]),
    ],
    ids=["runtime", "dev"],
)
def test_lock_meets_the_requirements(
    name: str, choose: Callable[[dict[str, Any]], list[str]], root: Path, project: dict[str, Any]
) -> None:
    """Every dependency of pyproject.toml is locked, in a version that it allows (else: `make lock`)."""
    locked = dict(re.findall(r"^([a-z0-9.-]+)==([^ ;\n]+)", (root / name).read_text(encoding="utf-8"), re.MULTILINE))
    wanted = [Requirement(text) for text in choose(project)]
    assert [
        str(one)
        for one in wanted
        if one.name.lower() not in locked or not one.specifier.contains(locked[one.name.lower()])
    ] == []


def test_runtime_dependencies_are_bounded(project: dict[str, Any]) -> None:
    """A dependency states the oldest version that works and stops before the next that may break."""
    operators = [{part.operator for part in Requirement(text).specifier} for text in project["dependencies"]]
    assert [found for found in operators if found != {">=", "<"}] == []
