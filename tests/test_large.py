"""Large files are read another way, and say just the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT

import minsheng as ms
from minsheng import bulk, files
from minsheng import tables as typed
from minsheng.bulk import columns
from minsheng.checks import checked, read_checked
from minsheng.files import FILE, ROW, read_folder
from minsheng.gazetteer import with_surroundings
from minsheng.places import bundled
from minsheng.schema import schema
from minsheng.tables import Dataset

HEADER = "document_id,item,title,section,topic,lead,support,anchor\n"
ROWS = {
    "plain": "000,1,名称,,dibao,,,\n000,007,名称,,dibao,,,\n",
    "numbers": "000,1,1,,1,,,\n000,1.0,01,,true,,,\n",
    "quoted": '000,1,"名,称",,dibao,"一""二""",,\n000,2,名"称,,dibao,,,\n',
    "two lines": '000,1,"名\n称",,dibao,,,\n000,2,名称,,dibao,,,\n',
    "open quote": '000,1,"名称,,dibao,,,\n000,2,名称,,dibao,,,\n',
    "after quote": '000,1,"名"称,,dibao,,,\n',
    "windows": "000,1,名称,,dibao,,,\r\n000,2,名称,,dibao,,,\r\n",
    "old mac": "000,1,名称,,dibao,,,\r000,2,名称,,dibao,,,\r",
    "short": "000,1,名称,,dibao\n000,2,名称,,dibao,,,\n",
    "long first": "000,1,名称,,dibao,,,,\n000,2,名称,,dibao,,,\n",
    "long later": "000,2,名称,,dibao,,,\n000,1,名称,,dibao,,,,\n",
    "short and long": "000,2,名称,,dibao,,,\n000,1,名称,,dibao,,,,\n000,3,名称,,dibao,,\n",
    "long and short": "000,1,名称,,dibao,,,,\n000,3,名称,,dibao,,\n",
    "long by quote": '000,2,名称,,dibao,,,\n000,1,"名称",,dibao,,,,\n000,3,名称,,dibao,,\n',
    "all long": "000,1,名称,,dibao,,,,\n000,2,名称,,dibao,,,,\n",
    "blank lines": "\n000,1,名称,,dibao,,,\n\n000,2,名称,,dibao,,,\n\n",
    "empty rows": "000,1,名称,,dibao,,,\n,,,,,,,\n,2,名称,,dibao,,,\n",
    "no end": "000,1,名称,,dibao,,,\n000,2,名称,,dibao,,,",
    "blanks": " 000,1, 名称,,dibao ,,,\n000,2,NA,nan,dibao,null,,\n",
    "control": "000,1,名\x07称,,dibao,,,\n",
    "nothing": "",
}


