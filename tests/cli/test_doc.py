"""fault doc: where documents are written, what they are called, what is said beside, and the archive of a closed fault."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest
from docx import Document
from PIL import Image

from faultkb.papers import names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OPEN, CLOSED = "SW-20261102-001", "SW-20261030-001"
AS_OF = ("--as-of", "2026-11-05 12:00")

KINDS = (
    "分配确认",
    "用户回复记录",
    "故障分析报告",
    "解决方案说明书",
    "方案评审记录",
    "风险预警报告",
    "问题验证报告",
    "用户确认记录",
    "归档",
    "8D",
)
"""Every document that the process names."""


@pytest.fixture(autouse=True)
def _inside(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user stands in the repository."""
    monkeypatch.chdir(office)


@pytest.mark.parametrize("form", ["docx", "md", "html"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_in_every_format(
    call: Callable[..., subprocess.CompletedProcess[str]], office: Path, kind: str, form: str
) -> None:
    """Each document is written into the current folder under its number; Word is what one gets without asking."""
    given = () if form == "docx" else ("--format", form)
    done = call(office, "doc", CLOSED, kind, *given, *AS_OF)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    (file,) = office.glob("QY-QR-*")
    assert done.stderr.startswith(f"已写到 {file.name}\n")
    assert file.name.endswith(f"-{CLOSED}.{form}")
    assert "不认识" not in done.stderr
    if form == "docx":
        assert zipfile.is_zipfile(file)
    else:
        assert CLOSED in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("8d", "8D"),
        ("《故障分析报告》", "FX"),
        ("分析", "FX"),
        ("分 配", "FP"),
        ("验证", "YZ"),
        ("8D报告", "8D"),
        ("档案", "GD"),
    ],
)
def test_kind_is_meant(
    call: Callable[..., subprocess.CompletedProcess[str]], office: Path, typed: str, number: str
) -> None:
    """A kind may be written with quotes, in part, by its title, in small letters."""
    done = call(office, "doc", CLOSED, typed, "--format", "md", *AS_OF)
    assert done.returncode == 0, done.stderr
    assert [file.name for file in office.glob("QY-QR-*")] == [f"QY-QR-{number}-{CLOSED}.md"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((CLOSED, "报告"), "“报告”可以是 故障分析报告、风险预警报告、问题验证报告、8D：写全一点"),
        ((CLOSED, "周报"), f"没有“周报”这种文件；可以写：{'、'.join(KINDS)}"),
        ((CLOSED, "…"), "没有“…”这种文件"),
        ((CLOSED,), f"没有写是哪一种文件；可以写：{'、'.join(KINDS)}"),
        ((), "没有写编号：fault doc 编号 文件"),
        (("--archive", CLOSED, "8D"), "--archive 写出全部文件"),
        (("SW-20990101-001", "8D"), "没有编号为 SW-20990101-001 的故障"),
    ],
)
def test_usage(
    call: Callable[..., subprocess.CompletedProcess[str]], office: Path, arguments: tuple[str, ...], said: str
) -> None:
    """What cannot be meant is refused with what can be written."""
    done = call(office, "doc", *arguments, *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert list(office.glob("QY-*")) == []


def test_lacking_is_said_beside(call: Callable[..., subprocess.CompletedProcess[str]], office: Path) -> None:
    """What is shown as 待补充 is listed on stderr with where to write it; that is no error."""
    done = call(office, "doc", OPEN, "故障分析报告", "--format", "md", "--output", "-", *AS_OF)
    assert done.returncode == 0
    assert done.stdout.startswith("# 故障分析报告\n")
    assert "### 流出原因\n\n待补充\n" in done.stdout
    assert done.stderr.splitlines() == [
        "缺少：流出原因（在“原因分析”里写“**流出原因。**”）",
        "这些地方现在写着“待补充”",
    ]


def test_output(call: Callable[..., subprocess.CompletedProcess[str]], office: Path) -> None:
    """A file, a folder, or the screen; what is there is replaced."""
    (office / "x").mkdir()
    for place, expected in (("x", f"x/QY-QR-8D-{CLOSED}.md"), ("y.md", "y.md"), ("y.md", "y.md")):
        done = call(office, "doc", CLOSED, "8D", "--format", "md", "--output", place, *AS_OF)
        assert done.returncode == 0, done.stderr
        assert (office / expected).is_file()
    done = call(office, "doc", CLOSED, "8D", "--output", "nowhere/x.docx", *AS_OF)
    assert done.returncode == 2
    assert "写不了 nowhere/x.docx" in done.stderr


def test_picture_is_found_from_where_the_document_lies(
    call: Callable[..., subprocess.CompletedProcess[str]], office: Path
) -> None:
    """A link to a picture works from the folder of the document."""
    home = office / "tickets/2026/10"
    (home / CLOSED).mkdir()
    Image.new("RGB", (4, 4), "red").save(home / CLOSED / "a.png")
    path = home / f"{CLOSED}.md"
    text = path.read_text(encoding="utf-8").replace("分批上报。", f"![图]({CLOSED}/a.png)")
    path.write_text(text, encoding="utf-8")
    (office / "out").mkdir()
    assert call(office, "doc", CLOSED, "8D", "--format", "md", "--output", "out", *AS_OF).returncode == 0
    written = (office / f"out/QY-QR-8D-{CLOSED}.md").read_text(encoding="utf-8")
    assert f"![图](<../tickets/2026/10/{CLOSED}/a.png>)" in written
    assert (office / "out" / f"../tickets/2026/10/{CLOSED}/a.png").is_file()
    assert call(office, "doc", "--archive", CLOSED, "--format", "md", *AS_OF).returncode == 0
    assert (office / f"{CLOSED}-归档" / CLOSED / "a.png").is_file()
    assert f"![图](<{CLOSED}/a.png>)" in (office / f"{CLOSED}-归档/QY-QR-8D-{CLOSED}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["docx", "md", "html"])
def test_archive(call: Callable[..., subprocess.CompletedProcess[str]], office: Path, form: str) -> None:
    """The whole set and an index, the same bytes each time; a second time takes the place of the first."""
    contents = []
    for _ in range(2):
        done = call(office, "doc", "--archive", CLOSED, "--format", form, *AS_OF)
        assert done.returncode == 0, done.stderr
        folder = office / f"{CLOSED}-归档"
        contents.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert contents[0] == contents[1]
    assert len(contents[0]) == len(KINDS) + 1
    index = contents[0]["目录.html"].decode()
    assert all(f"QY-QR-{number}-{CLOSED}.{form}" in index for number in ("8D", "GD", "FP", "QR"))
    assert f"在仓库的 tickets/2026/10/{CLOSED}/" in re.sub("<[^>]+>", "", index)
    assert [file.name for file in office.iterdir() if file.name.startswith(".")] == []


def test_archive_into_a_folder(call: Callable[..., subprocess.CompletedProcess[str]], office: Path) -> None:
    """A folder that is there gets the archive inside; an earlier archive is replaced where it is."""
    (office / "档案").mkdir()
    for place in ("档案", f"档案/{CLOSED}-归档", "新"):
        done = call(office, "doc", "--archive", CLOSED, "--format", "md", "--output", place, *AS_OF)
        assert done.returncode == 0, done.stderr
    assert [one.name for one in (office / "档案").iterdir()] == [f"{CLOSED}-归档"]
    assert (
        len(list((office / f"档案/{CLOSED}-归档").iterdir())) == len(list((office / "新").iterdir())) == len(KINDS) + 1
    )


def test_archive_of_an_open_fault(call: Callable[..., subprocess.CompletedProcess[str]], office: Path) -> None:
    """An open fault is refused, with its state and what it lacks; nothing is written."""
    done = call(office, "doc", "--archive", OPEN, *AS_OF)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{OPEN} 还没有关闭（处理中），不能归档" in done.stderr
    assert "  提交验证时间（记“提交验证”）\n" in done.stderr
    assert not (office / f"{OPEN}-归档").exists()


def test_archive_overwrites_nothing_else(call: Callable[..., subprocess.CompletedProcess[str]], office: Path) -> None:
    """A folder with anything else in it is left as it is."""
    folder = office / f"{CLOSED}-归档"
    folder.mkdir()
    (folder / "我的笔记.txt").write_text("别删", encoding="utf-8")
    done = call(office, "doc", "--archive", CLOSED, "--format", "md", *AS_OF)
    assert done.returncode == 2
    assert "里有别的文件（我的笔记.txt" in done.stderr
    assert [file.name for file in folder.iterdir()] == ["我的笔记.txt"]


def test_archive_is_whole_or_not_there(call: Callable[..., subprocess.CompletedProcess[str]], office: Path) -> None:
    """Where one template is wrong there is no folder."""
    (office / "schema/documents/8D.md").write_text("{{ 问题编号 }", encoding="utf-8")
    done = call(office, "doc", "--archive", CLOSED, "--format", "md", *AS_OF)
    assert done.returncode == 2
    assert "模板 8D.md 第 1 行写得不对" in done.stderr
    assert list(office.glob("*归档*")) == []


def test_a_company_changes_titles_numbers_and_kinds(
    call: Callable[..., subprocess.CompletedProcess[str]], office: Path
) -> None:
    """Another title, another number, a new kind with its own template: data alone; a misspelt name is told with the near ones."""
    path = office / "schema/documents.yaml"
    text = path.read_text(encoding="utf-8").replace("title: 8D 报告", "title: 八步法报告")
    path.write_text(text + '  快报: {title: 质量快报, number: "KB-{年}-{问题编号}", template: 短}\n', encoding="utf-8")
    (office / "schema/documents/短.md").write_text("{{ 文件标题 }} {{ 文件编号 }} {{ 问题标 }}\n", encoding="utf-8")
    done = call(office, "doc", CLOSED, "快报", "--format", "md", "--output", "-", *AS_OF)
    assert done.stdout == f"质量快报 KB-2026-{CLOSED} 〔不认识：问题标〕\n"
    assert done.returncode == 1
    assert done.stderr.startswith("错误：快报 的模板里有不认识的名字：问题标，是不是 问题标题")
    assert "八步法报告" in call(office, "doc", CLOSED, "八步", "--format", "md", "--output", "-", *AS_OF).stdout
    done = call(office, "doc", CLOSED, "快报", *AS_OF)
    assert (done.returncode, "缺少模板 schema/documents/短.docx" in done.stderr) == (2, True)


def test_unknown_names_are_told_first(call: Callable[..., subprocess.CompletedProcess[str]], office: Path) -> None:
    """The document is written all the same; what nobody knows is told above what is lacking, other words for a part as that part."""
    path = office / "schema/documents/故障分析报告.md"
    path.write_text("{{ 流出原因 }}{{ 根本原应 }}\n", encoding="utf-8")
    done = call(office, "doc", OPEN, "故障分析报告", "--format", "md", *AS_OF)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"已写到 QY-QR-FX-{OPEN}.md",
        "错误：故障分析报告 的模板里有不认识的名字：根本原应，是不是 发生原因；可以写的见 fault doc --placeholders",
        "缺少：流出原因（在“原因分析”里写“**流出原因。**”）",
        "这些地方现在写着“待补充”",
    ]
    assert (office / f"QY-QR-FX-{OPEN}.md").is_file()


def test_a_number_that_is_no_file_name(call: Callable[..., subprocess.CompletedProcess[str]], office: Path) -> None:
    """A controlled number may have a slash: it stands in the document, and the file lies where the others do."""
    path = office / "schema/documents.yaml"
    text = path.read_text(encoding="utf-8").replace('"QY-QR-8D-{问题编号}"', '"../QY/QP:08-{问题编号}"')
    path.write_text(text, encoding="utf-8")
    done = call(office, "doc", CLOSED, "8D", "--format", "md", *AS_OF)
    assert (done.returncode, done.stderr.splitlines()[0]) == (0, f"已写到 ..-QY-QP-08-{CLOSED}.md")
    written = (office / f"..-QY-QP-08-{CLOSED}.md").read_text(encoding="utf-8").replace("\\", "")
    assert f"| 文件编号 | ../QY/QP:08-{CLOSED} |" in written
    assert call(office, "doc", "--archive", CLOSED, "--format", "md", *AS_OF).returncode == 0
    folder = office / f"{CLOSED}-归档"
    assert (folder / f"..-QY-QP-08-{CLOSED}.md").is_file()
    assert f'href="..-QY-QP-08-{CLOSED}.md"' in (folder / "目录.html").read_text(encoding="utf-8")


def test_git_ignores_what_is_written(root: Path) -> None:
    """Documents and archives that are written at the root are not committed; the templates are."""
    names = ["QY-QR-8D-SW-20261103-001.docx", "SW-20261103-001-归档/目录.html", "schema/documents/8D.docx"]
    command = ["git", "-c", "core.quotePath=false", "check-ignore", "--no-index", *names]
    done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.split() == names[:2]


def test_without_documents_yaml(call: Callable[..., subprocess.CompletedProcess[str]], office: Path) -> None:
    """An older schema/ without documents: this command alone says what to do."""
    (office / "schema/documents.yaml").unlink()
    shutil.rmtree(office / "schema/documents")
    done = call(office, "doc", CLOSED, "8D", *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert "缺少文件 schema/documents.yaml" in done.stderr


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "缺少公司标志 schema/documents/logo.png"),
        (b"", "是空的，或超过 2 MB"),
        (b"0" * 2_000_001, "是空的，或超过 2 MB"),
        (b"<svg/>", "内容不是 PNG 图片"),
        (b"\x89PNG\r\n\x1a\n?", "图片损坏"),
    ],
)
@pytest.mark.parametrize(
    "command",
    [("doc", CLOSED, "8D"), ("doc", CLOSED, "8D", "--format", "html"), ("report", "weekly", "--format", "docx")],
)
def test_broken_logo(
    call: Callable[..., subprocess.CompletedProcess[str]],
    office: Path,
    command: tuple[str, ...],
    data: bytes | None,
    said: str,
) -> None:
    """A logo that is not there, or no picture that can be shown, is said with what to do, whatever is written."""
    place = office / "schema/documents/logo.png"
    place.unlink() if data is None else place.write_bytes(data)
    done = call(office, *command, *AS_OF)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr
    assert "schema/documents.yaml 删去 logo" in done.stderr or "换一个小的图片" in done.stderr


