"""How documents put numbers into sentences: lists told apart (分别), rises (从…提高到…), who and where each number is for."""

from __future__ import annotations

import re

_JOIN = r"、|以及|和|及|与|或"
_LEAD = re.compile(r"^(?:[，,、；;：:\s]|争取|力争|其中|并|同时|另外|对于?|将|把|为|给|向|使|确保|按照?|由|的|有)+")
_BOUND = r"[，,；;：:（(）)。]"

_URBAN, _RURAL = "城镇|城市|城区", "农村|乡村(?!振兴|医生|教师|旅游|\\*)"
_IN_HOMES, _AT_HOME = "集中供养|集中养育|机构养育|机构供养|集中|福利机构", "分散供养|分散养育|社会散居|散居|分散"
_PAIRS = ((_URBAN, _RURAL), (_IN_HOMES, _AT_HOME))

_BARE = re.compile(
    r"(?:[，,、；;：:（(）)。\s]|分别|依次|均|各|全部|统一|再|并|即|其中|争取|按照?|达到?|提高|提升|增加|增长|增幅|增速|同比|环比|较上年|比上年|上年|上涨|上调|调整|上升|至|到|为|从|由|的"
    r"|标准|参照|设定|占|计划|任务|总数|目标|每人次?|每[生户月年天日村院]|每学年|[年月]?人均|不低于|不少于|不超过|约|以上|左右|(?:19|20)\d\d年底?|今年|目前|总|共)*"
)

_PERIOD = r"由|从|每人次?|每[生户月年天日]|每学年|[年月]?人均|不低于|不少于|不超过|分别|均|各|按|为|约|的|[，,\s]"
_TRAILING = rf"{_PERIOD}|补助|补贴|资助|标准"

PERIODS = re.compile(rf"(?:{_TRAILING})+$")
"""What stands between a name and its number."""

_RISEN = r"(?:提高|提升|调整|增加|上调|提标|上升|升)?(?:至|到|为)"
_PER = r"(?:每人次?|每[生户月年天日]|[年月]?人均|人|月|的|[，,])*"
_LEVEL = re.compile(rf"(?:达到?|提高到|提高至|调整到|调整为|调整至|提标到|提标至|至|到|为|均为)(?:不低于|不少于|约)?{_PER}$")
_INCREASE = re.compile(
    rf"(?<!再)(?:提高|增加|上调|提标|增发|增长|上浮|提升)(?:了|约|不少于|不低于|不超过)?{_PER}(?:不少于|不低于)?$"
)
_GROWTH = re.compile(
    r"(?:增幅|增速|增长率?|提高|同比|上涨|上升|下降|降低|上浮|增加|提速)(?:了|约|不低于|不少于|不超过|上年的?|[^，,、；占达到至为]{0,6})$"
)
_RATE = re.compile("(?:增幅|增速|增长率|涨幅)(?:分别|约|为|达到?)*$")
_SHARE = re.compile(r"占(?!比)[^，,；]{0,14}$|(?:完成|达到)(?:年度|全年)?(?:目标|计划|任务)[^，,；]{0,6}的?$")
_FROM = re.compile(r"(?:从|由)[^，,；;]{0,16}$")


def bare(text: str) -> bool:
    """Whether a text names nothing new: its number belongs to what was named before.

    Examples
    --------
    >>> bare("，达到每人每月"), bare("；个人缴费标准提高")
    (True, False)
    """
    return _BARE.fullmatch(text) is not None


def enumerated(text: str) -> list[str]:
    """The things that a text lists at its end.

    Examples
    --------
    >>> enumerated("同时，对甲类人员、乙类人员和丙类人员")
    ['甲类人员', '乙类人员', '丙类人员']
    """
    return [one for one in re.split(_JOIN, last_clause(text, _BOUND)) if one]


def each(text: str) -> list[str]:
    """What has as much each: 甲园、乙园各建设2个; empty where nothing is listed.

    Examples
    --------
    >>> each("，中心敬老院、社区食堂各建设"), each("，中心敬老院建设")
    (['中心敬老院', '社区食堂'], [])
    """
    found = re.search("([^，,；;。]+)各(?:自|新)?(?:建设|建成|新增|完成|创建|打造|设立|改造|建)?$", text)
    parts = enumerated(found[1]) if found else []
    return parts if len(parts) > 1 and all(1 < len(one) < 16 for one in parts) else []


