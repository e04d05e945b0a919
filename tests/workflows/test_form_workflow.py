"""intake.yml, run as GitHub runs it: from the form to the pull request, its check, and what a hostile form does not do."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import yaml
from markdown_it import MarkdownIt
from PIL import Image

from tests.workflows import patches
from tests.workflows.paper import filled

if TYPE_CHECKING:
    from typing import Any

    from tests.workflows.harness import World
    from tests.workflows.job import Run

NO_SITE = {"site": "success", "test": "success"}
TITLE = "[故障] 网关每天凌晨重启"
ID = re.compile(r"SW-\d{8}-\d{3}")


@pytest.fixture
def counter(world: World) -> World:
    """The repository, whose uploads lie on the host that the variable of the repository names."""
    world.variables["FAULT_UPLOAD_HOSTS"] = world.github.other_host
    return world


def answer(world: World, number: int) -> str:
    """Return the one answer in an issue."""
    [one] = world.github.comments(number)
    assert one["user"]["type"] == "Bot"
    return str(one["body"])


def ids(world: World) -> list[str]:
    """Return the ids that are reserved in the remote."""
    return patches.git(world.remote, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/faults").split()


def ticket(world: World, number: int) -> tuple[str, dict[str, Any], str]:
    """Return path, header and body of the one ticket on the branch of an issue."""
    listed = patches.git(world.remote, "diff", "--name-only", f"main...intake/{number}").splitlines()
    [path] = [name for name in listed if name.endswith(".md")]
    _, header, body = world.read(path, f"intake/{number}").split("---\n", 2)
    return path, yaml.safe_load(header), body


def commands(run: Run) -> list[str]:
    """Return the commands to GitHub that the program's output holds."""
    return [one["kind"] for job in run.jobs for step in job.steps for one in step.annotations]


def test_a_form_with_everything_becomes_a_checked_pull_request(counter: World) -> None:
    """The ticket says what the form says, the picture lies beside it, issue and pull request link each other.

    The check was started; its verdict is the status of the commit that branch protection waits for.
    """
    hub = counter.github
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "PNG")
    picture = f"![截图]({hub.attach(data.getvalue())})"
    number = hub.add_issue(filled(part_2=f"夜间无人操作。\n\n{picture}"), title=TITLE, user="mei", labels=["故障登记"])
    run = counter.issue("intake.yml", number)
    assert run.conclusion == "success", run.output
    path, header, body = ticket(counter, number)
    assert (header["title"], header["severity"], header["status"]) == ("网关每天凌晨重启", "高", "待受理")
    assert header["impact"] == {
        "users": 12,
        "products": ["智能网关 GW2", "栖云 App"],
        "versions": ["V2.4.0"],
        "regions": ["华东", "华南"],
        "modules": ["电源管理"],
    }
    assert "2. 执行夜间维护。" in body
    assert [
        name
        for name in patches.git(counter.remote, "diff", "--name-only", f"main...intake/{number}").splitlines()
        if name.endswith(".png")
    ]
    [pull] = hub.pulls
    assert header["id"] in hub.issues[pull]["title"]
    assert f"#{number}" in hub.issues[pull]["body"]
    assert header["id"] in answer(counter, number)
    assert f"#{pull}" in answer(counter, number)
    [order] = hub.dispatches
    assert (order["workflow"], order["ref"]) == ("check.yml", f"intake/{number}")
    tip = counter.tip(f"intake/{number}")
    assert [(one["state"], one["context"], one["_sha"]) for one in hub.statuses] == [("pending", "检查", tip)]

    check = counter.dispatch("check.yml", f"intake/{number}", results=NO_SITE)
    assert {job.key: job.result for job in check.jobs} == dict.fromkeys(
        ("test", "faults", "site", "verdict", "status"), "success"
    )
    assert [(one["state"], one["_sha"]) for one in hub.statuses] == [("pending", tip), ("success", tip)]
    assert counter.completed("comment.yml", check).conclusion == "success"
    [comment] = hub.comments(pull)
    assert header["id"] in comment["body"]
    assert path.endswith(f"/{header['id']}.md")


