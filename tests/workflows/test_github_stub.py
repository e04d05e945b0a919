"""The stand-in for GitHub: it takes what GitHub takes, refuses what GitHub refuses, and keeps what nobody knows."""

from __future__ import annotations

import base64
import subprocess
from typing import TYPE_CHECKING

import pytest
import requests
from github import Auth, Github, GithubException

from faultkb import hub as faulthub
from tests.workflows import patches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from github.Repository import Repository

    from tests.workflows.github import GitHub


@pytest.fixture
def repository(github: GitHub) -> Iterator[Repository]:
    """The repository as a program sees it that knows nothing of a stand-in."""
    with Github(
        auth=Auth.Token(github.token),
        base_url=github.api,
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
    ) as client:
        yield client.get_repo(github.repository)


@pytest.fixture
def remote(github: GitHub, tmp_path: Path) -> Path:
    """A bare repository with a branch ``intake/12`` that changes a line of ``a.md`` and adds ``b.md``."""
    work, bare = tmp_path / "work", tmp_path / "faults.git"
    subprocess.run(["git", "init", "-q", "-b", "main", work], check=True)
    (work / "a.md").write_text("".join(f"{number}\n" for number in range(1, 21)), encoding="utf-8")
    patches.git(work, "add", ".")
    patches.git(work, "commit", "-qm", "a")
    patches.git(work, "switch", "-qc", "intake/12")
    (work / "a.md").write_text((work / "a.md").read_text(encoding="utf-8").replace("10\n", "十\n"), encoding="utf-8")
    (work / "b.md").write_text("新\n", encoding="utf-8")
    patches.git(work, "add", ".")
    patches.git(work, "commit", "-qm", "b")
    subprocess.run(["git", "clone", "-q", "--bare", work, bare], check=True)
    github.remote = bare
    return bare


def test_issues_and_comments_live(github: GitHub, repository: Repository) -> None:
    """What is written is read again, by whom it was written, and addresses lead back to the stand-in."""
    number = github.add_issue("正文", user="mei", labels=["故障登记"])
    issue = repository.get_issue(number)
    comment = issue.create_comment("已登记")
    comment.edit("已登记 SW-20261123-001")
    assert [(one.user.login, one.user.type, one.body) for one in issue.get_comments()] == [
        ("github-actions[bot]", "Bot", "已登记 SW-20261123-001")
    ]
    issue.edit(state="closed", state_reason="completed")
    assert (github.issues[number]["state"], [one.number for one in repository.get_issues(labels=["故障登记"])]) == (
        "closed",
        [],
    )
    assert (issue.user.login, [label.name for label in issue.labels]) == ("mei", ["故障登记"])
    board = repository.create_issue("SLA 看板", body="表", labels=["SLA"])
    assert [one.number for one in repository.get_issues(labels=["SLA"])] == [board.number]
    comment.delete()
    assert github.comments(number) == []


def test_long_lists_have_pages(github: GitHub, repository: Repository) -> None:
    """A list of more than 30 comes in pages that link to each other."""
    number = github.add_issue("正文")
    for text in range(65):
        github.add_comment(number, str(text))
    assert [one.body for one in repository.get_issue(number).get_comments()] == [str(text) for text in range(65)]
    assert [one.query.get("page") for one in github.requests if one.name == "issues/list-comments"] == [
        None,
        ["2"],
        ["3"],
    ]


