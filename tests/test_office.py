"""The workbook for editing in LibreOffice: saved there it is the same, edited there it changes what was edited."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import need

from minsheng.ledger import write_ledger
from minsheng.merging import offer, write
from minsheng.places import bundled

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:{kind} PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "{kind}.dtd">
<library:{kind} xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink"{more}
</library:{kind}>
"""
LIBRARIES = LIBRARY.format(
    kind="libraries",
    more='>\n<library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/script.xlb/" library:link="false"/>',
)
STANDARD = LIBRARY.format(
    kind="library",
    more=' library:name="Standard" library:readonly="false">\n<library:element library:name="Edits"/>',
)
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/Office">
<prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop>
</item>
</oor:items>
"""
MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Edits" script:language="StarBasic">
Dim book As Object

Function Named(name As String, value) As Object
    Dim one As New com.sun.star.beans.PropertyValue
    one.Name = name
    one.Value = value
    Named = one
End Function

Sub Keep(url As String)
    book.storeToURL(url, Array(Named("FilterName", "Calc MS Excel 2007 XML")))
End Sub

Function RowOf(sheet As Object, key As String) As Long
    RowOf = 2
    Do While sheet.getCellByPosition(0, RowOf).String &lt;&gt; key
        RowOf = RowOf + 1
    Loop
End Function

Sub Edit(folder As String)
    Dim sheet As Object, last As Object
    book = StarDesktop.loadComponentFromURL(folder &amp; "ledger.xlsx", "_blank", 0, Array(Named("Hidden", True)))
    Keep folder &amp; "saved.xlsx"
    sheet = book.Sheets.getByName("figures")
    sheet.getCellByPosition(20, RowOf(sheet, "000-i1-03")).FormulaLocal = "9-1"
    sheet.getCellByPosition(12, RowOf(sheet, "000-i1-04")).Value = 901
    sheet.getCellByPosition(19, RowOf(sheet, "000-i1-04")).String = "带动就业901人"
    sheet = book.Sheets.getByName("items")
    sheet.getCellByPosition(0, 253).FormulaLocal = "000"
    sheet.getCellByPosition(1, 253).FormulaLocal = "9-1"
    sheet.getCellByPosition(2, 253).FormulaLocal = "=增设的事项"
    sheet.getCellByPosition(4, 253).FormulaLocal = "dibao"
    Keep folder &amp; "edited.xlsx"
    book.close(True)
End Sub
</script:module>
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the workbook of the bundled tables, a copy as LibreOffice saved it, and one that was edited there."""
    need(SOFFICE is not None, "LibreOffice")
    room = tmp_path_factory.mktemp("office")
    write_ledger(room / "ledger.xlsx", str(bundled("data")))
    basic = room / "profile" / "user" / "basic"
    (basic / "Standard").mkdir(parents=True)
    (basic.parent / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")  # or a first start clears the library
    (basic / "script.xlc").write_text(LIBRARIES, encoding="utf-8")
    (basic / "Standard" / "script.xlb").write_text(STANDARD, encoding="utf-8")
    (basic / "Standard" / "Edits.xba").write_text(MODULE, encoding="utf-8")
    command = [str(SOFFICE), "--headless", "--norestore", f"-env:UserInstallation={(room / 'profile').as_uri()}"]
    macro = f'macro:///Standard.Edits.Edit("{room.as_uri()}/")'
    subprocess.run([*command, macro], check=True, capture_output=True, timeout=180)
    return room


def test_saved_by_libreoffice_nothing_changes(office: Path, tables: Path) -> None:
    found = offer(office / "saved.xlsx", tables)
    assert found.faults == []
    assert found.changes.to_dict("records") == []


def test_edited_in_libreoffice_just_that_changes(office: Path, tables: Path) -> None:
    found = offer(office / "edited.xlsx", tables)
    assert [str(fault) for fault in found.faults] == []
    assert found.changes[["key", "column", "kind", "old", "new"]].to_numpy().tolist() == [
        ["000 + 9-1", "document_id", "added", "", "000"],
        ["000 + 9-1", "item", "added", "", "9-1"],
        ["000 + 9-1", "title", "added", "", "=增设的事项"],
        ["000 + 9-1", "topic", "added", "", "dibao"],
        ["000-i1-03", "note", "changed", "以市局下达任务数为准", "9-1"],
        ["000-i1-04", "value", "changed", "900", "901"],
        ["000-i1-04", "evidence", "changed", "带动就业900人次以上", "带动就业901人"],
    ]
    before = {path.name: path.read_bytes().splitlines() for path in tables.glob("*.csv")}
    assert sorted(path.name for path in write(found)) == ["figures.csv", "items.csv"]
    after = {path.name: path.read_bytes().splitlines() for path in tables.glob("*.csv")}
    assert after["items.csv"][10] == "000,9-1,=增设的事项,,dibao,,,".encode()
    assert [line for line in after["items.csv"] if line not in before["items.csv"]] == [after["items.csv"][10]]
    assert len([line for line in after["figures.csv"] if line not in before["figures.csv"]]) == 2
