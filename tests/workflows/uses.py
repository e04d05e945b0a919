"""Stand-ins for the actions that the workflows use; whatever else a step would use fails the test.

Each takes the inputs that its action documents, and no others.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.workflows import patches

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workflows.job import Job

_REAL = Path(sys.prefix)
ACTIONS: dict[str, tuple[set[str], Any]] = {}


class Failed(Exception):  # noqa: N818 - the outcome of a step
    """A step that failed, and why."""


def stands_for(name: str, *inputs: str) -> Callable[[Any], Any]:
    """Register the stand-in for an action and the inputs that it takes."""

    def register(function: Any) -> Any:
        ACTIONS[name] = (set(inputs), function)
        return function

    return register


def run(job: Job, uses: str, given: dict[str, str]) -> dict[str, str]:
    """Do what an action does; return its outputs."""
    name = uses.partition("@")[0]
    assert name in ACTIONS, f"nothing stands in for {name}"
    inputs, function = ACTIONS[name]
    assert set(given) <= inputs, f"{name} takes no {sorted(set(given) - inputs)}"
    outputs: dict[str, str] | None = function(job, given)
    return outputs or {}


@stands_for("actions/checkout", "ref", "fetch-depth", "persist-credentials", "token", "path", "repository", "filter")
def checkout(job: Job, given: dict[str, str]) -> None:
    """Fetch from the remote over HTTP with the job's token, and leave the working tree clean."""
    hub, folder = job.hub, job.workspace / given.get("path", "")
    token = given.get("token", job.token)
    secret = f"http.{hub.server}/.extraheader=Authorization: Basic {job.basic(token)}"
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        patches.git(folder, "init", "--quiet", "--initial-branch", "main")
        patches.git(folder, "remote", "add", "origin", hub.clone_url)
    wanted = given.get("ref") or job.run.ref
    commit = job.run.sha if not given.get("ref") else ""
    depth = int(given.get("fetch-depth", "1"))
    specs, start = _wanted(wanted, commit)
    orders = [["--no-tags", f"--depth={depth}", "origin", *specs]]
    if depth == 0:
        # As the action does: everything, then what is asked for where a branch has gone on or holds it no more.
        whole = ["--unshallow"] if (folder / ".git" / "shallow").exists() else []
        orders = [
            [*whole, "origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"],
            ["origin", *specs],
        ]
    for words in orders:
        if complaint := patches.tries(folder, "-c", secret, "fetch", "--quiet", *words):
            raise Failed(f"checkout: {wanted} could not be fetched: {complaint}")
    patches.git(folder, "clean", "-ffdxq")
    name = wanted.removeprefix("refs/heads/")
    branch = start == f"refs/remotes/origin/{name}"
    patches.git(folder, "checkout", "--quiet", "--force", *(["-B", name, start] if branch else ["--detach", start]))
    if given.get("persist-credentials", "true") == "true":
        patches.git(folder, "config", *secret.split("=", 1))


def _wanted(ref: str, commit: str) -> tuple[list[str], str]:
    """Return what to fetch and what to check out for a branch, a pull request's merge or a commit."""
    if ref.startswith("refs/pull/"):
        local = f"refs/remotes/{ref.removeprefix('refs/')}"
        return [f"+{commit or ref}:{local}"], local
    if len(ref) == 40 and "/" not in ref:
        return [ref], ref
    local = f"refs/remotes/origin/{ref.removeprefix('refs/heads/')}"
    return [f"+{commit or ref}:{local}"], local