def test_the_program_says_one_thing_once(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's own client writes one comment and changes it; a person's comment with its mark stays."""
    for name, value in github.environment.items():
        monkeypatch.setenv(name, value)
    number = github.add_issue("正文")
    github.add_comment(number, "我也会\n\n<!-- faultkb:intake -->", user="mallory")
    for text in ("一", "二", "二"):
        with faulthub.connection() as connected:
            connected.say(number, "intake", text)
    assert [one["body"].split("\n")[0] for one in github.comments(number)] == ["我也会", "二"]
    assert [one.name for one in github.requests if one.method != "GET"] == [
        "issues/create-comment",
        "issues/update-comment",
    ]


def test_pulls_are_read_from_git(remote: Path, repository: Repository) -> None:
    """A pull request has the commit of its branch as it is now, its files with their patches, and a ref of its own."""
    pull = repository.create_pull(base="main", head="intake/12", title="登记", body="关联 #12")
    tip = patches.git(remote, "rev-parse", "intake/12")
    assert (pull.head.sha, pull.head.ref, pull.base.ref, pull.changed_files) == (tip, "intake/12", "main", 2)
    assert patches.git(remote, "rev-parse", f"refs/pull/{pull.number}/head") == tip
    files = {one.filename: (one.status, one.additions, one.deletions, one.patch) for one in pull.get_files()}
    assert files["b.md"] == ("added", 1, 0, "@@ -0,0 +1 @@\n+新")
    assert files["a.md"][3].splitlines()[4:6] == ["-10", "+十"]
    assert [one.number for one in repository.get_pulls(state="open", head="qiyun:intake/12")] == [pull.number]
    assert list(repository.get_pulls(state="open", head="qiyun:intake/13")) == []
    with pytest.raises(GithubException, match="already exists for qiyun:intake/12"):
        repository.create_pull(base="main", head="intake/12", title="再来")
    with pytest.raises(GithubException, match="Validation Failed"):
        repository.create_pull(base="main", head="intake/13", title="没有这个分支")


def test_reviews_stand_on_lines_of_the_diff(github: GitHub, remote: Path, repository: Repository) -> None:
    """A suggestion is taken on a line that the diff shows (three lines around the change), and refused on another."""
    assert remote
    pull = repository.get_pull(github.add_pull("intake/12"))
    pull.create_review(
        body="建议", event="COMMENT", comments=[{"path": "a.md", "line": 10, "body": "```suggestion\n10\n```"}]
    )
    [comment] = pull.get_review_comments()
    assert (comment.path, comment.raw_data["line"], comment.user.login) == ("a.md", 10, "github-actions[bot]")
    for line in (6, 14):
        with pytest.raises(GithubException, match="must be part of the diff"):
            pull.create_review(event="COMMENT", comments=[{"path": "a.md", "line": line, "body": "远"}])
    comment.delete()
    assert github.review_comments(pull.number) == []


def test_statuses_and_dispatches_are_kept(github: GitHub, remote: Path, repository: Repository) -> None:
    """A commit status is of a commit that exists; a run is started on a branch that exists."""
    tip = patches.git(remote, "rev-parse", "intake/12")
    repository.get_commit  # noqa: B018 - the status is set without asking for the commit
    repository.get_workflow("check.yml").create_dispatch("intake/12", {"number": "12"})
    [one] = github.dispatches
    assert (one["workflow"], one["ref"], one["inputs"]) == ("check.yml", "intake/12", {"number": "12"})
    headers = {"Authorization": f"Bearer {github.token}"}
    body = {"state": "success", "context": "检查"}
    assert requests.post(f"{github.home}/statuses/{tip}", json=body, headers=headers, timeout=5).status_code == 201
    assert requests.post(f"{github.home}/statuses/{'0' * 40}", json=body, headers=headers, timeout=5).status_code == 422
    assert [(one["state"], one["context"]) for one in github.statuses] == [("success", "检查")]


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/issues", {"title": " \n"}, "title is missing_field"),
        ("/issues", {"title": "长" * 257}, "title is too long"),
        ("/issues", {"title": "x", "labels": ["签" * 51]}, "name is too long"),
        ("/issues/12/labels", {"labels": [""]}, "name is missing_field"),
        ("/labels", {"name": "签" * 51}, "name is too long"),
        ("/pulls", {"title": "长" * 257, "head": "intake/12", "base": "main"}, "title is too long"),
    ],
)
def test_what_is_too_long_or_empty_is_refused(path: str, body: object, said: str, github: GitHub) -> None:
    """A title has 1 to 256 characters, the name of a label 1 to 50; what is refused leaves nothing behind."""
    github.add_issue("正文")
    headers = {"Authorization": f"token {github.token}"}
    answer = requests.post(f"{github.home}{path}", json=body, headers=headers, timeout=5)
    assert (answer.status_code, len(github.issues), github.labels) == (422, 1, {})
    assert said in answer.json()["errors"][0]["message"]
    longest = {"title": "长" * 256, "labels": ["签" * 50]}
    assert requests.post(f"{github.home}/issues", json=longest, headers=headers, timeout=5).status_code == 201


def test_a_push_changes_no_workflow_and_no_ref_of_github(github: GitHub, remote: Path, tmp_path: Path) -> None:
    """A job's token pushes what it likes but workflows, which takes an App that may; nobody pushes to refs/pull."""
    clone = tmp_path / "clone"
    patches.git(tmp_path, "clone", "-q", str(remote), str(clone))

    def push(token: str, ref: str) -> str:
        secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        extra = f"http.{github.server}/.extraheader=Authorization: Basic {secret}"
        return patches.tries(clone, "-c", extra, "push", github.clone_url, f"HEAD:{ref}")

    job = github.grant({"contents": "write"})
    assert "deny updating a hidden ref" in push(job, "refs/pull/12/head")
    (clone / ".github" / "workflows").mkdir(parents=True)
    (clone / ".github" / "workflows" / "x.yml").write_text("on: push\n", encoding="utf-8")
    patches.git(clone, "add", ".")
    patches.git(clone, "commit", "-qm", "x")
    refusal = "to create or update workflow `.github/workflows/x.yml` without `workflows` permission"
    assert refusal in push(job, "refs/heads/x")
    assert refusal in push(github.token, "refs/heads/x")
    assert patches.sha(remote, "refs/heads/x") == ""
    assert push(github.grant({"contents": "write", "workflows": "write"}, "qiyun-faults[bot]"), "refs/heads/x") == ""
    assert push(job, "refs/heads/y") == "", "the workflow is in the repository already"


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("POST", "/issues", {"title": "x", "lables": ["y"]}, "'lables' was unexpected"),
        ("POST", "/issues", {"body": "没有标题"}, "'title' is a required property"),
        ("POST", "/issues/12/comments", {"body": 1}, "1 is not of type 'string'"),
        ("POST", "/issues/zwölf/comments", {"body": ""}, "is not of type 'integer'"),
        ("POST", f"/statuses/{'0' * 40}", {"state": "good"}, "'good' is not one of"),
        ("GET", "/issues?stat=open", None, "query parameter 'stat' does not exist"),
        ("GET", "/issues?state=opened", None, "'opened' is not one of"),
        ("GET", "/isues", None, "no such operation"),
        ("PUT", "/issues/12", {}, "no such operation"),
        ("GET", "/issues?assignee=mei", None, "would ignore"),
        ("GET", "/topics", None, "the stand-in does not have it"),
    ],
)
def test_what_github_does_not_know_is_a_problem(
    method: str, path: str, body: object, said: str, github: GitHub
) -> None:
    """A request that the description does not allow, or that is not built here, is refused and fails the test."""
    headers = {"Authorization": f"token {github.token}"}
    answer = requests.request(method, f"{github.home}{path}", json=body, headers=headers, timeout=5)
    assert answer.status_code == 400
    with pytest.raises(AssertionError):
        github.settle()
    assert said in "\n".join(github.problems)
    github.problems.clear()


