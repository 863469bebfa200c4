"""A request with its defaults filled in and everything looked up: what the builder works with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from taper_app.clinical.planning.equivalents import Converter
from taper_app.clinical.planning.makeable import Makeable, daily_doses
from taper_app.clinical.planning.pace import AskedPace, settle_pace
from taper_app.clinical.planning.request import CurrentDose, PlanRequest
from taper_app.clinical.planning.start_doses import AmountsAt, doses_at_start
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.limits import PlanLimits
from taper_app.clinical.protocol.medicines import Medicine
from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, MedicineId, tenth_mcg_of


@dataclass(frozen=True, slots=True)
class Settled:
    """``request`` is complete: building from it again gives the same plan.

    ``reported`` is current use as it was told; ``taken_now`` is what the plan begins from, less only when a part of
    the reported dose was asked.
    ``target`` (tenth_mcg a day) is what the plan ends on, 0 for a stop: the dose that was asked, or where the
    protocol has a floor the highest makeable one at or below it.
    """

    request: PlanRequest
    protocols: Protocols
    taper: PublishedTaper
    medicine: Medicine
    converter: Converter
    pace: AskedPace
    longest_step_days: int
    times: tuple[str, ...]
    taken_now: Mapping[str, AmountsAt]
    reported: Mapping[str, AmountsAt]
    products: tuple[StockedProduct, ...]
    makeable: Mapping[str, Makeable]
    target: int

    @property
    def limits(self) -> PlanLimits:
        return self.protocols.limits

    @property
    def start_amounts(self) -> dict[str, int]:
        """The present daily dose by medicine."""
        return _daily(self.taken_now)

    @property
    def reported_amounts(self) -> dict[str, int]:
        """The daily dose by medicine as it was told."""
        return _daily(self.reported)

    @property
    def changes_medicine(self) -> bool:
        return set(self.start_amounts) != {self.medicine.id}

    @property
    def has_override(self) -> bool:
        return bool((self.request.override_reason or "").strip())

    @property
    def ends_at_floor(self) -> bool:
        """Whether the protocol's own floor says where the plan ends; a higher dose may have been asked to stay on."""
        floor = self.taper.floor
        end_mg = self.converter.chosen_mg({self.medicine.id: self.target})
        return floor is not None and end_mg <= Fraction(floor.diazepam_mg)

    def with_cuts_from(self, dose: int) -> Settled:
        """For cuts that begin from ``dose`` (tenth_mcg of the tapered medicine): a floor is never above it."""
        target = min(self.target, dose) if self.ends_at_floor else self.target
        return replace(self, pace=self.pace.begun_from(dose), target=target)


def _daily(taken: Mapping[str, AmountsAt]) -> dict[str, int]:
    total: dict[str, int] = {}
    for amounts in taken.values():
        for medicine, tenth_mcg in amounts.items():
            total[medicine] = total.get(medicine, 0) + tenth_mcg
    return total


def settle(request: PlanRequest, protocols: Protocols, *, taken_before: Sequence[CurrentDose] = ()) -> Settled:
    """Fill in what the request left to the protocol, the current use and the site's market.

    The request has passed ``parse_request``, so that every name in it is known. ``taken_before``: doses that were
    taken before the whole plan, for the rest of an amended one.
    """
    taper = protocols.tapers[request.protocol]
    current = tuple(_with_generic_name(line, protocols) for line in request.current)
    medicine = protocols.medicine_named(request.taper_drug or current[0].drug)
    assert medicine is not None, "parse_request knows every medicine"
    converter = Converter.of(protocols, request.equivalence)
    times = tuple(sorted(request.times or {line.time for line in current}))
    reported = _taken_now(current)
    pace = settle_pace(
        request,
        taper,
        protocols.limits,
        medicine=medicine.id,
        present=sum(amounts.get(medicine.id, 0) for amounts in reported.values()),
        converter=converter,
    )
    products = _products(request, {medicine.id, *(line.drug for line in current)}, protocols)
    longest = max(request.longest_step_days or _printed_longest(taper), pace.every_days)
    makeable = _makeable(request, reported, taken_before, medicine, products, protocols.limits, converter)
    complete = _complete(request, current, medicine, times, products, pace, longest)
    return Settled(
        request=complete,
        protocols=protocols,
        taper=taper,
        medicine=medicine,
        converter=converter,
        pace=pace,
        longest_step_days=longest,
        times=times,
        taken_now=doses_at_start(request.start_fraction_percent, reported, makeable),
        reported=reported,
        products=products,
        makeable=makeable,
        target=_target(request, taper, converter.chosen_factor(medicine.id), makeable[medicine.id], len(times)),
    )


