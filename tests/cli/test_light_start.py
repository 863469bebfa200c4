"""A command that plans starts fast: in a fresh process it loads nothing that only the screens or the store need."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

REQUEST = {
    "current": [{"drug": "clonazepam", "mg": "1", "time": "08:00"}, {"drug": "clonazepam", "mg": "1", "time": "20:00"}],
    "protocol": "asam-2025",
    "start_on": "2027-01-11",
}
#: Slow to import, and of no use to a plan.
HEAVY = {
    "streamlit",
    "pandas",
    "numpy",
    "plotly",
    "sqlalchemy",
    "alembic",
    "argon2",
    "typst",
    "starlette",
    "pydantic_settings",
    "platformdirs",
    "taper_app.clinical.charting",
    "taper_app.clinical.escalation",
    "taper_app.clinical.protocol.ward_library",
}
RUN = """
import sys
from taper_app.__main__ import main
code = main(sys.argv[1:])
print(" ".join(sorted(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize("layout", ["json", "text", "csv", "ics"])
def test_a_plan_is_made_without_loading_screens_store_or_charting(tmp_path, layout):
    request = tmp_path / "request.json"
    request.write_text(json.dumps(REQUEST))
    words = ["plan", str(request), "--format", layout]
    done = subprocess.run([sys.executable, "-c", RUN, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert HEAVY & set(done.stderr.split()) == set()


def test_a_plan_is_checked_without_loading_screens_or_store(tmp_path):
    request = tmp_path / "request.json"
    request.write_text(json.dumps(REQUEST))
    plan = subprocess.run(
        [sys.executable, "-m", "taper_app", "plan", str(request)], capture_output=True, text=True, check=True
    )
    (tmp_path / "plan.json").write_text(plan.stdout)
    words = ["check", str(tmp_path / "plan.json")]
    done = subprocess.run([sys.executable, "-c", RUN, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert HEAVY & set(done.stderr.split()) == set()
