"""Tables in Parquet are the same tables; and what is made of tables does not depend on how pandas keeps text."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT

import minsheng as ms
from minsheng.arrow import grid
from minsheng.checks import check
from minsheng.faults import FaultsFound, Refused
from minsheng.imports import without
from minsheng.places import bundled
from minsheng.schema import schema
from minsheng.tables import Dataset

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed (the extra `large`)")
pq = pytest.importorskip("pyarrow.parquet")

TABLES = ["documents", "regions", "items", "indicators", "figures", "reference"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The bundled tables as pandas writes them when it has guessed what their columns are."""
    for name in TABLES:
        pd.read_csv(bundled("data") / f"{name}.csv").to_parquet(tmp_path / f"{name}.parquet")
    return tmp_path


def change(folder: Path, name: str, **columns: Any) -> None:
    path = folder / f"{name}.parquet"
    pd.read_parquet(path).assign(**columns).to_parquet(path)


def test_tables_that_pandas_wrote_as_parquet_are_those_of_the_csv(folder: Path, data: Dataset) -> None:
    read = ms.load(folder, instead=True)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(read, name), getattr(data, name), obj=name)
    assert {name: len(getattr(read, name)) for name in ("figures", "items")} == {"figures": 853, "items": 251}


def test_all_faults_of_a_parquet_file_are_told_with_row_and_column(folder: Path) -> None:
    figures = pd.read_parquet(folder / "figures.parquet")
    values = figures["value"].astype("object")
    values[4] = 1e30
    roles = figures["role"].astype("object")
    roles[2] = "levle"
    change(folder, "figures", value=pd.to_numeric(values), role=roles)
    change(folder, "regions", levle="county")
    with pytest.raises(FaultsFound) as told:
        ms.load(folder, instead=True)
    where = {str(fault.where): fault.key for fault in told.value.faults}
    assert where["figures.parquet:3:role"] == "fault.not_in_vocabulary"
    assert where["figures.parquet:5:value"] == "fault.not_in_evidence"
    assert "fault.unknown_column" in where.values()
    assert len(where) == 3


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([2024, None], ["2024", ""]),
        ([600.0, float("nan")], ["600", ""]),
        ([dt.date(2024, 1, 1), None], ["2024-01-01", ""]),
        ([Decimal("1.50"), None], ["1.50", ""]),
        ([["a"], ["b"]], ["['a']", "['b']"]),
        (["城市".encode(), None], ["城市", ""]),
        ([None, None], ["", ""]),
        (pa.array(["a", None], pa.string_view()), ["a", ""]),
        (pa.array(["a", None]).dictionary_encode(), ["a", ""]),
        (["a"] * 3000 + ["b", None, ""] * 2000, ["a"] * 3000 + ["b", "", ""] * 2000),
        (["a"] * 3000, ["a"] * 3000),
    ],
)
def test_columns_of_any_kind_are_text(values: Any, texts: list[str], tmp_path: Path) -> None:
    table = schema().tables["items"]
    columns = dict.fromkeys(table.columns, values if isinstance(values, pa.Array) else pa.array(values))
    pq.write_table(pa.table(columns), tmp_path / "items.parquet", row_group_size=1000)
    found, faults = grid(tmp_path / "items.parquet", table)
    assert faults == []
    assert found is not None
    assert found.frame is not None
    assert found.frame["title"].tolist() == found.frame["document_id"].tolist() == texts
    assert found.frame["title"].cat.categories.is_unique


def test_a_file_that_is_no_parquet_is_a_fault_and_no_traceback(folder: Path) -> None:
    (folder / "items.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(FaultsFound) as told:
        ms.load(folder, instead=True)
    assert next((fault.file, fault.key) for fault in told.value.faults) == ("items.parquet", "fault.not_parquet")


def test_a_table_that_is_there_twice_is_a_fault(folder: Path) -> None:
    (folder / "items.csv").write_bytes((bundled("data") / "items.csv").read_bytes())
    with pytest.raises(FaultsFound) as told:
        ms.load(folder, instead=True)
    assert [fault.key for fault in told.value.faults] == ["fault.table_twice"]


def test_without_pyarrow_the_command_that_brings_it_is_told(folder: Path) -> None:
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "pyarrow"}
    try:
        with without("pyarrow"), pytest.raises(Refused, match=r"minsheng\[large\]"):
            ms.load(folder, instead=True)
    finally:
        sys.modules.update(kept)


CELLS = """
import json, sys
from hashlib import sha256
from minsheng.imports import lean_pandas
if sys.argv[1] == "lean":
    lean_pandas()
import pandas as pd
import minsheng as ms
from minsheng import page
from minsheng.plans import Request, plan
shown = sha256()
page._display = lambda *args, **more: shown.update(repr(args).encode())
for spec in plan(Request(years=(2014,), topics=("medical_insurance", "commitments"))).specs:
    names = {}
    for cell in json.loads(spec.topic.path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
            if "parameters" in cell["metadata"].get("tags", []):
                names.update(spec.parameters())
data = ms.load()
print(json.dumps([data.figures["unit"].dtype.storage, shown.hexdigest(), ms.audit(data).to_json(), ms.standards(data).to_json()]))
"""


def test_what_is_shown_is_the_same_whether_pandas_keeps_text_in_arrow_or_not() -> None:
    runs = [
        subprocess.Popen([sys.executable, "-c", CELLS, how], stdout=subprocess.PIPE, text=True) for how in ("lean", "as it is")
    ]
    lean, arrow = (json.loads(run.communicate(timeout=120)[0].splitlines()[-1]) for run in runs)
    assert (lean[0], arrow[0]) == ("python", "pyarrow")
    assert lean[1:] == arrow[1:]


LARGE = """
import json, re, sys
import pandas as pd
import minsheng as ms
from minsheng import files
from minsheng.arrow import keeps_text
from minsheng.bulk import all_match
from minsheng.checks import check
from minsheng.schema import schema
files.LARGE = 0
whole, damaged, beside = sys.argv[1:]
letters = ["a", "Z", "0", "-", "_", ".", " ", "\\n", "é", "中", "2024", ""]
texts = {one + other for one in letters for other in letters}
patterns = {str(field.pattern) for table in schema().readable.values() for field in table.fields if field.pattern}
other = [
    (pattern, text)
    for pattern in patterns
    for text in texts
    if all_match(pd.Series(["2024", text], dtype="str"), pattern) != all(re.fullmatch(pattern, one) for one in ("2024", text))
]
said = [fault.text("en") for fault in check(damaged, instead=True)]
print(json.dumps([keeps_text(), ms.load(whole, instead=True).digest(), ms.load(beside).digest(), said, other]))
"""


def test_large_tables_are_the_same_where_pandas_keeps_text_in_arrow(tables: Path, tmp_path: Path, data: Dataset) -> None:
    damaged = Path(shutil.copytree(tables, tmp_path / "damaged"))
    lines = (damaged / "figures.csv").read_text(encoding="utf-8").splitlines()
    lines[9], lines[29] = lines[9].replace("level", "levle"), lines[28]
    (damaged / "figures.csv").write_text("\n".join([*lines, lines[5].replace("-", ".", 1)]) + "\n", encoding="utf-8")
    beside = ROOT / "docs" / "example"
    run = [sys.executable, "-c", LARGE, str(tables), str(damaged), str(beside)]
    arrow, digest, with_own, said, other = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
    assert arrow
    assert digest == data.digest()
    assert with_own == ms.load(beside).digest()
    assert said == [fault.text("en") for fault in check(damaged, instead=True)]
    assert len(said) == 3
    assert other == []
