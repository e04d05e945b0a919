"""Shell completion: what is offered where, asked in the real shells, and silence where nothing can be offered."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import click
import pytest

from faultkb import cli
from faultkb.cli import shells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOGIN, GATEWAY, SCENE, LOCK = "SW-20261104-001", "SW-20261102-001", "SW-20261030-001", "HW-20261029-001"
"""The four faults of the office, the newest first: 待受理, 处理中, 已关闭, 处理中."""


@pytest.fixture
def offers(office: Path, call: Callable[..., Any]) -> Callable[[str], dict[str, str | None]]:
    """Return a function from a line typed in the office to what is offered, with its help; a mistake is raised."""
    call(office, "--version")  # from here on click speaks Chinese, as in the program

    def ask(line: str) -> dict[str, str | None]:
        words = shlex.split(line)
        incomplete = "" if line.endswith(" ") else words.pop()
        shell = shells.Zsh(cli.fault, {}, "fault", "_FAULT_COMPLETE")
        found = shell.get_completions(["--root", str(office), *words[1:]], incomplete)
        return {one.value: one.help for one in found}

    return ask


def test_commands_are_offered_in_their_order(offers: Callable[[str], Any]) -> None:
    """Every command that help lists, with what it does."""
    assert offers("fault ") == cli.COMMANDS
    assert list(offers("fault ")) == list(cli.COMMANDS)
    assert "report" in offers("fault re")
    assert "list" not in offers("fault re")
    assert "serve" in offers("fault site ")


@pytest.mark.parametrize("command", ["log", "show", "edit", "renumber", "similar", "doc"])
def test_ids_are_offered_newest_first_with_their_titles(offers: Callable[[str], Any], command: str) -> None:
    """By the date in the id, then its number, whatever the type."""
    assert list(offers(f"fault {command} ").items()) == [
        (LOGIN, "云端登录全部失败"),
        (GATEWAY, "网关升级后每日凌晨重启"),
        (SCENE, "场景列表为空"),
        (LOCK, "门锁电机堵转"),
    ]


def test_documents_are_offered_with_their_titles(offers: Callable[[str], Any]) -> None:
    """What `fault doc` writes of a fault, as schema/documents.yaml calls it."""
    assert list(offers(f"fault doc {SCENE} "))[:2] == ["分配确认", "用户回复记录"]
    assert offers(f"fault doc {SCENE} 8") == {"8D": "8D 报告"}
    assert list(offers(f"fault doc {SCENE} 8D --format ")) == ["docx", "md", "html"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("SW", [LOGIN, GATEWAY, SCENE]),
        ("HW-2026", [LOCK]),
        ("hw", [LOCK]),
        ("SW-2026110", [LOGIN, GATEWAY]),
        ("202611", [LOGIN, GATEWAY]),
        ("1030", [SCENE]),
        ("001", [LOGIN, GATEWAY, SCENE, LOCK]),
        ("W-20261029", [LOCK]),
        ("XX", []),
        ("*", []),
        ("SW-20261104-0011", []),
    ],
)
def test_id_is_known_by_its_begin_or_by_any_part(offers: Callable[[str], Any], typed: str, expected: list[str]) -> None:
    """Ids that begin with what is typed; where there are none, those that contain it."""
    assert list(offers(f"fault show {typed}")) == expected


def test_number_behind_a_thousand_is_newer(
    offers: Callable[[str], Any], office: Path, put_ticket: Callable[..., Path]
) -> None:
    """Numbers are compared as numbers: 1000 comes after 999."""
    for number in ("999", "1000"):
        put_ticket(office, f"SW-20261104-{number}", "---\nid: x\n---\n")
    assert list(offers("fault show SW-20261104")) == ["SW-20261104-1000", "SW-20261104-999", LOGIN]


def test_titles_are_masked(offers: Callable[[str], Any], office: Path) -> None:
    """What stands beside an id is shown to whoever looks at the screen."""
    path = office / "tickets" / "2026" / "11" / "SW-20261104-001.md"
    text = path.read_text(encoding="utf-8").replace("title: 云端登录全部失败", "title: 登录失败，致电 13812345512")
    path.write_text(text, encoding="utf-8")
    assert offers("fault show SW-20261104")[LOGIN] == "登录失败，致电 138****5512"


def test_hostile_file_names_are_not_offered(offers: Callable[[str], Any], office: Path) -> None:
    """What is put into somebody's command line is an id and nothing else; a title cannot move the cursor."""
    folder = office / "tickets" / "2026" / "11"
    for name in ("$(touch pwned).md", "a b;rm -rf x.md", "SW-20261105-001 -x.md", "`id`.md", "SW-1.md", "-x.md"):
        (folder / name).write_text("x", encoding="utf-8")
    path = folder / f"{LOGIN}.md"
    text = path.read_text(encoding="utf-8").replace("title: 云端登录全部失败", 'title: "红\\e[31m\\u202e\\n行"')
    path.write_text(text, encoding="utf-8")
    found = offers("fault show ")
    assert list(found) == [LOGIN, GATEWAY, SCENE, LOCK]
    assert not set("\x1b\n\u202e") & set(found[LOGIN])


