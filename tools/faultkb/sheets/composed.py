"""Headings that nobody has listed, put together as offices do: 来电时间, 工单状态, 值班工程师; what they are made of says what they are."""

from __future__ import annotations

import re

_THING = "(?:问题点?|故障|缺陷|事件|异常|不良|投诉|客诉|工单|任务|案件|诉求|报修|报障|咨询|维修|服务|质量|反馈|反映|需求|bug)"
_REPORT = "(?:提出|提报|上报|呈报|反馈|反映|登记|来电|来访|报修|报障|发现|创建|新建|建单|受理|接报|接单|提交|记录|录入|投诉|报告|填报)"
_END = "(?:完成|结束|关闭|解决|办结|修复|恢复|结案|闭环|完工|整改|处理|落实)"
_WORK = "(?:责任|负责|处理|处置|跟进|跟踪|维修|检修|经办|承办|主办|办理|解决|修复|开发|值班|整改|完成|主责)"
_DAY = "(?:时间|日期|日|时刻)"
_WHO = "(?:人|者|人员|员|专员|工程师|坐席|技术员|担当)"
_DO = "(?:解决|处理|整改|改善|纠正|维修|检修|处置|答复|回复|应对|修复|改进)"
_MEANS = "(?:措施|方案|办法|方法|对策|结果|口径|内容|方式|意见|说明)"
_PATTERNS = {
    "id": f"{_THING}(?:编号|单号|号码?|id|流水号?|序列)",
    "reported_at": f"{_REPORT}{_DAY}",
    "reporter": f"{_REPORT}{_WHO}",
    "title": f"{_THING}(?:标题|名称|主题|简述|概述|摘要|概要)",
    "type": f"{_THING}(?:类型|类别|分类|种类|归类|大类)",
    "severity": f"(?:{_THING})?(?:等级|级别|严重度|严重程度|严重性|严重等级|优先级|紧急程度|紧急级别|紧急度)(?:评定|判定)?",
    "故障描述": f"{_THING}(?:描述|内容|说明|详情|详述|情况|现象|经过|记录)",
    "status": f"(?:{_THING}|{_END})(?:处理|解决|当前)?(?:状态|状况)|是否(?:已)?{_END}",
    "due_at": f"(?:(?:计划|预计|预定|要求|目标|承诺|应|拟|规定){_END}?(?:时间|日期|日|时限|期限|节点)|{_END}(?:时限|期限))",
    "completed_at": f"(?:实际)?{_END}{_DAY}",
    "team": "(?:责任|负责|处理|派单|承办|归属|主责|主办|受理)(?:部门|单位|团队|科室|班组|小组|组)",
    "owner": f"{_WORK}{_WHO}",
    "短期方案+长期方案": f"{_DO}{_MEANS}",
    "短期方案": "(?:临时|短期|应急|遏制|围堵|紧急)(?:解决|处理|处置|改善)?(?:措施|方案|对策|处置|处理)",
    "长期方案": "(?:后续)?(?:长期|永久|根本|预防|改进|长效|纠正预防)(?:解决|处理|处置|改善|改进)?(?:措施|方案|对策)",
    "原因分析": f"(?:根本|直接|初步|可能|{_THING})?原因(?:分析|说明|描述|及分析)?",
    "故障描述/发生频率": "(?:发生|出现|复现|重现|故障)(?:率|频率|概率|几率|规律|频次)",
}
_BUILT = {name: re.compile(pattern) for name, pattern in _PATTERNS.items()}


def name(bare: str) -> str:
    """Return the name of the column (`Column.name`) that a heading is put together for; empty where none or several fit."""
    found = [column for column, pattern in _BUILT.items() if pattern.fullmatch(bare)]
    return found[0] if len(found) == 1 else ""
