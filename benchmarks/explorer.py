"""How soon the explorer follows a choice, beside the same filter and chart by hand in pandas and matplotlib.

    python benchmarks/explorer.py            # 5 rounds
    python benchmarks/explorer.py --rounds 3

Of the bundled tables, and of 100,000 figures made of them by giving each document to more counties and years. Measured is
from the change of a list to chart and table; the files to take along come after that, and nobody waits for them. The exit
code is 0 in any case: these are no tests.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

import pandas as pd
from run import line

import minsheng as ms
from minsheng.displays import exhibit_html, picture
from minsheng.explorer import seen_as
from minsheng.shelves import Choice, Shelf, rows
from minsheng.tables import Dataset

FIGURES = 100_000
CHOICES = [
    Choice("orphan_standard", 2024, 2024, care="dispersed"),
    Choice("dibao_standard", 2020, 2024, residence="urban"),
    Choice("medical_fiscal_subsidy", 2024, 2024, without=("draft",)),
    Choice("dibao_standard", 2020, 2024, prices="constant"),
    Choice("urban_new_jobs", 2018, 2024, role="target", unit="人"),
]


def grown(data: Dataset, figures: int) -> Dataset:
    """The tables with copies of all documents and their figures, each under a county of its own."""
    copies = range(1, 1 + figures // len(data.figures))
    county = data.regions[data.regions["level"] == "county"].iloc[[0]]
    regions = [county.assign(region_id=f"9{n:05d}", name=f"县{n}", name_en=f"County {n}") for n in copies]
    documents = [
        data.documents.assign(document_id=data.documents["document_id"] + f"-x{n}", region_id=f"9{n:05d}") for n in copies
    ]
    rows = [
        data.figures.assign(
            document_id=data.figures["document_id"] + f"-x{n}",
            figure_id=data.figures["figure_id"].str.replace("-i", f"-x{n}-i", n=1),
            region_id=f"9{n:05d}",
        )
        for n in copies
    ]
    whole = [
        pd.concat([own, *more], ignore_index=True)
        for own, more in ((data.regions, regions), (data.documents, documents), (data.figures, rows))
    ]
    return replace(data, regions=whole[0], documents=whole[1], figures=whole[2])


def followed(shelf: Shelf, choice: Choice) -> int:
    """What the explorer does at a change: rows, chart, table."""
    found = rows(choice, shelf)
    view = seen_as(choice, found, shelf, "zh")
    return len(exhibit_html(picture(found, view), found, view))


def by_hand(data: Dataset, choice: Choice) -> int:
    """The same filter of the figures, and a bare chart and table, without sources, flags or derived values."""
    from matplotlib.figure import Figure

    own = data.figures.merge(data.documents[["document_id", "region_id"]], on="document_id", suffixes=("", "_document"))
    own = own[(own["indicator_id"] == choice.indicator) & own["year"].between(choice.first, choice.last)].head(100)
    figure = Figure(figsize=(7.6, 4))
    figure.add_subplot().scatter(own["value"], own["document_id"])
    out = io.StringIO()
    figure.savefig(out, format="svg")
    return len(out.getvalue() + own[["document_id", "year", "value"]].to_html())


def seconds(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def compare(name: str, data: Dataset, goal: float, rounds: int) -> None:
    """The slowest of the choices, each the median of some rounds in turn with the work by hand."""
    shelf = Shelf(data)
    made = seconds(lambda: [shelf.of(choice) for choice in CHOICES])
    followed(shelf, CHOICES[0])  # the first chart imports matplotlib
    ours, theirs = [], []
    for choice in CHOICES:
        taken = [
            (seconds(lambda c=choice: followed(shelf, c)), seconds(lambda c=choice: by_hand(data, c))) for _ in range(rounds)
        ]  # type: ignore[misc]
        ours.append(median(one for one, _ in taken))
        theirs.append(median(other for _, other in taken))
    line(
        f"a change, {name} (slowest of {len(CHOICES)})",
        f"{1000 * max(ours):.0f} ms",
        f"<= {1000 * goal:.0f} ms",
        max(ours) <= goal,
    )
    print(f"{'  by hand, without sources and flags':<58} {1000 * max(theirs):>19.0f} ms")
    print(f"{'  once, before the first choice':<58} {made:>20.2f} s", flush=True)


def main() -> None:
    """Measure both, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    ms.use_style()
    data = ms.load()
    compare(f"bundled tables, {len(data.figures)} figures", data, 0.3, rounds)
    large = grown(data, FIGURES)
    compare(f"{len(large.figures):,} figures", large, 1.0, rounds)


if __name__ == "__main__":
    main()