@stands_for("actions/setup-python", "python-version", "cache", "cache-dependency-path")
def setup_python(job: Job, _: dict[str, str]) -> None:
    """Prepare what ``make install`` and ``make automation`` would: an environment that holds this one's packages.

    The program comes from the clone, as with a real installation.
    """
    place = job.workspace / ".venv"
    packages = place / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    packages.mkdir(parents=True, exist_ok=True)
    (place / "bin").mkdir(exist_ok=True)
    base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    (place / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\n", encoding="utf-8")
    real = _REAL / packages.relative_to(place)
    (packages / "faultkb.pth").write_text("../../../../tools\n", encoding="utf-8")
    (packages / "packages.pth").write_text(f"{real}\n", encoding="utf-8")
    for name in ("python", "python3"):
        (place / "bin" / name).unlink(missing_ok=True)
        (place / "bin" / name).symlink_to(base)
    (place / "bin" / "fault").unlink(missing_ok=True)
    (place / "bin" / "fault").symlink_to("../../tools/fault")
    for name in (".runtime", ".automation", ".dev"):
        (place / name).touch()  # later than the files of the checkout, and in the order in which make wants them


@stands_for(
    "actions/upload-artifact",
    "name",
    "path",
    "if-no-files-found",
    "retention-days",
    "overwrite",
    "include-hidden-files",
)
def upload_artifact(job: Job, given: dict[str, str]) -> None:
    """Keep files under the run, below the folder that they have in common."""
    bases, files = [], set()
    for pattern in given["path"].split("\n"):
        if pattern.strip():
            base, found = _search(job.workspace / pattern.strip())
            bases.append(base)
            files |= {file for file in found if not any(part.startswith(".") for part in file.relative_to(base).parts)}
    if not files:
        if given.get("if-no-files-found", "warn") == "error":
            raise Failed(f"no file was found at {given['path']}")
        return
    top = Path(os.path.commonpath(bases)) if len(bases) > 1 or bases[0].is_dir() else bases[0].parent
    target = job.artifacts / given.get("name", "artifact")
    if target.exists():
        raise Failed(f"an artifact {target.name} exists already (409)")
    for file in files:
        place = target / file.relative_to(top)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)


def _search(pattern: Path) -> tuple[Path, list[Path]]:
    """Return the part of a pattern before its first wildcard, and the files that it finds."""
    plain = Path(
        *[part for place, part in enumerate(pattern.parts) if not any("*" in one for one in pattern.parts[: place + 1])]
    )
    found = [pattern] if plain == pattern else list(plain.glob(str(pattern.relative_to(plain))))
    folders = [file for one in found if one.is_dir() for file in one.rglob("*")]
    return plain, [file for file in [*found, *folders] if file.is_file()]


@stands_for("actions/download-artifact", "name", "path", "run-id", "github-token", "repository")
def download_artifact(job: Job, given: dict[str, str]) -> dict[str, str]:
    """Copy an artifact here; one of another run needs a token that may read actions."""
    source, target = job.artifacts, job.workspace / given.get("path", "")
    if "run-id" in given:
        grant = job.hub.grants.get(given.get("github-token", ""))
        assert grant, "another run's artifact needs github-token"
        if grant.permissions is not None and grant.permissions.get("actions", "none") == "none":
            raise Failed("Resource not accessible by integration")
        source = job.artifacts.parent / given["run-id"]
    if not (source / given["name"]).is_dir():
        raise Failed(f"Artifact not found for name: {given['name']}")
    shutil.copytree(source / given["name"], target, dirs_exist_ok=True)
    return {"download-path": str(target)}


@stands_for("actions/upload-pages-artifact", "name", "path", "retention-days", "include-hidden-files")
def upload_pages(job: Job, given: dict[str, str]) -> None:
    """Keep a site."""
    upload_artifact(job, {"name": "github-pages", "path": given["path"], "if-no-files-found": "error"})


@stands_for("actions/configure-pages", "enablement", "token")
def configure_pages(job: Job, _: dict[str, str]) -> dict[str, str]:
    """Tell where the site will be."""
    return {"base_url": job.world.pages, "base_path": "", "origin": job.world.pages, "host": "qiyun.github.io"}


@stands_for("actions/deploy-pages", "token", "timeout")
def deploy_pages(job: Job, _: dict[str, str]) -> dict[str, str]:
    """Deploy the site of this run: with the rights to, and if there is one."""
    for name in ("pages", "id-token"):
        assert job.permissions.get(name) == "write", f"deploy-pages needs {name}: write"
    if not (job.artifacts / "github-pages").is_dir():
        raise Failed("No artifacts named github-pages were found for this workflow run")
    job.world.deployments.append(job.artifacts / "github-pages")
    return {"page_url": job.world.pages}


@stands_for(
    "actions/create-github-app-token",
    *("app-id", "client-id", "private-key", "owner", "repositories", "skip-token-revoke"),
    *(f"permission-{name}" for name in ("contents", "issues", "pull-requests", "actions", "statuses", "workflows")),
)
def app_token(job: Job, given: dict[str, str]) -> dict[str, str]:
    """Give the token of an App: what it writes starts workflows, and is written in the App's own name."""
    if not (given.get("client-id") or given.get("app-id")) or not given.get("private-key"):
        raise Failed("Input required and not supplied: private-key")
    prefix = "permission-"
    wanted = {key.removeprefix(prefix): level for key, level in given.items() if key.startswith(prefix)}
    return {"token": job.hub.grant(wanted or None, "qiyun-faults[bot]"), "app-slug": "qiyun-faults"}
