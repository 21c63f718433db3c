"""Numbers of a document that are no figures: dates, ages, item numbers, document numbers, names, terms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from minsheng.quantities import narrow

_HAN = "零〇一二两三四五六七八九十百"
_N = rf"(?:\d+|[{_HAN}]{{1,8}})"
_TO = r"\s*[-—–~～至]{1,2}\s*"

_FORMS = {
    "aside.item_number": rf"^\s*(?:实事|项目|任务|工程|事项)?\s*[（(]?\s*{_N}(?:-\d+)?\s*[)）.．、:：](?!\d)"
    rf"|^\s*{_N}\s*(?:$|[|\t])"
    rf"|^\s*[（(]\s*\d{{1,2}}(?=\*)"
    rf"|^\s*(?:第?{_N}[篇章条]|(?:实事|项目|任务|事项){_N})",
    "aside.document_number": r"[〔\[【［]\s*\d{2,4}\s*[〕\]】］]\s*\S{0,2}?\d*\s*号?|(?:文件|令|发|字)\s*第?\d+号",
    "aside.date": rf"(?:19|20)\d\d(?:{_TO}(?:19|20)?\d\d)?\s*(?:年(?!均|人均)|届)(?:\s*\d{{1,2}}\s*月)?(?:\s*\d{{1,2}}\s*日)?"
    rf"|\d{{1,2}}(?:{_TO}\d{{1,2}})?\s*月(?:份|底|初|末|中旬|上旬|下旬|\s*\d{{1,2}}\s*日)?|\d{{1,2}}\s*日"
    rf"|(?:19|20)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{2}}年代|[二一][〇零○一二三四五六七八九]{{3}}年|[{_HAN}]{{1,3}}月(?:份|底|初|末)?",
    "aside.age": rf"{_N}(?:\s*周?岁)?(?:{_TO}{_N})?\s*周?岁",
    "aside.word": r"一次(?=性)|一件(?=事)|一站(?=式)|[千万百]家[万千百]户|一[个批系](?:月内)?(?=列)|万家(?=灯火)",
    "aside.name": r"“[^”“]{0,40}”|《[^》《]{0,80}》|「[^」]{0,40}」|\d+\s*分钟(?=[^，。；、\d]{0,12}圈)"
    r"|\d{5}(?=[^\d.]{0,6}(?:热线|平台|青少年|志愿|投诉|举报|服务))",
    "aside.grade": rf"\d+(?:{_TO}\d+)?级|[{_HAN}]{{1,8}}类(?=[(（]|困难)|[{_HAN}]{{1,8}}(?:类|项|个)(?=[、和])",
    "aside.ordinal": rf"第\s*{_N}\s*\S",
    "aside.count_of_items": rf"[（(]\s*{_N}\s*[项件]\s*[)）]"
    rf"|{_N}\s*[项件]\s*(?:[重十]\S)?(?:民生|实事|惠民|为民)|{_N}\s*(?:个|大)方面"
    rf"|(?<=项目){_N}\s*件|(?<=实事){_N}\s*件|(?:票决|投票|评选|遴选|差额)[^，。；\d]{{0,8}}{_N}\s*[项件]",
    "aside.denominator": rf"每\s*(?:{_N}|[千万百]+)\s*[万千]?\s*[人名户个]|[千万]人口?(?=口)|每服役[{_HAN}\d]+年",
    "aside.term": rf"(?:不满|(?<!不)超过|不足|按|满)\s*(?:照)?\s*{_N}\s*(?:个月|年|天)"
    rf"|{_N}\s*(?:年|天|小时|周(?!岁)|季度|学期|个工作日|日)(?!人?均)",
}
"""Why a number is no figure, and the forms by which it is known; the first that fits is taken."""

_READ = {reason: re.compile(form, re.MULTILINE) for reason, form in _FORMS.items()}


def asides(text: str) -> Iterator[tuple[int, int, str]]:
    """Spans of a text whose numbers are no figures, each with the reason (a key of ``strings/``).

    Examples
    --------
    >>> [reason for _, _, reason in asides("3.到6月底，为60周岁以上老人")]
    ['aside.item_number', 'aside.date', 'aside.age']
    """
    plain = narrow(text)
    for reason, form in _READ.items():
        yield from ((found.start(), found.end(), reason) for found in form.finditer(plain))


def reason_of(start: int, end: int, spans: list[tuple[int, int, str]]) -> str:
    """Why the number at a place is no figure; empty where nothing says so."""
    return next((reason for since, until, reason in spans if since <= start and end <= until), "")
