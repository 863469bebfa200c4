"""The kinds of change of a running plan: their names in house words, and what each one does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taper_app.clinical.planning.amend.standing import is_suspended
from taper_app.ui.components.times import day_text
from taper_app.use_cases.chart import Chart


@dataclass(frozen=True, slots=True)
class Kind:
    label: str
    does: str


#: In the order in which they are offered: keeping the dose, slower or up, faster or to an end, other tablets, a gap.
KINDS: Mapping[str, Kind] = {
    "keep": Kind(
        "Keep dose, no cut, until reviewed",
        "The dose of that day is given until a prescriber has reviewed. Resume then goes on with what was left of it.",
    ),
    "keep_days": Kind(
        "Keep dose, no cut, for some days",
        "The cuts that follow start that many days later; the pace stays as it is.",
    ),
    "resume": Kind(
        "Resume after the review",
        "The rest of the plan goes on from where it was, so much later. Nothing is caught up.",
    ),
    "slow": Kind("Slow down", "Smaller cuts, longer intervals or both, from that day on."),
    "step_back": Kind(
        "Step back",
        "Back to the dose of an earlier step, for its whole time. It is a rise, named as one and signed by name.",
    ),
    "restabilise": Kind(
        "Restabilise",
        "Whatever daily dose a prescriber orders now, above the start too, kept for some days; then a slower pace.",
    ),
    "speed_up": Kind("Speed up", "Larger cuts or shorter intervals, within what the protocol prints."),
    "maintain": Kind(
        "End at a maintenance dose",
        "The rest goes down to this daily dose and stays on it; the dose of now means from that day on.",
    ),
    "change_products": Kind(
        "Change tablets", "The same dose of what is ticked from that day on; the rest is fitted to it."
    ),
    "change_medicine": Kind(
        "Change medicine",
        "A cross-over from that day on, one time of day after the other, then a taper of the new one.",
    ),
    "missed": Kind(
        "Doses missed",
        "The dose before the gap is taken up again and the rest is later by the gap: a gap is no taper progress. "
        "After a long gap nothing is restarted by a plan.",
    ),
}


def kind_to_begin_with(chart: Chart) -> str:
    """After a finding that suspends the plan a new dose is ordered; a dose kept until reviewed is reviewed."""
    if not chart.standing.plan_is_current:
        return "restabilise"
    return "resume" if chart.signed and is_suspended(chart.signed.plan) else "keep"


def change_in_words(change: Mapping[str, Any]) -> str:
    """``Slow down from Tue 1 Dec 2026: a bad week``: the change that made a version, as the plan keeps it."""
    name = str(change.get("kind"))
    label = KINDS[name].label if name in KINDS else name.replace("_", " ")
    return f"{label}, from {day_text(str(change.get('on')))}: {change.get('reason')}"