def last_clause(text: str, bound: str = r"[，,；;：:。]") -> str:
    """The last clause that names something, without the words that lead into it.

    Examples
    --------
    >>> last_clause("扩大范围，并将农村低保标准，提高到")
    '农村低保标准'
    """
    return _LEAD.sub("", next((part for part in reversed(re.split(bound, text)) if not bare(part)), text))


def _paired(text: str, n: int) -> list[str]:
    """城镇和农村低保标准 told apart: 城镇低保标准, 农村低保标准."""
    text = last_clause(text)
    for one, other in _PAIRS if n == 2 else ():
        found = re.search(rf"(?P<a>{one})(?:{_JOIN})(?P<b>{other})|(?P<c>{other})(?:{_JOIN})(?P<d>{one})", text)
        if found:
            halves = [half for half in found.groups() if half]
            return [text[: found.start()] + half + text[found.end() :] for half in halves]
    return []


def told_apart(text: str, n: int) -> list[str]:
    """What each of `n` numbers is for, where a text lists as many things; empty where it does not.

    Examples
    --------
    >>> told_apart("把城镇和农村低保标准", 2)
    ['城镇低保标准', '农村低保标准']
    >>> told_apart("对甲、乙、丙和丁", 3)
    ['甲', '乙', '丙和丁']
    """
    if halves := _paired(text, n):
        return halves
    for joint in (_JOIN, "、"):
        parts = [one for one in re.split(joint, last_clause(text)) if one]
        if len(parts) == n:
            return _each_with_grade(parts)
    return []


def _each_with_grade(parts: list[str]) -> list[str]:
    """一级因战、因公、因病 are 一级因战, 一级因公, 一级因病."""
    head = re.match("([一二三四五六七八九十]级)因[战公病]", parts[0])
    return [parts[0], *((head[1] if head and re.match("因[战公病]", one) else "") + one for one in parts[1:])]


_OPENERS = "每?[千万百]+[名人户]|以上|左右|同时|其中|对|为|在|将|全[市县区省]|实现|创建|完成|打造|给予|分别|发放|至"
_ANYONE = "[失能]*(?:老年人|老人|人员|对象|居民|儿童|学生|家庭|群众)"
_AGE = r"[0-9０-９.]+(?:周?岁|年|[万亿]?[个名人栋所家户处台])?(?:[-—–~～至][0-9０-９]+周?岁)?(?:及?以[上下])?"
_OPENERS = "每?[千万百]+[名人户]|以上|左右|同时|其中|对|为|在|将|全[市县区省]|实现|创建|完成|打造|给予|分别|发放"
_ANYONE = "(?:失能)?(?:老年人|老人|人员|对象|居民|儿童|学生|家庭|群众)"
_VERBS = "上调|提高|达到?|增加|调整|至|到|共计|合计|控制在|不超过|给予|发放|新增|从|由"


def wording(text: str) -> str:
    """A short name for what a text speaks of at its end.

    Examples
    --------
    >>> wording("同时，80周岁以上老年人高龄津贴每人每月")
    '老年人高龄津贴'
    """
    clauses = [part for part in re.split(r"[，,、；;：:。|]", re.sub(r"[（(][^（()）]*[)）]", "", text)) if not bare(part)]
    name = re.sub(rf"{_AGE}|\W", "", clauses[-1] if clauses else "")
    name = re.sub(rf"^(?:{_OPENERS}|{_PERIOD})+|(?:{_PERIOD}|{_VERBS})+$", "", name)
    name = next((one for one in reversed(re.split("分别|发放|给予", name)) if len(one) > 2), name)
    return "" if len(name) < 2 or re.fullmatch(_ANYONE, name) else name[-12:]


