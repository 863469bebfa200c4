"""``taper`` and ``python -m taper_app``: the same command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn

from taper_app import __version__
from taper_app.clinical.errors import Fault, InputRefused, TaperError


class _Parser(argparse.ArgumentParser):
    """Wrong words on the command line are refused like any other input."""

    def error(self, message: str) -> NoReturn:
        raise InputRefused([Fault("command", f"{message[:1].upper()}{message[1:]}; see `taper --help`.")])


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = _Parser(prog="taper", description="Supervised benzodiazepine tapers. Decision support: a clinician signs.")
    top.add_argument("--version", action="version", version=f"taper {__version__}")
    shared = _Parser(add_help=False)
    shared.add_argument("--database", metavar="URL", help="which database, such as sqlite:///ward.sqlite3")
    commands = top.add_subparsers(dest="command", required=True, parser_class=_Parser)

    run = commands.add_parser("run", parents=[shared], help="start the web application")
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=int, default=8501)

    demo = commands.add_parser("demo", parents=[shared], help="fill an empty database with synthetic patients")
    demo.add_argument("--patients", type=int, default=24)
    demo.add_argument("--seed", type=int, default=7)
    demo.add_argument("--json", action="store_true")

    plan = commands.add_parser("plan", help="build a taper from a request")
    plan.add_argument("request", metavar="REQUEST.json|-")
    plan.add_argument("--format", choices=("json", "text", "csv", "ics"), default="json")
    plan.add_argument("--today", metavar="DATE", help="judge a start date in the past against this day")

    check = commands.add_parser("check", help="judge any plan with the independent checker")
    check.add_argument("plan", metavar="PLAN.json|-")

    amend = commands.add_parser("amend", help="change a plan from a day on; its past stays as it was")
    amend.add_argument("plan", metavar="PLAN.json|-")
    amend.add_argument("change", metavar="CHANGE.json|-")
    amend.add_argument("--format", choices=("json", "text", "csv", "ics"), default="json")
    amend.add_argument("--given-up-to", metavar="DATE|MOMENT", help="doses were given up to here and stay as they were")

    assess = commands.add_parser("assess", help="score one observation set and list what it triggers")
    assess.add_argument("case", metavar="CASE.json|-")

    outbox = commands.add_parser(
        "outbox", parents=[shared], help="look at what waits to leave the building, or send it"
    )
    outbox.add_argument("action", nargs="?", choices=("list", "send", "test"), default="list")
    outbox.add_argument("--json", action="store_true")

    protocols = commands.add_parser("protocols", help="list, check or show the protocol files")
    protocols.add_argument("action", nargs="?", choices=("list", "check", "show"), default="list")
    protocols.add_argument("name", nargs="?", metavar="DIR|ID")
    protocols.add_argument("--json", action="store_true", help="the answer is JSON in any case")

    self_test = commands.add_parser(
        "self-test",
        help="judge 40 simulated patients and orders by this site's own rules; exit 1 when a danger is missed",
    )
    self_test.add_argument("--json", action="store_true")
    return top


def _write_utf_8() -> None:
    """Answers are UTF-8 whatever the terminal's own encoding: a name must not end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(encoding="utf-8")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the exit code says what became of it (``cli.answers.Exit``)."""
    from taper_app.cli import answers

    _write_utf_8()
    try:
        arguments = parser().parse_args(words)
        # Each command is a module of its own, so that none waits for what only another one needs.
        command = import_module(f"taper_app.cli.{arguments.command.replace('-', '_')}")
        return int(command.answer(arguments))
    except InputRefused as refused:
        answers.print_faults(refused.faults)
        return answers.Exit.INPUT_REFUSED
    except TaperError as refused:
        answers.print_faults([Fault("", f"{refused} {refused.next_step}".strip())])
        return answers.Exit.REFUSED_BY_STATE
    except BrokenPipeError:
        return answers.Exit.DONE


if __name__ == "__main__":
    sys.exit(main())
