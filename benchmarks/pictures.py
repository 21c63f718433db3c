"""The picture of the READMEs: the first screen of a year's page, as a browser without network and script shows it.

    python benchmarks/pictures.py            # writes docs/report.png
    python benchmarks/pictures.py --year 2021 --lang en --to docs/report-en.png

Needs Chromium, and playwright from the extra ``dev``.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
PAGE, WIDTH, HEIGHT, COLOURS = "yearly_comparison", 1280, 1120, 64
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def report(year: int, lang: str, out: Path) -> Path:
    """Make all pages of a year, so that the links between them are there; the page of the year itself."""
    command = [sys.executable, "-m", "minsheng", "report", str(year), "--lang", lang, "--out", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(out.glob(f"*/{PAGE}.html"))


def photograph(page: Path, to: Path) -> None:
    """The first screen of a page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, java_script_enabled=False, offline=True)
        tab = context.new_page()
        tab.goto(page.as_uri())
        tab.screenshot(path=to)
        browser.close()


def shrink(picture: Path) -> None:
    """Keep few colours: the page has few."""
    from PIL import Image

    Image.open(picture).convert("RGB").quantize(COLOURS).save(picture, optimize=True)


def main() -> None:
    """Make the report, take its picture and put it in its place."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--year", type=int, default=2024)
    parser.add_argument("--lang", default="zh")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "report.png")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        photograph(report(asked.year, asked.lang, Path(folder)), asked.to)
    shrink(asked.to)
    print(f"{asked.to}: {asked.to.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