_BENEFIT = re.compile(
    r"([^，,、；;：:。（(]+?)(?:补贴|津贴|补助|奖励|奖补|养老金|抚恤金|生活费|慰问金|尊老金|保费|认定标准|救助|起付线|封顶线|限额|助学金|奖学金|工资)(?:金|费)?(?:标准|资金)?$"
)
_ANY_BENEFIT = re.compile(
    "财政|每?人均?|每|年|月|基本|标准|一次性|给予|发放|享受|政府|各级|[省市县区]级?|最低|平均|按|照|的|[分别均各再]|相应|同时|对|由|其中"
)


def benefit(text: str) -> bool:
    """Whether a text names a benefit of its own just before a number, and does not only call it a subsidy.

    Examples
    --------
    >>> benefit("，吸纳就业补贴每人"), benefit("，财政补助标准提高"), benefit("，达到每人每月")
    (True, False, False)
    """
    found = _BENEFIT.search(re.sub(rf"(?:{_PERIOD}|{_VERBS}|上调)+$", "", text))
    return bool(found and len(_ANY_BENEFIT.sub("", found[1])) > 1)


def residence(text: str) -> str:
    """``urban``, ``rural``, ``all`` where a text says so of both, empty where it says nothing.

    Examples
    --------
    >>> residence("农村低保标准"), residence("城乡低保标准"), residence("低保标准")
    ('rural', 'all', '')
    """
    urban, rural = re.search(_URBAN, text), re.search(_RURAL, text)
    if "城乡" in text or (urban and rural):
        return "all"
    return "urban" if urban else "rural" if rural else ""


def care(text: str) -> str:
    """``institutional``, ``dispersed``, empty where a text says neither or both.

    Examples
    --------
    >>> care("社会散居孤儿"), care("孤儿")
    ('dispersed', '')
    """
    homes, home = (
        re.search(words, text) if re.search("[养孤]|特困|儿童|福利", text) else None for words in (_IN_HOMES, _AT_HOME)
    )
    return "" if bool(homes) == bool(home) else "institutional" if homes else "dispersed"


def statistic(text: str) -> str:
    """``minimum``, ``average``, or empty.

    Examples
    --------
    >>> statistic("最低基础养老金"), statistic("最低生活保障标准"), statistic("月人均补差水平")
    ('minimum', '', 'average')
    """
    if re.search("最低(?!生活保障)", text):
        return "minimum"
    return "average" if re.search("平均|补差|人均补助水平", text) else ""


def role(before: str, after: str, unit: str) -> str:
    """What a number is by the words around it: ``baseline``, ``level``, ``increase``, ``growth``, ``share`` or empty.

    Parameters
    ----------
    before, after : str
        The text from the number before to the first number of its list, and from the last one to the end of the sentence.
    unit : str
        Unit of the number.

    Examples
    --------
    >>> role("标准从每月", "提高到每月90元", "元"), role("，提高到每月", "。", "元"), role("标准提高", "，达到90元", "元")
    ('baseline', 'level', 'increase')
    >>> role("年增幅不低于", "", "%"), role("，占计划的", "", "%"), role("合格率", "", "%")
    ('growth', 'share', '')
    """
    if _FROM.search(before) and re.match(rf".{{0,6}}?{_RISEN}", after):
        return "baseline"
    if unit in ("%", "‰"):
        rising = (
            _GROWTH.search(before)
            or _RATE.search(before)
            or re.match(r"(?:以上|左右)?(?:的(?:比例|幅度|标准))?(?:动态)?(?:增长|递增|提高)", after)
        )
        if re.match(r"的?(?:比例)?(?:分担|承担|负担)", after):
            return "share"
        return "growth" if rising else "share" if _SHARE.search(before) else "level" if _LEVEL.search(before) else ""
    if _INCREASE.search(before):
        return "increase"
    return "level" if _LEVEL.search(before) else ""


def year_printed(text: str) -> int | None:
    """The last year that a text prints.

    Examples
    --------
    >>> year_printed("从2023年的每人每月"), year_printed("从")
    (2023, None)
    """
    found = re.findall(r"(?<!\d)((?:19|20)\d\d)年", text)
    return int(found[-1]) if found else None
