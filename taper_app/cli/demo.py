"""``taper demo``: fill an empty database with synthetic patients and one person per role."""

from __future__ import annotations

import argparse

from taper_app.cli.answers import Exit, print_faults, print_json
from taper_app.cli.database import database_of
from taper_app.clinical.errors import Fault
from taper_app.protocol_files import load_protocols
from taper_app.settings import settings
from taper_app.store.sql import open_store
from taper_app.use_cases.demo import fill
from taper_app.wiring import utc_now


def answer(arguments: argparse.Namespace) -> Exit:
    protocols = load_protocols(site=settings().site_protocols)
    store = open_store(database_of(arguments), take_writer=True)
    try:
        with store.reading() as reading:
            if reading.accounts() or reading.units():
                print_faults([Fault("database", "This database is not empty; name another with --database.")])
                return Exit.REFUSED_BY_STATE
        users = fill(store, patients=arguments.patients, seed=arguments.seed, now=utc_now(), protocols=protocols)
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
