"""``taper self-test``: which simulated dangers this site's rules catch, and whom they call for nothing."""

from __future__ import annotations

import argparse

from taper_app.cli.answers import Exit, print_json
from taper_app.cli.site_protocols import site_protocols
from taper_app.clinical.escalation.self_test import self_test
from taper_app.export.self_test_report import report_text
from taper_app.protocol_files.self_test_files import load_self_test


def answer(arguments: argparse.Namespace) -> Exit:
    protocols = site_protocols()
    report = self_test(load_self_test(), protocols)
    if arguments.json:
        print_json({"market": protocols.market, **report.as_json()})
    else:
        print(report_text(report, protocols))
    return Exit.DONE if report.all_caught else Exit.DANGER_MISSED
