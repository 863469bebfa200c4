"""``taper run``: the web application."""

from __future__ import annotations

import argparse

from taper_app.cli.answers import Exit
from taper_app.ui.server.launch import run as serve


def answer(arguments: argparse.Namespace) -> Exit:
    serve(arguments.host, arguments.port, arguments.database)
    return Exit.DONE
