"""Invariants 10, 14, 15, 16 and 19 between two plans: asked again, scaled, taken up in the middle, kept, slower."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from random_runs.made import Made, chosen_diazepam_mg, daily_of
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import Plan, Step, StepKind
from taper_app.clinical.planning.end_date import attempt_in_time
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import plain

_BESIDE_THE_TAPER = {"ends_by", "pick_up", "max_supply_days", "stock"}
_REASON = "So that no ceiling stands in the way of the comparison."


def invariant_10_the_same_request_gives_the_same_plan_to_the_byte(made: Made, chance: Random) -> Iterator[str]:
    """Also the request with its defaults filled in, as the answer carries it."""
    text = json.dumps(made.answer, ensure_ascii=False)
    for name, request in (("the request", made.asked), ("the answer's request", made.answer["request"])):
        again = _built(json.loads(json.dumps(request)), made.protocols)
        if again is None:
            yield f"{name} is refused when it is asked again"
        elif json.dumps(again.as_json(), ensure_ascii=False) != text:
            yield f"{name} gives another plan"


def invariant_14_twice_the_dose_of_twice_the_strength_is_the_same_plan(made: Made, chance: Random) -> Iterator[str]:
    """With strengths, dose bands and equivalents of the one medicine doubled, nothing else in milligrams binds.

    Left out: diazepam itself, whose milligrams are everybody's measure, and paces in milligrams of the medicine.
    """
    pace = made.taper.pace
    in_its_own_mg = getattr(pace, "medicine", None) == made.drug
    if made.changes_medicine or made.drug == "diazepam" or in_its_own_mg or made.taper.only_medicines:
        return
    request = _with_reason(made.answer["request"])
    doubled = {
        **request,
        "current": [{**line, "mg": plain(Decimal(line["mg"]) * 2)} for line in request["current"]],
        "products": _renamed(request["products"], made),
        "target_daily_mg": plain(Decimal(request["target_daily_mg"]) * 2),
    }
    once, twice = _built(request, made.protocols), _built(doubled, twice_as_strong(made.protocols, made.drug))
    if once is None or twice is None:
        if (once is None) != (twice is None):
            yield "one of the two is refused"
        return
    if [(s.kind, s.days, s.daily_of(made.drug) * 2) for s in once.steps] != [
        (s.kind, s.days, s.daily_of(made.drug)) for s in twice.steps
    ]:
        yield "twice the strength is another plan"


def twice_as_strong(protocols: Protocols, drug: str) -> Protocols:
    """The same library, in which a milligram of one medicine does half of what it did and comes in pairs."""
    medicine = protocols.medicines[drug]
    products = tuple(p.model_copy(update={"strength_mg": p.strength_mg * 2}) for p in medicine.products)
    bands = medicine.dose_bands and medicine.dose_bands.model_copy(
        update={
            "low_up_to_mg": medicine.dose_bands.low_up_to_mg * 2,
            "moderate_up_to_mg": medicine.dose_bands.moderate_up_to_mg * 2,
        }
    )
    doubled = medicine.model_copy(update={"products": products, "dose_bands": bands})
    tables = {}
    for table_id, table in protocols.equivalence.items():
        entries = tuple(
            entry.model_copy(
                update={"printed_mg_low": entry.printed_mg_low * 2, "printed_mg_high": entry.printed_mg_high * 2}
            )
            if entry.medicine == drug
            else entry
            for entry in table.entries
        )
        tables[table_id] = table.model_copy(update={"entries": entries})
    return replace(protocols, medicines={**protocols.medicines, drug: doubled}, equivalence=tables)


def _renamed(products: list[str], made: Made) -> list[str]:
    """Ids name the strength, so they double with it."""
    renamed = []
    for product_id in products:
        stocked = made.protocols.product(product_id)
        assert stocked is not None
        twice = stocked.product.model_copy(update={"strength_mg": stocked.product.strength_mg * 2})
        renamed.append(twice.product_id(stocked.medicine))
    return renamed


def invariant_15_the_rest_of_a_plan_is_the_plan_for_the_rest(made: Made, chance: Random) -> Iterator[str]:
    """From a dose that was given its time, the cuts that follow are those of a request for that dose.

    Left out: percent of the starting dose, which remembers its start; schedules whose lines have days of their own
    or whose cut leads into another band (the first cut of a request costs no days, so it may reach lower than the
    same cut later on); the last dose,
    which is asked to go lower before the stop when a request begins with it; doses that only the present use allows
    so many pieces of; and what only a hospital may give (the rest would begin by keeping its dose there).
    """
    cuts = [step for step in made.plan.steps if step.kind is StepKind.CUT]
    if len(cuts) < 3 or made.plan.steps[-1].starts_on.year > 2199 or _has_many_pieces(made):
        return
    if made.taper.pace.model == "percent_of_start" or _has_days_of_its_own(made):
        return
    if made.taper.is_inpatient_only or made.taper.stabilisation:
        return
    step = chance.choice(cuts[:-1])
    rest = made.plan.steps[step.number :]
    if _leads_into_another_band(made, step, rest[0]):
        return
    request = _with_reason(made.answer["request"]) | {
        "current": [{"drug": dose.drug, "mg": plain(dose.mg), "time": dose.time} for dose in step.doses],
        "start_on": rest[0].starts_on.isoformat(),
        "times": [dose.time for dose in step.doses],
        "setting": "community",
        "products": [p for p in made.answer["request"]["products"] if p.startswith(f"{made.drug}-")],
        "patient": {**made.answer["request"]["patient"], "alcohol_co_use": "no"},
    }
    request.pop("start_fraction_percent", None)
    if step.daily_of("diazepam") > made.protocols.limits.outpatient_at_most_diazepam_mg.mg:
        return
    again = _built(request, made.protocols)
    if again is None:
        yield f"from step {step.number} on it is refused"
    elif [(s.kind, s.starts_on, s.days, s.doses) for s in again.steps] != [
        (s.kind, s.starts_on, s.days, s.doses) for s in rest
    ]:
        yield f"from step {step.number} on it is another plan"


def _has_days_of_its_own(made: Made) -> bool:
    pace = made.taper.pace
    return pace.model == "table" or (pace.model == "ladder" and any(band.every_days for band in pace.bands))


def _leads_into_another_band(made: Made, step: Step, following: Step) -> bool:
    """Whether the asked cut ends below the band of a ladder in which it begins, where another cut holds."""
    pace, target = made.taper.pace, following.target_daily_mg
    if pace.model != "ladder" or target is None:
        return False
    begins = step.daily_of(made.drug) if pace.medicine == made.drug else chosen_diazepam_mg(daily_of(step), made)
    ends = Fraction(begins) * Fraction(target) / Fraction(step.daily_of(made.drug))
    return any(ends < band.to_mg < begins for band in pace.bands)


def _has_many_pieces(made: Made) -> bool:
    usual = made.protocols.limits.pieces_per_dose
    doses = [dose for step in made.plan.steps for dose in step.doses]
    return any(sum(-(-piece.count // 1) for piece in dose.pieces) > usual for dose in doses)


def invariant_16_keeping_the_dose_shifts_the_rest_by_as_many_days(made: Made, chance: Random) -> Iterator[str]:
    """Nothing is caught up; the past stays as it was."""
    plan = made.plan
    last = (plan.steps[-1].starts_on - plan.starts_on).days
    if last < 1 or plan.steps[-1].kind is not StepKind.STOP or plan.steps[-1].starts_on.year > 2199:
        return
    on = plan.starts_on + timedelta(days=chance.randint(1, last))
    keep = chance.randint(1, 40)
    change = {"kind": "keep_days", "on": str(on), "days": keep, "reason": "not sleeping"}
    if not made.request.override_reason:
        change["override_reason"] = _REASON
    new = amend_plan(plan, parse_change(change), made.protocols)
    if not isinstance(new, Plan):
        yield f"keeping the dose from day {(on - plan.starts_on).days} on is refused: {new.code}"
        return
    for number in range(last + keep + 1):
        day = plan.starts_on + timedelta(days=number)
        kept_until = on + timedelta(days=keep)
        before = day if day < on else on - timedelta(days=1) if day < kept_until else day - timedelta(days=keep)
        now, then = new.step_on(day), plan.step_on(before)
        if now is None or then is None or now.doses != then.doses:
            yield f"kept {keep} days from day {(on - plan.starts_on).days} on, day {number} is another dose"
            return


def invariant_19_a_smaller_cut_never_makes_a_shorter_plan(made: Made, chance: Random) -> Iterator[str]:
    request = _with_reason(made.answer["request"])
    name = next((name for name in ("cut_percent", "cut_mg") if name in request), None)
    if name is None:
        return
    smaller = plain(
        (Decimal(request[name]) * chance.choice([Decimal("0.5"), Decimal("0.8")])).quantize(Decimal("0.01"))
    )
    slower = _built({**request, name: smaller}, made.protocols) if Decimal(smaller) else None
    faster = _built(request, made.protocols)
    if slower and faster and slower.steps[-1].starts_on < faster.steps[-1].starts_on:
        yield f"{name} {smaller} ends before {request[name]}"


def _with_reason(request: dict[str, Any]) -> dict[str, Any]:
    """The request alone: no day to end by, which would choose the pace, and nothing about handing out."""
    taper = {name: value for name, value in request.items() if name not in _BESIDE_THE_TAPER}
    return {**taper, "override_reason": _REASON}


def _built(request: dict[str, Any], protocols: Protocols) -> Plan | None:
    """None for a request that is refused, whatever for."""
    try:
        outcome = attempt_in_time(parse_request(request, protocols), protocols).outcome
    except InputRefused:
        return None
    return outcome if isinstance(outcome, Plan) else None