EVENTS = {
    # by hand from DESIGN §4: what may follow each state, with no waiting open
    LOGIN: "退回 补充 响应 受理 反馈 定级 定类 作废 更正",
    GATEWAY: "响应 反馈 改派 定级 定类 初步方案 评审 进展 风险 暂停 改期 提交验证 作废 更正",
    SCENE: "反馈 重开 更正",
}


@pytest.mark.parametrize(("ticket_id", "expected"), EVENTS.items())
def test_events_are_those_that_the_state_allows(offers: Callable[[str], Any], ticket_id: str, expected: str) -> None:
    """After the id come the events that are possible now, with what they mean."""
    found = offers(f"fault log {ticket_id} ")
    assert list(found) == expected.split()
    assert found["反馈"] == "告知用户进展；note 写对用户说的话"


def test_events_depend_on_what_is_open(
    offers: Callable[[str], Any], office: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]
) -> None:
    """While a 暂停 is open there is 恢复 instead of another 暂停."""
    put_ticket(office, GATEWAY, write_text("登记", "受理", "暂停"))
    found = offers(f"fault log {GATEWAY} ")
    assert "恢复" in found
    assert "暂停" not in found
    assert list(offers(f"fault log {GATEWAY} 提")) == ["提交验证"]


@pytest.mark.parametrize("ticket_id", ["SW-20261231-001", "nonsense", GATEWAY])
def test_events_of_an_unknown_state_are_all(offers: Callable[[str], Any], office: Path, ticket_id: str) -> None:
    """For an id that is not there, or a file that cannot be read, every event but the registration is offered."""
    (office / "tickets" / "2026" / "11" / f"{GATEWAY}.md").write_bytes(b"\xff\x00")
    found = list(offers(f"fault log {ticket_id} "))
    assert len(found) == 23
    assert "登记" not in found


CHOICES = {
    "list --type ": ["硬件故障", "软件Bug", "兼容性问题", "操作误解", "其他"],
    "list --type 软": ["软件Bug"],
    "list --severity ": ["紧急", "高", "中", "低"],
    "report --severity ": ["紧急", "高", "中", "低"],
    "new --severity ": ["紧急", "高", "中", "低"],
    "new --channel ": ["电话", "在线咨询", "用户反馈平台", "内部测试", "监控告警"],
    "list --status ": ["待受理", "处理中", "待验证", "已关闭", "已延期"],
    "list --team ": ["硬件研发组", "软件开发组", "云平台组", "测试组", "客服组"],
    f"log {GATEWAY} 改派 --team 云": ["云平台组"],
    f"log {GATEWAY} 暂停 --reason ": ["待用户补充", "待用户确认", "待供应商", "待内部资源"],
    f"log {GATEWAY} 作废 --reason ": ["非产品故障", "外部环境", "操作误解", "重复", "误报"],
    f"log {GATEWAY} --reason 待用": ["待用户补充", "待用户确认"],
    f"log {GATEWAY} 定级 --to ": ["紧急", "高", "中", "低"],
    f"log {GATEWAY} 定类 --to 兼": ["兼容性问题"],
    f"log {GATEWAY} 进展 --to ": [],
    f"log {GATEWAY} 验证通过 --functional ": ["通过", "未通过", "不适用"],
    f"log {GATEWAY} 验证通过 --compatibility 不": ["不适用"],
    f"log {GATEWAY} 验证通过 --experience ": ["通过", "未通过", "不适用"],
    f"log {GATEWAY} 用户确认 --outcome ": ["已解决", "未解决", "联系不上"],
    # 用户体验验证 is a part of 验证记录, and only sections are corrected.
    f"log {GATEWAY} 更正 --section 用户": ["用户确认"],
    "list --type=软": ["--type=软件Bug"],
    "list --status=已": ["--status=已关闭", "--status=已延期"],
    "list --title ": [],
    "list --text ": [],
    "list --format ": ["text", "md", "json"],
    "list --op": ["--open"],
    "rules snapshot": ["snapshot-mismatch"],
    "report st": ["status"],
    "completion ": ["bash", "zsh", "fish"],
}


