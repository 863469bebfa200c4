"""The taper in the summary: the signed plan from today on, a bridging sheet, or that nothing is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from taper_app.clinical.charting.doses import ChartedDose, DoseStatus
from taper_app.clinical.handoff.chart_like import ChartLike, local_day
from taper_app.clinical.handoff.kept import HandoffRecords
from taper_app.clinical.handoff.last_tolerated import last_tolerated_on
from taper_app.clinical.handoff.release_items import NextPrescriberItem
from taper_app.clinical.handoff.summary import Taper
from taper_app.clinical.handoff.summary_taper import (
    AcceptedWarning,
    BridgingSheet,
    DiazepamRange,
    EarlierVersion,
    GivenDose,
    MedicineAmount,
    NoTaperLeft,
    Piece,
    ProtocolLine,
    RemainingStep,
    RemainingTaper,
    Signature,
    SlotDose,
    StepKind,
)
from taper_app.clinical.planning.answer import DoseAt, Pieces, Plan, Step
from taper_app.clinical.planning.answer import StepKind as PlanStepKind
from taper_app.clinical.planning.explain import evidence_of, pace_evidence, weakest
from taper_app.clinical.planning.pace.printed import asked_pace
from taper_app.clinical.planning.versions import PlanVersion
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import mg_of, percent_text

#: A reason with this source was ordered or set here, not read in a guideline.
_LOCAL = "local-default"


def compose_taper(chart: ChartLike, kept: HandoffRecords, protocols: Protocols) -> Taper:
    """The remaining steps only while a signed plan is in force and nothing suspends its next cut."""
    signed = chart.signed
    if signed is None or signed.signed_by is None or signed.signed_at is None or chart.standing.suspensions:
        return compose_bridging(chart, kept, protocols)
    steps = _remaining(signed.plan, chart.today, protocols)
    if not steps[0].daily:
        return NoTaperLeft(statement=f"The taper has ended: no dose is planned since {steps[0].starts_on}.")
    return RemainingTaper(
        plan_version=signed.number,
        plan_signature=Signature(by=signed.signed_by, at=signed.signed_at),
        protocol=_protocol_line(signed.plan, protocols),
        current_daily=steps[0].daily,
        equivalent=_equivalent(signed.plan, chart.today),
        last_dose=_last_dose(chart, protocols),
        steps=steps,
        first_day_without=signed.plan.first_day_without_drug,
        accepted_warnings=_accepted(signed, protocols),
        earlier_versions=_earlier(chart.versions),
        specialist=signed.plan.request.patient.specialist or chart.facts.specialist or "",
    )


def compose_bridging(chart: ChartLike, kept: HandoffRecords, protocols: Protocols) -> BridgingSheet:
    """The last tolerated daily dose, no cut, whom to call. It has no place for a cut, so it can always be printed."""
    standing, signed = chart.standing, chart.signed
    slots = last_tolerated_slots(chart, protocols)
    if standing.suspensions:
        because = standing.because
    elif signed is None:
        because = "No plan has been signed yet."
    else:
        because = "Until the next prescriber has seen the patient."
    return BridgingSheet(
        plan_version=signed.number if signed else None,
        suspended_since=standing.since,
        because=because,
        last_tolerated=slots,
        last_tolerated_daily=_daily(slots),
        last_dose=_last_dose(chart, protocols),
        call=whom_to_call(chart, kept),
    )


def whom_to_call(chart: ChartLike, kept: HandoffRecords) -> tuple[str, ...]:
    """The numbers, the next prescriber first; the emergency number always stands."""
    prescriber = kept.item(NextPrescriberItem)
    lines = []
    if prescriber is not None:
        lines.append(f"{prescriber.prescriber.name}, {prescriber.prescriber.phone}")
    phone = chart.unit.phone_day_and_night.strip()
    lines.append(f"{chart.unit.name}, day and night: {phone}" if phone else f"{chart.unit.name} (number not recorded)")
    if chart.unit.crisis_lines.strip():
        lines.append(f"Crisis lines: {chart.unit.crisis_lines.strip()}")
    return (*lines, f"Emergency: {chart.unit.emergency_number}")


def last_tolerated_slots(chart: ChartLike, protocols: Protocols) -> tuple[SlotDose, ...]:
    """Each time's dose of the last tolerated daily dose.

    After a finding that asks for the benzodiazepine itself (a seizure and the like) that is the dose before the
    last cut that came before the finding; otherwise the dose of today. Without a signed plan, or before its first
    dose, it is the use at admission.
    """
    plan = chart.signed.plan if chart.signed else None
    if plan is None:
        return _use_at_admission(chart, protocols)
    since = chart.standing.not_current_since
    step = plan.step_on(chart.today) if since is None else last_tolerated_on(plan, local_day(since, chart)).step
    if step is None or not step.doses:
        return _slots_before(plan, protocols) or _use_at_admission(chart, protocols)
    return _slots(step.doses, protocols)


def _slots_before(plan: Plan, protocols: Protocols) -> tuple[SlotDose, ...]:
    """The doses from which the plan started; their pieces are not known."""
    return tuple(
        SlotDose(time=line.time, medicine=_medicine(line.drug, protocols), mg=line.mg) for line in plan.request.current
    )


def _use_at_admission(chart: ChartLike, protocols: Protocols) -> tuple[SlotDose, ...]:
    lines = chart.current_use.lines if chart.current_use else ()
    return tuple(SlotDose(time=line.time, medicine=_medicine(line.drug, protocols), mg=line.mg) for line in lines)


def _remaining(plan: Plan, today: date, protocols: Protocols) -> tuple[RemainingStep, ...]:
    """The step in force today, then all that follow. Before the plan starts, the dose given until then comes first."""
    now = plan.step_on(today)
    if now is not None:
        return tuple(_step(plan, step, protocols) for step in plan.steps if step.number >= now.number)
    before = _slots_before(plan, protocols)
    first = RemainingStep(
        number=1,
        kind=StepKind.KEEP,
        starts_on=today,
        days=(plan.starts_on - today).days,
        daily=_daily(before),
        doses=before,
        reason="The dose taken until the plan starts.",
    )
    following = [_step(plan, step, protocols) for step in plan.steps]
    renumbered = [RemainingStep.model_validate({**step.model_dump(), "number": step.number + 1}) for step in following]
    return (first, *renumbered)


def _step(plan: Plan, step: Step, protocols: Protocols) -> RemainingStep:
    """``days`` 0 of a plan's last step means no planned end, except for the first day without."""
    open_ended = step.days == 0 and step.kind is not PlanStepKind.STOP
    return RemainingStep(
        number=step.number,
        kind=StepKind(step.kind.value),
        starts_on=step.starts_on,
        days=None if open_ended else step.days,
        daily=_amounts(step.daily_mg, protocols),
        doses=_slots(step.doses, protocols),
        target_daily_mg=step.target_daily_mg,
        cut_percent_of_current=step.cut_percent_of_current,
        reason=" ".join(reason.text for reason in step.reasons),
        evidence=weakest(evidence_of(reason.source, plan, protocols) for reason in step.reasons),
    )


