"""``taper amend``: a changed plan with its past frozen, or exit 3 with whom to ask."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from taper_app.cli.answers import Exit, read_json
from taper_app.cli.plan import print_outcome
from taper_app.cli.site_protocols import site_protocols_for_plans
from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.planning.amend import amend_plan, day_or_moment, parse_change, read_plan

ReadT = TypeVar("ReadT")


def answer(arguments: argparse.Namespace) -> Exit:
    protocols = site_protocols_for_plans()
    faults: list[Fault] = []
    if arguments.plan == arguments.change == "-":
        raise InputRefused([Fault("change", "Only one of the two can come on standard input; name a file for one.")])
    plan = _or_faults(lambda: read_json(arguments.plan, lambda written: read_plan(written, protocols)), faults)
    change = _or_faults(lambda: read_json(arguments.change, parse_change), faults)
    given_up_to = _or_faults(lambda: _day(arguments.given_up_to), faults)
    if plan is None or change is None or faults:
        raise InputRefused(faults)
    return print_outcome(amend_plan(plan, change, protocols, given_up_to=given_up_to), arguments.format, protocols)


def _or_faults(read: Callable[[], ReadT], faults: list[Fault]) -> ReadT | None:
    """What is read, or None with its faults added to ``faults``: both files are read before anything is refused."""
    try:
        return read()
    except InputRefused as refused:
        faults.extend(refused.faults)
        return None


def _day(text: str | None) -> date | None:
    try:
        return day_or_moment(text) if text else None
    except ValueError as error:
        raise InputRefused([Fault("given_up_to", str(error))]) from None