@pytest.mark.parametrize(("line", "expected"), CHOICES.items(), ids=CHOICES.keys())
def test_values(offers: Callable[[str], Any], line: str, expected: list[str]) -> None:
    """Options and arguments with choices offer them, in the order of the schema."""
    assert list(offers(f"fault {line}")) == expected


def test_values_have_their_description(offers: Callable[[str], Any]) -> None:
    """What the schema says of a choice, the first line of a rule's manual, a report's title."""
    assert offers("fault list --severity 紧") == {"紧急": "影响核心功能且大面积用户"}
    assert offers("fault list --status 待验") == {"待验证": "方案已完成，等待测试验证与用户确认"}
    assert offers("fault report status") == {"status": "故障状态报告"}
    assert offers("fault rules id-path")["id-path-mismatch"]


def test_choice_of_the_schema_in_use(offers: Callable[[str], Any], office: Path) -> None:
    """A company's own values are offered, not ours."""
    path = office / "schema" / "ticket.schema.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"const": "电话"', '"const": "微信"'), encoding="utf-8")
    assert list(offers("fault new --channel 微")) == ["微信"]


def parameters() -> Iterator[str]:
    """Return every option of every command as it is typed, and every argument as a command with a blank behind it."""
    context = click.Context(cli.fault)
    for name in cli.fault.list_commands(context):
        command = cli.fault.get_command(context, name)
        inner = command.commands.values() if isinstance(command, click.Group) else [command]
        for one in inner:
            typed = name if one is command else f"{name} {one.name}"
            yield f"{typed} "
            for parameter in one.params:
                if isinstance(parameter, click.Option) and not parameter.is_flag:
                    yield f"{typed} {parameter.opts[0]} "


@pytest.mark.parametrize("line", list(parameters()))
def test_every_parameter_can_be_asked(offers: Callable[[str], Any], line: str) -> None:
    """No parameter of any command breaks completion, whether it has values to offer or not."""
    offers(f"fault {line}")


# The real shells. Each prints a line for every offer, the help behind a tab where the shell shows it.


