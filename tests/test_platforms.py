"""The same elsewhere: what GitLab, Jenkins, a git server and pre-commit run is run here, in real clones, and writes what they read."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / ".github" / "PLATFORMS.md").read_text(encoding="utf-8")
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8"))
JOBS = {name: job for name, job in GITLAB.items() if isinstance(job, dict) and "script" in job}
TICKET = "tickets/2026/03/HW-20260306-001.md"
"""A closed sample that a test tampers with."""
OPEN = "tickets/2026/11/SW-20261112-001.md"
"""An open one."""
PRIVATE = "请联系用户 13812345678 回访"
"""What must not get into a ticket; the number is nobody's."""
ZEROS = "0" * 40


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody."""
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False, env=environment())
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def environment(**more: str) -> dict[str, str]:
    """The environment of a job: of this test's own only what finds programs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAULT_", "CI_", "GIT_"))}
    return {**kept, "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, **more}


def commit(folder: Path, message: str) -> str:
    """Commit all that there is; return the commit."""
    git(folder, "add", ".")
    git(folder, "commit", "-qm", message)
    return git(folder, "rev-parse", "HEAD")


def edit(folder: Path, path: str, old: str, new: str) -> None:
    """Change a file."""
    text = (folder / path).read_text(encoding="utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def cloned(origin: Path, folder: Path) -> Path:
    """A clone with all branches, in which `make install` was run."""
    git(origin.parent, "clone", "-q", origin.as_uri(), str(folder))
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository with the samples on main, and a branch ``work`` that starts there; main goes on."""
    folder = tmp_path / "origin"
    for name in ("schema", "tickets", "tools", ".github", "kb"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "faults", "api"))
    for name in (".pre-commit-config.yaml", "Makefile", "mkdocs.yml", ".gitignore"):
        shutil.copy(ROOT / name, folder / name)
    (folder / ".gitignore").write_text("/.venv\n__pycache__/\n", encoding="utf-8")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")  # as GitLab has it
    commit(folder, "base")
    git(folder, "branch", "work")
    with (folder / OPEN).open("a", encoding="utf-8") as file:
        file.write("\n补充一句。\n")
    commit(folder, "main goes on")
    return folder


def run(folder: Path, lines: Iterable[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a runner does: one shell for all lines, the first that fails ends it. `make install` was run."""
    script = "\n".join(line for line in lines if line.strip() not in {"make install", "#!/bin/sh"})
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def quality(folder: Path) -> list[dict[str, Any]]:
    """The Code Quality report of a job, held to what GitLab reads of it."""
    found = json.loads((folder / "code-quality.json").read_text(encoding="utf-8"))
    for one in found:
        assert {"description", "check_name", "fingerprint", "severity", "location"} <= set(one)
        assert one["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert (folder / one["location"]["path"]).is_file()
        assert one["location"]["lines"]["begin"] >= 1
    assert len({one["fingerprint"] for one in found}) == len(found)
    return found


def failures(folder: Path) -> list[str]:
    """The names of the tests that a JUnit report calls failed."""
    suites = ET.parse(folder / "junit.xml").getroot()  # noqa: S314 - our own
    assert suites.tag in {"testsuites", "testsuite"}
    return [case.get("name", "") for case in suites.iter("testcase") if case.find("failure") is not None]


def test_every_job_begins_with_make_and_calls_what_is_there() -> None:
    """Each job prepares with a target of the Makefile and then runs programs of this repository; all is bash."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name, job in JOBS.items():
        first, *others = job["script"]
        if first != ".ci/run":
            program, *arguments = first.split()
            assert (program, set(arguments) <= targets) == ("make", True), name
        for program in re.findall(r"^ *(tools/\w+|\.ci/run)", "\n".join([first, *others]), re.MULTILINE):
            assert os.access(ROOT / program, os.X_OK), program
        subprocess.run(["bash", "-n", "-c", "\n".join(job["script"])], check=True)


def test_no_text_of_a_merge_request_reaches_a_command() -> None:
    """Of GitLab's variables the scripts use only ids of commits: a branch called ``$(…)`` stays a name."""
    used = set(re.findall(r"\$\{?(CI_\w+)", "\n".join(line for job in JOBS.values() for line in job["script"])))
    assert used == {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_COMMIT_BEFORE_SHA"}


def test_only_what_passed_is_published() -> None:
    """Pages come after all checks, from the default branch alone; what watches runs on a schedule alone."""
    assert GITLAB["stages"] == ["check", "deploy", "watch"]
    assert JOBS["pages"]["stage"] == "deploy"
    assert JOBS["pages"]["rules"] == JOBS["检查主分支"]["rules"] != JOBS["盯时限"]["rules"]
    assert [name for name, job in JOBS.items() if "needs" in job or job.get("allow_failure")] == []


def test_a_clean_merge_request(origin: Path, tmp_path: Path) -> None:
    """A branch that adds a remark passes, reports nothing as failed, and its summary names the fault."""
    base = git(origin, "rev-parse", "work")
    clone = cloned(origin, tmp_path / "clone")
    git(clone, "switch", "-qc", "mine", base)
    edit(clone, OPEN, "\nevents:", "\nremark: 已请仓库留样\nevents:")
    commit(clone, "remark")

    done = run(clone, JOBS["检查合并请求"]["script"], CI_MERGE_REQUEST_DIFF_BASE_SHA=base)

    assert done.returncode == 0, done.stdout + done.stderr
    assert [one for one in quality(clone) if one["severity"] in {"critical", "blocker", "major"}] == []
    assert failures(clone) == []
    assert "SW-20261112-001" in (clone / "summary.md").read_text(encoding="utf-8")


def test_a_merge_request_with_an_error(origin: Path, tmp_path: Path) -> None:
    """A branch that changes a closed fault fails; both reports are there and name the fault, the rule and the line."""
    base = git(origin, "rev-parse", "work")
    clone = cloned(origin, tmp_path / "clone")
    git(clone, "switch", "-qc", "mine", base)
    edit(clone, TICKET, "\ntitle: ", "\ntitle: 又")
    commit(clone, "tamper")

    done = run(clone, JOBS["检查合并请求"]["script"], CI_MERGE_REQUEST_DIFF_BASE_SHA=base)

    assert done.returncode == 1, done.stderr
    [one] = [it for it in quality(clone) if it["check_name"] == "closed-ticket-changed"]
    assert one["location"] == {"path": TICKET, "lines": {"begin": 3}}
    assert len(failures(clone)) == 1
    assert f"{TICKET}:3:" in done.stdout


def test_a_merged_result(origin: Path, tmp_path: Path) -> None:
    """Where GitLab checks out the merge, only the branch's change is judged, not what main did meanwhile."""
    base, target = git(origin, "rev-parse", "work"), git(origin, "rev-parse", "main")
    clone = cloned(origin, tmp_path / "clone")
    git(clone, "switch", "-qc", "mine", base)
    edit(clone, TICKET, "\ntitle: ", "\ntitle: 又")
    commit(clone, "tamper")
    git(clone, "merge", "-q", "--no-ff", "-m", "merged result", target)

    shas = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": target}
    done = run(clone, JOBS["检查合并请求"]["script"], **shas)

    assert done.returncode == 1, done.stderr
    assert {one["location"]["path"] for one in quality(clone)} == {TICKET}


def test_a_push_to_main(origin: Path, tmp_path: Path) -> None:
    """A push that goes on passes, also the first one of a branch; a forced one that drops a commit is found by the old tip."""
    before, earlier = git(origin, "rev-parse", "main"), git(origin, "rev-parse", "main^")
    script = JOBS["检查主分支"]["script"]
    ordinary = cloned(origin, tmp_path / "ordinary")
    assert run(ordinary, script, CI_COMMIT_BEFORE_SHA=earlier).returncode == 0
    assert run(ordinary, script, CI_COMMIT_BEFORE_SHA=ZEROS).returncode == 0
    quality(ordinary)
    git(origin, "reset", "-q", "--hard", earlier)
    edit(origin, TICKET, "\ntitle: ", "\ntitle: 又")
    commit(origin, "tamper")

    forced = run(cloned(origin, tmp_path / "forced"), script, CI_COMMIT_BEFORE_SHA=before)

    assert forced.returncode == 1, forced.stderr
    assert f"{TICKET}:3:" in forced.stdout


def test_the_site_is_built_where_pages_look_for_it(origin: Path, tmp_path: Path) -> None:
    """The job pages leaves the site in public/, with the addresses of GitLab's pages."""
    clone = cloned(origin, tmp_path / "clone")
    done = run(clone, JOBS["pages"]["script"], SITE_URL="https://group.gitlab.invalid/faults/")
    assert done.returncode == 0, done.stderr
    assert JOBS["pages"]["artifacts"]["paths"] == ["public"]
    assert "https://group.gitlab.invalid/faults/" in (clone / "public" / "index.html").read_text(encoding="utf-8")


def test_what_watches_needs_no_github(origin: Path, tmp_path: Path) -> None:
    """On a schedule the limits are looked at, and what was said is kept in the remote: the second run has nothing new."""
    clone = cloned(origin, tmp_path / "clone")
    script = [line for line in JOBS["盯时限"]["script"] if line != "make automation"]
    silent = {"GITHUB_TOKEN": "", "GITHUB_REPOSITORY": "", "FAULT_NOTIFY": ""}
    first, second = (run(clone, script, **silent) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "没有看板" in first.stderr
    assert git(origin, "for-each-ref", "--format=%(refname)", "refs/fault-state") == "refs/fault-state/watch"
    assert "没有新的消息" in second.stdout


def snippet(heading: str, language: str) -> str:
    """The first block of code in a language below a heading of the page."""
    section = PAGE.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    return section.partition(f"```{language}\n")[2].partition("\n```")[0]


def tampered(origin: Path, folder: Path) -> Path:
    """A clone whose branch changes a closed fault."""
    clone = cloned(origin, folder)
    git(clone, "switch", "-qc", "mine", git(origin, "rev-parse", "work"))
    edit(clone, TICKET, "\ntitle: ", "\ntitle: 又")
    commit(clone, "tamper")
    return clone


def test_any_platform(origin: Path, tmp_path: Path) -> None:
    """The commands for any platform find what a branch did, and leave report and summary behind."""
    clone = tampered(origin, tmp_path / "clone")
    done = run(clone, snippet("任何平台", "sh").splitlines())
    assert done.returncode == 1, done.stderr
    assert len(failures(clone)) == 1
    assert "HW-20260306-001" in (clone / "summary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", [{"CHANGE_TARGET": "main"}, {}], ids=["change", "branch"])
def test_jenkins(target: dict[str, str], origin: Path, tmp_path: Path) -> None:
    """The shell step of the Jenkinsfile finds it too, and writes JUnit and SARIF."""
    clone = tampered(origin, tmp_path / "clone")
    script = snippet("Jenkins", "groovy").split("'''")[1]
    done = run(clone, script.splitlines(), **target)
    assert done.returncode == 1, done.stderr
    assert len(failures(clone)) == 1
    [found] = json.loads((clone / "check.sarif").read_text(encoding="utf-8"))["runs"]
    assert [one["ruleId"] for one in found["results"] if one["level"] == "error"] == ["closed-ticket-changed"]


def test_a_git_server(origin: Path, tmp_path: Path) -> None:
    """With the hook a bare repository takes a good push to main, refuses a bad one in words, and keeps its main."""
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(origin), str(bare))
    hook = bare / "hooks" / "pre-receive"
    hook.write_text(snippet("只有一个 git 服务器", "sh"), encoding="utf-8")
    hook.chmod(0o755)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "fault").symlink_to(ROOT / "tools" / "fault")
    found = environment(PATH=f"{programs}:{os.environ['PATH']}")
    clone = cloned(bare, tmp_path / "clone")

    def push() -> subprocess.CompletedProcess[str]:
        command = ["git", "push", "-q", "origin", "HEAD:main"]
        return subprocess.run(command, cwd=clone, env=found, capture_output=True, encoding="utf-8", check=False)

    edit(clone, OPEN, "补充一句。", "补充两句。")
    good = commit(clone, "good")
    assert push().returncode == 0
    with (clone / OPEN).open("a", encoding="utf-8") as file:
        file.write(f"\n{PRIVATE}\n")
    commit(clone, "bad")

    done = push()

    assert done.returncode == 1
    assert f"remote: {OPEN}:" in done.stderr
    assert "没有接受：改好上面的错误，再推送" in done.stderr
    assert "13812345678" not in done.stderr
    assert git(bare, "rev-parse", "main") == good


def commit_with_hooks(clone: Path, home: Path, message: str) -> subprocess.CompletedProcess[str]:
    """Commit all as a user does whose hooks are installed."""
    git(clone, "add", ".")
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", message]
    env = environment(PRE_COMMIT_HOME=str(home), PYTHONWARNINGS="")
    return subprocess.run(command, cwd=clone, env=env, capture_output=True, encoding="utf-8", check=False)


def test_pre_commit(origin: Path, tmp_path: Path) -> None:
    """With the hooks installed git refuses a ticket with a telephone number and a schema without its form, and takes the rest."""
    clone, home = cloned(origin, tmp_path / "clone"), tmp_path / "home"
    install = [sys.executable, "-m", "pre_commit", "install"]
    env = environment(PRE_COMMIT_HOME=str(home), PYTHONWARNINGS="")
    subprocess.run(install, cwd=clone, env=env, check=True, capture_output=True)
    edit(clone, OPEN, "补充一句。", "补充两句。")
    assert commit_with_hooks(clone, home, "good").returncode == 0
    kept = git(clone, "rev-parse", "HEAD")
    edit(clone, OPEN, "补充两句。", PRIVATE)

    refused = commit_with_hooks(clone, home, "bad")

    assert refused.returncode == 1
    assert re.search(rf"{OPEN}:\d+:\d+: 错误\[mobile-number\]", refused.stdout + refused.stderr)
    assert "13812345678" not in refused.stdout + refused.stderr
    edit(clone, OPEN, PRIVATE, "补充三句。")
    edit(clone, "schema/ticket.schema.json", '{"const": "电话", ', '{"const": "门店"}, {"const": "电话", ')
    refused = commit_with_hooks(clone, home, "schema alone")
    assert refused.returncode == 1
    assert "运行 fault forms" in (refused.stdout + refused.stderr).replace("tools/fault forms", "fault forms")
    assert git(clone, "rev-parse", "HEAD") == kept
    subprocess.run([clone / "tools" / "fault", "forms"], cwd=clone, env=environment(), check=True, capture_output=True)
    assert commit_with_hooks(clone, home, "schema with its form").returncode == 0


def test_the_plain_hook(origin: Path, tmp_path: Path) -> None:
    """The hook for those without pre-commit refuses the same ticket, and lets a commit without tickets pass."""
    clone = cloned(origin, tmp_path / "clone")
    section = PAGE.partition("\n## 在自己的电脑上")[2]
    hook = clone / ".git" / "hooks" / "pre-commit"
    hook.write_text(section.partition("```sh\n")[2].partition("\n```")[0], encoding="utf-8")
    hook.chmod(0o755)
    (clone / "其他.txt").write_text("x\n", encoding="utf-8")
    assert commit_with_hooks(clone, tmp_path, "nothing of ours").returncode == 0
    edit(clone, OPEN, "补充一句。", PRIVATE)
    assert commit_with_hooks(clone, tmp_path, "bad").returncode != 0


@pytest.mark.parametrize(
    ("verb", "file"), [("validate-config", ".pre-commit-config.yaml"), ("validate-manifest", ".pre-commit-hooks.yaml")]
)
def test_pre_commit_reads_the_files(verb: str, file: str) -> None:
    """pre-commit accepts both files without a warning."""
    env = environment(PYTHONWARNINGS="")
    command = [sys.executable, "-m", "pre_commit", verb, ROOT / file]
    done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_hooks_for_others_call_the_installed_program() -> None:
    """What other repositories install is the package's own command, for the files that it looks at here too."""
    ours = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")):
        [mine] = [hook for hook in ours if hook["id"] == one["id"]]
        assert (one["language"], one["entry"].split()[0]) == ("python", "fault")
        assert (one["files"], one.get("pass_filenames")) == (mine["files"], mine.get("pass_filenames"))


def test_gitlab_takes_the_file() -> None:
    """.gitlab-ci.yml keeps to GitLab's schema."""
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.gitlab-ci",
        ROOT / ".gitlab-ci.yml",
    ]
    done = subprocess.run(
        command, env=environment(PYTHONWARNINGS=""), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout
