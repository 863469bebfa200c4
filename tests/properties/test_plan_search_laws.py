"""The sequence of doses against a second way of working it on small cases, and laws between two plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

import plan_requests
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import Plan, StepKind
from taper_app.clinical.planning.pace import PercentOfCurrent
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.tapers import PacePercentOfCurrent
from taper_app.clinical.quantities import plain

requests, PROTOCOLS = plan_requests.requests, plan_requests.PROTOCOLS

FACTS = {
    "age_years": 44,
    "months_of_use": 1,
    "use_verified": "yes",
    "seizure_history": "no",
    "taken_for_epilepsy": "no",
    "hepatic_impairment": "no",
    "pregnant": "no",
    "opioid_co_use": "no",
    "alcohol_co_use": "no",
    "other_sedatives": [],
}
OVERRIDE = "So that no ceiling stands in the way of the search."
#: The stop may follow any dose of at most 1 mg diazepam by the highest table (Ashton: clonazepam 0.5 mg is 10 mg).
STOP_AT_MOST = {"clonazepam": Fraction("0.05"), "diazepam": Fraction(1)}

Sequence_ = tuple[int, int, tuple[Fraction, ...], tuple[int, ...]]


def days_by_percent(dose: Fraction, lower: Fraction, percent: Fraction, every: int) -> int:
    """Whole days that the pace takes, worked with 60 digits."""
    with localcontext() as context:
        context.prec = 60
        ratio = Decimal((dose / lower).numerator) / Decimal((dose / lower).denominator)
        kept = (100 - Decimal(percent.numerator) / Decimal(percent.denominator)) / 100
        days = every * ratio.ln() / -kept.ln()
        nearest = days.to_integral_value()
        return int(nearest if abs(days - nearest) < Decimal("1e-40") else days.to_integral_value("ROUND_CEILING"))


def days_by_ladder(dose: Fraction, lower: Fraction, every: int) -> int:
    """The CKS ladder: 2 mg at a time above 20 mg, 1 mg below."""
    above, below = max(Fraction(0), dose - max(lower, Fraction(20))), max(Fraction(0), min(dose, Fraction(20)) - lower)
    days = every * (above / 2 + below)
    return -(-days.numerator // days.denominator)


@st.composite
def small_requests(draw: st.DrawFn) -> dict[str, Any]:
    """One dose a day of one medicine, few products, at most some twenty makeable doses below it."""
    drug = draw(st.sampled_from(["clonazepam", "diazepam"]))
    by_percent = drug == "clonazepam" or draw(st.booleans())
    start = draw(st.sampled_from(["0.5", "0.75", "1", "1.5"] if drug == "clonazepam" else ["5", "8", "22", "23"]))
    products = draw(st.lists(st.sampled_from(plan_requests.PRODUCTS[drug][:3]), min_size=1, unique=True))
    request: dict[str, Any] = {
        "current": [{"drug": drug, "mg": start, "time": "22:00"}],
        "protocol": "asam-2025" if by_percent else "nice-cks-ladder",
        "products": products,
        "split": draw(st.sampled_from(["none", "half"])),
        "start_on": "2027-01-11",
        "patient": FACTS,
        "override_reason": OVERRIDE,
    }
    if by_percent:
        request["cut_percent"] = draw(st.sampled_from(["5", "10", "20", "30", "33.5"]))
        request["every_days"] = draw(st.sampled_from([7, 14]))
        request["longest_step_days"] = draw(st.sampled_from([14, 28, 60]))
    else:
        request["every_days"] = draw(st.sampled_from([7, 14]))
    return request


def best_from_the_end(request: dict[str, Any]) -> Sequence_ | None:
    """The best of every allowed sequence, worked from the lowest dose upwards; the builder searches downwards."""
    drug, start = request["current"][0]["drug"], Fraction(request["current"][0]["mg"])
    makeable = sorted(dose for dose in _makeable(request) if 0 < dose < start)
    best: dict[Fraction, Sequence_] = {}
    for dose in makeable:
        found = list(_continued(request, dose, makeable, best))
        if dose <= STOP_AT_MOST[drug] or dose == makeable[0]:
            days = _days(request, dose, dose / 2 if request["protocol"] == "asam-2025" else Fraction(0))
            found.append((days, 1, (), (days,)))
        best[dose] = min(found)
    # The present dose counts as given long enough: its first cut costs no day.
    from_start = [
        (best[lower][0], best[lower][1], (lower, *best[lower][2]), best[lower][3])
        for lower in _allowed(request, start, makeable)
    ]
    return min(from_start, default=None)


def _continued(
    request: dict[str, Any], dose: Fraction, makeable: Sequence[Fraction], best: dict[Fraction, Sequence_]
) -> Iterator[Sequence_]:
    """(days to the end, steps, doses after this one, days of each) by way of every allowed cut."""
    for lower in _allowed(request, dose, makeable):
        days, (rest_days, steps, doses, each) = _days(request, dose, lower), best[lower]
        yield days + rest_days, steps + 1, (lower, *doses), (days, *each)


def _allowed(request: dict[str, Any], dose: Fraction, makeable: Sequence[Fraction]) -> Sequence[Fraction]:
    below = [lower for lower in makeable if lower < dose]
    return [lower for lower in below if lower >= _asked(request, dose)] or below[-1:]


def _asked(request: dict[str, Any], dose: Fraction) -> Fraction:
    if request["protocol"] == "asam-2025":
        return dose * (100 - Fraction(request["cut_percent"])) / 100
    return dose - (2 if dose > 20 else 1)


def _days(request: dict[str, Any], dose: Fraction, lower: Fraction) -> int:
    every = int(request["every_days"])
    if request["protocol"] != "asam-2025":
        return max(every, days_by_ladder(dose, lower, every))
    longest = max(every, request["longest_step_days"])
    return min(longest, max(every, days_by_percent(dose, lower, Fraction(request["cut_percent"]), every)))


def _makeable(request: dict[str, Any]) -> set[Fraction]:
    """Sums of pieces: six of them, or twelve when the present dose needs more than six."""
    pieces = set()
    for product in request["products"]:
        stocked = PROTOCOLS.product(product)
        assert stocked is not None
        whole = Fraction(stocked.product.strength_mg)
        is_halved = request["split"] == "half" and stocked.product.splits_into.value != "none"
        pieces |= {whole, whole / 2} if is_halved else {whole}
    start = Fraction(request["current"][0]["mg"])
    made = of_six = {Fraction(0)}
    for number in range(1, 13):
        made |= {dose + piece for dose in made for piece in pieces if dose + piece <= start}
        if number == 6:
            of_six = set(made)
    return of_six if start in of_six or start not in made else made


@settings(max_examples=70)
@given(small_requests())
def test_of_all_allowed_plans_the_one_that_ends_soonest_is_made(request: dict[str, Any]) -> None:
    """Then the one with fewer steps, then the lower dose at the first difference; each dose its exact days."""
    if request.get("longest_step_days", 99) < request["every_days"]:
        request = {**request, "longest_step_days": request["every_days"]}
    best = best_from_the_end(request)
    plan = build_plan(parse_request(request, PROTOCOLS), PROTOCOLS)
    if best is None:
        assert not isinstance(plan, Plan) or [step.kind for step in plan.steps] == [StepKind.STOP]
        return
    assert isinstance(plan, Plan), getattr(plan, "message", "")
    drug = request["current"][0]["drug"]
    assert tuple(Fraction(step.daily_of(drug)) for step in plan.steps[:-1]) == best[2]
    assert tuple(step.days for step in plan.steps[:-1]) == best[3]


@settings(max_examples=60)
@given(
    st.integers(min_value=2, max_value=400),
    st.integers(min_value=1, max_value=399),
    st.sampled_from(["5", "10", "12.5", "20", "33.3333", "0.0001"]),
    st.sampled_from([1, 7, 14, 28]),
)
def test_the_days_of_a_cut_are_rounded_up_exactly(high: int, low: int, percent: str, every: int) -> None:
    assume(low < high)
    printed = PROTOCOLS.tapers["asam-2025"].pace
    assert isinstance(printed, PacePercentOfCurrent)
    days = PercentOfCurrent(Decimal(percent), every, printed).days_needed(high, Fraction(low))
    wanted = days_by_percent(Fraction(high), Fraction(low), Fraction(percent), every)
    assert days == wanted or days > 10_000 < wanted


@settings(max_examples=60)
@given(
    st.integers(min_value=1, max_value=6),
    st.sampled_from([("10", 14), ("5", 28), ("20", 7), ("25", 14)]),
    st.integers(min_value=1, max_value=5000),
)
def test_a_cut_of_exactly_what_is_asked_takes_exactly_the_interval(cuts: int, pace: tuple[str, int], unit: int) -> None:
    """10 % of the dose taken now, exactly, is 14 days and never 15; two such cuts are 28."""
    printed = PROTOCOLS.tapers["asam-2025"].pace
    assert isinstance(printed, PacePercentOfCurrent)
    percent, every = pace
    dose = unit * 100**cuts
    lower = dose * ((100 - Fraction(percent)) / 100) ** cuts
    asked = PercentOfCurrent(Decimal(percent), every, printed)
    assert asked.days_needed(dose, lower) == cuts * every
    assert asked.days_needed(dose, lower - Fraction(1, 10)) == cuts * every + 1


def twice_as_strong(protocols: Protocols) -> Protocols:
    """The same library with every clonazepam product of twice the strength."""
    medicine = protocols.medicines["clonazepam"]
    products = tuple(
        product.model_copy(update={"strength_mg": product.strength_mg * 2}) for product in medicine.products
    )
    doubled = medicine.model_copy(update={"products": products})
    return replace(protocols, medicines={**protocols.medicines, "clonazepam": doubled})


TWICE = twice_as_strong(PROTOCOLS)


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from(["0.25", "0.5", "0.75", "1", "2"]), min_size=1, max_size=3),
    st.sampled_from(["5", "7", "10"]),
    st.sampled_from(["none", "half"]),
)
def test_twice_the_dose_of_tablets_twice_as_strong_is_the_same_plan(doses: list[str], percent: str, split: str) -> None:
    """No limit in milligrams binds: an override reason was given, and no dose is within the stop's 1 mg diazepam."""

    def steps(protocols: Protocols, factor: int) -> list[tuple[Decimal, int]]:
        current = [
            {"drug": "clonazepam", "mg": plain(Decimal(mg) * factor), "time": time}
            for mg, time in zip(doses, plan_requests.TIMES, strict=False)
        ]
        request = {
            "current": current,
            "protocol": "asam-2025",
            "start_on": "2027-01-11",
            "cut_percent": percent,
            "split": split,
            "patient": FACTS,
            "override_reason": OVERRIDE,
        }
        plan = build_plan(parse_request(request, protocols), protocols)
        assert isinstance(plan, Plan), getattr(plan, "message", "")
        return [(step.daily_of("clonazepam") / factor, step.days) for step in plan.steps]

    assert steps(PROTOCOLS, 1) == steps(TWICE, 2)


