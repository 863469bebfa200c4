"""``taper assess``: the scores of one observation set and what it triggers."""

from __future__ import annotations

import argparse

from taper_app.cli.answers import Exit, print_json, read_json
from taper_app.cli.site_protocols import site_protocols
from taper_app.clinical.charting.case import parse_case
from taper_app.clinical.escalation.assess import assess


def answer(arguments: argparse.Namespace) -> Exit:
    protocols = site_protocols()
    case = read_json(arguments.case, lambda written: parse_case(written, protocols.vital_limits))
    assessed = assess(case, protocols.rules, protocols.scales, protocols.vital_limits)
    print_json(assessed.model_dump(mode="json"))
    return Exit.DONE
