"""What each list counts as livelihood: its items by topic and by lead department."""

from __future__ import annotations

import pandas as pd

from minsheng.tables import Dataset

LISTS = ("commitment_list", "implementation_plan", "progress_report", "self_review")
"""Kinds of documents that hold a list of commitments (a notice does not)."""

_DEPARTMENTS = {
    "human_resources": ("人力资源社会保障", "人社"),
    "civil_affairs": ("民政",),
    "health": ("卫生健康", "卫健"),
    "education": ("教育", "教体"),
    "medical_security": ("医疗保障", "医保"),
    "housing": ("住房城乡建设", "住建", "住房保障"),
    "agriculture": ("农业农村", "扶贫", "乡村振兴"),
    "environment": ("生态环境",),
    "market_regulation": ("市场监管", "市监"),
    "transport": ("交通运输",),
    "water": ("水利", "水务"),
    "culture_tourism": ("文化", "文广新旅", "旅游", "旅发", "广电", "体育"),
    "reform": ("发展改革", "发改"),
    "natural_resources": ("自然资源", "规划", "林业"),
    "finance": ("财政", "金融", "银保监"),
    "commerce": ("商务",),
    "government_services": ("政务服务", "政数"),
    "emergency": ("应急", "消防"),
    "police_justice": ("公安", "司法"),
    "veterans": ("退役军人",),
    "urban_management": ("城管", "城市管理", "园林"),
    "disabled_federation": ("残联",),
    "mass_organisations": ("工会", "妇联", "团市委", "团区委", "团省委", "红十字", "科协"),
}
"""Words by which a department is known, whatever its level and form (局, 厅, 委)."""


def department(name: str) -> str:
    """What a department is in charge of, whatever the level of its government.

    Parameters
    ----------
    name : str
        As printed. A masked name (with ``*``) is not guessed.

    Returns
    -------
    str
        A code; ``masked`` or ``other`` where there is none.

    Examples
    --------
    >>> department("区民政局"), department("省民政厅"), department("****保障局"), department("市中城投集团")
    ('civil_affairs', 'civil_affairs', 'masked', 'other')
    """
    if "*" in name:
        return "masked"
    known = (code for code, words in _DEPARTMENTS.items() if any(word in name for word in words))
    return next(known, "other")


def _document_flags(documents: pd.DataFrame, moved: pd.Series) -> pd.Series:
    tests = {
        "draft": documents["stage"] == "draft",
        "assessed": (documents["year_basis"] == "assessed") & ~moved,
        "printed_year": moved,
        "inferred": documents["identified"] != "stated",
    }
    flags = pd.Series("", index=documents.index)
    for flag, there in tests.items():
        flags = flags.where(~there.astype(bool), flags + flag + ";")
    return flags.str.rstrip(";")


def listed(data: Dataset, *, year_basis: str = "assessed") -> pd.DataFrame:
    """The numbered items of all lists of commitments, with place, year and what weakens them.

    Parameters
    ----------
    data : Dataset
    year_basis : {'assessed', 'printed'}
        As in `minsheng.standards`.

    Returns
    -------
    DataFrame
        ``document_id``, ``region_id``, ``year``, ``item``, ``title``, ``topic``, ``lead`` (as printed; empty where none
        is), ``flags``. Items of notices are left out: they are no lists.

    Examples
    --------
    >>> import minsheng as ms
    >>> len(ms.listed(ms.load()).query("document_id == '004'"))
    50
    """
    documents = data.documents[data.documents["kind"].isin(LISTS)]
    documents = documents.join(data.regions.set_index("region_id")["identified"], on="region_id")
    year = documents["year" if year_basis == "assessed" else "year_printed"]
    moved = (year != documents["year"]).fillna(False)
    documents = documents.assign(flags=_document_flags(documents, moved.astype(bool)), year=year).dropna(subset=["year"])
    rows = data.items.merge(documents[["document_id", "region_id", "year", "flags"]], on="document_id")
    rows["lead"] = rows["lead"].fillna("")
    return rows[["document_id", "region_id", "year", "item", "title", "topic", "lead", "flags"]]


def shares(rows: pd.DataFrame, by: str = "topic") -> pd.DataFrame:
    """Each topic (or lead department) as a share of the items of its list.

    Parameters
    ----------
    rows : DataFrame
        From `listed`.
    by : {'topic', 'department'}
        What the items are counted by. An item that several departments lead counts for each with its part, so that the
        shares of a list make 100. Lists that name no department are left out.

    Returns
    -------
    DataFrame
        ``document_id``, ``region_id``, ``year``, ``by``, ``code``, ``count`` (items), ``share`` (% of the list),
        ``items`` (in the list), ``flags``.

    Examples
    --------
    >>> import minsheng as ms
    >>> rows = shares(ms.listed(ms.load()))
    >>> health = rows[(rows.document_id == "000") & (rows.code == "public_health")]
    >>> health[["count", "items", "share"]].round(2).to_dict("records")
    [{'count': 3, 'items': 14, 'share': 21.43}]
    """
    if by == "department":
        rows = rows[rows["lead"] != ""]
        rows = rows.assign(code=rows["lead"].str.split(";").map(lambda names: [department(one) for one in names]))
    else:
        rows = rows.assign(code=rows["topic"].map(lambda one: [one]))
    rows = rows.assign(_part=1 / rows["code"].map(len), _items=rows.groupby("document_id")["item"].transform("size"))
    parts = rows.explode("code")
    found = parts.groupby(["document_id", "region_id", "year", "flags", "_items", "code"], sort=False, as_index=False).agg(
        count=("item", "nunique"), _part=("_part", "sum")
    )
    found["share"] = 100 * found["_part"] / found["_items"]
    found["by"] = by
    found = found.rename(columns={"_items": "items"})
    return found[["document_id", "region_id", "year", "by", "code", "count", "share", "items", "flags"]]


def diversity(rows: pd.DataFrame) -> pd.DataFrame:
    """How widely each list spreads over the topics.

    Parameters
    ----------
    rows : DataFrame
        From `shares`.

    Returns
    -------
    DataFrame
        One row a document: ``items``, ``topics`` (how many it touches), ``effective`` (how many topics of equal size
        would be as mixed: one over the sum of squared shares, after Simpson 1949), ``top`` (the topics that have
        most items, ``;`` between) and ``top_share`` (%, of each).

    Examples
    --------
    >>> import minsheng as ms
    >>> rows = ms.diversity(ms.shares(ms.listed(ms.load())))
    >>> rows[rows.document_id == "003"][["items", "topics", "effective", "top"]].round(1).to_dict("records")
    [{'items': 20, 'topics': 10, 'effective': 7.4, 'top': 'education;elderly_care'}]
    """
    key = ["document_id", "region_id", "year", "items", "flags"]
    most = rows.groupby("document_id")["share"].transform("max")
    parts = rows.assign(_square=(rows["share"] / 100) ** 2, _top=rows["code"].where(rows["share"] > most - 1e-9))
    found = parts.groupby(key, sort=False, as_index=False).agg(
        topics=("code", "size"),
        _square=("_square", "sum"),
        top=("_top", lambda codes: ";".join(codes.dropna())),
        top_share=("share", "max"),
    )
    found["effective"] = 1 / found["_square"]
    return found.drop(columns="_square").sort_values(["year", "document_id"], ascending=[False, True]).reset_index(drop=True)
