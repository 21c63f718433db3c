"""A chart saved as a PNG, and the tidy tables, are the same to the byte wherever they are made."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import minsheng as ms
from minsheng.charts import Chart
from minsheng.package import package

PROGRAM = "import test_bytes; print(*test_bytes.digests())"


def drawn() -> list[Chart]:
    """Charts with lines, hatches, words in both languages, and a matrix."""
    zh, en = ms.view(2024), ms.view(2024, lang="en")
    return [
        ms.charts.by_place(ms.across(zh.levels, "dibao_standard", 2024, by=["residence"]), zh),
        ms.charts.paths(ms.over_years(en.levels, "orphan_standard", by=["care"]), en, split="care"),
        ms.charts.funding(ms.funding(zh.levels), zh),
        ms.charts.known_matrix(ms.known(en.levels), en),
    ]


def png(chart: Chart) -> bytes:
    """A chart as a user saves it."""
    out = io.BytesIO()
    chart.figure.savefig(out, format="png")
    return out.getvalue()


def digests() -> list[str]:
    """What tells the pictures of all charts, and the tidy tables, apart."""
    ms.style.use_style()
    tidy = "".join(name + text for name, text in package(ms.view(2021)).items()).encode()
    return [hashlib.sha256(one).hexdigest() for one in [*map(png, drawn()), tidy]]


def test_pictures_and_tables_are_the_same_in_another_place_time_zone_locale_and_process(tmp_path: Path) -> None:
    here = digests()
    settings = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.GB18030", "LANG": "zh_CN.GB18030"}
    own = str(Path(__file__).parent)
    path = os.pathsep.join([own, str(Path(ms.__file__).parent.parent)])
    env = os.environ | settings | {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": path}
    there = subprocess.run([sys.executable, "-c", PROGRAM], cwd=tmp_path, env=env, check=True, capture_output=True, text=True)
    assert there.stdout.split() == here
    assert len(set(here)) == 5


def test_a_png_holds_no_clock_and_no_path() -> None:
    raw = png(drawn()[0])
    assert raw.startswith(b"\x89PNG")
    assert b"tIME" not in raw
    assert b"Creation Time" not in raw
    assert str(Path(ms.__file__).parent).encode() not in raw
