"""The documentation: built by one command without a warning, whole, in both languages, and true to the package."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, need

import minsheng as ms
from minsheng.cli import main
from minsheng.levels import FLAGS
from minsheng.schema import schema

DOCS = ROOT / "docs"
LANGUAGES = ("zh", "en")
HOWTOS = ("document", "indicator", "next-year", "citation")
BLOCK = re.compile(r"^```(?P<kind>[\w{}-]+)(?: text)?\n(?::caption: (?P<path>[^\n]*)\n\n)?(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


# ---- the how-tos do what they say ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """One fenced block of a page: what it is (``python``, ``sh``, ``text``), the file it is of, and what is in it."""

    kind: str
    path: str
    body: str


def blocks(page: Path) -> list[Block]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(one["kind"], one["path"] or "", one["body"]) for one in found]


def put(path: Path, body: str) -> None:
    """Write a file; rows without the head of a table that is there go to its end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = path.read_text(encoding="utf-8").splitlines()[0] if path.exists() else body.splitlines()[0]
    with path.open("w" if body.startswith(head) else "a", encoding="utf-8") as file:
        file.write(body)


def shell(line: str) -> None:
    """Run a line of a shell block: the command `minsheng` in this process, anything else in a shell."""
    if line.startswith("minsheng "):
        main(shlex.split(line)[1:])
    else:
        print(subprocess.run(line, shell=True, check=True, capture_output=True, text=True).stdout, end="")


def run(block: Block, names: dict[str, Any]) -> str:
    """What a block prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        if block.kind == "python":
            exec(compile(block.body, "block", "exec"), names)
        for line in block.body.splitlines() if block.kind == "sh" else []:
            shell(line)
    return printed.getvalue()


def alike(wanted: str, got: str) -> bool:
    """Whether an output is the one that is shown, in which … stands for anything."""
    return re.fullmatch(re.escape(wanted).replace("…", ".*"), got) is not None


def follow(page: Path) -> list[tuple[str, str]]:
    """Do what a page says, in the current folder: each output that is shown, with the one that came."""
    outputs, names, got = [], {}, ""
    for block in blocks(page):
        if block.path:
            put(Path(block.path), block.body)
        elif block.kind == "text":
            outputs.append((block.body, got))
        else:
            got = run(block, names)
    return outputs


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_follows_the_howtos_sees_what_they_show(lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = {name: follow(DOCS / lang / "howto" / f"{name}.md") for name in HOWTOS}
    assert all(shown.values())
    wrong = [(name, wanted, got) for name, pairs in shown.items() for wanted, got in pairs if not alike(wanted, got)]
    assert wrong == []