def test_editing_the_form_changes_the_pull_request(counter: World) -> None:
    """The same id, the same pull request, the same answer, with the new words; an edit that changes nothing pushes nothing."""
    number = counter.github.add_issue(filled(), title=TITLE, user="mei")
    counter.issue("intake.yml", number)
    before = ticket(counter, number)[1]
    counter.github.issues[number]["body"] = filled(severity="紧急", users="3200")
    assert counter.issue("intake.yml", number, "edited").conclusion == "success"
    after = ticket(counter, number)[1]
    assert (after["id"], after["severity"], after["impact"]["users"]) == (before["id"], "紧急", 3200)
    assert len(counter.github.pulls) == len(ids(counter)) == 1
    pushes = len(counter.github.pushes)
    assert counter.issue("intake.yml", number, "edited").conclusion == "success"
    assert len(counter.github.pushes) == pushes
    assert before["id"] in answer(counter, number)


def test_a_form_without_what_it_must_have_is_answered(counter: World) -> None:
    """No id, no branch, no pull request: the answer names each missing answer as the form calls it, and no other."""
    number = counter.github.add_issue(filled(severity="", reporter=""), title=TITLE, user="mei")
    assert counter.issue("intake.yml", number).conclusion == "success"
    assert (counter.github.pulls, counter.github.pushes, counter.github.dispatches, ids(counter)) == ([], [], [], [])
    named = [
        name for name in ("严重程度", "反馈人工号", "涉及产品", "现象") if f"**{name}**" in answer(counter, number)
    ]
    assert named == ["严重程度", "反馈人工号"]


def test_a_form_with_missing_parts_is_registered_and_says_so(counter: World) -> None:
    """A description that is not whole gets its id, and the answer says what is still missing and what is due when."""
    number = counter.github.add_issue(filled(part_3="", part_4="", customer_ref=""), title=TITLE, user="mei")
    assert counter.issue("intake.yml", number).conclusion == "success"
    told = answer(counter, number)
    assert ticket(counter, number)[1]["id"] in told
    lacking = told.partition("**还缺什么**")[2].partition("\n**")[0]
    assert "发生频率" in lacking
    assert "复现步骤" in lacking
    assert "环境信息" not in lacking
    assert re.search(r"\| \d{4}-\d{2}-\d{2} \d{2}:\d{2} \| 软件开发组或云平台组 \| 受理分配", told)
    assert "SW-20261103-001" in told, "the fault of the samples that looks the same"


def test_a_form_with_a_private_value_opens_nothing(counter: World) -> None:
    """The value goes nowhere: not into a branch, not into the answer, not into the log."""
    number = counter.github.add_issue(filled(remark="请回电 13912345678"), title=TITLE, user="mei")
    run = counter.issue("intake.yml", number)
    assert (counter.github.pulls, counter.github.pushes, ids(counter)) == ([], [], [])
    assert "13912345678" not in answer(counter, number) + run.output
    assert "删" in answer(counter, number)


ATTACK = "$(touch pwned) `touch pwned` ; touch pwned # ' \" ${{ secrets.FAULT_NOTIFY }} %0A::set-env name=X::y"
MARKDOWN = "@qiyun/product <img src=x onerror=alert(1)> [点这里](https://evil.example/) ![](https://evil.example/p.png)"


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"product": ATTACK[:60], "module": ATTACK[:40], "region": "@qiyun/product"}, id="registered"),
        pytest.param({"region": MARKDOWN * 3, "module": "x\n### 严重程度\n\n低"}, id="refused"),
    ],
)
def test_a_hostile_form_stays_a_text(more: dict[str, str], counter: World, request: pytest.FixtureRequest) -> None:
    """Shell, expressions, commands to GitHub, Markdown, YAML and our own marks, in each field: no program runs them.

    What the answer, the title and the pull request repeat of them names nobody, loads nothing and is no HTML.
    """
    hub = counter.github
    counter.secrets["FAULT_NOTIFY"] = "software = json://very-secret"
    lines = f"{ATTACK}\n::add-mask::故障\n::error file=a,line=1::x\n---\nstatus: 已关闭\n---\n<!-- faultkb:intake -->\n{MARKDOWN}"
    body = filled(part_1=lines, part_4=lines, remark=ATTACK, **more)
    number = hub.add_issue(body, title=f"[故障] {ATTACK[:50]} @qiyun/product <b>", user="mallory")
    run = counter.issue("intake.yml", number)
    assert len(hub.pulls) == (1 if "registered" in request.node.name else 0), answer(counter, number)
    shown = [answer(counter, number)]
    for pull in hub.pulls:
        assert ticket(counter, number)[1]["status"] == "待受理"
        check = counter.dispatch("check.yml", f"intake/{number}", results=NO_SITE)
        assert {kind for kind in commands(check) if kind not in {"error", "warning", "notice"}} == set()
        assert "very-secret" not in check.output
        assert counter.completed("comment.yml", check).conclusion == "success"
        shown += [hub.issues[pull]["body"], check.job("faults").summary, *(one["body"] for one in hub.comments(pull))]
    assert commands(run) == []
    assert "very-secret" not in run.output
    assert list(counter.folder.rglob("pwned")) == []
    assert len(dangers(MARKDOWN)) == 4
    for text in shown:
        assert dangers(text) == [], text


