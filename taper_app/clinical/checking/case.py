"""Everything the rules need to judge one plan, gathered once; what is not known is said, never guessed."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from taper_app.clinical.checking.course import Course
from taper_app.clinical.checking.equivalents import DIAZEPAM, Equivalents
from taper_app.clinical.checking.findings import Findings
from taper_app.clinical.checking.makeable import MakeableDoses, makeable_doses
from taper_app.clinical.checking.pace import AskedPace, FixedPace, LadderPace, PercentPace
from taper_app.clinical.checking.shapes import RAISING_KINDS, Amounts, PlanRead, RequestRead, Slots
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.limits import PlanLimits
from taper_app.clinical.protocol.medicines import Form, Split
from taper_app.clinical.protocol.tapers import PaceFixedMg, PaceLadder, PacePercentOfCurrent, PublishedTaper


@dataclass(frozen=True, slots=True)
class Case:
    plan: PlanRead
    protocols: Protocols
    findings: Findings
    equivalents: Equivalents
    course: Course
    taper: PublishedTaper | None
    pace: AskedPace | None
    longest_step_days: int | None
    products: tuple[StockedProduct, ...] | None
    split: Split
    _made: dict[tuple[str, int, bool], MakeableDoses] = field(default_factory=dict, repr=False)

    @property
    def request(self) -> RequestRead | None:
        return self.plan.request

    @property
    def limits(self) -> PlanLimits:
        return self.protocols.limits

    @property
    def has_override(self) -> bool:
        return self.request is not None and self.request.override_reason is not None

    def is_past(self, index: int) -> bool:
        """Whether a step of an amended plan began before the change, at the pace of the plan before it."""
        return self.plan.changed_on is not None and self.course.steps[index].starts_on < self.plan.changed_on

    def paced(self, amounts: Amounts) -> Fraction | None:
        """A daily dose in the unit of the pace: mg of the medicine, or of diazepam for a ladder."""
        if self.taper is not None and isinstance(self.taper.pace, PaceLadder):
            return self.equivalents.chosen(amounts) if set(amounts) - {DIAZEPAM} else _sum(amounts)
        if len(amounts) > 1:
            return self.equivalents.chosen(amounts)
        return _sum(amounts)

    def unpaced(self, dose: Fraction, amounts: Amounts) -> Fraction | None:
        """A dose in the unit of the pace as mg of the one medicine in ``amounts``; None when there are several."""
        if len(amounts) != 1:
            return None
        now = self.paced(amounts)
        return dose * _sum(amounts) / now if now else None

    def makeable(self, medicine: str, index: int, *, with_liquids: bool = True) -> MakeableDoses | None:
        """What the listed products make of a medicine in one dose of a step; None when the plan lists no products."""
        if self.products is None:
            return None
        return self._made_of(medicine, self.pieces_per_dose(medicine, index), with_liquids=with_liquids)

    def pieces_per_dose(self, medicine: str, index: int) -> int:
        """The handling limit of a medicine in a step.

        The larger one only when a dose that is taken now needs it: fewer pieces do not make it, and more do.
        Without a list of products nobody can tell, and the larger one stands.
        """
        few, many = self.limits.pieces_per_dose, self.limits.pieces_per_dose_when_needed_now
        if self.products is None:
            return many
        doses = self._present_doses(medicine, index)
        with_few, with_many = self._made_of(medicine, few), self._made_of(medicine, many)
        return many if any(with_many.can_make(mg) and not with_few.can_make(mg) for mg in doses) else few

    def _present_doses(self, medicine: str, index: int) -> tuple[Fraction, ...]:
        """The doses that were taken when this part of the plan was asked for.

        Current use; after a change the doses of the step that begins it; in the past of an amended plan also
        those that a prescriber had ordered up to then.
        """
        steps, changed_on = self.course.steps, self.plan.changed_on
        slots: list[Slots] = []
        if changed_on is None or self.is_past(index):
            slots.append(self.course.start_slots or {})
            slots.extend(step.slots for step in steps[: index + 1] if step.kind in RAISING_KINDS)
        else:
            slots.append(next(step.slots for step in steps if step.starts_on >= changed_on))
        return tuple(mg for each in slots for (_, name), mg in each.items() if name == medicine)

    def _made_of(self, medicine: str, pieces: int, *, with_liquids: bool = True) -> MakeableDoses:
        key = (medicine, pieces, with_liquids)
        if key not in self._made:
            self._made[key] = makeable_doses(
                (stocked for stocked in self.products or () if stocked.medicine == medicine),
                split=self.split,
                pieces=pieces,
                with_liquids=with_liquids,
            )
        return self._made[key]


def gather(plan: PlanRead, protocols: Protocols, findings: Findings) -> Case:
    request = plan.request
    taper_id = plan.protocol.id if plan.protocol is not None else request.protocol if request is not None else None
    taper = protocols.tapers.get(taper_id) if taper_id is not None else None
    named = plan.equivalence if plan.says_equivalence else request.equivalence if request is not None else None
    pace = _pace(taper, request, protocols.limits) if taper is not None else None
    return Case(
        plan=plan,
        protocols=protocols,
        findings=findings,
        equivalents=Equivalents(protocols.equivalence, protocols.equivalence.get(named) if named else None),
        course=Course.of(
            plan.steps,
            request.slots if request is not None and request.current else None,
            plan.starting_daily_mg,
        ),
        taper=taper,
        pace=pace,
        longest_step_days=_longest_step_days(taper, pace, request),
        products=_products(plan, protocols),
        split=Split(request.split) if request is not None and request.split is not None else Split.HALF,
    )


def _pace(taper: PublishedTaper, request: RequestRead | None, limits: PlanLimits) -> AskedPace | None:
    """The pace asked for, with the protocol's defaults; None when its figures cannot be used (a rule says so)."""
    printed = taper.pace
    every_days = printed.every_days if request is None or request.every_days is None else request.every_days
    cut_mg = request.cut_mg if request is not None else None
    if cut_mg is not None and cut_mg <= 0:
        return None
    if isinstance(printed, PaceLadder):
        return LadderPace(printed.bands, cut_mg, every_days)
    if isinstance(printed, PaceFixedMg):
        return FixedPace(cut_mg or Fraction(printed.cut_mg), Fraction(printed.most_cut_mg), every_days)
    cut_percent = _cut_percent(taper, printed, request, limits)
    if not 0 < cut_percent < 100:
        return None
    return PercentPace(cut_percent, Fraction(printed.most_cut_percent), every_days)