@settings(max_examples=60)
@given(requests(change_medicine=False, tablets_make_the_present_dose=True), st.data())
def test_keeping_the_dose_some_days_shifts_the_rest_by_as_many(request: dict[str, Any], data: st.DataObject) -> None:
    request = {**request, "protocol": "asam-2025"}
    request = {name: value for name, value in request.items() if name not in ("every_days", "times")}
    try:
        parsed = parse_request(request, PROTOCOLS)
    except InputRefused:
        assume(False)
    plan = build_plan(parsed, PROTOCOLS)
    assume(isinstance(plan, Plan))
    assert isinstance(plan, Plan)
    last = (plan.steps[-1].starts_on - plan.starts_on).days
    assume(last > 0)
    on = plan.starts_on + timedelta(days=data.draw(st.integers(min_value=1, max_value=last)))
    keep = data.draw(st.integers(min_value=1, max_value=40))
    change = parse_change({"kind": "keep_days", "on": str(on), "days": keep, "reason": "not sleeping"})
    new = amend_plan(plan, change, PROTOCOLS)
    assert isinstance(new, Plan), getattr(new, "message", "")
    for day in range(last + keep + 1):
        date = plan.starts_on + timedelta(days=day)
        if date < on:
            before = date
        elif date < on + timedelta(days=keep):
            before = on - timedelta(days=1)
        else:
            before = date - timedelta(days=keep)
        now, then = new.step_on(date), plan.step_on(before)
        assert now is not None
        assert then is not None
        assert now.doses == then.doses, f"day {day}"
