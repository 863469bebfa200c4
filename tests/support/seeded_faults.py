"""The seeded faults of ``worked_examples/seeded_faults.toml``: each spoils a right plan in one place.

A fault that cannot happen in a plan (no stop, no second time of day) raises ``CannotHappen``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from typing import Any

from written_plans import Plan, redate, text

Step = dict[str, Any]


class CannotHappen(Exception):
    """The plan has no place for this fault."""


def _cuts(plan: Plan) -> list[int]:
    """The places of the cuts that follow another one."""
    steps = plan["steps"]
    return [at for at in range(1, len(steps)) if steps[at]["kind"] == steps[at - 1]["kind"] == "cut"]


def _middle(plan: Plan) -> int:
    cuts = _cuts(plan)
    if not cuts:
        raise CannotHappen
    return cuts[len(cuts) // 2]


def _copy_doses(step: Step, other: Step) -> None:
    step["doses"], step["daily_mg"] = other["doses"], other["daily_mg"]


def another_dose_from_the_tablets(plan: Plan) -> Plan:
    piece = plan["steps"][_middle(plan)]["doses"][0]["pieces"][0]
    piece["count"] = text(Fraction(piece["count"]) + 1)
    return redate(plan)


def the_day_rises(plan: Plan) -> Plan:
    at = _middle(plan)
    _copy_doses(plan["steps"][at], plan["steps"][at - 2])
    return redate(plan)


def one_time_of_day_rises(plan: Plan) -> Plan:
    """The morning keeps a half of its dose; the rest goes to the evening, so that the day stays as it was."""
    for at in _cuts(plan):
        doses, before = plan["steps"][at]["doses"], plan["steps"][at - 1]["doses"]
        moved = Fraction(doses[0]["mg"]) / 2
        if len(doses) == len(before) > 1 and Fraction(doses[-1]["mg"]) + moved > Fraction(before[-1]["mg"]):
            doses[0]["mg"] = text(Fraction(doses[0]["mg"]) - moved)
            doses[-1]["mg"] = text(Fraction(doses[-1]["mg"]) + moved)
            return redate(plan)
    raise CannotHappen


def a_step_changes_nothing(plan: Plan) -> Plan:
    at = _middle(plan)
    _copy_doses(plan["steps"][at], plan["steps"][at - 1])
    return redate(plan)


def a_step_is_left_out(plan: Plan) -> Plan:
    del plan["steps"][_middle(plan)]
    return redate(plan)


def the_plan_stops_too_high(plan: Plan) -> Plan:
    cuts = _cuts(plan)
    if plan["steps"][-1]["kind"] != "stop" or len(cuts) < 2:
        raise CannotHappen
    del plan["steps"][cuts[len(cuts) // 2] : -1]
    return redate(plan)


def a_tenth_of_a_tablet(plan: Plan) -> Plan:
    for step in plan["steps"]:
        for piece in [piece for dose in step["doses"] for piece in dose["pieces"]]:
            if "liquid" not in piece["product"]:
                piece["count"] = "0.1"
                return redate(plan)
    raise CannotHappen


def half_the_days(plan: Plan) -> Plan:
    step = plan["steps"][_middle(plan) - 1]
    if step["days"] < 2:
        raise CannotHappen
    step["days"] //= 2
    return redate(plan)


def a_day_is_lost(plan: Plan) -> Plan:
    for step in plan["steps"][_middle(plan) :]:
        step["starts_on"] = (date.fromisoformat(step["starts_on"]) - timedelta(days=1)).isoformat()
    return plan


def more_than_a_gram(plan: Plan) -> Plan:
    plan["steps"][_middle(plan)]["doses"][0]["mg"] = "1001"
    return plan


def another_daily_dose_is_printed(plan: Plan) -> Plan:
    daily = plan["steps"][_middle(plan)]["daily_mg"]
    (drug, mg), *_ = daily.items()
    daily[drug] = text(Fraction(mg) + Fraction(1, 8))
    return plan


def too_little_is_dispensed(plan: Plan) -> Plan:
    row = plan["dispense"][len(plan["dispense"]) // 2]
    row["count"] = text(Fraction(row["count"]) - Fraction(1, 2))
    return plan


def nobody_signs(plan: Plan) -> Plan:
    kept = [warning for warning in plan["warnings"] if warning["severity"] != "sign"]
    if len(kept) == len(plan["warnings"]):
        raise CannotHappen
    plan["warnings"] = kept
    return plan


def pregnancy_was_never_asked_about(plan: Plan) -> Plan:
    plan["request"]["patient"]["pregnant"] = "not_assessed"
    return plan


def the_first_cuts_are_one(plan: Plan) -> Plan:
    cuts = [at for at, step in enumerate(plan["steps"]) if step["kind"] == "cut"]
    if len(cuts) < 4:
        raise CannotHappen
    del plan["steps"][cuts[0] : cuts[2]]
    return redate(plan)


def a_product_nobody_listed(plan: Plan) -> Plan:
    used = {piece["product"] for step in plan["steps"] for dose in step["doses"] for piece in dose["pieces"]}
    plan["request"]["products"].remove(sorted(used)[-1])
    return plan


def the_equivalent_of_another_table(plan: Plan) -> Plan:
    equivalents = plan["steps"][_middle(plan)]["diazepam_equivalent_mg"]
    equivalents["chosen"] = text(Fraction(equivalents["chosen"]) * 2)
    return plan


def a_dose_at_night_nobody_asked_for(plan: Plan) -> Plan:
    plan["steps"][_middle(plan)]["doses"][-1]["time"] = "03:30"
    return plan


def the_first_day_without_is_a_day_late(plan: Plan) -> Plan:
    last = date.fromisoformat(plan["steps"][-1]["starts_on"])
    plan["first_day_without_drug"] = (last + timedelta(days=1)).isoformat()
    return plan


def a_smaller_percentage_is_printed(plan: Plan) -> Plan:
    step = plan["steps"][_middle(plan)]
    step["cut_percent_of_current"] = text(Fraction(step["cut_percent_of_current"]) - 1)
    return plan


def _exchanged(plan: Plan, whole: Fraction) -> Plan:
    """So much of one tablet handed out as smaller ones that make the same dose, six pieces at most."""
    for step in plan["steps"]:
        for dose in step["doses"]:
            counts = {piece["product"]: Fraction(piece["count"]) for piece in dose["pieces"]}
            for larger, smaller in product(counts, plan["request"]["products"]):
                has_it = counts[larger] >= 1 if whole == 1 else counts[larger] % 1 == whole
                if larger.split("-")[0] != smaller.split("-")[0] or not has_it:
                    continue
                number = whole * _mg(larger) / _mg(smaller) if _mg(smaller) else Fraction(0)
                pieces = sum(-(-count // 1) for count in counts.values()) + number
                if _mg(smaller) < _mg(larger) and number >= 1 and number.denominator == 1 and pieces <= 6:
                    counts[larger] -= whole
                    counts[smaller] = counts.get(smaller, Fraction(0)) + number
                    dose["pieces"] = [
                        {"product": name, "count": text(count)} for name, count in counts.items() if count
                    ]
                    return redate(plan)
    raise CannotHappen


def _mg(product_id: str) -> Fraction:
    """The strength of a tablet, capsule or ODT; nothing for a liquid."""
    strength = product_id.rsplit("-", 1)[1].removesuffix("mg")
    return Fraction(0) if "-per-" in product_id else Fraction(strength)


def smaller_tablets_for_a_whole_one(plan: Plan) -> Plan:
    return _exchanged(plan, Fraction(1))


def smaller_tablets_for_a_half(plan: Plan) -> Plan:
    return _exchanged(plan, Fraction(1, 2))


FAULTS: dict[str, Callable[[Plan], Plan]] = {
    fault.__name__: fault
    for fault in (
        another_dose_from_the_tablets,
        the_day_rises,
        one_time_of_day_rises,
        a_step_changes_nothing,
        a_step_is_left_out,
        the_plan_stops_too_high,
        a_tenth_of_a_tablet,
        half_the_days,
        a_day_is_lost,
        more_than_a_gram,
        another_daily_dose_is_printed,
        too_little_is_dispensed,
        nobody_signs,
        pregnancy_was_never_asked_about,
        the_first_cuts_are_one,
        a_product_nobody_listed,
        the_equivalent_of_another_table,
        a_dose_at_night_nobody_asked_for,
        the_first_day_without_is_a_day_late,
        a_smaller_percentage_is_printed,
        smaller_tablets_for_a_whole_one,
        smaller_tablets_for_a_half,
    )
}
