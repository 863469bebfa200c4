"""Escalation rules against what can be charted: a threshold that nothing reaches would silently have no effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, get_args

from taper_app.clinical.charting import scores
from taper_app.clinical.charting.case import PatientFacts
from taper_app.clinical.charting.events import Seizure
from taper_app.clinical.charting.observation import DosesSoFar, Labs, Observation, Signs, Symptoms
from taper_app.clinical.protocol.condition_parts import fact_tests_in, parts_of
from taper_app.clinical.protocol.conditions import Condition, RiseTest
from taper_app.clinical.protocol.escalation_rules import EscalationRule
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.protocol.vital_limits import VitalLimits
from taper_app.clinical.quantities import plain

#: Lowest and highest that can be charted; None: open.
Reach = tuple[Decimal | None, Decimal | None]
_ANY: Reach = (Decimal(0), None)
_CHARTED = (Symptoms, Signs, Labs, DosesSoFar, PatientFacts, Observation, Seizure)
_SCALE_OF = {
    "news2_least": "news2",
    "news2_total": "news2",
    "ciwa_b_least": "ciwa-b",
    "ciwa_b_total": "ciwa-b",
    "four_at_least": "four-at",
}
_VITALS = ("respiratory_rate", "spo2", "systolic", "diastolic", "pulse", "temperature_c")
_SCALE_OF_RISE = {"news2": "news2", "ciwa_b": "ciwa-b"}


def impossible_thresholds(
    rules: Iterable[EscalationRule], scales: Mapping[str, Scale], limits: VitalLimits
) -> Iterator[tuple[EscalationRule, str]]:
    """Each rule with a sentence about a number that can never be charted or scored."""
    reach = _reach(scales, limits)
    for rule in rules:
        if rule.when is None:
            continue
        for test, _name in fact_tests_in(rule.when):
            lowest, highest = reach.get(test.fact, (None, None))
            for end, number in test.bounds.items():
                if (lowest is not None and number < lowest) or (highest is not None and number > highest):
                    yield (
                        rule,
                        (
                            f"{rule.id}: {test.fact} is never {plain(number)} ({end}); "
                            f"it runs from {_shown(lowest)} to {_shown(highest)}."
                        ),
                    )
        for rise in _rises_in(rule.when):
            scale = scales.get(_SCALE_OF_RISE[rise.rise_of])
            if scale is not None and rise.at_least > _highest_total(scale):
                yield rule, f"{rule.id}: {scale.title} cannot rise by {rise.at_least}; lower it."


def _shown(end: Decimal | None) -> str:
    return "any number" if end is None else plain(end)


def _rises_in(condition: Condition) -> Iterator[RiseTest]:
    if isinstance(condition, RiseTest):
        yield condition
    for part in parts_of(condition):
        yield from _rises_in(part)


def _reach(scales: Mapping[str, Scale], limits: VitalLimits) -> dict[str, Reach]:
    found: dict[str, Reach] = {}
    for shape in _CHARTED:
        found |= {name: _limits_of(field.rebuild_annotation()) for name, field in shape.model_fields.items()}
    for name in _VITALS:
        limit = limits.of(name)
        if limit is not None and limit.possible is not None:
            found[name] = (Decimal(0) if limit.zero_is_an_emergency else limit.possible.lowest, limit.possible.highest)
    found |= {f"spo2_scale_{number}": found["spo2"] for number in (1, 2) if "spo2" in found}
    for fact, scale_id in _SCALE_OF.items():
        if scale_id in scales:
            found[fact] = (Decimal(0), Decimal(_highest_total(scales[scale_id])))
    if scores.NEWS2 in scales:
        highest_part = scores.news2_range(None, 1, scales[scores.NEWS2]).highest_possible_part
        found["news2_highest_part"] = (Decimal(0), Decimal(highest_part))
    return found


def _highest_total(scale: Scale) -> int:
    return scores.news2_range(None, 1, scale).most if scale.id == scores.NEWS2 else scale.highest_total


def _limits_of(annotation: Any) -> Reach:
    """What a field accepts; numbers that are charted are never negative unless their field says so."""
    metadata = [*getattr(annotation, "__metadata__", ())]
    ends = [end for part in metadata for end in getattr(part, "metadata", [part])]
    lowest = next((end.ge for end in ends if hasattr(end, "ge")), None)
    highest = next((end.le for end in ends if hasattr(end, "le")), None)
    if lowest is None and highest is None:
        inside = [_limits_of(part) for part in get_args(annotation) if get_args(part)]
        return next((found for found in inside if found != _ANY), _ANY)
    return Decimal(str(lowest or 0)), None if highest is None else Decimal(str(highest))
