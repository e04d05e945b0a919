"""The package of an .xlsx file, opened with care: what is no workbook is refused with the way out, what is hostile at once."""

from __future__ import annotations

import zipfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Literal
from xml.parsers import expat

from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SAVE = "用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”，再导入一次"
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = {
    "xl/workbook.bin": f"这是二进制工作簿（.xlsb），不能读取：{_SAVE}",
    "word/document.xml": "这是 Word 文档，不是表格：把其中的表格复制到 Excel，存成 .xlsx",
    "ppt/presentation.xml": "这是演示文稿，不是表格：选 .xlsx 文件",
    "content.xml": f"这是 OpenDocument 文件（.ods 等），不能读取：{_SAVE}",
    "Index/Document.iwa": "这是 Numbers 表格，不能读取：在 Numbers 里选“文件 → 导出为 → Excel”，格式选 .xlsx",
}
"""Parts by which other files are known that are zip archives, too."""
_BEGINNINGS = {
    b"%PDF-": "这是 PDF，不是表格：请找原来的 Excel 文件",
    b"<": f"这是网页或 XML 文件，只是名字像表格：{_SAVE}",
    b"\x89PNG": "这是图片，不是表格：请找原来的 Excel 文件",
    b"\xff\xd8\xff": "这是图片，不是表格：请找原来的 Excel 文件",
    b"Rar!": "这是压缩包：先解压，再导入里面的 .xlsx",
    b"7z\xbc\xaf": "这是压缩包：先解压，再导入里面的 .xlsx",
}
_BROKEN = f"文件损坏，读不出来：{_SAVE}；打不开的，请发送的人重发一份"
_TOO_MUCH = "文件里的内容多得不正常，没有读取：只留下跟踪表，复制到一个新的工作簿里，再导入一次"
_MEGA = 1_000_000
_MOST_FILE, _MOST_PART, _MOST_READ = 100 * _MEGA, 150 * _MEGA, 250 * _MEGA
"""Bytes of the file, of one part and of all that is read, unpacked; 100,000 full rows take about 60 MB."""
_MOST_OTHER = 20 * _MEGA
"""Bytes of a part that holds no cells and no texts."""
_MOST_PARTS = 5_000
_MOST_RATIO = 200
"""A sheet is packed to a tenth or, with nothing but formats, to a hundredth; above this it was made to fill the memory."""
_CHUNK = 65_536


@contextmanager
def workbook(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open the package of a workbook. Raise FaultError in plain words for anything else, also while it is read.

    Macros are never run and other workbooks never opened: nothing reads those parts.
    """
    if path.exists() and not path.is_file():
        raise FaultError("这是文件夹，或不是普通的文件（如管道、设备），不能读取：选一个 .xlsx 文件")
    try:
        with path.open("rb") as stream:
            _look(stream, path)
            with _Package(stream) as package:
                _know(package)
                yield package
    except FileNotFoundError:
        raise FaultError("没有这个文件：检查路径和文件名") from None
    except (OSError, EOFError) as error:
        reason = "文件读不出来：检查有没有读取的权限、是否正被别的程序占用"
        raise FaultError(_BROKEN if isinstance(error, EOFError) else reason) from None
    except FaultError:
        raise
    except Exception:  # noqa: BLE001 -- zipfile, expat, lxml and openpyxl raise some twenty kinds for a broken file
        raise FaultError(_BROKEN) from None


def _look(stream: IO[bytes], path: Path) -> None:
    """Refuse what is no zip archive by how it begins, and what is too large to be a table."""
    start = stream.read(_CHUNK)
    size = stream.seek(0, 2)
    stream.seek(0)
    if not size:
        raise FaultError("文件是空的（0 字节）：请发送的人重发一份")
    if start.startswith(_OLE):
        if _LOCKED in start or _LOCKED in stream.read(_MEGA):
            raise FaultError(
                "工作簿有打开密码，不能读取：用 Excel 打开，“文件 → 信息 → 保护工作簿 → 用密码进行加密”里清空密码，保存后再导入"
            )
        kind = "WPS 表格（.et）" if path.suffix.lower() == ".et" else "旧版 Excel 格式（.xls）"
        raise FaultError(f"这是{kind}，不能读取：{_SAVE}。只改扩展名没有用")
    if not start.startswith(_ZIP):
        known = next((words for begin, words in _BEGINNINGS.items() if start.lstrip().startswith(begin)), "")
        raise FaultError(known or f"这是文本（如 .csv）或别的文件，不是 .xlsx 工作簿：{_SAVE}")
    if size > _MOST_FILE:
        raise FaultError(f"文件超过 {_MOST_FILE // _MEGA} MB：删去图片和无关的工作表，再导入一次")


class _Package(zipfile.ZipFile):
    """An archive that weighs each part whenever it is opened, whatever it is called; what nothing opens may weigh what it likes."""

    _weight = 0

    def open(
        self,
        name: str | zipfile.ZipInfo,
        mode: Literal["r", "w"] = "r",
        pwd: bytes | None = None,
        *,
        force_zip64: bool = False,
    ) -> IO[bytes]:
        """Open a part. Refuse bombs, what is read again and again, and what declares entities."""
        part = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        self._weight += part.file_size
        if self._weight > _MOST_READ or _is_bomb(part):
            raise FaultError(_TOO_MUCH)
        with super().open(part) as stream:
            _refuse_entities(stream)
        return super().open(part, mode, pwd, force_zip64=force_zip64)


def _know(package: zipfile.ZipFile) -> None:
    """Refuse other programs' archives, locked ones, and those of absurdly many parts."""
    parts = package.infolist()
    names = {one.filename for one in parts}
    if not any(name.lower() == "xl/workbook.xml" for name in names):
        known = next((words for part, words in _OTHERS.items() if part in names), "")
        if known or "[Content_Types].xml" not in names:
            raise FaultError(known or f"这是压缩包，不是 .xlsx 工作簿：{_SAVE}")
    if any(one.flag_bits & 1 for one in parts):
        raise FaultError(f"文件里的内容加了密码，不能读取：{_SAVE}")
    if len(parts) > _MOST_PARTS:
        raise FaultError(_TOO_MUCH)


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    holds_cells = any(name in part.filename.lower() for name in ("worksheets/", "sharedstrings"))
    most = _MOST_PART if holds_cells else _MOST_OTHER
    return part.file_size > most or part.file_size > max(_MEGA, _MOST_RATIO * part.compress_size)


def _refuse_entities(stream: IO[bytes]) -> None:
    """Read up to the first element; workbooks have no document type, so there is no entity to expand or to fetch."""
    parser, seen = expat.ParserCreate(), []

    def refuse(*_: object) -> None:
        raise FaultError("文件里有不该有的 XML 声明（DOCTYPE），可能是有人做了手脚，没有读取")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda *_: seen.append(True)
    while not seen and (chunk := stream.read(_CHUNK)):
        parser.Parse(chunk)
