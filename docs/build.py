"""Build the documentation, Chinese and English, as pages that need no network: ``python docs/build.py [FOLDER]``."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from minsheng.fonts import embedded

DOCS = Path(__file__).resolve().parent
BUILT = DOCS.parent / "build" / "docs"
FOLDERS = {"zh": ".", "en": "en"}


def _sphinx(lang: str, out: Path, doctrees: Path) -> subprocess.Popen[bytes]:
    words = ["-q", "-W", "--keep-going", "-c", str(DOCS), "-t", lang, "-d", str(doctrees / lang)]
    return subprocess.Popen([sys.executable, "-m", "sphinx", *words, str(DOCS / lang), str(out / FOLDERS[lang])])


def _bring_the_font(out: Path) -> None:
    """Write the Chinese font, cut to what the pages and their search may show, beside their style."""
    pages = "".join(path.read_text(encoding="utf-8") for end in ("html", "js") for path in out.rglob(f"*.{end}"))
    pages = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), pages)
    css = embedded("".join(sorted({c for c in pages if c.isprintable()})))
    for folder in FOLDERS.values():
        (out / folder / "_static" / "han.css").write_text(css, encoding="utf-8")


def build(out: Path) -> int:
    """Build both languages side by side and, if all is well, put them in place of what was there."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent) as beside:
        made = Path(beside) / "docs"
        running = [_sphinx(lang, made, Path(beside)) for lang in FOLDERS]
        codes = [one.wait() for one in running]
        if any(codes):
            return 1
        _bring_the_font(made)
        shutil.rmtree(out, ignore_errors=True)
        made.replace(out)
    return 0


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Build the documentation, Chinese and English, as pages that need no network.")
    asked.add_argument("folder", nargs="?", type=Path, default=BUILT, help="where the pages go (default build/docs)")
    sys.exit(build(asked.parse_args().folder.resolve()))