def test_templates_are_checked(call: Callable[..., subprocess.CompletedProcess[str]], office: Path) -> None:
    """Without a fault: every template of this repository is whole; what is wrong with any is said at once, with 1 for the pull request."""
    done = call(office, "doc", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "检查了 20 个模板：没有错误\n")
    folder = office / "schema/documents"
    document = Document(str(folder / "8D.docx"))
    document.sections[0].footer.paragraphs[0].add_run("{{ 问题编码 }}")
    document.save(str(folder / "8D.docx"))
    (folder / "8D.md").write_text("{% if 问题编号 %}{% else %}{{ 故障类形 }}{% endif %}", encoding="utf-8")
    (folder / "归档.md").write_text("{ 问题编号 }", encoding="utf-8")
    (folder / "用户确认记录.docx").write_bytes(b"\xd0\xcf\x11\xe0")
    (folder / "用户确认记录.md").unlink()
    path = office / "schema/documents.yaml"
    path.write_text(
        path.read_text(encoding="utf-8") + '  快报: {title: 质量快报, number: "KB-{问题编号}"}\n', encoding="utf-8"
    )
    done = call(office, "doc", "--check")
    assert (done.returncode, done.stdout) == (1, "")
    assert [line.split("；")[0] for line in done.stderr.splitlines()] == [
        "模板 用户确认记录.docx 是旧的 .doc 格式，或者加了密码：在 Word 或 WPS 里打开，另存为“Word 文档（.docx）”，不要加密码",
        "模板 归档.md 里“问题编号”两边各写两个花括号：{{ 问题编号 }}",
        "模板 8D.docx 里有不认识的名字：问题编码，是不是 问题编号、问题标题、复杂问题",
        "模板 8D.md 里有不认识的名字：故障类形，是不是 故障类型、相关故障、故障描述",
        "缺少“快报”的模板：快报.docx（Word）或 快报.md（Markdown、网页）",
    ]
    path.unlink()
    done = call(office, "doc", "--check")
    assert (done.returncode, done.stderr) == (0, "没有 schema/documents.yaml：不写流程文件，没有要检查的\n")


