"""One course out of several versions: on each day the step of the version that was in force then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, tzinfo
from itertools import pairwise

from taper_app.clinical.planning.answer import Plan, Step
from taper_app.clinical.planning.versions import PlanVersion


def course_in_force(versions: Sequence[PlanVersion], zone: tzinfo, *, kept_since: date | None) -> Plan | None:
    """The doses as they were in force and as they go on, in a plan's shape; nobody signed it, so it is only drawn.

    A version counts from the day of its signature in ``zone`` to the day before the next one's; one that has not begun
    by then leaves the dose before it. Before the first the use that its plan names is taken. ``kept_since``: the day
    from which the newest version makes no cut, see ``PlanVersion.step_on``. None when no version was signed.
    """
    signed = [(_signed_on(version, zone), version) for version in versions if version.signed_at is not None]
    if not signed:
        return None
    first, newest = signed[0][1].plan, signed[-1][1].plan
    return newest.model_copy(
        update={
            "request": newest.request.model_copy(update={"current": first.request.current}),
            "starting_daily_mg": first.starting_daily_mg,
            "starts_on": first.starts_on,
            "steps": tuple(_dated(list(_steps(signed, kept_since)))),
        }
    )


def _signed_on(version: PlanVersion, zone: tzinfo) -> date:
    assert version.signed_at is not None
    return version.signed_at.astimezone(zone).date()


def _steps(signed: Sequence[tuple[date, PlanVersion]], kept_since: date | None) -> Iterator[Step]:
    """Numbered anew, each from the day on which its doses began; a step that only goes on is not begun again."""
    newest = signed[-1][1]
    days = {day for day, _version in signed}
    days |= {step.starts_on for _day, version in signed for step in version.plan.steps}
    before: Step | None = None
    number = 0
    for day in sorted(days):
        version = _in_force(signed, day)
        step = version.step_on(day, kept_since=kept_since if version is newest else None) if version else None
        if step is None or (before is not None and step.doses == before.doses):
            continue
        number += 1
        before = step.model_copy(update={"number": number, "starts_on": day, "days": 0})
        yield before


def _dated(steps: Sequence[Step]) -> Iterator[Step]:
    """Each step lasts until the next one begins."""
    for step, following in pairwise(steps):
        yield step.model_copy(update={"days": (following.starts_on - step.starts_on).days})
    yield from steps[-1:]


def _in_force(signed: Sequence[tuple[date, PlanVersion]], day: date) -> PlanVersion | None:
    return next((version for first, version in reversed(signed) if first <= day), None)
