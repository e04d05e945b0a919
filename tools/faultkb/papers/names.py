"""The placeholders of the documents' templates: what each is called, what kind of value it has, what it means.

Templates for Word and for Markdown use the same names; the page for the quality department lists them from here.
"""

from __future__ import annotations

from typing import NamedTuple

LINE, PROSE, TABLE, PICTURE = "一行字", "正文", "表", "图"
"""Kinds: a text of one line, the Markdown of a section, rows with named cells, a picture."""


NONE, NEVER, NOT_NEEDED, NOT_GIVEN, UNRECORDED = "无", "未发生", "不适用", "未提供", "未记录"
"""What stands where a ticket says nothing, and nothing is lacking."""
LACKING = "待补充"
"""What stands where something is; documents show it in a colour."""


class Name(NamedTuple):
    """A placeholder. ``cells`` are the names of the cells of a table's rows.

    ``write`` says where what is lacking is written; without it nothing is lacking, and ``absent`` stands there.
    """

    name: str
    kind: str
    meaning: str
    cells: tuple[str, ...] = ()
    write: str = ""
    absent: str = NONE


def _line(name: str, meaning: str, write: str = "") -> Name:
    return Name(name, LINE, meaning, (), write)


def _prose(name: str, meaning: str, write: str = "", absent: str = NONE) -> Name:
    return Name(name, PROSE, meaning, (), write, absent)


def _table(name: str, cells: str, meaning: str, write: str = "", absent: str = NEVER) -> Name:
    return Name(name, TABLE, meaning, tuple(cells.split()), write, absent)