def test_placeholders_are_listed(call: Callable[..., subprocess.CompletedProcess[str]], office: Path) -> None:
    """Every name that a template may use, with its kind, what it means and the cells of its rows."""
    done = call(office, "doc", "--placeholders")
    lines = [line for line in done.stdout.splitlines() if line.startswith("  {{ ")]
    assert [line.split()[1] for line in lines] == list(names.EVERY)
    assert "  {{ 风险 }}  表  “风险”事件；没有的为未发生；每行：时间、上报人、内容" in lines


@pytest.mark.parametrize("form", ["docx", "md", "html"])
def test_nothing_private_in_any_format(
    call: Callable[..., subprocess.CompletedProcess[str]],
    office: Path,
    put_ticket: Callable[..., Path],
    write_text: Callable[..., str],
    form: str,
) -> None:
    """A private value in a ticket is in no document, no index and no message."""
    phone, name = "13800138000", "李建国"
    text = write_text(
        "2026-11-03 09:00 登记",
        f"受理 owner: {{staff: RD017, name: {name}}}, note: 电话 {phone}",
        f"反馈 note: 已致电 {phone}",
        "提交验证",
        "验证通过",
        "关闭",
        status="已关闭",
        title=f"重启 {phone}",
        body=f"## 故障描述\n\n### 现象\n\n用户 {phone} 来电。\n",
    )
    put_ticket(office, "SW-20261103-001", text)
    done = call(office, "doc", "--archive", "SW-20261103-001", "--format", form, *AS_OF)
    assert done.returncode == 0, done.stderr
    told = [done.stderr.encode()]
    for file in (office / "SW-20261103-001-归档").iterdir():
        parts = zipfile.ZipFile(file) if zipfile.is_zipfile(file) else None
        told += [parts.read(one) for one in parts.namelist()] if parts else [file.read_bytes()]
    everything = b"\n".join(told).decode("utf-8", "replace")
    assert "138****8000" in everything
    assert phone not in everything
    assert name not in everything
