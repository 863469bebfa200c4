"""A slower pace of the same protocol, as a remedy where its own pace falls too fast."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from taper_app.clinical.planning.answer import Refusal, Remedy
from taper_app.clinical.planning.build import Attempt
from taper_app.clinical.planning.pace.printed import percent_unit
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.protocol.tapers import PaceFixedMg, PaceLadder, PacePercentOfCurrent, PaceTable
from taper_app.clinical.quantities import mg_of, mg_text, percent_text, plain

#: Refusals that a slower pace may mend.
_TOO_FAST = ("ceiling", "first-cut")


def slower_pace(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    """The longest interval, the smallest cut, then both; each within what the source prints.

    Where the source prints no longest interval the general protocol's default stands in, and where it prints no
    smallest cut the smallest that the products make, or the general protocol's.
    """
    refusal, settled = attempt.outcome, attempt.settled
    if not isinstance(refusal, Refusal) or refusal.code not in _TOO_FAST:
        return
    days, cut = _longest_interval(settled), _smallest_cut(settled)
    slower = {"every_days": days, "longest_step_days": None} if days > settled.pace.every_days else {}
    if slower:
        yield Remedy(change=slower, message=f"Cut every {days} days.")
    if cut:
        yield Remedy(change=cut, message=f"Cut {_cut_in_words(cut, settled)} at a time.")
    if slower and cut:
        yield Remedy(change=slower | cut, message=f"Cut {_cut_in_words(cut, settled)} every {days} days.")


def _longest_interval(settled: Settled) -> int:
    printed = settled.taper.pace
    return _general(settled).every_days if printed.most_every_days is None else printed.most_every_days


def _smallest_cut(settled: Settled) -> dict[str, Any]:
    """The change to the request, empty when the cut cannot be smaller (each band of a ladder has its own)."""
    printed, asked = settled.taper.pace, settled.pace.asked_figures()
    if isinstance(printed, (PaceLadder, PaceTable)):
        return {}
    if isinstance(printed, PaceFixedMg):
        smallest = settled.makeable[settled.medicine.id].smallest
        least_mg = printed.least_cut_mg or (mg_of(smallest) if smallest else None)
        return {"cut_mg": plain(least_mg)} if least_mg is not None and _is_less(least_mg, asked.cut_mg) else {}
    least = printed.least_cut_percent or _general(settled).cut_percent
    return {"cut_percent": plain(least)} if _is_less(least, asked.cut_percent) else {}


def _is_less(figure: Decimal, asked: Decimal | None) -> bool:
    return asked is not None and figure < asked


def _general(settled: Settled) -> PacePercentOfCurrent:
    """The pace of the protocol whose ceiling judges the others."""
    pace = settled.protocols.tapers[settled.limits.ceiling_protocol].pace
    assert isinstance(pace, PacePercentOfCurrent), "its file is a percentage of the dose taken now"
    return pace


def _cut_in_words(cut: dict[str, Any], settled: Settled) -> str:
    if "cut_mg" in cut:
        return mg_text(Decimal(cut["cut_mg"]))
    return f"{percent_text(Decimal(cut['cut_percent']))} {percent_unit(settled.taper.pace)}"