GROUPS: dict[str, tuple[Name, ...]] = {
    "文件": (
        _line("公司名称", "schema/documents.yaml 的 company"),
        Name("公司标志", PICTURE, "schema/documents.yaml 的 logo；没有写的为空"),
        _line("文件标题", "这种文件的标题"),
        _line("文件编号", "按 schema/documents.yaml 的 number 编出来"),
        _line("文件版本", "schema/documents.yaml 的 version，例如 A/0"),
        _line("密级", "schema/documents.yaml 的 classification，例如 内部资料"),
        _line("编制日期", "生成文件的那一天"),
        _table("签字", "职责 签名 日期", "签字栏，一人一行；签名与日期留空，打印后手签"),
        _table("文件清单", "序号 文件 文件编号", "归档的各个文件"),
    ),
    "故障": (
        _line("问题编号", "例如 SW-20261103-001"),
        _line("问题标题", "标题"),
        _line("故障类型", "硬件故障、软件Bug、兼容性问题、操作误解、其他"),
        _line("严重程度", "紧急、高、中、低"),
        _line("当前状态", "待受理、处理中、待验证、已关闭、已延期"),
        _line("反馈渠道", "电话、在线咨询……"),
        _line("复杂问题", "是、否"),
        _line("轮次", "第几轮：重开一次加一"),
        _line("备注", "备注；没有写的为无"),
    ),
    "时间": (
        _line("故障发生时间", "故障发生时间", "在文件头的 occurred_at 里写，确实不知道的写“未知”"),
        _line("反馈时间", "反馈时间"),
        _line("登记时间", "登记时间"),
        _line("受理时间", "本轮第一次受理（重开的为重开）的时间", "记“受理”"),
        _line("提交验证时间", "本轮最后一次提交验证的时间", "记“提交验证”"),
        _line("验证时间", "本轮最后一次验证通过或不通过的时间", "记“验证通过”或“验证不通过”"),
        _line("计划完成时间", "现在的计划，包括改期", "记“受理”时写计划完成时间"),
        _line("原计划完成时间", "本轮第一次定的计划", "记“受理”时写计划完成时间"),
        _line("实际完成时间", "验证通过的时间", "记“验证通过”"),
        _line("关闭时间", "关闭或作废的时间", "记“关闭”"),
    ),
    "人员": (
        _line("反馈人", "工号与姓氏，例如 ZL001 张*"),
        _line("用户信息", "遮盖后的用户ID、设备编号、联系方式、客户系统编号"),
        _line("受理人", "谁受理、分配", "记“受理”"),
        _line("责任团队", "责任团队", "记“受理”时写责任团队"),
        _line("团队负责人", "责任团队的组长（schema/teams.yaml）", "在 schema/teams.yaml 里写团队的 lead"),
        _line("主责人", "工号与姓氏", "记“受理”时写主责人"),
        _line("协办人", "工号与姓氏"),
        _line("验证人", "工号与姓氏", "记“验证通过”时写验证人"),
        _table("团队", "职责 人员 团队", "8D 的小组：组长、主责人、协办人、评审人、验证人、反馈人"),
        _table(
            "分配", "时间 事件 分配人 责任团队 主责人 协办人 计划完成时间 说明", "每一次受理、改派、重开", "记“受理”"
        ),
    ),
    "影响": (
        _line("影响范围", "下面五项合成一行"),
        _line("受影响用户数", "整数，或 未知", "在文件头的 impact.users 里写"),
        _line("涉及产品", "涉及产品", "在文件头的 impact.products 里写"),
        _line("涉及版本", "涉及版本", "在文件头的 impact.versions 里写"),
        _line("地域分布", "地域分布；没有写的为无"),
        _line("功能模块", "功能模块；没有写的为无"),
    ),
    "描述": (
        _prose("故障描述", "整章：现象、使用场景、发生频率、复现步骤、环境信息", "填“故障描述”一章"),
        _prose("现象", "故障描述的小节", "在“故障描述”的“现象”里写"),
        _prose("使用场景", "故障描述的小节", "在“故障描述”的“使用场景”里写"),
        _prose("发生频率", "故障描述的小节", "在“故障描述”的“发生频率”里写"),
        _prose("复现步骤", "故障描述的小节", "在“故障描述”的“复现步骤”里写"),
        _prose("环境信息", "故障描述的小节", "在“故障描述”的“环境信息”里写"),
        _table("问题5W2H", "要素 内容", "何事、何时、何地、何人、为何是问题、怎样发现、多少"),
        _line("错误代码", "知识库的错误代码"),
        _line("相关故障", "知识库的相关故障"),
    ),
    "原因": (
        _prose("原因分析", "整章", "填“原因分析”一章"),
        _prose("发生原因", "为什么会发生", "在“原因分析”里写“**发生原因。**”"),
        _prose("流出原因", "为什么没有被提前发现", "在“原因分析”里写“**流出原因。**”"),
        _prose(
            "五个为什么",
            "5-Why，按原文：原因分析里“**5-Why。**”后面的部分，或“为什么1：”“为什么2：”……；没有写的为未提供",
            absent=NOT_GIVEN,
        ),
        _line("原因类别", "知识库的原因类别"),
    ),
    "措施": (
        _prose("短期方案", "整章：临时措施", "填“短期方案”一章"),
        _prose("长期方案", "整章，包括预防措施", "填“长期方案”一章"),
        _prose("永久措施", "长期方案里预防措施、举一反三之前的部分", "填“长期方案”一章"),
        _prose("预防措施", "长期方案里“预防措施”后面的部分", "在“长期方案”里写“**预防措施。**”"),
        _prose("举一反三", "同类产品、流程还改了哪里", "在“长期方案”里写“**举一反三。**”"),
        _table(
            "措施",
            "类别 措施 责任人 计划完成 状态",
            "短期、长期、预防的措施：章节里有带“措施”“责任人”栏的表格的，按表格，没有写责任人、时间的为未提供；没有表格的，按主责人与计划完成时间",
            "填“短期方案”“长期方案”",
        ),
        _table("初步方案", "时间 人员 内容", "“初步方案”事件；没有的为未发生"),
    ),
    "评审": (
        _table("评审", "时间 主持 参加人 结论", "本轮的方案评审；不要求评审而没有评审的为未发生", "记“评审”"),
        _table(
            "评审人员",
            "人员 职责 签名",
            "本轮最后一次评审的参加人与其在 schema/teams.yaml 里的角色，可作签到表",
            "记“评审”时写参加人",
        ),
        _prose("方案评审", "整章", "填“方案评审”一章"),
    ),
    "风险": (
        _table("风险", "时间 上报人 内容", "“风险”事件；没有的为未发生"),
        _table("改期", "时间 操作人 原计划 新计划 理由 批准人", "“改期”事件；没有的为未发生"),
        _table("暂停", "开始 结束 原因 说明", "“暂停”与“恢复”；没有的为未发生"),
    ),
    "验证": (
        _line("验证结果", "通过、未通过", "记“验证通过”或“验证不通过”"),
        _line("功能验证结果", "通过、未通过、不适用", "记“验证通过”时写功能验证"),
        _line("兼容性验证结果", "通过、未通过、不适用", "记“验证通过”时写兼容性验证"),
        _line("用户体验验证结果", "通过、未通过、不适用", "记“验证通过”时写用户体验验证"),
        _line("未通过原因", "验证没有通过的原因；通过的为无"),
        _table(
            "验证",
            "时间 结果 功能验证 兼容性验证 用户体验验证 验证人 说明",
            "本轮每一次验证，包括没有通过的",
            "记“验证通过”或“验证不通过”",
        ),
        _prose("验证记录", "整章", "填“验证记录”一章"),
        _prose("功能验证", "验证记录的小节", "在“验证记录”的“功能验证”里写"),
        _prose("兼容性验证", "验证记录的小节", "在“验证记录”的“兼容性验证”里写"),
        _prose("用户体验验证", "验证记录的小节", "在“验证记录”的“用户体验验证”里写"),
    ),
    "用户": (
        _table("反馈", "时间 人员 内容", "对用户说过的话：“反馈”事件；没有外部用户的为未发生", "记“反馈”"),
        _table("告知时限", "时限 起算 到期 停止 结论", "用户告知、用户反馈两个时限是否达标"),
        _table("确认", "时间 人员 结果 说明", "本轮的“用户确认”；没有外部用户的为未发生", "记“用户确认”"),
        _line("用户确认结果", "已解决、未解决、联系不上", "记“用户确认”"),
        _prose("用户确认", "整章", "填“用户确认”一章"),
    ),
    "全程": (
        _table("经过", "序号 时间 事件 人员 内容", "全部事件，包括以前各轮"),
        _table("时限", "时限 轮次 起算 到期 停止 结论", "每个时限（SLA）"),
        _table("附件", "文件 大小 用途", "与故障同名的文件夹里的附件；没有的为无", absent=NONE),
    ),
    "结案": (
        _line("收录决定", "知识库：收录、并入、不收录、撤下", "关闭时写知识库的收录决定"),
        _line("现象一句话", "知识库", "关闭时写知识库的 summary"),
        _line("解决方法一句话", "知识库", "关闭时写知识库的 solution"),
        _line("已修复版本", "知识库；没有写的为无"),
        _line("结案说明", "怎样结束的：关闭，或作废及其原因；还没有关闭的为待补充", "记“关闭”"),
    ),
}
"""Every placeholder, in the groups in which the page lists them."""

EVERY = {one.name: one for group in GROUPS.values() for one in group}
"""Every placeholder by its name."""
