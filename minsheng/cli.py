"""The command `minsheng`. Exit codes: 0 done, 1 done in part or faults found, 2 the request itself is wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from minsheng import __version__
from minsheng.faults import FaultsFound, Refused, nearest
from minsheng.labels import say

if TYPE_CHECKING:
    from minsheng.plans import Request
    from minsheng.runs import RunResult

DONE, IN_PART, WRONG = 0, 1, 2
FORMATS = ("html", "xlsx", "csv")
_SEVERITIES = ("contradiction", "below", "doubt")
_LISTS = ("documents", "regions", "indicators", "years", "topics")


class _Parser(argparse.ArgumentParser):
    """argparse without a usage dump before each error."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and leave with 2."""
        self.exit(WRONG, f"minsheng: {message}\n{self.format_usage()}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="minsheng",
        description="Comparative tables of what Chinese local governments promise their residents.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"minsheng {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser, metavar="COMMAND")

    def command(name: str, words: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
        one.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of messages and reports (default zh)")
        return one

    report = command("report", "make the reports of a year, or of all years there are")
    report.add_argument("years", nargs="*", type=int, metavar="YEAR", help="years; all there are if none is given")
    report.add_argument("--topic", action="append", default=[], help="only this topic (may be given again)")
    report.add_argument("--region", action="append", default=[], help="only this place, by id or name (may be given again)")
    report.add_argument(
        "--prices", choices=("nominal", "constant"), default="nominal", help="amounts as printed, or in prices of the year"
    )
    report.add_argument("--year-basis", choices=("assessed", "printed"), default="assessed", help="years assessed, or as printed")
    report.add_argument("--strict", action="store_true", help="only figures without any reservation")
    report.add_argument(
        "--data",
        default="",
        metavar="DIR",
        help="tables of your own, added to the bundled ones (or used instead, if all that are needed are there)",
    )
    report.add_argument(
        "--format",
        choices=FORMATS,
        default="html",
        help="pages and workbook (default), the workbook alone, or the tidy tables with their descriptor",
    )
    report.add_argument("--out", default="reports", metavar="DIR", help="where the reports go (default reports)")
    report.add_argument("--jobs", type=int, choices=range(1, 65), default=0, metavar="N", help="notebooks at a time")
    check = command("check", "find all faults of tables")
    check.add_argument("folder", nargs="?", metavar="DIR", help="folder or workbook; the bundled tables if none is given")
    verify = command("verify", "hold each evidence against the source documents")
    verify.add_argument("sources", metavar="SOURCES", help="folder with the source files")
    verify.add_argument("--data", default="", metavar="DIR", help="tables of your own")
    audit = command("audit", "find what contradicts itself, falls short or cannot well be meant")
    audit.add_argument("folder", nargs="?", metavar="DIR", help="tables of your own; the bundled ones if none is given")
    audit.add_argument("--region", action="append", default=[], help="only this place and those below it (may be given again)")
    audit.add_argument("--year", type=int, metavar="YEAR", help="only of this year, or in its documents")
    audit.add_argument("--severity", choices=_SEVERITIES, help="only findings that say so much")
    lab = command("lab", "open JupyterLab on a working copy of the notebooks, in which your changes are kept")
    lab.add_argument("--dir", default="", metavar="DIR", help="the working copy (default minsheng-notebooks, here)")
    lab.add_argument("--port", type=int, choices=range(1, 65536), default=0, metavar="PORT", help="where JupyterLab listens")
    lab.add_argument("--no-browser", action="store_true", help="open no browser; the address is printed")
    show = command("list", "show what there is")
    show.add_argument("what", choices=_LISTS)
    show.add_argument("--data", default="", metavar="DIR", help="tables of your own")
    return parser


def _check(args: argparse.Namespace) -> int:
    from minsheng.checks import check
    from minsheng.tables import load

    if args.folder and not Path(args.folder).exists():
        raise Refused("refused.no_folder", folder=args.folder)
    faults = check(args.folder)
    for fault in faults:
        print(fault.text(args.lang))
    if faults:
        print(say("cli.faults", args.lang, count=len(faults)), file=sys.stderr)
        return IN_PART
    rows = sum(len(table) for table in load(args.folder).tables().values())
    print(say("cli.clean", args.lang, folder=args.folder or "data", rows=rows))
    return DONE


def _verify(args: argparse.Namespace) -> int:
    from minsheng.evidence import verify
    from minsheng.tables import load

    found = verify(args.sources, load(args.data or None))
    for fault in found.faults:
        print(fault.text(args.lang))
    if found.skipped:
        print(say("verify.skipped", args.lang, names=", ".join(found.skipped)))
    print(say("verify.done", args.lang, held=found.held, documents=found.documents, faults=len(found.faults)))
    return IN_PART if found.faults or not found.documents else DONE


def _audit(args: argparse.Namespace) -> int:
    from minsheng.remarks import paragraph, selected
    from minsheng.tables import load
    from minsheng.views import view

    seen = view(args.year or 0, regions=args.region, lang=args.lang, tables=load(args.folder))
    rows = selected(seen, args.year, args.severity)
    for row in rows.itertuples():
        print(paragraph(row, seen), end="\n\n")
    if rows.empty:
        print(say("audit.none", args.lang, folder=args.folder or "data"))
        return DONE
    print(say("audit.count", args.lang, count=len(rows)))
    return IN_PART


def _lab(args: argparse.Namespace) -> int:
    from minsheng import desk

    desk.require_lab()
    laid = desk.lay(Path(args.dir or desk.FOLDER))
    for line in desk.told(laid, args.lang):
        print(line, flush=True)
    return IN_PART if desk.serve(laid.folder, args.port, not args.no_browser) else DONE


def _list(args: argparse.Namespace) -> int:
    from minsheng.levels import printed, standards
    from minsheng.tables import load
    from minsheng.topics import topics, years_of

    data = load(args.data or None)
    name = "name" if args.lang == "zh" else "name_en"
    if args.what in ("years", "topics"):
        levels, figures = standards(data), printed(data)
        lines = [str(year) for year in years_of(None, data, levels, figures)]
        if args.what == "topics":
            lines = [
                "\t".join([one.name, one.title(args.lang), ", ".join(map(str, years_of(one, data, levels, figures)))])
                for one in topics().values()
            ]
    else:
        columns = {
            "documents": (data.documents, ["document_id", "title", "year", "stage"]),
            "regions": (data.regions, ["region_id", name, "level", "parent_id"]),
            "indicators": (data.indicators, ["indicator_id", name, "topic", "unit", "per"]),
        }
        table, shown = columns[args.what]
        lines = [
            "\t".join("" if cell != cell or cell is None else str(cell) for cell in row)
            for row in table[shown].itertuples(index=False)
        ]
    print("\n".join(lines))
    return DONE


def _teller(lang: str, total: int) -> tuple[Callable[[RunResult, int, int], None], Callable[[], None]]:
    """A progress bar on a terminal, plain lines otherwise."""
    if sys.stderr.isatty():
        from tqdm import tqdm

        bar = tqdm(total=total, unit="", file=sys.stderr, bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} {postfix}")

        def draw(result: RunResult, done: int, of: int) -> None:
            bar.set_postfix_str(f"{result.spec.year} {result.spec.topic.name}", refresh=False)
            bar.update()
            if not result.ok:
                bar.write(
                    say("cli.failed", lang, name=f"{result.spec.year} {result.spec.topic.name}", reason=result.reason),
                    file=sys.stderr,
                )

        return draw, bar.close

    def line(result: RunResult, done: int, of: int) -> None:
        name = f"{result.spec.year} {result.spec.topic.name}"
        key = "cli.ok" if result.ok else "cli.failed"
        print(f"{done}/{of}  " + say(key, lang, name=name, seconds=result.seconds, reason=result.reason), flush=True)

    return line, lambda: None


def _request(args: argparse.Namespace) -> Request:
    from minsheng.plans import Request

    return Request(
        tuple(dict.fromkeys(args.years)),
        tuple(args.topic),
        tuple(args.region),
        args.lang,
        args.year_basis,
        args.prices,
        args.strict,
        args.data,
    )


def _tables(args: argparse.Namespace) -> int:
    """The workbooks or the tidy tables of a request, without pages."""
    from minsheng.plans import plan
    from minsheng.report import write_tables

    if args.topic:
        raise Refused("refused.format_topic", format=args.format)
    for path in write_tables(plan(_request(args)), Path(args.out), args.format):
        print(path)
    return DONE


def _report(args: argparse.Namespace) -> int:
    from minsheng.nursery import kernels

    if args.data and not Path(args.data).exists():
        raise Refused("refused.no_folder", folder=args.data)
    if args.format != "html":
        return _tables(args)
    with kernels():  # which warm up while pandas is imported and the request checked
        from minsheng.plans import plan
        from minsheng.report import make

        todo = plan(_request(args))
        print(say("cli.planned", args.lang, count=len(todo.specs)), flush=True)
        tell, close = _teller(args.lang, len(todo.specs))
        try:
            results = make(todo, Path(args.out), args.jobs, tell)
        finally:
            close()
    failed = sum(not result.ok for result in results)
    print(say("cli.done", args.lang, done=len(results) - failed, failed=failed, index=Path(args.out) / "index.html"))
    return IN_PART if failed else DONE


def _refuse_unknown(word: str, command: str, lang: str) -> int:
    """Name the option nearest to one that there is not."""
    own = next(action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction)).choices[command]
    options = [one for action in own._actions for one in action.option_strings if one.startswith("--")]
    print(
        "minsheng: " + say("cli.unknown_option", lang, value=word, nearest=nearest(word.split("=")[0], options)), file=sys.stderr
    )
    return WRONG


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = _parser()
    args, unknown = parser.parse_known_args(argv)
    if unknown:
        return _refuse_unknown(unknown[0], args.command, args.lang)
    try:
        commands = {"report": _report, "check": _check, "verify": _verify, "audit": _audit, "lab": _lab, "list": _list}
        return commands[args.command](args)
    except Refused as refusal:
        print(f"minsheng: {refusal.text(args.lang)}", file=sys.stderr)
        return WRONG
    except FaultsFound as found:
        print(found.text(args.lang), file=sys.stderr)
        return IN_PART
    except BrokenPipeError:
        return DONE


if __name__ == "__main__":
    sys.exit(main())
