"""The command `minsheng`. Exit codes: 0 done, 1 done in part or faults found, 2 the request itself is wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from minsheng import __version__
from minsheng.faults import Fault, FaultsFound, Refused, nearest
from minsheng.labels import say

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from minsheng.nursery import Stop
    from minsheng.plans import Plan, Request

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
    report.add_argument("--level", action="append", default=[], help="each place of this level, with reports of its own")
    report.add_argument("--under", action="append", default=[], metavar="REGION", help="each place below this one, likewise")
    report.add_argument("--matrix", default="", metavar="FILE", help="what a TOML or YAML file lists (docs: many reports)")
    report.add_argument("--dry-run", action="store_true", help="say what would be made, and make nothing")
    report.add_argument("--force", action="store_true", help="make what stands already, too")
    report.add_argument("--fail-fast", action="store_true", help="begin no other report when one has failed")
    report.add_argument("--keep-going", dest="fail_fast", action="store_false", help="go on when one has failed (default)")
    report.add_argument("--scheduler", default="", metavar="ADDRESS", help="run on a Dask cluster (docs: on a cluster)")
    report.add_argument("--jobs", type=int, choices=range(1, 65), default=0, metavar="N", help="notebooks at a time")
    check = command("check", "find all faults of tables")
    check.add_argument("folder", nargs="?", metavar="DIR", help="folder or workbook; the bundled tables if none is given")
    book = command("workbook", "write the tables as a workbook for editing")
    book.add_argument("out", metavar="OUT.xlsx", help="the workbook to write")
    book.add_argument("--data", default="", metavar="DIR", help="tables of your own (default data here, or the bundled ones)")
    draft = command("draft", "draft the rows of a new document as a workbook to review")
    draft.add_argument("document", metavar="FILE", help="the document: .txt, .docx, .html, .pdf or .xlsx")
    draft.add_argument("--year", type=int, metavar="YEAR", help="the year it applies to (default what it prints)")
    draft.add_argument("--region", metavar="REGION", help="its place, by id or name (default what its title names)")
    draft.add_argument("--document-id", metavar="ID", help="its id in the tables (default place and year)")
    draft.add_argument("--out", default="", metavar="OUT.xlsx", help="the workbook (default FILE-draft.xlsx here)")
    draft.add_argument("--data", default="", metavar="DIR", help="tables of your own, to hold it against")
    merge = command("merge", "show what an edited workbook changes in the tables, and write it")
    merge.add_argument("workbook", metavar="IN.xlsx", help="the edited workbook")
    merge.add_argument(
        "--into", default="", metavar="DIR", help="folder of the tables in CSV (default data, if it has a descriptor)"
    )
    merge.add_argument("--remove", action="store_true", help="remove rows that are not in the workbook; they stay otherwise")
    consent = merge.add_mutually_exclusive_group()
    consent.add_argument("--yes", action="store_true", help="write without asking")
    consent.add_argument("--dry-run", action="store_true", help="only show what would change")
    verify = command("verify", "hold each evidence against the source documents")
    verify.add_argument("sources", metavar="SOURCES", help="folder with the source files")
    verify.add_argument("--data", default="", metavar="DIR", help="tables of your own")
    audit = command("audit", "find what contradicts itself, falls short or cannot well be meant")
    audit.add_argument("folder", nargs="?", metavar="DIR", help="tables of your own; the bundled ones if none is given")
    audit.add_argument("--region", action="append", default=[], help="only this place and those below it (may be given again)")
    audit.add_argument("--year", type=int, metavar="YEAR", help="only of this year, or in its documents")
    audit.add_argument("--severity", choices=_SEVERITIES, help="only findings that say so much")
    diff = command("diff", "say what changed between two versions of the tables, and what that touches")
    for side in ("old", "new"):
        diff.add_argument(side, metavar=side.upper(), help="bundled; a folder or workbook; or REV:path as git keeps it")
    diff.add_argument("--changelog", action="store_true", help="lines for the changelog instead, in English as it is")
    diff.add_argument("--all", action="store_true", help="every line, however many there are")
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
    if faults:
        return _tell(faults, Path(args.folder or "data"), args.lang)
    rows = sum(len(table) for table in load(args.folder).tables().values())
    print(say("cli.clean", args.lang, folder=args.folder or "data", rows=rows))
    return DONE


def _tell(faults: list[Fault], path: Path, lang: str) -> int:
    """Print faults and, where they are a workbook's, write a copy of it with its cells marked."""
    from minsheng.spreadsheet import SUFFIXES, UNREADABLE

    for fault in faults:
        print(fault.text(lang))
    print(say("cli.faults", lang, count=len(faults)), file=sys.stderr)
    if path.is_file() and any(fault.key in UNREADABLE for fault in faults):
        return WRONG
    if path.is_file() and path.suffix.lower() in SUFFIXES:
        from minsheng.marking import write_marked

        print(say("marking.written", lang, file=write_marked(path, faults, lang)), file=sys.stderr)
    return IN_PART


def _workbook(args: argparse.Namespace) -> int:
    from minsheng.ledger import write_ledger

    rows = write_ledger(Path(args.out), args.data, args.lang)
    print(say("ledger.written", args.lang, file=args.out, rows=rows))
    return DONE


