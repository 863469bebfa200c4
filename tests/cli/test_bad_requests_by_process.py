"""Bad requests through the real command, as a hospital's script calls it: whatever the locale, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from bad_requests import BASE, bad_requests

#: One in so many rows of the table; the whole table goes through the function itself.
ONE_IN = 50
ROWS = bad_requests()[7::ONE_IN]
LOCALES = ({"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1"}, {"PYTHONUTF8": "0", "LANG": "de_DE"})


@pytest.mark.parametrize(("number", "row"), list(enumerate(ROWS)), ids=[row.name for row in ROWS])
def test_the_command_refuses_on_standard_error_and_prints_nothing_else(number, row):
    done = subprocess.run(
        [sys.executable, "-m", "taper_app", "plan", "-"],
        input=row.text.encode(),
        capture_output=True,
        env=os.environ | LOCALES[number % len(LOCALES)],
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (row.exit, b"")
    assert [error["field"] for error in json.loads(done.stderr)["errors"]] == list(row.fields)


@pytest.mark.parametrize("layout", ["json", "text"])
def test_a_name_in_other_letters_is_written_in_any_locale(layout):
    request = {**BASE, "patient": {**BASE["patient"], "specialist": "Dr. Žižek 医師"}}
    answers = {
        subprocess.run(
            [sys.executable, "-m", "taper_app", "plan", "-", "--format", layout],
            input=json.dumps(request).encode(),
            capture_output=True,
            env=os.environ | {"PYTHONIOENCODING": encoding},
            timeout=60,
            check=True,
        ).stdout
        for encoding in ("ascii", "latin-1", "utf-8")
    }
    assert len(answers) == 1
    assert layout == "text" or "医師" in answers.pop().decode()