def _cut_percent(
    taper: PublishedTaper, printed: PacePercentOfCurrent, request: RequestRead | None, limits: PlanLimits
) -> Fraction:
    if request is None:
        return Fraction(printed.cut_percent)
    if request.cut_percent is not None:
        return request.cut_percent
    percent = Fraction(printed.cut_percent)
    age = request.patient.age_years
    if taper.older_adults is not None and age is not None and age >= taper.older_adults.from_age_years:
        percent = min(percent, Fraction(taper.older_adults.cut_percent))
    if request.patient.answers["seizure_history"] == "yes":
        percent = min(percent, Fraction(limits.seizure_history_pace.at_most_cut_percent))
    return percent


def _longest_step_days(taper: PublishedTaper | None, pace: AskedPace | None, request: RequestRead | None) -> int | None:
    """Where the pace has no end: how long a step may last at most. Never below the interval."""
    if taper is None or not isinstance(pace, PercentPace):
        return None
    asked = request.longest_step_days if request is not None else None
    printed = taper.pace.most_every_days
    longest = asked if asked is not None else printed
    return None if longest is None else max(longest, pace.every_days)


def _products(plan: PlanRead, protocols: Protocols) -> tuple[StockedProduct, ...] | None:
    """The listed products; without a list every immediate-release tablet, capsule and ODT of the market."""
    request = plan.request
    if request is None:
        return None
    if request.products is not None:
        known = (protocols.product(product_id) for product_id in request.products)
        return tuple(stocked for stocked in known if stocked is not None)
    medicines = {dose.medicine for dose in request.current} | {request.taper_medicine or ""}
    return tuple(
        stocked
        for medicine in sorted(medicines)
        for stocked in protocols.products_of(medicine)
        if stocked.product.form in (Form.TABLET, Form.CAPSULE, Form.ODT)
    )


def _sum(amounts: Amounts) -> Fraction:
    return sum(amounts.values(), Fraction(0))
