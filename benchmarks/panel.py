"""Large tables: a made-up national panel, and what it takes to load, check and compare it beside plain pandas.

    python benchmarks/panel.py                     # 0.3, 1 and 3 million figures
    python benchmarks/panel.py --counties 312      # one size
    python benchmarks/panel.py --write DIR         # only write the tables there

The panel has a figure of each series for each county and year, in a document with ten items for each county and year. It
is the same for the same seed, as CSV and as the Parquet that pandas makes of it. Each measurement runs in an interpreter of
its own, which tells its seconds (imports left out) and its peak of memory. To read and to load are measured in turns, five times
each, of which the median counts.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from minsheng.places import bundled
from minsheng.schema import schema

YEARS = range(2010, 2026)
SERIES, ITEMS, PREFECTURES, COUNTIES = 60, 10, 10, 10
RISES = 6
"""So many series are rises, of as many levels before them."""

ROUNDS = 5

SIZES = (312, 1042, 3000)
"""Counties: 0.3, 1 and 2.9 million figures."""


def regions(counties: int) -> pd.DataFrame:
    """A nation, and provinces, prefectures and counties with codes as in GB/T 2260."""
    rows = [("CN", "某国", "Nation", "nation", "", "")]
    for n in range(counties):
        above, (prefecture, province) = n // COUNTIES, (n // COUNTIES % PREFECTURES, n // COUNTIES // PREFECTURES)
        codes = [
            f"{11 + province}0000",
            f"{11 + province}{prefecture + 1:02}00",
            f"{11 + province}{prefecture + 1:02}{n % 10 + 1:02}",
        ]
        if n % (COUNTIES * PREFECTURES) == 0:
            rows.append((codes[0], f"第{province + 1}省", f"Province {province + 1}", "province", "CN", codes[0]))
        if n % COUNTIES == 0:
            rows.append((codes[1], f"第{above + 1}市", f"Prefecture {above + 1}", "prefecture", codes[0], codes[1]))
        rows.append((codes[2], f"第{n + 1}县", f"County {n + 1}", "county", codes[1], codes[2]))
    return pd.DataFrame(rows, columns=["region_id", "name", "name_en", "level", "parent_id", "gb2260"]).assign(
        identified="stated"
    )


def documents(counties: pd.DataFrame) -> pd.DataFrame:
    """One list of commitments for each county and year."""
    rows = counties.loc[counties.index.repeat(len(YEARS)), ["region_id", "name"]].reset_index(drop=True)
    year = pd.Series(np.tile(YEARS, len(counties))).astype("str")
    return pd.DataFrame(
        {
            "document_id": rows["region_id"] + "-" + year,
            "title": rows["name"] + year + "年十件民生实事",
            "region_id": rows["region_id"],
            "kind": "commitment_list",
            "stage": "adopted",
            "year_printed": year,
            "year": year,
            "year_basis": "printed",
            "confidence": "95",
        }
    )


def series() -> pd.DataFrame:
    """The series: amounts of money, for urban and rural residents; the first have a rise besides."""
    rows = pd.read_csv(bundled("data") / "indicators.csv", dtype="str", keep_default_na=False)
    rows = rows[(rows["measure"] == "benefit") & (rows["unit"] == "元") & rows["per"].str.startswith("person-")]
    rows = rows.drop_duplicates("indicator_id").head((SERIES - RISES) // 2)
    rows = (
        rows.loc[rows.index.repeat(2)].reset_index(drop=True).assign(role="level", per=lambda r: r["per"].str.split(";").str[0])
    )
    rows["residence"] = np.tile(["urban", "rural"], len(rows) // 2)
    rows["item"] = np.arange(len(rows)) * ITEMS // len(rows) + 1
    return pd.concat([rows, rows.head(RISES).assign(role="increase")], ignore_index=True)


def items(papers: pd.DataFrame, wanted: pd.DataFrame) -> pd.DataFrame:
    """Ten items for each document, under the topics of their series."""
    own = wanted.drop_duplicates("item").sort_values("item")
    ids, number = papers["document_id"].repeat(ITEMS), np.tile(own["item"].astype("str"), len(papers))
    topics = np.tile(own["topic"], len(papers))
    return pd.DataFrame(
        {"document_id": ids, "item": number, "title": "提高第" + pd.Series(number, ids.index) + "项标准", "topic": topics}
    )


def amounts(counties: int, seed: int) -> np.ndarray:
    """Yuan by county, year and series: levels that never fall, then the rises from year to year of the first of them."""
    draw = np.random.default_rng(seed)
    start = 5 * draw.integers(40, 400, (counties, 1, SERIES - RISES))
    steps = 5 * draw.integers(0, 12, (counties, len(YEARS), SERIES - RISES))
    levels = start + steps.cumsum(axis=1)
    return np.concatenate([levels, steps[:, :, :RISES]], axis=2)


def figures(papers: pd.DataFrame, wanted: pd.DataFrame, seed: int) -> pd.DataFrame:
    """A figure of each series for each document."""
    whole = wanted.loc[np.tile(wanted.index, len(papers))].reset_index(drop=True)
    ids = papers["document_id"].repeat(len(wanted)).reset_index(drop=True)
    value = pd.Series(amounts(len(papers) // len(YEARS), seed).ravel()).astype("str")
    number = pd.Series(np.tile([f"{n:02}" for n in range(len(wanted))], len(papers)))
    verb = whole["role"].map({"level": "提高到", "increase": "提高"})
    return pd.DataFrame(
        {
            "figure_id": ids + "-" + number,
            "document_id": ids,
            "item": whole["item"],
            "locator": whole["name"],
            "indicator_id": whole["indicator_id"],
            "residence": whole["residence"],
            "care": "all",
            "role": whole["role"],
            "modality": "exact",
            "statistic": "standard",
            "value": value,
            "unit": "元",
            "per": whole["per"],
            "year": papers["year"].repeat(len(wanted)).reset_index(drop=True),
            "quality": "ok",
            "evidence": whole["name"].str[:10] + verb + value + "元",
        }
    )


def write(folder: Path, counties: int, seed: int = 1) -> int:
    """Write the panel as tables of one's own that stand alone; returns the number of figures."""
    places = regions(counties)
    papers, wanted = documents(places[places["level"] == "county"]), series()
    made = {"regions": places, "documents": papers, "items": items(papers, wanted), "figures": figures(papers, wanted, seed)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in made.items():
        table.reindex(columns=schema().tables[name].columns).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    for name in ("indicators", "reference"):
        (folder / f"{name}.csv").write_bytes((bundled("data") / f"{name}.csv").read_bytes())
    return len(made["figures"])


READ = "tables = [pandas.read_{0}(path) for path in sorted(Path(folder).glob('*.{0}'))]"
LOAD = "data = ms.load(folder)"
LEVELS = f"{LOAD}; levels = ms.standards(data)"
STEPS = {
    "plain pandas.read_csv": ("", READ.format("csv")),
    "load, with full check": ("", LOAD),
    "plain pandas.read_csv, with Arrow": ("", READ.format("csv")),
    "load, with Arrow": ("", LOAD),
    "plain pandas.read_parquet": ("", READ.format("parquet")),
    "load from Parquet": ("", LOAD),
    "standards": (LOAD, "levels = ms.standards(data)"),
    "comparison of all counties": (LEVELS, "ms.across(levels, 'dibao_standard', 2024, residence='urban')"),
    "growth of all series": (LEVELS, "ms.growth(levels)"),
    "one county seen": (LOAD, "ms.view(2024, regions=['110101'], tables=data).printed"),
}
"""What is measured: what goes before, and what is timed. Without Arrow, as a plain installation is, where a step names neither
it nor Parquet."""

TIMED = """
import sys, time
from pathlib import Path
if not {arrow}:
    sys.modules["pyarrow"] = None
import pandas, minsheng as ms
ms.load
folder = {folder!r}
{before}
began = time.perf_counter()
{step}
seconds = time.perf_counter() - began
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # getrusage tells its parent's as well
print(seconds, int(peak.split()[1]) / 1024)
"""


def in_turns(folder: Path, other: Path) -> dict[str, tuple[float, float]]:
    """Seconds and MiB of each way to read and to load: the medians of some rounds."""
    rounds = [
        {
            name: measured(other if "arquet" in name else folder, "", step, "Arrow" in name or "arquet" in name)
            for name, (_, step) in STEPS.items()
            if name.startswith(("plain", "load"))
        }
        for _ in range(ROUNDS)
    ]
    return {name: (median(one[name][0] for one in rounds), median(one[name][1] for one in rounds)) for name in rounds[0]}


def measured(folder: Path, before: str, step: str, arrow: bool) -> tuple[float, float]:
    """Seconds and MiB of a step, in an interpreter of its own."""
    code = TIMED.format(folder=str(folder), before=before, step=step, arrow=arrow)
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    seconds, peak = map(float, said.split())
    return seconds, peak


def report(folder: Path, out: Path) -> tuple[float, float]:
    """Seconds and MiB of one report for a county, from the shell prompt to the page."""
    words = ["report", "2024", "--topic", "low_income_support", "--region", "110101", "--data", str(folder), "--out", str(out)]
    code = f"""
import resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run([sys.executable, "-m", "minsheng", *{words!r}], check=True, stdout=subprocess.DEVNULL)
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    seconds, peak = map(float, said.split())
    return seconds, peak


def line(name: str, taken: tuple[float, float], plain: tuple[float, float], goal: str = "") -> None:
    """One row of the table."""
    (seconds, peak), (base, base_peak) = taken, plain
    print(
        f"{name:<36} {seconds:>8.2f} s {seconds / base:>7.2f}x {peak:>9.0f} MiB {peak / base_peak:>6.2f}x   {goal}".rstrip(),
        flush=True,
    )


def verdict(name: str, seconds: float, plain: float) -> str:
    """The goal of a step, for a panel of the nation's size, and whether it is met."""
    goals = {"comparison of all counties": ("<= 1 s", 1.0)}
    words, limit = ("<= 2x", 2 * plain) if name.startswith("load") else goals.get(name, ("", 0.0))
    return f"goal {words} {'met' if seconds <= limit else 'MISSED'}" if words else ""


def as_parquet(folder: Path) -> Path:
    """The tables of a folder as Parquet, in a folder beside it."""
    there = folder.with_name("parquet")
    there.mkdir()
    for path in folder.glob("*.csv"):
        pd.read_csv(path).to_parquet(there / f"{path.stem}.parquet")
    return there


def measure(counties: int) -> dict[str, float]:
    """Measure one size, print its table, and return the seconds of each step."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "panel"
        count, other = write(folder, counties), as_parquet(folder)
        sizes = [sum(path.stat().st_size for path in one.iterdir()) / 2**20 for one in (folder, other)]
        print(f"\n{counties} counties, {count} figures, {sizes[0]:.0f} MiB of CSV, {sizes[1]:.0f} MiB of Parquet")
        taken, plain = in_turns(folder, other), (0.0, 0.0)
        for step, (before, code) in STEPS.items():
            if step not in taken:
                taken[step] = measured(folder, before, code, arrow=False)
            if step.startswith("plain"):
                plain = taken[step]
            elif not step.startswith("load"):
                plain = taken["plain pandas.read_csv"]
            line(step, taken[step], plain, verdict(step, taken[step][0], plain[0]) if counties >= SIZES[-1] else "")
        taken["one report for a county, cold"] = report(folder, Path(name) / "out")
        line("one report for a county, cold", taken["one report for a county, cold"], taken["plain pandas.read_csv"])
    return {step: seconds for step, (seconds, _) in taken.items()} | {"figures": float(count)}


def main() -> None:
    """Measure the sizes asked for, and how each step grows from the smallest to the largest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counties", type=int, action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", metavar="DIR")
    args = parser.parse_args()
    sizes = args.counties or list(SIZES)
    if args.write:
        print(write(Path(args.write), sizes[-1], args.seed))
        return
    taken = [measure(counties) for counties in sizes]
    first, last = taken[0], taken[-1]
    if len(taken) > 1:
        print(f"\n{last['figures'] / first['figures']:.1f} times the figures take so many times as long (linear: at most that):")
        for step in [*STEPS, "one report for a county, cold"]:
            print(f"{step:<36} {last[step] / first[step]:>8.1f}x")


if __name__ == "__main__":
    main()
