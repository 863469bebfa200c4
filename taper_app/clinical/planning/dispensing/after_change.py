"""What a change of the plan means for tablets that were picked up before it: too many of some, too few of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from taper_app.clinical.planning.answer import Plan, PlanWarning, Step
from taper_app.clinical.planning.dispensing.counts import NOTHING, taken_a_day
from taper_app.clinical.planning.dispensing.left_over import GIVE_BACK, LEFT_OVER, info, warnings_of_supply
from taper_app.clinical.planning.dispensing.periods import Period, asks_for_supply, periods_of
from taper_app.clinical.planning.dispensing.words import amounts_words
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.protocol.library import Protocols

PICKED_UP_TOO_LITTLE = "picked-up-too-little"


def supply_after_change(
    old: Plan, asked: PlanRequest, steps: Sequence[Step], on: date, protocols: Protocols
) -> Iterator[PlanWarning]:
    """All that an amended plan (``asked``, ``steps``) says of handing out; ``on`` is the day of the change.

    Counts of the amended plan run from its first day again, so the days that were picked up before the change are
    compared with what its doses now take: what is too much and what is missing in them is said.
    """
    yield from warnings_of_supply(asked, steps, protocols)
    picked_up = next(
        (period for period in periods_of(old.request, old.steps) if period.first < on <= period.last), None
    )
    if picked_up is None or not asks_for_supply(old.request):
        return
    before, now = taken_between(old.steps, picked_up), taken_between(steps, picked_up)
    if spare := _more_of(before, now):
        yield info(
            LEFT_OVER,
            f"Left over from what was handed out up to {picked_up.last}, if the change comes after it was: "
            f"{amounts_words(spare, protocols)}; {GIVE_BACK}, or count it as stock on hand.",
        )
    if missing := _more_of(now, before):
        yield info(
            PICKED_UP_TOO_LITTLE,
            f"Needed from {on} to {picked_up.last} beyond what was handed out for these days before the change: "
            f"{amounts_words(missing, protocols)}.",
        )


def taken_between(steps: Sequence[Step], period: Period) -> dict[str, Decimal]:
    """What the doses of these days take, by product; a step without a planned end goes on to the period's last day."""
    taken: dict[str, Decimal] = {}
    for step in steps:
        last = period.last if step.ends_on is None else min(step.ends_on, period.last)
        days = (last - max(step.starts_on, period.first)).days + 1
        for product, count in taken_a_day(step).items() if days > 0 else ():
            taken[product] = taken.get(product, NOTHING) + count * days
    return taken


def _more_of(one: dict[str, Decimal], other: dict[str, Decimal]) -> list[tuple[str, Decimal]]:
    """By how much ``one`` is more, by product."""
    return [(product, more) for product in sorted(one) if (more := one[product] - other.get(product, NOTHING)) > 0]
