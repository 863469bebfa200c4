"""The plan builder: a request in, a plan or a refusal out. The same request always gives the same answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from taper_app.clinical.planning.answer import Plan, PlanWarning, ProtocolUsed, Reason, Refusal, StepKind
from taper_app.clinical.planning.ceilings import judge
from taper_app.clinical.planning.conversion_warnings import warnings_of_conversion
from taper_app.clinical.planning.crossover import SlotNotMakeable, cross_over, refusal_by_change
from taper_app.clinical.planning.current_use import warnings_by_use
from taper_app.clinical.planning.cuts import cuts_after
from taper_app.clinical.planning.dispensing.counts import dispense_of
from taper_app.clinical.planning.dispensing.left_over import warnings_of_supply
from taper_app.clinical.planning.facts import refusal_by_facts, warnings_by_facts
from taper_app.clinical.planning.lead_in import CutsBegin, LeadIn
from taper_app.clinical.planning.makeable import daily_doses
from taper_app.clinical.planning.path import NoPath
from taper_app.clinical.planning.printed_range import refusal_by_printed_range
from taper_app.clinical.planning.protocol_fit import refusal_by_protocol
from taper_app.clinical.planning.request import CurrentDose, PlanRequest, Setting
from taper_app.clinical.planning.request_warnings import warnings_by_request
from taper_app.clinical.planning.settled import Settled, settle
from taper_app.clinical.planning.start_fraction import reason_for_start, refusal_by_start_fraction, warnings_of_start
from taper_app.clinical.planning.steps import reason_for_floor, write_steps
from taper_app.clinical.planning.timeline import Segment, Timeline
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import mg_of, mg_text


@dataclass(frozen=True, slots=True)
class Attempt:
    """A plan, or a refusal together with what led to it, for the remedies.

    ``stuck_at`` is the lowest daily dose (tenth_mcg of the tapered medicine) that was reached when no path led on;
    ``earliest_end`` the earliest safe date when a plan cannot end as early as asked.
    """

    settled: Settled
    outcome: Plan | Refusal
    timeline: Timeline | None = None
    stuck_at: int | None = None
    earliest_end: date | None = None

    @property
    def refusal(self) -> Refusal:
        """The refusal of an attempt that gave no plan."""
        assert isinstance(self.outcome, Refusal), "asked only of what was refused"
        return self.outcome


def attempt_plan(
    request: PlanRequest,
    protocols: Protocols,
    *,
    lead_in: LeadIn | None = None,
    taken_before: Sequence[CurrentDose] = (),
) -> Attempt:
    """Build once, without looking for remedies. The request has passed ``parse_request``.

    For the rest of an amended plan ``lead_in`` says how it begins, and ``taken_before`` what was taken before the
    whole plan: that many pieces may be needed on its way down.
    """
    settled = settle(request, protocols, taken_before=taken_before)
    is_kept = lead_in is not None and lead_in.is_open  # to go on with the present dose asks for nobody's leave
    if refusal := None if is_kept else _refusal_before_the_search(settled):
        return Attempt(settled, refusal)
    try:
        settled, timeline = _timeline(settled, lead_in)
    except SlotNotMakeable as error:
        return Attempt(settled, _not_makeable(settled, error))
    except NoPath as error:
        return Attempt(settled, _no_path(settled, error.stuck_at), stuck_at=error.stuck_at)
    if too_long := _too_long(settled, timeline):
        return Attempt(settled, too_long, timeline)
    judgement = judge(settled, timeline)
    if judgement.refusal:
        return Attempt(settled, judgement.refusal, timeline)
    return Attempt(settled, _plan(settled, timeline, judgement.warnings), timeline)


def _refusal_before_the_search(settled: Settled) -> Refusal | None:
    return (
        refusal_by_facts(settled)
        or refusal_by_change(settled)
        or refusal_by_start_fraction(settled)
        or refusal_by_protocol(settled)
        or refusal_by_printed_range(settled)
    )


def _timeline(settled: Settled, lead_in: LeadIn | None) -> tuple[Settled, Timeline]:
    """All segments from the start to the end, and the settled request for cuts that begin where they do."""
    if lead_in:
        return _after_a_change(settled, lead_in)
    segments: list[Segment] = []
    first_cut = settled.request.start_on
    present = _present(settled)
    if settled.taper.stabilisation or settled.request.setting is Setting.INPATIENT:
        _require_present_makeable(settled)
        segments.append(_stabilise(settled, present))
        first_cut = segments[-1].starts_on + timedelta(days=segments[-1].days)
    settled = _way_down(settled, present, CutsBegin(first_cut), segments)
    return settled, Timeline(settled.start_amounts, tuple(segments))


def _after_a_change(settled: Settled, lead_in: LeadIn) -> tuple[Settled, Timeline]:
    """The ordered days, which may come to none, then the way down."""
    present = _present(settled)
    reasons = (lead_in.reason, *_floor_kept(settled)) if lead_in.is_open else (lead_in.reason,)
    ordered = Segment(lead_in.kind, lead_in.starts_on, lead_in.days, present, _present_target(settled), reasons)
    segments = [ordered]
    if not lead_in.is_open:
        settled = _way_down(settled, present, CutsBegin.after(lead_in), segments, lead_in)
    if segments[0].days or lead_in.is_open:
        _require_present_makeable(settled)
    else:
        del segments[0]
    goes_on = bool(lead_in.earlier) and lead_in.kind is not StepKind.RESTABILISE and not settled.changes_medicine
    return settled, Timeline(lead_in.before, tuple(segments), lead_in.earlier, goes_on)


def _floor_kept(settled: Settled) -> Iterator[Reason]:
    """What follows where the protocol ends at its floor and the present dose lies there."""
    floor = settled.taper.floor
    if floor is not None and settled.converter.chosen_mg(settled.start_amounts) <= Fraction(floor.diazepam_mg):
        yield from reason_for_floor(settled)


def _way_down(
    settled: Settled,
    present: dict[str, dict[str, int]],
    begin: CutsBegin,
    segments: list[Segment],
    lead_in: LeadIn | None = None,
) -> Settled:
    """The change of medicine, if there is one, and the cuts are added to ``segments``."""
    doses_now = {time: amounts.get(settled.medicine.id, 0) for time, amounts in present.items()}
    began_from = lead_in.cuts_began_from if lead_in else None
    if settled.changes_medicine:
        change = cross_over(settled, begin.on)
        segments.extend(change.segments)
        doses_now, began_from = change.doses_after, None
        begin = CutsBegin(begin.on, is_timed=True, not_before=lead_in.no_cut_before if lead_in else None)
    settled = settled.with_cuts_from(sum(doses_now.values()) if began_from is None else began_from)
    segments.extend(cuts_after(settled, doses_now, begin, segments))
    return settled


def _present(settled: Settled) -> dict[str, dict[str, int]]:
    return {time: dict(amounts) for time, amounts in settled.taken_now.items()}


def _present_target(settled: Settled) -> Fraction | None:
    """The present dose of one medicine, or the part of it that was asked; None before a change of medicine."""
    percent, amounts = settled.request.start_fraction_percent, settled.reported_amounts
    if percent is not None and len(amounts) == 1:
        return Fraction(sum(amounts.values())) * Fraction(percent) / 100
    return None if settled.changes_medicine else Fraction(amounts[settled.medicine.id])


def _require_present_makeable(settled: Settled) -> None:
    for amounts in settled.taken_now.values():
        for medicine, tenth_mcg in amounts.items():
            if tenth_mcg not in settled.makeable[medicine]:
                raise SlotNotMakeable(medicine, tenth_mcg)


def _stabilise(settled: Settled, present: dict[str, dict[str, int]]) -> Segment:
    own, limit = settled.taper.stabilisation, settled.limits.inpatient_stabilise
    days, source = (own.days, own.source) if own else (limit.days, limit.source)
    text = (
        f"With {settled.taper.name} the present dose is kept {days} days before the first cut."
        if own
        else f"In hospital the present dose is kept {days} days before the first cut (a local default)."
    )
    percent = settled.request.start_fraction_percent
    part = (reason_for_start(settled, percent),) if percent is not None else ()
    return Segment(
        kind=StepKind.STABILISE,
        starts_on=settled.request.start_on,
        days=days,
        doses=present,
        target=_present_target(settled),
        reasons=(*part, Reason(text=text, source=source)),
    )


def _not_makeable(settled: Settled, error: SlotNotMakeable) -> Refusal:
    if not settled.protocols.products_of(error.medicine):
        message = f"No product of {error.medicine} is known for this market, so none of its doses can be handed out."
    else:
        dose = mg_text(mg_of(error.tenth_mcg))
        message = f"The listed products cannot make {dose} of {error.medicine} at one time of day."
    return Refusal(code="not-makeable", message=message)


def _no_path(settled: Settled, stuck_at: int) -> Refusal:
    target = settled.target
    if target and target > stuck_at:
        return Refusal(
            code="target-not-below",
            message=(
                f"The target of {mg_text(mg_of(target))} a day does not lie below {mg_text(mg_of(stuck_at))}, "
                "the dose that the cuts start from."
            ),
        )
    if target and target not in daily_doses(settled.makeable[settled.medicine.id], len(settled.times), up_to=target):
        return Refusal(
            code="not-makeable",
            message=f"The listed products cannot make the target of {mg_text(mg_of(target))} a day.",
        )
    return Refusal(
        code="not-makeable",
        message=f"Below {mg_text(mg_of(stuck_at))} a day the listed products make no further dose.",
    )


def _too_long(settled: Settled, timeline: Timeline) -> Refusal | None:
    limit = settled.limits.longest_plan
    days = (timeline.segments[-1].starts_on - timeline.segments[0].starts_on).days
    if days <= limit.days:
        return None
    return Refusal(
        code="too-long",
        message=f"This plan would take {days} days, more than ten years; ask for a faster pace or a maintenance dose.",
    )


def _told(settled: Settled, timeline: Timeline) -> Mapping[str, int]:
    """The daily dose before the plan as it was told: more than the plan begins with where a part of it was asked."""
    return settled.reported_amounts if settled.request.start_fraction_percent is not None else timeline.before


def _plan(settled: Settled, timeline: Timeline, ceiling_warnings: Sequence[PlanWarning]) -> Plan:
    steps = write_steps(settled, timeline)
    stop = steps[-1] if steps[-1].kind is StepKind.STOP else None
    warnings = [
        *warnings_by_facts(settled),
        *warnings_by_use(settled),
        *warnings_of_start(settled),
        *warnings_of_conversion(settled, timeline),
        *warnings_by_request(settled, timeline),
        *ceiling_warnings,
        *warnings_of_supply(settled.request, steps, settled.protocols),
    ]
    return Plan(
        request=settled.request,
        protocol=ProtocolUsed(
            id=settled.taper.id, version=settled.taper.version, sha256=settled.protocols.sha256[settled.taper.id]
        ),
        equivalence=settled.request.equivalence,
        starting_daily_mg={name: mg_of(amount) for name, amount in _told(settled, timeline).items()},
        starts_on=steps[0].starts_on,
        first_day_without_drug=stop.starts_on if stop else None,
        steps=steps,
        dispense=dispense_of(settled.request, steps),
        warnings=tuple(sorted(warnings, key=lambda warning: warning.step or 0)),
    )