def _with_generic_name(line: CurrentDose, protocols: Protocols) -> CurrentDose:
    medicine = protocols.medicine_named(line.drug)
    assert medicine is not None, "parse_request knows every medicine"
    return CurrentDose(drug=medicine.id, mg=line.mg, time=line.time, source=line.source)


def _printed_longest(taper: PublishedTaper) -> int:
    pace = taper.pace
    return pace.most_every_days if pace.most_every_days is not None else pace.every_days


def _taken_now(current: tuple[CurrentDose, ...]) -> dict[str, dict[str, int]]:
    by_time: dict[str, dict[str, int]] = {}
    for line in sorted(current, key=lambda line: line.time):
        amounts = by_time.setdefault(line.time, {})
        amounts[line.drug] = amounts.get(line.drug, 0) + tenth_mcg_of(line.mg)
    return by_time


def _products(request: PlanRequest, medicines: set[str], protocols: Protocols) -> tuple[StockedProduct, ...]:
    if request.products is not None:
        found = [protocols.product(product_id) for product_id in request.products]
        return tuple(product for product in found if product is not None)
    return tuple(
        stocked
        for medicine in sorted(medicines)
        for stocked in protocols.products_of(medicine)
        if stocked.product.form.is_immediate_release_solid
    )


def _makeable(
    request: PlanRequest,
    taken_now: Mapping[str, AmountsAt],
    taken_before: Sequence[CurrentDose],
    medicine: Medicine,
    products: tuple[StockedProduct, ...],
    limits: PlanLimits,
    converter: Converter,
) -> dict[str, Makeable]:
    """Doses each involved medicine can be made in; more pieces are allowed when the present dose needs them, or the
    one before an amended plan did."""
    made: dict[str, Makeable] = {}
    all_amounts: dict[str, list[int]] = {medicine.id: []}
    for taken_at in taken_now.values():
        for name, tenth_mcg in taken_at.items():
            all_amounts.setdefault(name, []).append(tenth_mcg)
    diazepam_mg = sum(
        converter.high_factor(name) * amount for name, amounts in all_amounts.items() for amount in amounts
    )
    for name, amounts in all_amounts.items():
        known = [*amounts, *(tenth_mcg_of(line.mg) for line in taken_before if line.drug == name)]
        up_to = max([sum(amounts), int(diazepam_mg / converter.low_factor(name)) + 1, *known])
        usual = Makeable(MedicineId(name), products, request.split, most_pieces=limits.pieces_per_dose, up_to=up_to)
        more = limits.pieces_per_dose_when_needed_now
        if any(amount not in usual for amount in known):
            wider = Makeable(MedicineId(name), products, request.split, most_pieces=more, up_to=up_to)
            if any(amount in wider and amount not in usual for amount in known):
                usual = wider
        made[name] = usual
    return made


def _target(request: PlanRequest, taper: PublishedTaper, factor: Fraction, makeable: Makeable, times: int) -> int:
    """The daily dose to end on (tenth_mcg); ``factor`` is mg diazepam per mg of the tapered medicine.

    With a floor: the highest makeable daily dose at or below it (0 when there is none), unless a higher dose was
    asked.
    """
    asked = tenth_mcg_of(request.target_daily_mg)
    if taper.floor is None:
        return asked
    floor = int(Fraction(taper.floor.diazepam_mg) / factor * TENTH_MCG_PER_MG)
    return asked if asked > floor else max(daily_doses(makeable, times, up_to=floor), default=0)


def _complete(
    request: PlanRequest,
    current: tuple[CurrentDose, ...],
    medicine: Medicine,
    times: tuple[str, ...],
    products: tuple[StockedProduct, ...],
    pace: AskedPace,
    longest_step_days: int,
) -> PlanRequest:
    """The request with defaults written out. ``cut_mg`` stays out unless it was asked: a ladder has several."""
    figures = pace.asked_figures()
    return PlanRequest(
        current=current,
        protocol=request.protocol,
        taper_drug=medicine.id,
        equivalence=request.equivalence,
        start_on=request.start_on,
        cut_percent=figures.cut_percent,
        cut_mg=figures.cut_mg,
        every_days=figures.every_days,
        longest_step_days=longest_step_days if pace.has_no_end else request.longest_step_days,
        target_daily_mg=request.target_daily_mg,
        times=times,
        split=request.split,
        products=tuple(product.id for product in products) or None,
        setting=request.setting,
        start_fraction_percent=request.start_fraction_percent,
        ends_by=request.ends_by,
        pick_up=request.pick_up,
        stock=request.stock,
        max_supply_days=request.max_supply_days,
        patient=request.patient,
        override_reason=request.override_reason,
    )