def dangers(text: str) -> list[str]:
    """Return what GitHub would do with a text besides showing it: HTML, pictures and links to strangers, names of teams."""
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    kept = re.sub(r"<code>.*?</code>|<pre>.*?</pre>", "", html, flags=re.DOTALL)
    own = r"(?!/?(?:p|h\d|ul|ol|li|table|thead|tbody|tr|th|td|strong|em|br|hr|sub|details|summary|del|blockquote)\b[^>]*>|/?a\b)"
    tags = re.findall(rf"<{own}[^>]*>", re.sub(r"<!-- faultkb:[a-z-]+ -->", "", kept))
    links = re.findall(r'href="(https?://evil[^"]*)"', kept)
    return [*tags, *links, *re.findall(r"(?<![\w/])@qiyun\S*", re.sub("<[^>]*>", "", kept))]


def test_two_forms_at_once_get_different_ids(counter: World) -> None:
    """Two clerks press the button in the same second: two ids, two branches, two pull requests."""
    numbers = [counter.github.add_issue(filled(), title=TITLE, user=user) for user in ("mei", "lan")]
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda number: counter.issue("intake.yml", number), numbers))
    assert [run.conclusion for run in runs] == ["success", "success"], [run.output for run in runs]
    held = [ticket(counter, number)[1]["id"] for number in numbers]
    assert sorted(held) == sorted(set(held)) == sorted(ids(counter))
    assert len(counter.github.pulls) == 2


def test_an_answer_of_ours_starts_nothing(counter: World) -> None:
    """What a program writes into an issue is no form: the job is skipped."""
    number = counter.github.add_issue(filled(), title=TITLE, user="github-actions[bot]")
    assert counter.issue("intake.yml", number).result("intake") == "skipped"


@pytest.mark.parametrize("action", ["closed", "deleted"])
def test_a_form_that_goes_is_asked_about_in_its_pull_request(counter: World, action: str) -> None:
    """Nothing of the registration changes; who reviews it is asked, once, and told when the form is open again."""
    number = counter.github.add_issue(filled(), title=TITLE, user="mei")
    counter.issue("intake.yml", number)
    pushes, [pull] = len(counter.github.pushes), counter.github.pulls
    counter.github.issues[number].update(state="closed", closed_at=counter.github.now())
    for _ in range(2):
        assert counter.issue("intake.yml", number, action).conclusion == "success"
    [asked] = counter.github.comments(pull)
    assert f"表单 #{number}，请确认还要不要" in asked["body"]
    assert len(counter.github.pushes) == pushes


def test_with_an_app_its_token_writes_and_nothing_is_dispatched(counter: World) -> None:
    """What an App pushes starts the check by itself: no run is ordered, and the pull request is the App's."""
    counter.variables["FAULT_APP_CLIENT_ID"] = "Iv23li"
    counter.secrets["FAULT_APP_KEY"] = "key"
    number = counter.github.add_issue(filled(), title=TITLE, user="mei")
    assert counter.issue("intake.yml", number).conclusion == "success"
    [pull] = counter.github.pulls
    assert counter.github.issues[pull]["user"]["login"] == "qiyun-faults[bot]"
    assert {push["actor"] for push in counter.github.pushes} == {"qiyun-faults[bot]"}
    assert (counter.github.dispatches, counter.github.statuses) == ([], [])
    counter.github.issues[number]["body"] = filled(severity="紧急")
    assert counter.issue("intake.yml", number, "edited").conclusion == "success"
    assert "已登记" in answer(counter, number), "one answer: the App knows its own"
