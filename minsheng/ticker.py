"""What a user sees of reports being made: what is planned, what is done, what failed, how long it will take."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from types import TracebackType
from typing import Any

from minsheng.index import read_record
from minsheng.labels import say
from minsheng.plans import Plan
from minsheng.runs import RunResult

USUAL = 1.5
"""Seconds that a report is taken to need where none was made before."""


def _name(result: RunResult) -> str:
    return f"{result.spec.folder} {result.spec.topic.name}"


class Teller:
    """Tells of each report as it is made: a bar with counts and the time to go on a terminal, plain lines otherwise.

    Parameters
    ----------
    lang : {'zh', 'en'}
    todo : Plan
    jobs : int
        Notebooks at a time; 0 for as many as `make` takes by itself.
    """

    def __init__(self, lang: str, todo: Plan, jobs: int) -> None:
        self.lang, self.total, self.jobs = lang, len(todo.specs), jobs or min(4, os.cpu_count() or 1)
        self.failed = 0
        self.bar: Any = None

    def __enter__(self) -> Teller:
        if sys.stderr.isatty():
            from tqdm import tqdm

            shape = "{l_bar}{bar}| {n_fmt}/{total_fmt} {elapsed}<{remaining} {postfix}"
            self.bar = tqdm(total=self.total, unit="", file=sys.stderr, bar_format=shape)
        else:
            print(say("cli.planned", self.lang, count=self.total), flush=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.bar is not None:
            self.bar.close()

    def tell(self, result: RunResult, done: int, of: int) -> None:
        """Tell of one report (for `minsheng.making.make`)."""
        self.failed += not result.ok
        key = "cli.ok" if result.ok else "cli.failed"
        line = say(key, self.lang, name=_name(result), seconds=result.seconds, reason=result.reason)
        if self.bar is None:
            print(f"{done}/{of}  {line}", flush=True)
            return
        left = of - done
        counts = {"running": min(self.jobs, left), "failed": self.failed, "left": max(0, left - self.jobs)}
        self.bar.set_postfix_str(say("cli.counts", self.lang, name=_name(result), **counts), refresh=False)
        self.bar.update(done - self.bar.n)
        if not result.ok:
            self.bar.write(line, file=sys.stderr)

    def done(self, results: Sequence[RunResult], out: Path) -> str:
        """The last line: what was done, failed, stood already, and was not begun."""
        states = Counter("failed" if not one.ok else "unchanged" if one.unchanged else "done" for one in results)
        line = say("cli.done", self.lang, done=states["done"], failed=states["failed"], index=out / "index.html")
        more = {"unchanged": states["unchanged"], "left": self.total - len(results)}
        return line + "".join(say(f"cli.{name}", self.lang, count=count) for name, count in more.items() if count)


def planned(todo: Plan, out: Path, jobs: int, force: bool, lang: str) -> str:
    """What a plan would make, folder by folder, and about how long it would take (from how long it took before)."""
    from minsheng.making import Making

    waiting = set(Making(todo, out, force).waiting())
    taken = {(one["folder"], one["topic"]): one["seconds"] for one in read_record(out / "runs.json").get("runs", [])}
    known = [seconds for seconds in taken.values() if seconds]
    usual = mean(known) if known else USUAL
    seconds = sum(taken.get((spec.folder, spec.topic.name)) or usual for spec in waiting)
    jobs = jobs or min(4, os.cpu_count() or 1)
    folders: dict[str, list[str]] = {}
    for spec in todo.specs:
        folders.setdefault(spec.folder, []).append(spec.topic.name + ("" if spec in waiting else "="))
    lines = [f"{name}\t{len(topics)}\t{' '.join(topics)}" for name, topics in folders.items()]
    counts = {"count": len(todo.specs), "waiting": len(waiting), "unchanged": len(todo.specs) - len(waiting)}
    lines.append(say("cli.plan", lang, folders=len(folders), jobs=jobs, seconds=seconds / jobs, **counts))
    return "\n".join(lines + ([say("cli.without", lang, count=todo.without)] if todo.without else []))