@pytest.fixture
def in_shell(root: Path, environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs a script in a shell without any settings of a user; ``$FAULT`` is the launcher."""

    def run(shell: str, folder: Path, script: str, **extra: str) -> subprocess.CompletedProcess[str]:
        plain = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
        program = shutil.which(shell)
        assert program, f"no {shell}: install it"
        bare = {name: value for name, value in environment.items() if name != "PYTHONPATH"}
        return subprocess.run(
            [program, *plain, "-c", script],
            cwd=folder,
            env={**bare, "FAULT": str(root / "tools" / "fault"), "LC_ALL": "C.UTF-8", "HOME": str(folder), **extra},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


SETUP = {
    "bash": """
eval "$("$FAULT" completion bash)"
offer() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _fault_completion "$1" "${!#}"; [ ${#COMPREPLY[@]} = 0 ] || printf '%s\\n' "${COMPREPLY[@]}"; }
""",
    "zsh": """
autoload -Uz compinit && compinit -u -D
eval "$("$FAULT" completion zsh)"
[[ $_comps[fault] == _fault_completion ]] || print "not registered"
typeset -A compstate
_describe() { print -rl -- "${(@P)3/:/	}" }
compadd() { print -rl -- "${(@P)argv[-1]}" }
offer() { words=("$@"); CURRENT=$#; _fault_completion }
""",
    "fish": """
$FAULT completion fish | source
function offer; complete -C"$argv"; end
""",
}
OFFERS = {
    "command": ("list --ty", ["--type\t只看这个故障类型（可重复）"]),
    "id": ("show HW", [f"{LOCK}\t门锁电机堵转"]),
    "part of an id": ("show 1102-", [f"{GATEWAY}\t网关升级后每日凌晨重启"]),
    "event": (f"log {SCENE} 重", ["重开\t关闭后再次出现，开始新的一轮"]),
    "value": ("list --severity 紧", ["紧急\t影响核心功能且大面积用户"]),
    "format": ("list --format j", ["json"]),
    "nothing": ("list --severity x", []),
}


@pytest.mark.parametrize("shell", SETUP)
@pytest.mark.parametrize(("line", "expected"), OFFERS.values(), ids=OFFERS.keys())
def test_shell_offers(in_shell: Callable[..., Any], office: Path, shell: str, line: str, expected: list[str]) -> None:
    """The script that `fault completion` prints works in the shell, for the launcher by its path."""
    done = in_shell(shell, office, f'{SETUP[shell]}\noffer "$FAULT" {line}')
    shown = [one.partition("\t")[0] for one in expected] if shell == "bash" else expected
    assert (done.stdout.splitlines(), done.stderr) == (shown, "")


@pytest.mark.parametrize("shell", SETUP)
def test_shell_offers_for_the_installed_command(
    in_shell: Callable[..., Any], office: Path, root: Path, shell: str
) -> None:
    """`fault` on the PATH is called by its name."""
    folder = office / "bin"
    folder.mkdir()
    (folder / "fault").symlink_to(root / "tools" / "fault")
    done = in_shell(shell, office, f"{SETUP[shell]}\noffer fault show HW", PATH=f"{folder}:{os.environ['PATH']}")
    assert (done.stdout.partition("\t")[0].strip(), done.stderr) == (LOCK, "")


@pytest.mark.parametrize("shell", SETUP)
def test_shell_offers_for_a_path_from_home(in_shell: Callable[..., Any], office: Path, root: Path, shell: str) -> None:
    """A launcher typed with a tilde is found, too."""
    (office / "my").mkdir()
    (office / "my" / "fault").symlink_to(root / "tools" / "fault")
    typed = "'~/my/fault'" if shell != "fish" else "~/my/fault"
    line = f"offer {typed} show HW" if shell != "fish" else f"complete -C'{typed} show HW'"
    done = in_shell(shell, office, f"{SETUP[shell]}\n{line}")
    assert (done.stdout.partition("\t")[0].strip(), done.stderr) == (LOCK, "")


@pytest.mark.parametrize("shell", SETUP)
@pytest.mark.parametrize(
    "words",
    [["--root", "/nowhere", "show", ""], ["show", "XX"], ["list", "--as-of", ""], ["log", "--note", "'open "]],
    ids=" ".join,
)
def test_shell_is_told_nothing_where_there_is_nothing(
    in_shell: Callable[..., Any], office: Path, shell: str, words: list[str]
) -> None:
    """No repository, no such id, a free text, an open quote: no offers and not a word."""
    typed = f'offer "$FAULT" {shlex.join(words)}'
    if shell == "fish":
        typed = f"complete -C{shlex.quote(' '.join(['$FAULT', *words]))}"
    done = in_shell(shell, office, f"{SETUP[shell]}\n{typed}")
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("shell", SETUP)
def test_broken_schema_and_missing_program_are_silent(in_shell: Callable[..., Any], office: Path, shell: str) -> None:
    """A mistake in schema/ is for the command to tell; a launcher that is gone is for the shell."""
    (office / "schema" / "lifecycle.yaml").write_text("states: [", encoding="utf-8")
    for program in ("$FAULT", "./gone/fault"):
        typed = f'offer "{program}" list --type x' if shell != "fish" else f'complete -C"{program} list --type x"'
        done = in_shell(shell, office, f"{SETUP[shell]}\n{typed}")
        assert (done.stdout, done.stderr) == ("", "")


def test_bash_completes_behind_an_equals_sign(in_shell: Callable[..., Any], office: Path) -> None:
    """Bash hands over --type=软 as three words and replaces the last: the value alone is offered."""
    for typed in ("--type = 软", "--type =", "--status 已关闭 --type = 软"):
        done = in_shell("bash", office, f'{SETUP["bash"]}\noffer "$FAULT" list {typed}')
        assert "软件Bug" in done.stdout.splitlines()


def test_bash_keeps_what_is_typed(in_shell: Callable[..., Any], office: Path) -> None:
    """Where the matches share a beginning without the typed part, that part stays among them, or bash would drop it."""
    done = in_shell("bash", office, f'{SETUP["bash"]}\noffer "$FAULT" show 261')
    assert done.stdout.splitlines() == [LOGIN, GATEWAY, SCENE, LOCK]
    shutil.rmtree(office / "tickets" / "2026" / "10")
    done = in_shell("bash", office, f'{SETUP["bash"]}\noffer "$FAULT" show 4-')
    assert done.stdout.splitlines() == [LOGIN]
    done = in_shell("bash", office, f'{SETUP["bash"]}\noffer "$FAULT" show 001')
    assert done.stdout.splitlines() == [LOGIN, GATEWAY, "001"]


def test_bash_gets_values_with_blanks_as_one_word(in_shell: Callable[..., Any], office: Path) -> None:
    """A blank is escaped, unless a quotation mark stands before it."""
    path = office / "schema" / "ticket.schema.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"const": "电话"', '"const": "客服 热线"'), encoding="utf-8"
    )
    for typed, expected in (("客", "客服\\ 热线"), ("'\"客'", "客服 热线")):
        done = in_shell("bash", office, f'{SETUP["bash"]}\noffer "$FAULT" new --channel {typed}')
        assert done.stdout.splitlines() == [expected]


def test_zsh_lists_instead_of_dropping_what_is_typed(in_shell: Callable[..., Any], office: Path) -> None:
    """A part that several ids contain stays in the line; a beginning is completed as far as all agree."""
    script = f'{SETUP["zsh"]}\ncompstate[insert]=unambiguous\noffer "$FAULT" show %s >/dev/null; print "<$compstate[insert]>"'
    assert in_shell("zsh", office, script % "001").stdout == "<>\n"
    assert in_shell("zsh", office, script % "SW").stdout == "<unambiguous>\n"
    assert in_shell("zsh", office, script % "1030").stdout == "<unambiguous>\n"


@pytest.mark.parametrize("shell", shells.SHELLS)
def test_click_variable_prints_the_same_script(start: Callable[..., Any], office: Path, shell: str) -> None:
    """`_FAULT_COMPLETE=bash_source fault`, which click documents, and `fault completion bash` are the same."""
    wanted = start(office, "completion", shell)
    assert (wanted.returncode, wanted.stderr) == (0, "")
    assert start(office, _FAULT_COMPLETE=f"{shell}_source").stdout == wanted.stdout


@pytest.mark.parametrize("shell", shells.SHELLS)
@pytest.mark.parametrize(
    "given", [{}, {"COMP_WORDS": "fault show "}, {"COMP_WORDS": "fault show ", "COMP_CWORD": "x"}, {"COMP_CWORD": "1"}]
)
def test_odd_questions_get_no_answer(
    start: Callable[..., Any], office: Path, shell: str, given: dict[str, str]
) -> None:
    """Variables that are missing or make no sense bring neither a traceback nor a word."""
    done = start(office, _FAULT_COMPLETE=f"{shell}_complete", **given)
    assert done.stderr == ""
    assert done.returncode == 0
    assert "Traceback" not in done.stdout


def test_completion_says_how_to_switch_it_on(call: Callable[..., Any], office: Path) -> None:
    """The help has the line for each shell; a shell that is none of them is refused with the three names."""
    text = call(office, "completion", "--help").stdout
    for line in ('eval "$(fault completion bash)"', 'eval "$(fault completion zsh)"', "fault completion fish | source"):
        assert line in text
    done = call(office, "completion", "csh")
    assert (done.returncode, done.stdout) == (2, "")
    assert all(name in done.stderr for name in shells.SHELLS)
