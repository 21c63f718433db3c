"""How good the drafts of known documents are: each held against the tables that a curator made of the same document.

    python benchmarks/draft_quality.py                       # the documents in ../shared/sources, beside the project
    python benchmarks/draft_quality.py SOURCES --misses      # each row that is missed, invented or wrong

SOURCES is a folder as `minsheng verify` takes it: the source files, and a parts.csv where several documents share one.
Exit code 2 where it is not there; 0 in any other case: this is no test.

How it is measured:

- Each document is drafted as a user would, with its year and place given, and with the tables at hand *without* its own
  rows: nothing is looked up from the answer. The vocabulary (data/wording.csv, and the words of topics and recipients in the
  descriptor) is as it is, and was made by people who had read these documents; so what is measured here is a bound from
  above for a document that nobody has seen.
- Items are the same where number and item are; title, topic and departments are counted separately, blanks and commas aside.
- A row of the draft and a row of the tables are of the same number where value and upper value are equal; where several are,
  those go together that are most alike, the item counting as one field more, and each row goes with one other at most.
- *Found* is a row of the tables whose row in the draft has the same unit and per as well; *invented* is a row of the draft that
  is no such row. A number with a wrong unit counts against both. Damaged and doubtful figures count as all others do.
- *Right* is a row in which every field is, of all rows of the tables: what is missed is wrong. Money rows are those whose
  indicator is a benefit, a contribution or a fiscal standard. A field is as often right as it is among the rows of the same
  number, so that it says what the reading of the field is worth; what is missed is counted above.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import minsheng as ms
from minsheng.evidence import texts
from minsheng.measures import MONEY
from minsheng.proofs import Proof
from minsheng.tables import Dataset

SOURCES = Path(__file__).resolve().parents[2] / "shared" / "sources"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

SAME = ["value", "value_max"]
"""What makes a row of the draft and one of the tables rows of the same number."""
COUNTED = ["unit", "per"]
FIELDS = [*COUNTED, "role", "modality", "indicator_id", "residence", "care", "year"]
"""What must be right, as the goals say; the recipient is stated beside them."""
WHOLE = [*FIELDS, "recipient"]
TOLD = ["item", *WHOLE]
PAGE, PAGES = 800, 50
"""Characters of a page, and pages of the document whose draft is timed."""


@dataclass(frozen=True)
class Held:
    """The draft of a document, and its rows beside those of the tables.

    Attributes
    ----------
    proof : Proof
    items : DataFrame
        Outer join by number; columns of both, those of the draft with ``_drafted``, and ``_merge``.
    figures : DataFrame
        The same, by `paired`, with ``money``.
    """

    proof: Proof
    items: pd.DataFrame
    figures: pd.DataFrame


# ---- a document --------------------------------------------------------------------------------------------------------


def without(known: Dataset, document: str) -> Dataset:
    """The tables as they were before a document came in."""
    tables = {name: getattr(known, name) for name in ("documents", "items", "figures")}
    return replace(known, **{name: table[table["document_id"] != document] for name, table in tables.items()})


def drafts(sources: Path, known: Dataset) -> Iterator[tuple[str, Proof]]:
    """Each document of the tables whose text is at hand, drafted."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "document.txt")
        for row, text in texts(sources, known):
            path.write_text(text, encoding="utf-8")
            name = row["document_id"]
            yield name, ms.draft(path, int(row["year"]), row["region_id"], name, without(known, name))


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows whose empty cells are equal to one another."""
    return rows.astype(object).where(rows.notna(), "").reset_index(drop=True)


def paired(true: pd.DataFrame, drafted: pd.DataFrame) -> pd.DataFrame:
    """Rows of the tables beside those of the draft: an outer join in which each row goes with the most alike of its number."""
    own = _cells(true[["figure_id", *SAME, *TOLD, "evidence"]])
    other = _cells(drafted[["figure_id", *SAME, *TOLD, "evidence", "confidence"]])
    both = own.reset_index(names="a").merge(other.reset_index(names="b"), on=SAME, suffixes=("", "_drafted"))
    alike = sum((both[name] == both[f"{name}_drafted"]).astype(int) for name in TOLD)
    free, open_ = set(own.index), set(other.index)
    pair: dict[int, int] = {}
    for a, b in both.assign(alike=alike).sort_values("alike", ascending=False, kind="stable")[["a", "b"]].itertuples(index=False):
        if a in free and b in open_:
            pair[a] = b
            free.remove(a)
            open_.remove(b)
    return own.assign(b=own.index.map(pair)).merge(
        other.reset_index(names="b").astype({"b": "float"}), on="b", how="outer", suffixes=("", "_drafted"), indicator=True
    )


def held(proof: Proof, name: str, known: Dataset) -> Held:
    """A draft held against the tables."""
    items = known.items[known.items["document_id"] == name].fillna("")
    figures = paired(known.figures[known.figures["document_id"] == name], proof.figures)
    measures = known.indicators.set_index("indicator_id")["measure"]
    there = items.merge(proof.items, on="item", how="outer", suffixes=("", "_drafted"), indicator=True)
    return Held(proof, there, figures.assign(document=name, money=figures["indicator_id"].map(measures).isin(MONEY)))


# ---- shares ------------------------------------------------------------------------------------------------------------


def right(rows: pd.DataFrame, fields: Sequence[str]) -> pd.Series:
    """Whether all of some fields are the same in both."""
    same = [rows[name] == rows[f"{name}_drafted"] for name in fields]
    return pd.concat(same, axis=1).all(axis=1) & (rows["_merge"] == "both")


def shares(rows: pd.DataFrame) -> dict[str, float]:
    """``found``, ``invented``, ``right`` and ``whole`` (with the recipient) of rows as `paired` gives them."""
    found, ours = right(rows, COUNTED), rows["_merge"] != "right_only"
    drafted = rows["_merge"] != "left_only"
    return {
        "found": found.sum() / ours.sum(),
        "invented": (drafted & ~found).sum() / drafted.sum(),
        "right": right(rows, FIELDS).sum() / ours.sum(),
        "whole": right(rows, WHOLE).sum() / ours.sum(),
    }


def alike(items: pd.DataFrame, column: str) -> float:
    """How often a column of the items is right, blanks and commas aside, of those of the tables."""
    plain = [items[name].astype("str").str.replace(r"[\s,，]", "", regex=True) for name in (column, f"{column}_drafted")]
    return float(((plain[0] == plain[1]) & (items["_merge"] == "both")).sum() / (items["_merge"] != "right_only").sum())


# ---- the table ---------------------------------------------------------------------------------------------------------


def line(name: str, share: float, goal: float | None = None, most: bool = False) -> None:
    """One row of the table: a share in percent, with its goal where it has one."""
    met = "" if goal is None else f"goal {'<=' if most else '>='} {goal:.0%}".ljust(16)
    met += "" if goal is None else "met" if (share <= goal if most else share >= goal) else "MISSED"
    print(f"{name:<58} {share:>8.1%}   {met}".rstrip(), flush=True)


def of_items(items: pd.DataFrame) -> None:
    """What of the items is right."""
    there = items["_merge"]
    line(f"items found, of {(there != 'right_only').sum()}", (there == "both").sum() / (there != "right_only").sum(), 0.99)
    line("  invented, of those drafted", (there == "right_only").sum() / (there != "left_only").sum())
    for column in ("title", "topic", "lead", "support"):
        line(f"  {column}", alike(items, column))


def of_figures(rows: pd.DataFrame) -> None:
    """What of the figures is right."""
    whole, money = shares(rows), shares(rows[rows["money"] | (rows["_merge"] == "right_only")])
    line(f"figures found, of {(rows['_merge'] != 'right_only').sum()}", whole["found"], 0.98)
    line("figures invented, of those drafted", whole["invented"], 0.03, most=True)
    line(f"money rows right in every field, of {rows['money'].sum()}", money["right"], 0.92)
    line("  and in the recipient", money["whole"])
    line("all rows right in every field", whole["right"])
    line("  and in the recipient", whole["whole"])
    both = rows[rows["_merge"] == "both"]
    print("\nof the rows of the same number, right in" + "money".rjust(27) + "all".rjust(10))
    for name in TOLD:
        print(f"  {name:<56}{right(both[both['money']], [name]).mean():>9.1%} {right(both, [name]).mean():>9.1%}")


def of_accounts(proofs: Sequence[Proof]) -> None:
    """Whether every number is accounted for."""
    account = pd.concat([proof.account for proof in proofs])
    found, told = account["found"].sum(), account["figures"].sum() + account["leftovers"].sum()
    line(f"numbers accounted for, of {found}", told / found, 1.0)


def cell(value: object) -> str:
    """A value as it is shown beside another."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def miss(row: pd.Series) -> str:
    """One row that is not as it should be: what was expected, and what was proposed."""
    item = row["item_drafted"] if row["_merge"] == "right_only" else row["item"]
    number = f"{row['document']} {item}".ljust(12)
    if row["_merge"] == "right_only":
        fields = " ".join(cell(row[f"{name}_drafted"]) or "-" for name in WHOLE)
        return f"invented  {number} {cell(row['value_drafted'])} {fields}   {row['evidence_drafted']}"
    if row["_merge"] == "left_only":
        return f"missed    {number} {cell(row['value'])} {' '.join(cell(row[name]) or '-' for name in WHOLE)}   {row['evidence']}"
    wrong = [name for name in TOLD if row[name] != row[f"{name}_drafted"]]
    told = "; ".join(f"{name}: {cell(row[name]) or '-'}, not {cell(row[f'{name}_drafted']) or '-'}" for name in wrong)
    return f"wrong     {number} {cell(row['value'])} {row['indicator_id']}   {told}   {row['evidence']}"