def test_answers_are_held_against_the_description(github: GitHub) -> None:
    """The stand-in does not prove itself: an answer that GitHub would not give is a problem."""
    number = github.add_issue("正文")
    github.issues[number]["state"] = 3
    answer = requests.get(
        f"{github.home}/issues/{number}", headers={"Authorization": f"token {github.token}"}, timeout=5
    )
    assert (answer.status_code, len(github.problems)) == (400, 1)
    assert "3 is not of type 'string'" in github.problems.pop()


def test_a_token_does_what_its_job_may(github: GitHub) -> None:
    """A job that may only read issues cannot write one; one that may write pulls can comment a pull, not an issue."""
    issue, pull = github.add_issue("正文"), github.add_pull("x")
    reader, puller = github.grant({"issues": "read"}), github.grant({"pull-requests": "write"})

    def comment(number: int, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.post(
            f"{github.home}/issues/{number}/comments", json={"body": "x"}, headers=headers, timeout=5
        ).status_code

    assert [comment(issue, reader), comment(issue, puller), comment(pull, puller)] == [403, 403, 201]
    assert [comment(issue, "unknown"), comment(issue, github.token)] == [401, 201]
    assert (
        requests.get(f"{github.api}/user", headers={"Authorization": f"Bearer {reader}"}, timeout=5).status_code == 403
    )


def test_failures_come_as_they_are_ordered(github: GitHub) -> None:
    """A failure before the deed leaves nothing; one after it leaves the comment, and the caller does not know."""
    number, headers = github.add_issue("正文"), {"Authorization": f"Bearer {github.token}"}
    address = f"{github.home}/issues/{number}/comments"
    github.fail("POST", "/comments$", 502)
    github.fail("POST", "/comments$", 0, after=True)
    assert requests.post(address, json={"body": "一"}, headers=headers, timeout=5).status_code == 502
    with pytest.raises(requests.ConnectionError):
        requests.post(address, json={"body": "二"}, headers=headers, timeout=5)
    assert requests.post(address, json={"body": "三"}, headers=headers, timeout=5).status_code == 201
    assert [one["body"] for one in github.comments(number)] == ["二", "三"]


def test_uploads_come_from_another_host_without_the_token(github: GitHub) -> None:
    """An upload redirects to another host, where showing the token is a problem; the HTML has that address."""
    address = github.attach(b"\x89PNG", kind="image/png")
    headers = {"Authorization": f"Bearer {github.token}"}
    answer = requests.get(address, headers=headers, timeout=5)
    assert (answer.content, answer.headers["content-type"], len(answer.history)) == (b"\x89PNG", "image/png", 1)
    number = github.add_issue(f"![图]({address})")
    full = {**headers, "Accept": "application/vnd.github.full+json"}
    html = requests.get(f"{github.home}/issues/{number}", headers=full, timeout=5).json()["body_html"]
    assert f'src="{github.other_host}/objects/' in html
    requests.get(answer.url, headers=headers, timeout=5)
    assert "the token was shown to another host" in github.problems.pop()


def test_the_clock_of_the_server_is_its_own(github: GitHub) -> None:
    """A server whose clock is ahead says so in Date and in what it stamps."""
    github.skew = 3 * 86400
    number = github.add_issue("正文")
    answer = requests.get(
        f"{github.home}/issues/{number}", headers={"Authorization": f"Bearer {github.token}"}, timeout=5
    )
    assert answer.json()["created_at"][:10] == github.now()[:10]
    assert int(github.now()[8:10]) == int(answer.headers["Date"].split()[1])
