"""Everything the rules need to judge one plan, gathered once; what is not known is said, never guessed."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from taper_app.clinical.checking.course import Course
from taper_app.clinical.checking.equivalents import Equivalents
from taper_app.clinical.checking.findings import Findings
from taper_app.clinical.checking.makeable import MakeableDoses, makeable_doses
from taper_app.clinical.checking.paces import AskedPace, EitherPace, PaceAsked, medicine_of, pace_of
from taper_app.clinical.checking.shapes import RAISING_KINDS, Amounts, PlanRead, RequestRead, Slots, StepRead
from taper_app.clinical.checking.shelf import OnTheShelf, Shelf
from taper_app.clinical.checking.tablets import Tablets, tablets_of
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.limits import PlanLimits
from taper_app.clinical.protocol.medicines import Split
from taper_app.clinical.protocol.tapers import PublishedTaper


@dataclass(slots=True)
class Case:
    """``first_cut``: the place where the dose first goes down, None when it never does."""

    plan: PlanRead
    protocols: Protocols
    findings: Findings
    equivalents: Equivalents
    course: Course
    taper: PublishedTaper | None
    asked: PaceAsked
    products: tuple[StockedProduct, ...] | None
    split: Split
    shelf: Shelf
    first_cut: int | None
    _made: dict[tuple[str, int, bool], MakeableDoses] = field(default_factory=dict)
    _paces: dict[tuple[str, tuple[int, ...]], AskedPace | None] = field(default_factory=dict)
    _tablets: dict[str, Tablets] = field(default_factory=dict)

    @property
    def request(self) -> RequestRead | None:
        return self.plan.request

    @property
    def limits(self) -> PlanLimits:
        return self.protocols.limits

    @property
    def has_override(self) -> bool:
        return self.request is not None and self.request.override_reason is not None

    @property
    def is_amended(self) -> bool:
        return self.plan.changed_on is not None

    def is_past(self, place: int) -> bool:
        """Whether a step of an amended plan began before the change: at the pace, with the products, by the table and
        under the override reason of the plan before it, which are not said."""
        return self.began_before_the_change(self.course.steps[place])

    def began_before_the_change(self, step: StepRead) -> bool:
        return self.plan.changed_on is not None and step.starts_on < self.plan.changed_on

    def is_overridden(self, step: StepRead) -> bool:
        """Whether a reason was given for breaches in a step; of the past the signature alone tells."""
        return self.has_override or self.began_before_the_change(step)

    # ---- the pace ----
    def pace_from(self, amounts: Amounts, place: int) -> AskedPace | None:
        """The pace of the cut from a day's dose that begins the step in ``place``.

        None when the dose is not of one medicine, when no shipped protocol is named, and when the pace's figures
        cannot be used or turned into this medicine.
        """
        if self.taper is None or len(amounts) != 1:
            return None
        (medicine,) = amounts
        starts = self._starts_of_cuts(medicine, place) if self.taper.pace.model == "percent_of_start" else (0,)
        key = (medicine, starts)
        if key not in self._paces:
            self._paces[key] = self._pace(self.taper, medicine, starts)
        return self._paces[key]

    def longest_step_days(self, pace: AskedPace) -> int | None:
        """Where the pace has no end: how long a step may last at most. Never below the interval."""
        if not pace.has_no_end or self.taper is None:
            return None
        asked = self.request.longest_step_days if self.request is not None else None
        longest = asked if asked is not None else self.taper.pace.most_every_days
        return None if longest is None else max(longest, pace.every_days)

    def _pace(self, taper: PublishedTaper, medicine: str, starts: tuple[int, ...]) -> AskedPace | None:
        per_unit = self._per_unit(medicine_of(taper), medicine)
        if not per_unit:
            return None
        paces = [pace_of(taper.pace, self.asked, per_unit=per_unit, start=start) for start in starts]
        usable = [pace for pace in paces if pace is not None]
        if not usable:
            return None
        pace = usable[0]
        for other in usable[1:]:
            pace = EitherPace(pace, other)
        return pace

    def _per_unit(self, of_the_pace: str | None, medicine: str) -> Fraction | None:
        """What one unit of a medicine is in the medicine that the pace is printed in, by the chosen table."""
        if of_the_pace is None or of_the_pace == medicine:
            return Fraction(1)
        one, printed = self.equivalents.chosen({medicine: 1}), self.equivalents.chosen({of_the_pace: 1})
        return one / printed if one and printed else None

    def _starts_of_cuts(self, medicine: str, place: int) -> tuple[int, ...]:
        """The daily doses that the cuts of a step may have begun from, for a percentage of the start.

        The dose before the first cut; in an amended plan also the one before the change, and every dose that a
        prescriber ordered or changed to up to the step: whether the percentage counts from it is printed nowhere.
        """
        steps = self.course.steps
        doses = [self.course.amounts_before(self.first_cut)] if self.first_cut is not None else []
        for earlier in range(place if self.is_amended else 0):
            is_changed_here = self.is_past(earlier) and not self.is_past(earlier + 1)
            is_changed_over = steps[earlier].kind == "crossover" and len(steps[earlier].amounts) == 1
            if is_changed_here or is_changed_over or steps[earlier].kind in RAISING_KINDS:
                doses.append(steps[earlier].amounts)
        return tuple(dict.fromkeys(dose[medicine] for dose in doses if dose is not None and medicine in dose))

    # ---- what can be made ----
    def on_the_list(self, medicine: str) -> list[OnTheShelf]:
        """The listed products of a medicine."""
        found = (self.shelf.product(stocked.id) for stocked in self.products or () if stocked.medicine == medicine)
        return [product for product in found if product is not None]

    def tablets(self, medicine: str) -> Tablets:
        """The listed tablets and capsules of a medicine."""
        if medicine not in self._tablets:
            listed = [stocked for stocked in self.products or () if stocked.medicine == medicine]
            most = self.limits.pieces_per_dose_when_needed_now
            self._tablets[medicine] = tablets_of(listed, self.split, most)
        return self._tablets[medicine]

    def makeable(self, medicine: str, place: int, *, with_liquids: bool = True) -> MakeableDoses | None:
        """What the listed products make of a medicine in one dose of a step; None when the plan lists no products."""
        if self.products is None:
            return None
        return self._made_of(medicine, self.pieces_per_dose(medicine, place), with_liquids=with_liquids)

    def pieces_per_dose(self, medicine: str, place: int) -> int:
        """The handling limit of a medicine in a step.

        The larger one only when a dose that is taken now needs it: fewer pieces do not make it, and more do.
        Without a list of products nobody can tell, and the larger one stands.
        """
        few, many = self.limits.pieces_per_dose, self.limits.pieces_per_dose_when_needed_now
        if self.products is None:
            return many
        doses = self._present_doses(medicine, place)
        with_few, with_many = self._made_of(medicine, few), self._made_of(medicine, many)
        return many if any(with_many.can_make(dose) and not with_few.can_make(dose) for dose in doses) else few

    def _present_doses(self, medicine: str, place: int) -> list[int]:
        """The doses that were taken when this part of the plan was asked for.

        Current use; after a change also the doses of the step that begins it; in the past of an amended plan those
        that a prescriber had ordered up to then.
        """
        steps, changed_on = self.course.steps, self.plan.changed_on
        slots: list[Slots] = [self.course.start_slots or {}]
        slots.extend([self.request.slots] if self.request is not None else [])
        if changed_on is None or self.is_past(place):
            slots.extend(step.slots for step in steps[: place + 1] if step.kind in RAISING_KINDS)
        else:
            slots.append(next(step.slots for step in steps if step.starts_on >= changed_on))
        return [dose for each in slots for (_, name), dose in each.items() if name == medicine]

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
