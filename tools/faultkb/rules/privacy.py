"""Rules about private data: in the header, the notes, the text, file names, attachments and what pictures carry along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.finding import WARNING
from faultkb.rules import Hit, also, exposure, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.earlier import Past
    from faultkb.rules import File


@rule("mobile-number", scope="file")
def mobile_number(file: File) -> Iterator[Hit]:
    """手机号码没有遮盖。

    完整的联系方式只保存在客户系统里；仓库里的每个版本都会留下来，写进去就收不回来，也可能随文章发布出去。
    改法：写成 138****5512；要找到完整的号码，在 customer.ref 里写客户系统的编号。已经提交过的按“个人信息写进了仓库”处理。
    """
    yield from file.private.get("mobile-number", ())


@rule("id-card", scope="file")
def id_card(file: File) -> Iterator[Hit]:
    """身份证号码没有遮盖。

    处理故障用不到身份证号码；它泄露之后不能更换，别人可以拿去冒名办事。
    改法：删去，或按提示遮盖；核对身份在客户系统里做。
    """
    yield from file.private.get("id-card", ())


@rule("bank-card", scope="file")
def bank_card(file: File) -> Iterator[Hit]:
    """银行卡号没有遮盖。

    处理故障用不到银行卡号；退款、赔付在客户系统里办。
    改法：删去，或按提示遮盖，只留最后四位。
    """
    yield from file.private.get("bank-card", ())


@rule("email-address", scope="file")
def email_address(file: File) -> Iterator[Hit]:
    """邮箱地址没有遮盖。

    邮箱能直接联系到人，公开之后会收到骚扰和诈骗邮件。
    改法：按提示遮盖；公司对外的邮箱本来就公开，由管理员写进 schema/privacy.yaml 的 public。
    """
    yield from file.private.get("email-address", ())


@rule("credential", scope="file")
def credential(file: File) -> Iterator[Hit]:
    """口令、令牌、密钥或带口令的连接地址。

    看得到仓库的人就能用它登录；从日志里连同现象一起复制进来的最多。遮盖不够，因为旧的版本里还有。
    改法：马上更换它，再按提示遮盖。
    """
    yield from file.private.get("credential", ())


@also("unmasked-name", "file")
def name_in_text(file: File) -> Iterator[Hit]:
    """A name in a text, beside a word such as 联系人: a warning, because words may be taken for names."""
    yield from file.private.get("unmasked-name", ())


@also("attachment", "file")
def archive(file: File) -> Iterator[Hit]:
    """An archive: nobody has looked into it."""
    yield from file.private.get("attachment", ())


@rule("landline-number", level=WARNING, scope="file", waivable=True)
def landline_number(file: File) -> Iterator[Hit]:
    """固定电话没有遮盖。

    住宅和单位的电话能找到人；400、800 开头的客服热线不算。
    改法：按提示遮盖，或删去；确实是公开的电话，照提示在文件头加一条豁免（waive）。
    """
    yield from file.private.get("landline-number", ())


@rule("ip-address", level=WARNING, scope="file", waivable=True)
def ip_address(file: File) -> Iterator[Hit]:
    """IP 地址没有遮盖。

    公网地址能查到用户的位置和运营商，内网地址说出网络怎样搭建；日志里最多。
    改法：按提示遮盖；说明问题必须要有的，照提示在文件头加一条豁免（waive）。
    """
    yield from file.private.get("ip-address", ())


@rule("plate-number", level=WARNING, scope="file", waivable=True)
def plate_number(file: File) -> Iterator[Hit]:
    """车牌号没有遮盖。

    车牌能查到车主和行踪；截图、录像的说明里最多。
    改法：按提示遮盖，或删去；确实要写的，照提示在文件头加一条豁免（waive）。
    """
    yield from file.private.get("plate-number", ())


@rule("street-address", level=WARNING, scope="file", waivable=True)
def street_address(file: File) -> Iterator[Hit]:
    """地址写到了门牌。

    影响范围写到省、市或大区就够了，门牌能找到用户家里。
    改法：按提示遮盖，只留省市；上门的地址在客户系统里。确实是公开的地址，照提示在文件头加一条豁免（waive）。
    """
    yield from file.private.get("street-address", ())


@rule("chat-account", level=WARNING, scope="file", waivable=True)
def chat_account(file: File) -> Iterator[Hit]:
    """微信号或 QQ 号没有遮盖。

    知道了就能直接找到用户本人；联系方式只保存在客户系统里。
    改法：按提示遮盖，或删去；公司公开的账号，照提示在文件头加一条豁免（waive）。
    """
    yield from file.private.get("chat-account", ())


@rule("credit-code", level=WARNING, scope="file", waivable=True)
def credit_code(file: File) -> Iterator[Hit]:
    """统一社会信用代码没有遮盖。

    由它能查到是哪家企业，等于写出了客户的名字。
    改法：按提示遮盖，或删去；确实可以公开的，照提示在文件头加一条豁免（waive）。
    """
    yield from file.private.get("credit-code", ())


@rule("own-word", level=WARNING, scope="file", waivable=True)
def own_word(file: File) -> Iterator[Hit]:
    """写了公司词库里的词：客户名称、员工姓名、主机名。

    词库记着哪些词不能出现在故障里，只存加盐的摘要，不存原文（fault privacy add 添加）。
    改法：换成一般的说法，例如“某物业客户”；确实要写的，照提示在文件头加一条豁免（waive）。
    """
    yield from file.private.get("own-word", ())


@rule("image-location", level=WARNING, scope="file", waivable=True)
def image_location(file: File) -> Iterator[Hit]:
    """图片里带着拍摄地点。

    手机拍的照片记着经纬度，能精确到用户家的哪个房间；发布时会去掉，但仓库里的原件还有。
    改法：去掉图片的拍摄信息，例如另存为截图；确实要留下的，照提示在文件头加一条豁免（waive）。
    """
    yield from file.private.get("image-location", ())


_FEW = 3
"""Commits that are named."""


@rule("private-in-history", level=WARNING, scope="past")
def private_in_history(past: Past) -> Iterator[Hit]:
    """文件已经遮盖，分支较早的提交里却还有没有遮盖的个人信息。

    普通的合并会把分支的每个提交都带进主分支的历史：文件里看不到了，谁克隆一份都还能翻出来，以后就收不回来。
    改法：合并时用 Squash and merge（几个提交合成一个），或合并之前整理分支，去掉那些提交再推送；
    已经推送过的照“误提交了个人信息”（kb/templates/process/leak.md）处理。
    """
    lists = past.vocabulary.lists
    found: dict[str, list[str]] = {}
    for one in past.held:
        values = exposure.errors_in(one.path, one.then, lists)
        for known in (one.before, one.now) if values else ():
            values -= exposure.errors_in(one.path, known, lists)
        for name, _ in values:
            found.setdefault(exposure.NAMES[name], []).append(one.commit[:7])
    if found:
        commits = list(dict.fromkeys(one for some in found.values() for one in some))
        more = "等" if len(commits) > _FEW else ""
        yield Hit(
            (),
            f"较早的提交里还有{'、'.join(sorted(found))}（提交 {'、'.join(commits[:_FEW])}{more}）：合并时用 Squash and merge，普通的合并会把它带进历史",
            "或在合并之前整理分支，去掉那些提交；看“误提交了个人信息”（kb/templates/process/leak.md）",
            at=(1, 1),
        )