def _slots(doses: Sequence[DoseAt], protocols: Protocols) -> tuple[SlotDose, ...]:
    return tuple(
        SlotDose(
            time=dose.time,
            medicine=_medicine(dose.drug, protocols),
            mg=dose.mg,
            pieces=tuple(_piece(piece, protocols) for piece in dose.pieces),
        )
        for dose in doses
    )


def _piece(piece: Pieces, protocols: Protocols) -> Piece:
    stocked = protocols.product(piece.product)
    if stocked is None:
        raise LookupError(f"The plan uses {piece.product}, which no medicine file lists.")
    form = stocked.product.form
    return Piece(
        count=piece.count,
        form=form.in_words,
        strength_mg=stocked.product.strength_mg,
        liquid=form is Form.LIQUID,
    )


def _medicine(drug: str, protocols: Protocols) -> str:
    """The generic name; what no file knows stays as it was written."""
    found = protocols.medicine_named(drug)
    return found.name if found else drug


def _amounts(daily_mg: Mapping[str, Decimal], protocols: Protocols) -> tuple[MedicineAmount, ...]:
    return tuple(MedicineAmount(medicine=_medicine(drug, protocols), mg=mg) for drug, mg in daily_mg.items() if mg)


def _daily(slots: Sequence[SlotDose]) -> tuple[MedicineAmount, ...]:
    sums: dict[str, Decimal] = {}
    for slot in slots:
        sums[slot.medicine] = sums.get(slot.medicine, Decimal(0)) + slot.mg
    return tuple(MedicineAmount(medicine=medicine, mg=mg) for medicine, mg in sums.items())