@pytest.fixture(autouse=True, params=["arrow", "pandas"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads plain files: Arrow, or pandas where there is no Arrow."""
    if request.param == "pandas":
        monkeypatch.setattr(bulk, "csv_columns", lambda *_: (None, True))
    else:
        pytest.importorskip("pyarrow", reason="pyarrow is not installed (the extra `large`)")


def both(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The faults that each way of reading finds, after the rows are seen to be the same."""
    told, rows = [], []
    for least in (files.LARGE, 0):
        monkeypatch.setattr(files, "LARGE", least)
        frames, faults = read_folder(folder)
        cells = {name: frame[[*schema().readable[name].columns, FILE, ROW]] for name, frame in frames.items()}
        rows.append({name: frame.astype("object").values.tolist() for name, frame in cells.items()})
        told.append([fault.text("en") for fault in checked(frames, faults, unreadable=True)[1]])
    assert rows[0] == rows[1]
    return told


@pytest.mark.parametrize("name", ROWS)
def test_a_file_read_by_columns_says_what_it_says_row_by_row(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "items.csv").write_bytes((HEADER + ROWS[name]).encode())
    told, others = both(tmp_path, monkeypatch)
    assert others == told


@pytest.mark.parametrize(
    "raw",
    [
        b"document_id,item,title,topic\n000,1,A,dibao\n",
        b"document_id,item,topic\n000,1,dibao\n",
        b"title,document_id,topic,item,more\nA,000,dibao,1,x\n",
        b"document_id,item,title,topic,topic\n000,1,A,dibao,dibao\n",
        b"\xef\xbb\xbf" + HEADER.encode() + b"000,1,A,,dibao,,,\n",
        HEADER.encode() + "000,1,名称,,dibao,,,\n".encode("gb18030"),
        (HEADER + "000,1,名称,,dibao,,,\n").encode("utf-16"),
        HEADER.encode() + b"000,1,A\0,,dibao,,,\n",
        HEADER.encode() + b'000,1,"\xff",,dibao,,,\n',
    ],
)
def test_an_odd_header_or_encoding_too(raw: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "items.csv").write_bytes(raw)
    told, others = both(tmp_path, monkeypatch)
    assert others == told


@pytest.mark.parametrize("name", ["plain", "numbers", "quoted", "windows", "empty rows", "no end", "blanks"])
def test_what_is_in_form_is_read_by_columns_indeed(name: str, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes((HEADER + ROWS[name]).encode())
    assert columns(path, schema().tables["items"]) is not None


def test_blocks_end_where_lines_do_and_numbers_stay_as_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_BLOCK", 7)
    path = tmp_path / "items.csv"
    # Numbers alone in the first rows, a word long after them: read as numbers meanwhile, 007 would be 7.
    path.write_text(HEADER + "000,007,007,,dibao,,,\n" * 3000 + "000,1,名称,,dibao,,,\n", encoding="utf-8")
    frame = columns(path, schema().tables["items"])
    assert frame is not None
    assert frame["title"].astype("object").value_counts().to_dict() == {"007": 3000, "名称": 1}
    path.write_text(HEADER + "000,1,名称,,dibao,,,\n" * 3000 + "000,1,007,,,,,\n", encoding="utf-8")
    frame = columns(path, schema().tables["items"])
    assert frame is not None
    assert frame["title"].iloc[-1] == "007"


def test_the_bundled_tables_are_the_same_either_way(tables: Path, monkeypatch: pytest.MonkeyPatch, data: Dataset) -> None:
    monkeypatch.setattr(files, "LARGE", 0)
    frames, faults = read_checked(tables, instead=True)
    assert faults == []
    assert isinstance(frames["figures"]["role"].dtype, type(frames["figures"]["unit"].dtype))
    again = ms.load(tables, instead=True)
    assert again.digest() == data.digest()
    assert again.figures.dtypes.to_dict() == data.figures.dtypes.to_dict()


def test_large_tables_beside_the_bundled_ones_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = Path(shutil.copytree(ROOT / "docs" / "example", tmp_path / "beside"))
    clash = Path(shutil.copytree(beside, tmp_path / "clash"))
    rows = (bundled("data") / "figures.csv").read_text(encoding="utf-8").splitlines()
    (clash / "figures.csv").write_text("\n".join([*rows[:9], rows[9].replace("元", "圆")]) + "\n", encoding="utf-8")
    whole, said = ms.load(beside).digest(), [fault.text() for fault in read_checked(clash)[1]]
    monkeypatch.setattr(files, "LARGE", 0)
    for cached in (files._read_once, typed._loaded):
        cached.cache_clear()
    assert ms.load(beside).digest() == whole
    assert [fault.text() for fault in read_checked(clash)[1]] == said != []
    for cached in (files._read_once, typed._loaded):
        cached.cache_clear()


def test_every_fault_of_a_large_table_is_found_with_its_row(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tables / "figures.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    damage = {10: ("level", "levle"), 20: (",元,", ",圆,"), 30: (",2024,", ",20x4,")}
    for row in range(2, len(lines)):
        for start, (old, new) in list(damage.items()):
            if row >= start and old in lines[row]:
                lines[row] = lines[row].replace(old, new, 1)
                damage.pop(start)
                break
    lines.append(lines[5])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = [fault.text() for fault in read_checked(tables, instead=True)[1]]
    monkeypatch.setattr(files, "LARGE", 0)
    assert [fault.text() for fault in read_checked(tables, instead=True)[1]] == told
    assert len(told) >= 4
    assert damage == {}


def test_patterns_of_keys_admit_neither_blanks_nor_control_characters() -> None:
    import re

    for table in schema().readable.values():
        for field in table.fields:
            if field.pattern:
                admitted = list(map(chr, [*range(33), *range(127, 161), 0x3000, 0xFFFE]))
                texts = [text for one in admitted for text in (one, f"a{one}", f"{one}1", f"1{one}")]
                assert [text for text in texts if re.fullmatch(field.pattern, text)] == []


def test_rows_are_numbered_as_in_the_file_where_empty_ones_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGE", 0)
    (tmp_path / "items.csv").write_text(HEADER + ROWS["empty rows"], encoding="utf-8")
    frame = read_folder(tmp_path)[0]["items"]
    assert frame[ROW].tolist() == [2, 4]
    assert set(frame[FILE]) == {"items.csv"}


@pytest.mark.parametrize("place", ["340711", "441602", "440000", "370103"])
def test_a_place_seen_alone_is_what_the_whole_shows_of_it(place: str, data: Dataset) -> None:
    seen, around = ms.view(2024, regions=[place]), with_surroundings(data, [place])
    for own, whole in ((seen.levels, ms.standards(data)), (seen.printed, ms.printed(data))):
        pd.testing.assert_frame_equal(own, whole[whole["region_id"].isin(around)].reset_index(drop=True))
