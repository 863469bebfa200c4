"""From a plan that was read to the case that the rules judge."""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.course import Course
from taper_app.clinical.checking.equivalents import Equivalents
from taper_app.clinical.checking.findings import Findings
from taper_app.clinical.checking.paces import PaceAsked
from taper_app.clinical.checking.shapes import PlanRead, RequestRead, Slots
from taper_app.clinical.checking.shelf import Shelf
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.limits import PlanLimits
from taper_app.clinical.protocol.medicines import Split
from taper_app.clinical.protocol.tapers import PublishedTaper


def gather(plan: PlanRead, protocols: Protocols, findings: Findings) -> Case:
    request = plan.request
    taper_id = plan.protocol.id if plan.protocol is not None else request.protocol if request is not None else None
    taper = protocols.tapers.get(taper_id) if taper_id is not None else None
    named = plan.equivalence if plan.says_equivalence else request.equivalence if request is not None else None
    course = Course.of(plan.steps, _slots_before(plan), plan.starting_daily)
    products = _products(request, protocols)
    split = Split(request.split) if request is not None and request.split is not None else Split.HALF
    return Case(
        plan=plan,
        protocols=protocols,
        findings=findings,
        equivalents=Equivalents(protocols.equivalence, named),
        course=course,
        taper=taper,
        asked=_asked(taper, request, protocols.limits),
        products=products,
        split=split,
        shelf=Shelf(protocols, products, split),
        first_cut=_first_cut(course),
    )


def _slots_before(plan: PlanRead) -> Slots | None:
    """What is taken before the plan, by time: current use, or the part of it that the plan begins with."""
    request = plan.request
    if request is None or not request.current:
        return None
    begins_with_a_part = request.start_fraction_percent is not None and plan.steps[0].kind == "stabilise"
    return plan.steps[0].slots if begins_with_a_part else request.slots


def _first_cut(course: Course) -> int | None:
    """Where the dose first goes down in the tapered medicine, or ends; None when it never does."""
    last = len(course.steps) - 1
    for place, step in enumerate(course.steps):
        is_kind_of_cut = step.kind in ("cut", "stop") or (step.kind == "keep" and place == last)
        if is_kind_of_cut and step.amounts != course.amounts_before(place):
            return place
    return None


def _asked(taper: PublishedTaper | None, request: RequestRead | None, limits: PlanLimits) -> PaceAsked:
    """The request's figures; where it names no percentage, the gentlest default that fits the patient."""
    if request is None:
        return PaceAsked(None, None, None)
    percent = request.cut_percent
    if percent is None and taper is not None:
        percent = _gentler_percent(taper, request, limits)
    return PaceAsked(percent, request.cut_mg, request.every_days)


def _gentler_percent(taper: PublishedTaper, request: RequestRead, limits: PlanLimits) -> Fraction | None:
    """The default in per cent for older adults and after a seizure; None where the protocol's own stands."""
    pace, percents = taper.pace, []
    if pace.model != "percent_of_current":
        return None
    age, older = request.patient.age_years, taper.older_adults
    if older is not None and age is not None and age >= older.from_age_years:
        percents.append(Fraction(older.cut_percent))
    if request.patient.answers["seizure_history"] == "yes":
        percents.append(Fraction(limits.seizure_history_pace.at_most_cut_percent))
    return min([Fraction(pace.cut_percent), *percents]) if percents else None


def _products(request: RequestRead | None, protocols: Protocols) -> tuple[StockedProduct, ...] | None:
    """The listed products; without a list every immediate-release tablet, capsule and ODT of the market."""
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
        if stocked.product.form.is_immediate_release_solid
    )
