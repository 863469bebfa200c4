"""How long a year of levels takes, hour by hour: ``just bench`` prints it and judges nothing.

Processor time, the median of some runs, with everything that a screen waits for: rates from the file, doses by day,
parent and metabolite, the band over their half-lives and times to the peak. The import of numpy is not counted.
"""

from __future__ import annotations

from datetime import timedelta

from bench import milliseconds
from recorded_search import requests
from taper_app.clinical.kinetics.level_bands import HOURLY, plan_levels
from taper_app.clinical.kinetics.symptom_windows import after_cuts
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.protocol_files import load_protocols

DAYS = 365
CASES = {
    "clonazepam, no metabolite": ("clonazepam-2", {}),
    "diazepam with its metabolite": ("diazepam-120-hospital", {}),
    "lorazepam, then diazepam": (
        "clonazepam-2",
        {
            "current": [{"drug": "lorazepam", "mg": "1", "time": time} for time in ("08:00", "14:00", "22:00")],
            "taper_drug": "diazepam",
            "equivalence": "ashton-2002",
        },
    ),
}


def plans(protocols: WardProtocols) -> dict[str, Plan]:
    """The plans whose levels are measured, by what they show."""
    found = {}
    for words, (case, change) in CASES.items():
        plan = build_plan(parse_request({**requests()[case], **change}, protocols), protocols)
        assert isinstance(plan, Plan), words
        found[words] = plan
    return found


def levels_ms(plan: Plan, protocols: WardProtocols, every_minutes: int | None = HOURLY) -> float:
    """Processor time of a year of levels, in milliseconds."""
    last_day = plan.starts_on + timedelta(days=DAYS - 1)
    return milliseconds(
        lambda: plan_levels(plan, protocols, first_day=plan.starts_on, last_day=last_day, every_minutes=every_minutes)
    )


def main() -> None:
    protocols = load_protocols()
    print(f"{'a year of levels, ms':42}{'hourly':>9}{'by day':>9}{'windows':>9}")
    for words, plan in plans(protocols).items():
        windows = milliseconds(lambda plan=plan: after_cuts(plan, protocols, protocols.time_course))
        row = (levels_ms(plan, protocols), levels_ms(plan, protocols, None), windows)
        print(f"{words:42}" + "".join(f"{taken:9.2f}" for taken in row))


if __name__ == "__main__":
    main()
