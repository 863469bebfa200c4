"""Plans written down by hand as rows of doses; dates, sums, percentages, equivalents and dispensing are filled in.

The filling-in is plain arithmetic of its own: it knows neither the builder nor the checker.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any

from taper_app.clinical.protocol.library import Protocols

Plan = dict[str, Any]
#: (time, medicine, mg, ((product, count), ...))
DoseRow = tuple[str, str, str, tuple[tuple[str, str], ...]]
#: (kind, days, doses)
StepRow = tuple[str, int, Sequence[DoseRow]]
#: Diazepam in mg for 1 mg of each medicine: low, chosen, high.
Factors = Mapping[str, Sequence[str]]

#: ``22:00 3.5 = 1.5 diazepam-tablet-2mg + 0.5 diazepam-liquid-1mg-per-ml``
_DOSE = re.compile(r"(?P<time>\d\d:\d\d) (?P<mg>\S+) = (?P<pieces>.+)")
#: ``sign 3 ceiling-in-end-zone: what a prescriber reads``; a dash in place of the step means the whole plan.
_WARNING = re.compile(r"(?P<severity>\w+) (?P<step>\d+|-) (?P<code>[a-z-]+): (?P<message>.+)")

#: Everything was asked, and nothing stands in the way of a plan.
ASKED: dict[str, Any] = {
    "age_years": 50,
    "months_of_use": 24,
    "use_verified": "yes",
    "seizure_history": "no",
    "taken_for_epilepsy": "no",
    "hepatic_impairment": "no",
    "pregnant": "no",
    "opioid_co_use": "no",
    "alcohol_co_use": "no",
    "other_sedatives": [],
    "specialist": None,
    "obstetric_contact": None,
}


def dose_row(text: str) -> DoseRow:
    """A dose as it stands in a worked example; the medicine is that of its first product."""
    found = _DOSE.fullmatch(text)
    assert found is not None, f"not a dose: {text}"
    pieces = [piece.split() for piece in found["pieces"].split(" + ")]
    medicine = re.split(r"-(?:tablet|capsule|odt|liquid|xr)", pieces[0][1])[0]
    return found["time"], medicine, found["mg"], tuple((product, count) for count, product in pieces)


def warning_row(text: str) -> dict[str, Any]:
    found = _WARNING.fullmatch(text)
    assert found is not None, f"not a warning: {text}"
    step = None if found["step"] == "-" else int(found["step"])
    return {**found.groupdict(), "step": step, "source": "local-default"}


def written_plan(
    steps: Sequence[StepRow],
    *,
    request: dict[str, Any],
    factors: Factors,
    targets: Sequence[str | None],
    protocols: Protocols,
    warnings: Iterable[dict[str, Any]] = (),
) -> Plan:
    """A complete answer. ``request`` needs ``current`` and ``protocol``; everything else has an ordinary value."""
    taper = protocols.tapers[request["protocol"]]
    filled = _complete(request)
    return redate(
        {
            "schema": 1,
            "request": filled,
            "protocol": {"id": taper.id, "version": taper.version, "sha256": protocols.sha256[taper.id]},
            "equivalence": filled["equivalence"],
            "starting_daily_mg": {name: text(mg) for name, mg in _sums(request["current"]).items()},
            "starts_on": "2027-03-01",
            "steps": _steps(steps, _starting_doses(filled, steps), factors, targets),
            "warnings": list(warnings),
        }
    )


def redate(plan: Plan) -> Plan:
    """The steps renumbered on contiguous days, and dispensing worked out anew; doses and figures are left alone."""
    plan = copy.deepcopy(plan)
    day = date.fromisoformat(plan["starts_on"])
    dispense: list[dict[str, str]] = []
    for number, step in enumerate(plan["steps"], start=1):
        step["number"], step["starts_on"] = number, day.isoformat()
        last = day + timedelta(days=step["days"] - 1)
        used: dict[str, Fraction] = {}
        for dose in step["doses"]:
            for piece in dose["pieces"]:
                used[piece["product"]] = used.get(piece["product"], Fraction(0)) + Fraction(piece["count"])
        if step["days"]:
            dispense += [
                {"product": p, "count": text(c * step["days"]), "from": day.isoformat(), "to": last.isoformat()}
                for p, c in sorted(used.items())
            ]
        day += timedelta(days=step["days"])
    plan["dispense"] = dispense
    plan["first_day_without_drug"] = plan["steps"][-1]["starts_on"] if plan["steps"][-1]["kind"] == "stop" else None
    return plan


def text(value: Fraction) -> str:
    """An exact number as plans write it; one that does not end is a fault of the example."""
    with localcontext() as context:
        context.prec = 60
        number = Decimal(value.numerator) / Decimal(value.denominator)
    assert Fraction(number) == value, f"{value} has no end"
    return _plain(number)


def _complete(request: dict[str, Any]) -> dict[str, Any]:
    drugs = {dose["drug"] for dose in request["current"]}
    return {
        "taper_drug": next(iter(drugs)) if len(drugs) == 1 else None,
        "equivalence": None,
        "start_on": "2027-03-01",
        "target_daily_mg": "0",
        "times": sorted({dose["time"] for dose in request["current"]}),
        "split": "half",
        "setting": "community",
        "override_reason": None,
        **request,
        "patient": {**ASKED, **request.get("patient", {})},
    }


def _starting_doses(request: dict[str, Any], steps: Sequence[StepRow]) -> dict[str, Fraction]:
    """Current use; where a plan begins with a part of it, that part counts from then on."""
    if request.get("start_fraction_percent") is None:
        return _sums(request["current"])
    return _sums({"drug": drug, "mg": mg} for _, drug, mg, _ in steps[0][2])


def _steps(
    rows: Sequence[StepRow], start: dict[str, Fraction], factors: Factors, targets: Sequence[str | None]
) -> list[dict[str, Any]]:
    before, steps = start, []
    for (kind, days, doses), target in zip(rows, targets, strict=True):
        now = _sums({"drug": drug, "mg": mg} for _, drug, mg, _ in doses)
        steps.append(
            {
                "kind": kind,
                "days": days,
                "target_daily_mg": target,
                "daily_mg": {drug: text(mg) for drug, mg in now.items()},
                "diazepam_equivalent_mg": {
                    name: _rounded(_matched(now, factors, place), 4)
                    for place, name in enumerate(("low", "chosen", "high"))
                },
                **_percentages(start, before, now, factors),
                "doses": [_dose(row) for row in doses],
                "reasons": [],
            }
        )
        before = now
    return steps


def _percentages(
    start: dict[str, Fraction], before: dict[str, Fraction], now: dict[str, Fraction], factors: Factors
) -> dict[str, str]:
    whole, earlier, later = (_matched(each, factors, 1) for each in (start, before, now))
    return {
        "cut_percent_of_current": _rounded((earlier - later) * 100 / earlier, 1),
        "cut_percent_of_start": _rounded((earlier - later) * 100 / whole, 1),
    }


def _dose(row: DoseRow) -> dict[str, Any]:
    time, drug, mg, pieces = row
    return {
        "time": time,
        "drug": drug,
        "mg": mg,
        "pieces": [{"product": product, "count": count} for product, count in pieces],
    }


def _sums(doses: Iterable[Mapping[str, str]]) -> dict[str, Fraction]:
    sums: dict[str, Fraction] = {}
    for dose in doses:
        sums[dose["drug"]] = sums.get(dose["drug"], Fraction(0)) + Fraction(dose["mg"])
    return sums


def _matched(amounts: dict[str, Fraction], factors: Factors, place: int) -> Fraction:
    return sum((mg * Fraction(factors[drug][place]) for drug, mg in amounts.items()), Fraction(0))


def _rounded(value: Fraction, places: int) -> str:
    with localcontext() as context:
        context.prec = 60
        number = Decimal(value.numerator) / Decimal(value.denominator)
    return _plain(number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN))


def _plain(number: Decimal) -> str:
    shown = format(number, "f")
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return "0" if shown in ("", "-0") else shown
