"""``taper check``: the independent checker's judgement of any plan."""

from __future__ import annotations

import argparse

from taper_app.cli.answers import Exit, print_json, read_json
from taper_app.cli.site_protocols import site_protocols_for_plans
from taper_app.clinical.checking import check_plan


def answer(arguments: argparse.Namespace) -> Exit:
    protocols = site_protocols_for_plans()
    print_json(read_json(arguments.plan, lambda written: check_plan(written, protocols)).as_json())
    return Exit.DONE