def _last_dose(chart: ChartLike, protocols: Protocols) -> GivenDose | None:
    given: list[ChartedDose] = [charted for charted in chart.doses if charted.body.status is DoseStatus.GIVEN]
    if not given:
        return None
    last = given[-1]
    return GivenDose(medicine=_medicine(last.body.medicine, protocols), mg=mg_of(last.body.tenth_mcg), at=last.at)


def _equivalent(plan: Plan, today: date) -> DiazepamRange | None:
    step = plan.step_on(today) or plan.steps[0]
    found = step.diazepam_equivalent_mg
    return DiazepamRange(
        low_mg=found.low,
        high_mg=found.high,
        chosen_mg=found.chosen if plan.equivalence else None,
        chosen_table=plan.equivalence or "",
    )


def _protocol_line(plan: Plan, protocols: Protocols) -> ProtocolLine:
    taper = protocols.tapers.get(plan.protocol.id)
    is_local = _pace_was_asked(plan)
    return ProtocolLine(
        id=plan.protocol.id,
        version=plan.protocol.version,
        reviewed_by=taper.reviewed.by if taper and taper.reviewed else "",
        pace=_pace(plan, protocols),
        pace_evidence=Evidence.UNVERIFIED if is_local else pace_evidence(taper),
    )


def _pace_was_asked(plan: Plan) -> bool:
    """A slower pace after a seizure is a local default, whoever printed the protocol."""
    return plan.request.patient.seizure_history.value == "yes"


def _pace(plan: Plan, protocols: Protocols) -> str:
    taper = protocols.tapers.get(plan.protocol.id)
    pace = asked_pace(plan.request, taper.pace if taper else None)
    ceiling = taper.own_ceiling if taper else None
    words = f"; ceiling {percent_text(ceiling.percent)}% in any {ceiling.in_days} days" if ceiling else ""
    return f"{pace}{words}"


def _accepted(version: PlanVersion, protocols: Protocols) -> tuple[AcceptedWarning, ...]:
    if version.signed_by is None or version.signed_at is None:
        return ()
    return tuple(
        AcceptedWarning(
            message=f"{_whose_step(warning.step, version.plan)}{warning.message}",
            accepted_by=version.signed_by.signature,
            at=version.signed_at,
            evidence=Evidence.UNVERIFIED if warning.source == _LOCAL else Evidence.READ,
        )
        for warning in version.plan.to_sign
        if warning.code in version.accepted_codes
    )


def _whose_step(number: int | None, plan: Plan) -> str:
    """``From Sat 1 Jan 2028: ``, so that a warning about "this step" says which."""
    step = next((found for found in plan.steps if found.number == number), None)
    return f"From {step.starts_on:%a} {step.starts_on.day} {step.starts_on:%b %Y}: " if step else ""


def _earlier(versions: Sequence[PlanVersion]) -> tuple[EarlierVersion, ...]:
    """Signed versions that were superseded, without their doses, so that none can be given from them."""
    by_number = {version.number: version for version in versions}
    earlier = []
    for version in versions:
        newer = by_number.get(version.superseded_by) if version.superseded_by else None
        if version.signed_by and version.signed_at and newer and newer.signed_at:
            earlier.append(
                EarlierVersion(
                    version=version.number,
                    signed_by=version.signed_by.signature,
                    signed_at=version.signed_at,
                    replaced_at=newer.signed_at,
                    why=_why_replaced(newer),
                )
            )
    return tuple(earlier)


def _why_replaced(newer: PlanVersion) -> str:
    reason = str(newer.plan.amends.change.get("reason", "")) if newer.plan.amends else ""
    return reason or newer.note or f"Replaced by version {newer.number}."


def last_covered_day(leaves_at: datetime, days: int, chart: ChartLike) -> date:
    """The last day for which handed-over tablets suffice: the rest of the day of release, then ``days`` days."""
    return leaves_at.astimezone(chart.zone).date() + timedelta(days=days)
