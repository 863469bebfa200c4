"""``taper plan``: a plan, or exit 3 with the refusal and its remedies."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from taper_app.cli.answers import Exit, print_json, read_json
from taper_app.cli.site_protocols import site_protocols_for_plans
from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols


def answer(arguments: argparse.Namespace) -> Exit:
    protocols = site_protocols_for_plans()
    today = _day(arguments.today) if arguments.today else None
    request = read_json(arguments.request, lambda written: parse_request(written, protocols, today=today))
    return print_outcome(build_plan(request, protocols), arguments.format, protocols)


def print_outcome(outcome: Plan | Refusal, layout: str, protocols: Protocols) -> Exit:
    """The plan, or the refusal, in the layout that was asked for."""
    if layout == "json" or (isinstance(outcome, Refusal) and layout != "text"):
        # A refusal has no rows and no days: whatever reads the sheet or the calendar gets it as JSON.
        print_json(outcome.as_json())
    else:
        _print_sheet(outcome, layout, protocols)
    return Exit.NO_SAFE_PLAN if isinstance(outcome, Refusal) else Exit.DONE


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputRefused([Fault("today", "Write the day as 2026-12-01.")]) from None


def _print_sheet(outcome: Plan | Refusal, layout: str, protocols: Protocols) -> None:
    from taper_app.export.plan_sheets import plan_csv, plan_ics, plan_text, refusal_text

    if isinstance(outcome, Refusal):
        sys.stdout.write(refusal_text(outcome))
    elif layout == "text":
        sys.stdout.write(plan_text(outcome, protocols))
    elif layout == "csv":
        sys.stdout.write(plan_csv(outcome, protocols))
    else:
        sys.stdout.write(plan_ics(outcome))
