"""Complete plans to check, and a small writer of further ones: doses and days are given, the figures are filled in."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from taper_app.clinical.checking import CheckResult, check_plan
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import plain, rounded
from taper_app.protocol_files import load_protocols

WORKED_EXAMPLES = Path(__file__).parents[2] / "worked_examples"
Plan = dict[str, Any]
#: (time, medicine, mg, ((product, count), ...))
DoseRow = tuple[str, str, str, tuple[tuple[str, str], ...]]
#: (kind, days, doses)
StepRow = tuple[str, int, Sequence[DoseRow]]


@pytest.fixture(scope="session")
def protocols() -> Protocols:
    return load_protocols()


def _worked(name: str, protocols: Protocols) -> Plan:
    plan: Plan = json.loads((WORKED_EXAMPLES / name).read_text(encoding="utf-8"))["plan"]
    plan["protocol"]["sha256"] = protocols.sha256[plan["protocol"]["id"]]
    return plan


@pytest.fixture
def taper(protocols: Protocols) -> Plan:
    """Clonazepam 2 mg a day to zero."""
    return _worked("plan_clonazepam_2mg.json", protocols)


@pytest.fixture
def crossover(protocols: Protocols) -> Plan:
    """Lorazepam 1 mg a day changed to diazepam and down to 6 mg."""
    return _worked("plan_lorazepam_crossover.json", protocols)


@pytest.fixture
def judged(protocols: Protocols) -> Callable[[object], CheckResult]:
    return lambda plan: check_plan(plan, protocols)


@pytest.fixture
def broken(judged: Callable[[object], CheckResult]) -> Callable[[object], set[str]]:
    """The names of the rules that a plan violates."""
    return lambda plan: {finding.rule for finding in judged(plan).violations}


@pytest.fixture
def redated() -> Callable[[Plan], Plan]:
    return redate


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
                {"product": p, "count": _text(c * step["days"]), "from": day.isoformat(), "to": last.isoformat()}
                for p, c in sorted(used.items())
            ]
        day += timedelta(days=step["days"])
    plan["dispense"] = dispense
    plan["first_day_without_drug"] = plan["steps"][-1]["starts_on"] if plan["steps"][-1]["kind"] == "stop" else None
    return plan


@pytest.fixture
def written(protocols: Protocols) -> Callable[..., Plan]:
    """A plan of one medicine on one protocol, written from rows of doses; equivalents and percentages are filled in."""

    def write(
        steps: Sequence[StepRow],
        *,
        request: dict[str, Any],
        factors: tuple[str, str],
        targets: Sequence[str | None],
        warnings: Sequence[dict[str, Any]] = (),
    ) -> Plan:
        taper = protocols.tapers[request["protocol"]]
        medicine = request["current"][0]["drug"]
        start = sum((Fraction(dose["mg"]) for dose in request["current"]), Fraction(0))
        return redate(
            {
                "schema": 1,
                "request": _complete(request),
                "protocol": {"id": taper.id, "version": taper.version, "sha256": protocols.sha256[taper.id]},
                "equivalence": None,
                "starting_daily_mg": {medicine: _text(start)},
                "starts_on": "2027-03-01",
                "steps": _steps(steps, medicine, start, factors, targets),
                "warnings": list(warnings),
            }
        )

    return write


def _complete(request: dict[str, Any]) -> dict[str, Any]:
    return {
        "taper_drug": request["current"][0]["drug"],
        "equivalence": None,
        "start_on": "2027-03-01",
        "target_daily_mg": "0",
        "times": sorted({dose["time"] for dose in request["current"]}),
        "split": "half",
        "setting": "community",
        "patient": ASKED,
        "override_reason": None,
        **request,
    }


def _steps(
    rows: Sequence[StepRow], medicine: str, start: Fraction, factors: tuple[str, str], targets: Sequence[str | None]
) -> list[dict[str, Any]]:
    before, steps = start, []
    for row, target in zip(rows, targets, strict=True):
        step = _step(row, target, medicine, factors, before, start)
        steps.append(step)
        before = Fraction(step["daily_mg"].get(medicine, "0"))
    return steps


def _step(
    row: StepRow, target: str | None, medicine: str, factors: tuple[str, str], before: Fraction, start: Fraction
) -> dict[str, Any]:
    kind, days, doses = row
    total = sum((Fraction(mg) for _, _, mg, _ in doses), Fraction(0))
    low, high = (total * Fraction(factor) for factor in factors)
    return {
        "kind": kind,
        "days": days,
        "target_daily_mg": target,
        "daily_mg": {medicine: _text(total)} if total else {},
        "diazepam_equivalent_mg": {"low": _text(low), "chosen": _text(high), "high": _text(high)},
        "cut_percent_of_current": plain(rounded((before - total) * 100 / before, 1)),
        "cut_percent_of_start": plain(rounded((before - total) * 100 / start, 1)),
        "doses": [
            {
                "time": time,
                "drug": drug,
                "mg": mg,
                "pieces": [{"product": product, "count": count} for product, count in pieces],
            }
            for time, drug, mg, pieces in doses
        ],
        "reasons": [],
    }


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


def _text(value: Fraction) -> str:
    return plain(Decimal(value.numerator) / Decimal(value.denominator))
