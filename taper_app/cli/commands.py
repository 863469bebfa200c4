"""What each command does: read, ask one function of the core, print."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path

from taper_app.cli.answers import Exit, print_faults, print_json, read_json
from taper_app.cli.protocol_shelves import protocol_shown, protocols_listed
from taper_app.cli.site_protocols import faults_at_this_site, site_protocols
from taper_app.clinical.charting.case import parse_case
from taper_app.clinical.checking import check_plan
from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.planning.answer import Refusal
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.export.plan_sheets import plan_csv, plan_ics, plan_text, refusal_text
from taper_app.protocol_files import check_folder


def plan(arguments: argparse.Namespace) -> Exit:
    """``taper plan``: a plan, or exit 3 with the refusal and its remedies."""
    protocols = site_protocols()
    today = _day(arguments.today) if arguments.today else None
    request = read_json(arguments.request, lambda written: parse_request(written, protocols, today=today))
    outcome = build_plan(request, protocols)
    if isinstance(outcome, Refusal):
        if arguments.format == "json":
            print_json(outcome.as_json())
        else:
            print(refusal_text(outcome), end="")
        return Exit.NO_SAFE_PLAN
    if arguments.format == "json":
        print_json(outcome.as_json())
    elif arguments.format == "text":
        print(plan_text(outcome, protocols), end="")
    elif arguments.format == "csv":
        sys.stdout.write(plan_csv(outcome, protocols))
    else:
        sys.stdout.write(plan_ics(outcome))
    return Exit.DONE


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputRefused([Fault("today", "Write the day as 2026-12-01.")]) from None


def check(arguments: argparse.Namespace) -> Exit:
    """``taper check``: the independent checker's judgement of any plan."""
    protocols = site_protocols()
    print_json(read_json(arguments.plan, lambda written: check_plan(written, protocols)).as_json())
    return Exit.DONE


def assess_case(arguments: argparse.Namespace) -> Exit:
    """``taper assess``: the scores of one observation set and what it triggers."""
    protocols = site_protocols()
    case = read_json(arguments.case, lambda written: parse_case(written, protocols.vital_limits))
    answer = assess(case, protocols.rules, protocols.scales, protocols.vital_limits)
    print_json(answer.model_dump(mode="json"))
    return Exit.DONE


def protocols(arguments: argparse.Namespace) -> Exit:
    """``taper protocols``: what is shipped, what one file holds, or every fault of a folder."""
    if arguments.action == "check":
        faults = check_folder(Path(arguments.name)) if arguments.name else faults_at_this_site()
        print_json({"ok": not faults, "faults": [fault.as_json() for fault in faults]})
        return Exit.INPUT_REFUSED if faults else Exit.DONE
    library = site_protocols()
    if arguments.action == "show":
        print_json(protocol_shown(arguments.name or "", library))
    else:
        print_json(protocols_listed(library))
    return Exit.DONE


def demo(arguments: argparse.Namespace) -> Exit:
    """``taper demo``: fill an empty database with synthetic patients and one person per role."""
    from taper_app.store.sql import open_store
    from taper_app.use_cases.demo import fill
    from taper_app.wiring import utc_now

    store = open_store(_database(arguments), take_writer=True)
    try:
        with store.reading() as reading:
            if reading.accounts() or reading.units():
                print_faults([Fault("database", "This database is not empty; name another with --database.")])
                return Exit.REFUSED_BY_STATE
        users = fill(store, patients=arguments.patients, seed=arguments.seed, now=utc_now())
    finally:
        store.close()
    if arguments.json:
        people = [{"name": user.name, "role": user.role.value, "password": user.password} for user in users]
        print_json({"patients": arguments.patients, "users": people})
    else:
        print(f"{arguments.patients} synthetic patients. Sign in as:")
        for user in users:
            print(f"  {user.role.in_words}: {user.name}  {user.password}")
    return Exit.DONE


def run(arguments: argparse.Namespace) -> Exit:
    """``taper run``: the web application."""
    from taper_app.ui.server.launch import run as serve

    serve(arguments.host, arguments.port, arguments.database)
    return Exit.DONE


def _database(arguments: argparse.Namespace) -> str:
    from taper_app.settings import settings

    if arguments.database:
        os.environ["TAPER_DATABASE_URL"] = arguments.database
        settings.cache_clear()
    return settings().database_url