def _draft(args: argparse.Namespace) -> int:
    from minsheng import proof_sheets
    from minsheng.proofs import draft
    from minsheng.tables import load

    out = Path(args.out or f"{Path(args.document).stem}-draft.xlsx")
    proof = draft(args.document, args.year, args.region, args.document_id, load(args.data or None), args.lang)
    proof_sheets.write_workbook(proof, out, args.lang)
    print("\n".join(proof_sheets.told(proof, args.lang)))
    print(say("proofs.written", args.lang, file=out))
    return DONE if proof.balanced else IN_PART


def _merge(args: argparse.Namespace) -> int:
    from minsheng import merging

    found = merging.offer(args.workbook, args.into, args.remove)
    if found.faults:
        return _tell(found.faults, Path(args.workbook), args.lang)
    print("\n".join(merging.told(found, args.lang)))
    if found.touched and not args.dry_run:
        if not args.yes and not merging.agreed(args.lang):
            return IN_PART
        print("\n".join(map(str, merging.write(found))))
    return IN_PART if found.left and not args.dry_run else DONE


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


def _diff(args: argparse.Namespace) -> int:
    from minsheng.bulletin import entries, screen
    from minsheng.versions import version

    old, new = version(args.old), version(args.new)
    print("\n".join(entries(old, new)) if args.changelog else screen(old, new, args.lang, args.all))
    return DONE


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
    from minsheng.overall import refresh
    from minsheng.plans import plan
    from minsheng.report import write_tables

    if args.topic:
        raise Refused("refused.format_topic", format=args.format)
    out = Path(args.out)
    written = write_tables(plan(_request(args)), out, args.format)
    print(*written, sep="\n")
    refresh(out, {path.relative_to(out).parts[0] for path in written}, args.lang)
    return DONE


def _plan(args: argparse.Namespace) -> Plan:
    """What a request comes to: a matrix of many, or one."""
    from minsheng import matrix
    from minsheng.plans import plan
    from minsheng.tables import load

    if not (args.matrix or args.level or args.under):
        return plan(_request(args))
    data = load(args.data or None)
    if args.matrix and (args.years or args.topic or args.region or args.level or args.under):
        raise Refused("refused.matrix_flags")
    if args.matrix:
        return matrix.planned(matrix.read(Path(args.matrix), data, args.lang), data, args.data)
    own = {"years": args.years, "topics": args.topic, "regions": args.region, "levels": args.level, "under": args.under}
    own |= {"langs": [args.lang], "year_basis": args.year_basis, "prices": args.prices, "strict": args.strict}
    return matrix.planned([matrix.entry(own, data, args.lang)], data, args.data)


@contextmanager
def _runners(args: argparse.Namespace) -> Iterator[tuple[Executor | None, Stop]]:
    """Where notebooks run, and what ends them: kernels here, or the workers of a cluster."""
    if args.scheduler:
        from minsheng.scheduling import cluster

        with cluster(args.scheduler, args.data) as executor:
            yield executor, lambda: None
    else:
        from minsheng.nursery import kernels

        own = str(Path(args.data).resolve()) if args.data else ""
        with kernels(own) as stop:  # which warm up while pandas is imported and the request checked
            yield None, stop


def _report(args: argparse.Namespace) -> int:
    if args.data and not Path(args.data).exists():
        raise Refused("refused.no_folder", folder=args.data)
    if args.format != "html":
        return _tables(args)
    if args.dry_run:
        from minsheng.ticker import planned

        print(planned(_plan(args), Path(args.out), args.jobs, args.force, args.lang))
        return DONE
    from minsheng.imports import lean_pandas

    with _runners(args) as (executor, stop):
        lean_pandas()
        todo = _plan(args)
        from minsheng.making import make
        from minsheng.ticker import Teller

        how = {"force": args.force, "fail_fast": args.fail_fast, "stop": stop, "executor": executor}
        with Teller(args.lang, todo, args.jobs) as teller:
            results = make(todo, Path(args.out), args.jobs, teller.tell, **how)
    print(teller.done(results, Path(args.out)))
    return DONE if len(results) == len(todo.specs) and all(result.ok for result in results) else IN_PART


def _refuse_unknown(word: str, command: str, lang: str) -> int:
    """Name the option nearest to one that there is not."""
    own = next(action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction)).choices[command]
    options = [one for action in own._actions for one in action.option_strings if one.startswith("--")]
    print(
        "minsheng: " + say("cli.unknown_option", lang, value=word, nearest=nearest(word.split("=")[0], options)), file=sys.stderr
    )
    return WRONG


_COMMANDS = {
    "report": _report,
    "check": _check,
    "workbook": _workbook,
    "draft": _draft,
    "merge": _merge,
    "verify": _verify,
    "diff": _diff,
    "audit": _audit,
    "lab": _lab,
    "list": _list,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = _parser()
    args, unknown = parser.parse_known_args(argv)
    if unknown:
        return _refuse_unknown(unknown[0], args.command, args.lang)
    try:
        return _COMMANDS[args.command](args)
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
