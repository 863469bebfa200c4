"""A pace in one sentence: what a protocol file prints, and what a plan was made with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from taper_app.clinical.planning.pace.printed import asked_pace, printed_pace
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.settled import settle
from taper_app.clinical.protocol.library import Protocols


@pytest.mark.parametrize(
    ("protocol", "words"),
    [
        ("asam-2025", "Prints 5 to 10 % every 14 to 28 days."),
        ("australian-inpatient", "Prints 10 % every day."),
        ("dutch-25-percent-weekly", "Prints at most 25 % of the starting dose every 7 days or slower."),
        ("fda-xanax", "Prints at most 0.5 mg alprazolam every 3 days or slower."),
        ("scotland-2024", "A ladder in mg diazepam: by 1 mg every 14 to 28 days."),
        (
            "mcmaster-2010",
            "A ladder in mg diazepam: above 20 mg by 5 mg every 7 days; 20 mg to 0 mg by 1 mg every 7 days.",
        ),
        (
            "nardi-2010",
            "A ladder in mg clonazepam: above 1 mg by 0.5 mg every 14 days; 1 mg to 0 mg by 0.25 mg every 7 days.",
        ),
        (
            "va-ncptsd",
            "A table in mg diazepam from 40 mg (inferred): 35 for 7 days, 30 for 7 days, 25 for 7 days, "
            "20 for 35 days, 15 for 14 days, 10 for 14 days, 5 for 14 days.",
        ),
        (
            "hyperbolic-occupancy",
            "2.5 to 10 percentage points of occupancy every 14 to 28 days; half occupancy at 0.7 mg diazepam "
            "(worked out from the source; contested).",
        ),
    ],
)
def test_what_a_protocol_prints_is_told_in_one_sentence(protocol: str, words: str, protocols: Protocols) -> None:
    assert printed_pace(protocols.tapers[protocol].pace) == words


@pytest.mark.parametrize(
    ("protocol", "figures", "words"),
    [
        ("asam-2025", {"cut_percent": "10", "every_days": 14}, "10% of the current dose every 14 days"),
        ("dutch-25-percent-weekly", {"cut_percent": "25", "every_days": 7}, "25% of the starting dose every 7 days"),
        (
            "hyperbolic-occupancy",
            {"cut_percent": "2.5", "every_days": 14},
            "2.5 percentage points of occupancy every 14 days",
        ),
        ("fda-xanax", {"cut_mg": "0.5", "every_days": 3}, "0.5 mg every 3 days"),
        ("scotland-2024", {"every_days": 14}, "as the protocol prints every 14 days"),
        ("nardi-2010", {"every_days": 7}, "as the protocol prints"),
        ("va-ncptsd", {"every_days": 7}, "as the protocol prints"),
        ("no-longer-shipped", {"cut_percent": "10", "every_days": 14}, "10% of the current dose every 14 days"),
    ],
)
def test_the_pace_of_a_plan_is_told_with_its_own_figures(
    protocol: str, figures: dict[str, Any], words: str, protocols: Protocols
) -> None:
    line = {"drug": "diazepam", "mg": Decimal(10), "time": "22:00"}
    request = PlanRequest.model_validate({"current": [line], "protocol": protocol, "start_on": "2027-01-11", **figures})
    taper = protocols.tapers.get(protocol)
    assert asked_pace(request, taper.pace if taper else None) == words


@pytest.mark.parametrize(
    ("protocol", "words"),
    [
        ("asam-2025", "5 to 10 %"),
        ("dutch-25-percent-weekly", "at most 25 % of the starting dose"),
        ("fda-xanax", "at most 0.5 mg"),
        ("nice-cks-ladder", "1 to 2 mg diazepam"),
        ("scotland-2024", "1 mg diazepam"),
        ("mcmaster-2010", "1 to 2 mg diazepam"),
        ("six-month-15mg", "11 mg as the next dose"),
        ("hyperbolic-occupancy", "2.5 to 10 percentage points of occupancy"),
    ],
)
def test_the_printed_cut_at_a_dose_is_named_where_a_cut_is_larger(
    protocol: str, words: str, protocols: Protocols
) -> None:
    """At 12 mg, of a start of 20 mg; the whole dose at once is more than any of them prints."""
    drug = "alprazolam" if protocol == "fda-xanax" else "diazepam"
    line = {"drug": drug, "mg": Decimal(20), "time": "22:00"}
    request = PlanRequest.model_validate({"current": [line], "protocol": protocol, "start_on": "2027-01-11"})
    pace = settle(request, protocols).pace
    assert pace.printed_range(120_000) == words
    assert pace.is_above_printed_maximum(120_000, 0)
    assert not pace.is_above_printed_maximum(120_000, 119_999)
