"""``taper protocols``: what is shipped, what one file holds, or every fault of a folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from taper_app.cli.answers import Exit, print_json
from taper_app.cli.protocol_shelves import protocol_shown, protocols_listed
from taper_app.cli.site_protocols import faults_at_this_site, site_protocols
from taper_app.protocol_files import check_folder


def answer(arguments: argparse.Namespace) -> Exit:
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