def misses(rows: pd.DataFrame) -> None:
    """Each row that is not as it should be."""
    print()
    for _, row in rows[~right(rows, TOLD)].iterrows():
        print(miss(row))


# ---- speed -------------------------------------------------------------------------------------------------------------

_SENTENCES = (
    "坚持尽力而为、量力而行，着力解决群众最关心最直接最现实的利益问题。",
    "城市低保标准由每人每月{a}元提高到{b}元，农村低保标准提高到每人每月{a}元。",
    "健全工作机制，压实部门责任，定期通报进度，确保年底前全部完成。",
    "新建改建农村公路{a}公里，改造危桥{c}座，惠及群众{b}人。",
)


def made_up() -> list[str]:
    """The lines of a document of fifty pages, its items as dense with numbers as lists of commitments are."""
    lines, length = ["某市2030年民生实事"], 0
    while length < PAGE * PAGES:
        number = len(lines)
        said = "".join(_SENTENCES).format(a=500 + number, b=600 + number, c=2 + number)
        lines.append(f"{number}.持续改善民生。{said}（责任单位：市民政局）")
        length += len(lines[-1])
    return lines


def written(lines: Sequence[str], folder: Path) -> Iterator[Path]:
    """The document in each format that can be written here."""
    import docx

    (folder / "list.txt").write_text("\n".join(lines), encoding="utf-8")
    document = docx.Document()
    for text in lines:
        document.add_paragraph(text)
    document.save(str(folder / "list.docx"))
    yield from (folder / "list.txt", folder / "list.docx")
    if CHROMIUM:
        page(lines, folder / "list.pdf")
        yield folder / "list.pdf"


