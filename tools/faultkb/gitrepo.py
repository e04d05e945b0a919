"""git: the one module that runs it. Names that come from users never reach it as options."""

from __future__ import annotations

import base64
import contextlib
import functools
import itertools
import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import IO

_BASES = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master", "main", "master")
"""What a branch is compared with, in order of preference, where nobody says."""
_SETTINGS = ("core.quotePath=false", "log.diffMerges=separate", "log.follow=false", "log.showRoot=true")
"""What of the user's own settings would change the shape of an output."""
_LONGEST_NAME = 200
_FULL_ID = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_SHORT_ID = re.compile("[0-9a-f]{7,39}")
PATIENCE = 15.0
"""Seconds after which a remote that does not answer counts as unreachable."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What git said: whether it succeeded, its output, and its complaint."""

    ok: bool
    output: bytes
    complaint: str

    @property
    def text(self) -> str:
        """The output as text, without the last line end."""
        return self.output.decode("utf-8", "replace").rstrip("\n")


def ask(
    root: Path,
    *arguments: str,
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Answer:
    """Run git in a folder. A refusal is an answer; raise FaultError only where git itself is missing.

    ``timeout`` is in seconds; a command that takes longer counts as refused.
    """
    settings = [word for one in _SETTINGS for word in ("-c", one)]
    command = ["git", "-C", str(root), *settings, "--literal-pathspecs", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - no shell; arguments from users stand behind --end-of-options
            command,
            input=given,
            capture_output=True,
            check=False,
            timeout=timeout,
            env={**_clean(), **(environment or {})},
        )
    except FileNotFoundError:
        raise FaultError("没有找到 git：请先安装 git") from None
    except subprocess.TimeoutExpired:
        return Answer(ok=False, output=b"", complaint="timeout")
    return Answer(done.returncode == 0, done.stdout, done.stderr.decode("utf-8", "replace").strip())


def run(root: Path, *arguments: str, given: bytes = b"") -> bytes:
    """Run git in a folder and return its output; raise FaultError where it refuses."""
    answer = ask(root, *arguments, given=given)
    if not answer.ok:
        raise FaultError(
            f"git 没有成功（{arguments[0]}）：{answer.complaint.splitlines()[-1] if answer.complaint else '原因不明'}"
        )
    return answer.output


@functools.cache
def _clean() -> dict[str, str]:
    """The environment without what binds git to another repository (set inside of git's own hooks), and with fixed words."""
    bound = {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_COMMON_DIR",
        "GIT_PREFIX",
        "GIT_NAMESPACE",
    }
    kept = {name: value for name, value in os.environ.items() if name not in bound}
    return {**kept, "LC_ALL": "C.UTF-8", "LANGUAGE": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def is_repository(root: Path) -> bool:
    """Say whether a folder lies in a working tree of git."""
    return ask(root, "rev-parse", "--is-inside-work-tree").text == "true"


def setting(root: Path, name: str) -> str:
    """Return a value of git's configuration, empty where there is none or no repository."""
    return ask(root, "config", "--get", name).text


def commit(root: Path, name: str) -> str:
    """Return the full id of the commit that a name means, empty where there is none."""
    found = ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").text
    return found if _FULL_ID.fullmatch(found) else ""  # a range is more than one, an exclusion is none


def tip(root: Path, base: str) -> str:
    """Return the commit that a base names. Raise FaultError that says what to fetch where it is not there."""
    if not is_repository(root):
        complaint = ask(root, "rev-parse", "--git-dir").complaint
        if "dubious ownership" in complaint:
            # git's own last line: the folder to be named is that of the repository, not always this one.
            raise FaultError(f"git 不信任这个文件夹（所有者不是你）：运行 {complaint.rpartition(chr(10))[2].strip()}")
        raise FaultError("这里不是 git 仓库，没有基线可以比较：去掉 --base，或在克隆的仓库里运行")
    if not commit(root, "HEAD"):
        raise FaultError("这个仓库还没有提交，没有基线可以比较：先提交一次，或去掉 --base")
    found = commit(root, base)
    if not found:
        shown = "".join(char if char.isprintable() else "�" for char in base[:_LONGEST_NAME])
        fetch = _fetch(root, base)
        advice = f"先运行 {fetch}，或改正名字" if fetch else "写分支（例如 origin/main）、标签或提交的名字"
        raise FaultError(f"没有基线“{shown}”：{advice}{_IN_CI if '--unshallow' in fetch else ''}")
    return found


_IN_CI = "（CI 里把 fetch-depth 设为 0）"


def _fetch(root: Path, base: str) -> str:
    """Return the command that brings a base that is missing, empty where none can."""
    shallow = _is_shallow(root)
    known = remotes(root) or ["origin"]
    if len(base) > _LONGEST_NAME or base.startswith("-") or not base.strip("0"):
        return ""
    remote, _, name = base.removeprefix("refs/remotes/").partition("/")
    wanted = [known[0], base if _FULL_ID.fullmatch(base) else f"{base}:{base}"]
    if remote in known and name:
        # The name alone would fetch it and forget it where a clone has one branch only.
        wanted = [remote, f"{name}:refs/remotes/{remote}/{name}"]
    if not ask(root, "check-ref-format", f"refs/heads/{base}").ok or _SHORT_ID.fullmatch(base):
        wanted = []
    words = ["git", "fetch", *(["--unshallow"] if shallow else []), *wanted]
    return shlex.join(words) if shallow or wanted else ""


def _is_shallow(root: Path) -> bool:
    return ask(root, "rev-parse", "--is-shallow-repository").text == "true"


def merge_base(root: Path, base: str) -> str:
    """Return the commit at which HEAD left a base. Raise FaultError as `tip`, and where the two have nothing in common."""
    found = ask(root, "merge-base", tip(root, base), "HEAD").text
    if not found and _is_shallow(root):
        raise FaultError(f"这是浅克隆，看不到与“{base}”的分叉点：先运行 git fetch --unshallow{_IN_CI}")
    if not found:
        raise FaultError(f"当前分支与“{base}”没有共同的历史，无法比较：改用正确的基线")
    return found


def default_base(root: Path) -> str:
    """Return what a branch is compared with where nobody says: the remote's main branch, else the local one, else HEAD."""
    found = next((name for name in _BASES if commit(root, name)), "HEAD")
    return ask(root, "rev-parse", "--abbrev-ref", found).text or found


def changed(root: Path, base: str, folder: str) -> dict[str, str | None]:
    """Return the paths under a folder that differ between a commit and the working tree, tracked or not.

    The value is the id of the content on the base; None where the base has no regular file.
    """
    # --no-ext-diff and --no-textconv: a repository's attributes must not choose a program to run.
    raw = run(
        root, "diff", "--raw", "-z", "--no-abbrev", "--no-renames", "--relative", "--no-ext-diff", "--no-textconv",
        base, "--", folder,
    )  # fmt: skip
    fields = os.fsdecode(raw).split("\0")
    found: dict[str, str | None] = {}
    for head, path in zip(fields[::2], fields[1::2], strict=False):
        mode, _, blob, _, _ = head.split(" ")
        # An unmerged file is named twice; a link or a submodule holds no ticket.
        found[path] = blob if mode.startswith(":100") else found.get(path)
    untracked = os.fsdecode(run(root, "ls-files", "--others", "-z", "--", folder))
    return {path: None for path in untracked.split("\0") if path} | found


def converted(root: Path, paths: Sequence[str]) -> set[str]:
    """Return the files that git turns into something else on the way to the working tree (an encoding, a filter).

    `changed` compares them after turning them back, and so sees nothing of what is read there.
    """
    given = "".join(f"{path}\0" for path in paths)
    names = ("working-tree-encoding", "filter", "ident")
    raw = run(root, "check-attr", "-z", "--stdin", *names, given=os.fsencode(given))
    fields = os.fsdecode(raw).split("\0")
    values = zip(fields[::3], fields[2::3], strict=False)
    return {path for path, value in values if value not in {"unspecified", "unset"}}


def kinds(root: Path, revision: str, *names: str) -> dict[str, str]:
    """Return what a commit has under some names: ``tree``, ``blob`` (a file or a link), ``commit`` (a submodule)."""
    listed = os.fsdecode(run(root, "ls-tree", "-z", revision, *names)).split("\0")
    heads = (line.partition("\t") for line in listed if line)
    return {path: head.split(" ")[1] for head, _, path in heads}


def contents(root: Path, revision: str, folder: str) -> dict[str, str]:
    """Return the id of what a commit has at each path under a folder: regular files, links, submodules."""
    listed = os.fsdecode(run(root, "ls-tree", "-r", "-z", revision, f"{folder}/")).split("\0")
    heads = (line.partition("\t") for line in listed if line)
    return {path: head.split(" ")[2] for head, _, path in heads}


def blobs(root: Path, ids: Sequence[str]) -> Iterator[bytes]:
    """Return the contents of objects, in order; raise FaultError if one is missing."""
    if not ids:
        return
    output = run(root, "cat-file", "--batch", given="".join(f"{one}\n" for one in ids).encode())
    position = 0
    for one in ids:
        end = output.index(b"\n", position)
        _, *rest = output[position:end].split(b" ")
        if len(rest) != 2:  # noqa: PLR2004 - "<id> <type> <size>", else "<id> missing"
            raise FaultError(f"git 里缺少对象 {one}：先运行 git fetch --unshallow 或 git fsck")
        size = int(rest[1])
        yield output[end + 1 : end + 1 + size]
        position = end + 1 + size + 1


@dataclass(frozen=True, slots=True)
class Written:
    """A content that a commit gave a file: when it was written, when it was committed (seconds since 1970), the content's id."""

    authored: int
    committed: int
    blob: str


def written(root: Path, base: str, folder: str, ending: str) -> list[Written]:
    """Return every content that the commits since a base gave the files under a folder, oldest first; merges included."""
    log = run(
        root, "log", "--reverse", "-m", "--raw", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv",
        "--no-show-signature", "--no-notes", "--format=commit %at %ct", f"{base}..HEAD", "--", folder,
    )  # fmt: skip
    found = []
    times = (0, 0)
    for line in log.decode("utf-8", "surrogateescape").split("\n"):  # not splitlines: a name may hold U+2028
        if line.startswith("commit "):
            times = (int(line.split(" ")[1]), int(line.split(" ")[2]))
        elif line.startswith(":") and line.rstrip('"').endswith(ending):
            _, mode, _, blob, _ = line.partition("\t")[0].split(" ")
            if mode.startswith("100"):
                found.append(Written(*times, blob))
    return found


def ask_remote(root: Path, *arguments: str) -> Answer:
    """Run a git command that another machine must answer: it gives up after a while, and asks nobody for a password."""
    quiet = {"GCM_INTERACTIVE": "never"}
    if not os.environ.get("GIT_ASKPASS") and not setting(root, "core.askPass"):
        quiet["GIT_ASKPASS"] = ""  # else a desktop's SSH_ASKPASS opens a window
    if not (os.environ.get("GIT_SSH_COMMAND") or os.environ.get("GIT_SSH") or setting(root, "core.sshCommand")):
        quiet["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes -o ConnectTimeout=10"
    return ask(root, *arguments, environment={**quiet, **_token()}, timeout=PATIENCE)


def _token() -> dict[str, str]:
    """Return the settings with which git shows a workflow's token, to the workflow's own server and to no other.

    They stand in the environment: what stands in a command line, every process of the machine may read.
    """
    token, server = os.environ.get("GITHUB_TOKEN"), os.environ.get("GITHUB_SERVER_URL")
    if not (token and server and os.environ.get("GITHUB_ACTIONS") == "true"):
        return {}
    header = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{server}/.extraheader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {header}",
    }


def remotes(root: Path) -> list[str]:
    """Return the names of the configured remotes."""
    return ask(root, "remote").text.splitlines()


def branch(root: Path) -> str:
    """Return the name of the current branch, empty where HEAD is on none."""
    return ask(root, "symbolic-ref", "--quiet", "--short", "HEAD").text


def names_in_branches(root: Path, folder: str) -> set[str]:
    """Return the names in a folder at HEAD and at the tip of every branch, local or fetched."""
    refs = ask(root, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes").text.splitlines()
    places = "".join(f"{ref}:./{folder}\n" for ref in ["HEAD", *refs])
    found = ask(root, "cat-file", "--batch-check=%(objecttype) %(objectname)", given=places.encode()).text
    trees = sorted({line.removeprefix("tree ") for line in found.splitlines() if line.startswith("tree ")})
    return {
        name for tree, data in zip(trees, blobs(root, trees), strict=True) for name in _entries(data, len(tree) // 2)
    }


def _entries(tree: bytes, size: int) -> Iterator[str]:
    """Read the names in a tree object: mode, blank, name, NUL and a hash of that size, again and again."""
    position = 0
    while position < len(tree):
        start, end = tree.index(b" ", position) + 1, tree.index(b"\0", position)
        yield tree[start:end].decode("utf-8", "replace")
        position = end + 1 + size


def has_history(root: Path) -> bool:
    """Say whether there are commits to compare with; also where git refuses to look, so that asking for more says why."""
    try:
        if is_repository(root):
            return bool(commit(root, "HEAD"))
        return "not a git repository" not in ask(root, "rev-parse", "--git-dir").complaint
    except FaultError:  # git is not installed
        return False


def has_file(root: Path, revision: str, path: str) -> bool:
    """Say whether a commit has a file at a path relative to the root."""
    return ask(root, "cat-file", "-e", f"{revision}:./{path}").ok


def way_out(root: Path) -> str:
    """Return the command that undoes the merge, or what else brings commits together, that has stopped at a conflict."""
    stopped = {"REBASE_HEAD": "git rebase --abort", "MERGE_HEAD": "git merge --abort"}
    stopped["CHERRY_PICK_HEAD"] = "git cherry-pick --abort"
    return next((command for head, command in stopped.items() if commit(root, head)), "git restore .")


_AS_STORED = {"GIT_NO_REPLACE_OBJECTS": "1"}
"""refs/replace/ would hide what a commit really holds."""
REPAIR = "先运行 git fsck；浅克隆先运行 git fetch --unshallow，部分克隆（--filter）重新完整地克隆一份"
"""What to do where objects are missing."""
_PORTION = 1 << 16
_ASKED_AT_ONCE = 50
"""Ids written to git before its answers are read: few enough for any system's pipe."""


@dataclass(frozen=True, slots=True)
class Step:
    """A commit: its id, when it was committed (seconds since 1970), and what it gave each path: (path, id of the content)."""

    id: str
    committed: int
    files: tuple[tuple[str, str], ...]


@contextlib.contextmanager
def _streaming(root: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start git and end it when the block is left, whether everything was read or not."""
    settings = [word for one in _SETTINGS for word in ("-c", one)]
    command = ["git", "-C", str(root), *settings, *arguments]
    environment = {**_clean(), **_AS_STORED}
    pipe = subprocess.PIPE
    try:
        process = subprocess.Popen(  # noqa: S603 - as in `ask`
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment
        )
    except FileNotFoundError:
        raise FaultError("没有找到 git：请先安装 git") from None
    try:
        yield process
    except BrokenPipeError:  # git has given up, and its exit code says so
        process.wait()
    except BaseException:
        process.kill()
        raise
    finally:
        for end in (process.stdin, process.stdout):
            with contextlib.suppress(BrokenPipeError):
                end.close()  # type: ignore[union-attr] # both are pipes
        process.wait()
    if process.returncode:
        raise FaultError(f"git 没有成功（{arguments[0]}）：历史不完整或已损坏，{REPAIR}")


def prefix(root: Path) -> str:
    """Return the path of a folder inside of its repository, with a slash at the end; empty for the top."""
    return ask(root, "rev-parse", "--show-prefix").text


def steps(root: Path, since: str = "", *, reflog: bool = False, tip: str = "--all") -> Iterator[Step]:
    """Return every commit that a branch, tag, note, stash or any other ref leads to, parents first, without reading all at once.

    ``since`` leaves out the commits that it leads to; ``reflog`` adds those that only the reflog knows; with ``tip`` only
    what that commit leads to. A merge gives what none of its parents has.
    """
    stashed = tip == "--all" and ask(root, "rev-parse", "--verify", "--quiet", "refs/stash").ok
    shelf = ask(root, "reflog", "show", "--format=%H", "refs/stash").text.split() if stashed else []
    arguments = [
        "log", "--reverse", "--topo-order", "-c", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff",
        "--no-textconv", "--no-show-signature", "--no-notes", "--format=commit %H %ct", tip, *shelf,
        *(["--reflog"] if reflog else []), *(["--not", since] if since else []), "--",
    ]  # fmt: skip
    head: list[str] = []
    files: list[tuple[str, str]] = []
    with _streaming(root, *arguments) as git:
        fields = _fields(git)
        for field in fields:
            meta = field.lstrip(b"\n")
            if meta.startswith(b":"):
                parents = len(meta) - len(meta.lstrip(b":"))
                words = meta.decode().split(" ")
                path = os.fsdecode(next(fields))
                if words[parents][:2] in {"10", "12"}:  # a file or a link; not a submodule, nor what is gone
                    files.append((path, words[2 * parents + 1]))
            elif meta:
                if head:
                    yield Step(head[1], int(head[2]), tuple(files))
                head, files = meta.decode().split(" "), []
        if head:
            yield Step(head[1], int(head[2]), tuple(files))


def _fields(git: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """Read what git writes, cut at NUL."""
    rest = b""
    while portion := git.stdout.read(_PORTION):  # type: ignore[union-attr] # a pipe
        *whole, rest = (rest + portion).split(b"\0")
        yield from whole
    if rest:
        yield rest


def objects(root: Path, ids: Iterable[str], largest: int) -> Iterator[tuple[str, str, int, bytes]]:
    """Return id, type, size and content of objects, one after the other; of larger ones, and of trees, no content.

    Of a larger tag there is the beginning, with what it names. An object that is missing has no type.
    """
    with _streaming(root, "cat-file", "--batch") as git:
        waiting = iter(ids)
        while some := list(itertools.islice(waiting, _ASKED_AT_ONCE)):
            git.stdin.write("".join(f"{one}\n" for one in some).encode())  # type: ignore[union-attr] # a pipe
            git.stdin.flush()  # type: ignore[union-attr]
            for one in some:
                yield one, *_object(git.stdout, largest)  # type: ignore[arg-type]


def _object(output: IO[bytes], largest: int) -> tuple[str, int, bytes]:
    head = output.readline().split()
    if len(head) != 3 or not head[2].isdigit():  # noqa: PLR2004 - "<id> <type> <size>", else "<id> missing"
        return "", 0, b""
    kind, size = head[1].decode(), int(head[2])
    if size <= largest and kind != "tree":
        return kind, size, output.read(size + 1)[:-1]
    left, begin = size + 1, b""
    while left:
        portion = output.read(min(left, _PORTION))
        begin, left = begin or portion, left - (len(portion) or left)
    return kind, size, begin if kind == "tag" else b""


def refs(root: Path) -> list[tuple[str, str, str]]:
    """Return every ref: its full name, the id and the type of what it names."""
    listed = run(root, "for-each-ref", "--format=%(objectname) %(objecttype) %(refname)")
    rows = (line.split(" ", 2) for line in os.fsdecode(listed).split("\n") if line)
    return [(name, one, kind) for one, kind, name in rows]


def inside(root: Path, one: str) -> Iterator[tuple[str, str]]:
    """Return the files in a tree, or the content itself where it is one, as (path, id)."""
    with _streaming(root, "rev-list", "--objects", one, "--") as git:
        for line in git.stdout or ():
            found, _, path = os.fsdecode(line.rstrip(b"\n")).partition(" ")
            yield path, found


def current(root: Path) -> dict[str, str]:
    """Return the id of what HEAD has at each path; nothing where there is no commit."""
    listed = ask(root, "ls-tree", "-r", "-z", "--full-tree", "HEAD").output
    heads = (line.partition("\t") for line in os.fsdecode(listed).split("\0") if line)
    return {path: head.split(" ")[2] for head, _, path in heads}


def require_repository(root: Path) -> bool:
    """Raise FaultError where there is no repository, with a checkout or without; say whether its history is cut off."""
    answer = ask(root, "rev-parse", "--is-shallow-repository")
    if not answer.ok:
        words = (
            "git 不信任这个文件夹（所有者不是你）" if "dubious ownership" in answer.complaint else "这里不是 git 仓库"
        )
        raise FaultError(f"{words}，没有历史可查")
    return answer.text == "true"