def page(lines: Sequence[str], path: Path) -> None:
    """The document as a PDF with an embedded Chinese font, printed by Chromium."""
    import noto_cjk_sans_otc
    from playwright.sync_api import sync_playwright

    font = (Path(noto_cjk_sans_otc.__file__).parent / "NotoSansCJK-Regular.ttc").as_uri()
    style = f"@font-face {{font-family: H; src: url({font})}} p {{font: 15pt/1.8 H}}"
    html = path.with_suffix(".html")
    html.write_text(f"<meta charset=utf-8><style>{style}</style>" + "".join(f"<p>{text}</p>" for text in lines), encoding="utf-8")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        tab = browser.new_page()
        tab.goto(html.as_uri())
        tab.pdf(path=path, format="A4")
        browser.close()


def timed(path: Path, known: Dataset) -> tuple[float, Proof]:
    """Seconds that a draft takes, and the draft."""
    began = time.perf_counter()
    proof = ms.draft(path, region="CN", known=known)
    return time.perf_counter() - began, proof


def of_speed(known: Dataset) -> None:
    """Seconds from file to draft, audit included, once the tables are loaded: the least of three, since others only add."""
    with TemporaryDirectory() as folder:
        for path in written(made_up(), Path(folder)):
            took, proof = min((timed(path, known) for _ in range(3)), key=lambda one: one[0])
            name = f"a made-up {path.suffix} of {PAGES} pages, {len(proof.figures)} figures"
            print(f"{name:<58} {took:>6.2f} s   {'goal < 2 s':<16}{'met' if took < 2 else 'MISSED'}", flush=True)


def main() -> int:
    """Draft all documents and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path, nargs="?", default=SOURCES)
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    if not given.sources.is_dir():
        print(f"There is no folder {given.sources}: give the folder with the source documents.", file=sys.stderr)
        return 2
    known = ms.load()
    every = [held(proof, name, known) for name, proof in drafts(given.sources, known)]
    if not every:
        print(f"None of the documents of the tables is in {given.sources}.", file=sys.stderr)
        return 2
    figures = pd.concat([one.figures for one in every], ignore_index=True)
    of_items(pd.concat([one.items for one in every]))
    of_figures(figures)
    print()
    of_accounts([one.proof for one in every])
    of_speed(known)
    if given.misses:
        misses(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
