"""Rules that share out the values of one fact: each value meets exactly one of them, and their ends meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from pydantic import Field

from taper_app.clinical.protocol.citation import ProtocolEntry
from taper_app.clinical.protocol.conditions import AllOf, AnyOf, Condition, FactTest, RuleId
from taper_app.clinical.protocol.fact_names import FACTS, FactKind
from taper_app.clinical.protocol.intervals import Interval
from taper_app.clinical.quantities import plain


class RuleBands(ProtocolEntry):
    """``{ facts = ["pulse"], rules = ["R31", "R30", "R30H"] }``: from the lowest values to the highest.

    ``facts``: names of the same reading (a total and the least possible one); a rule may test any of them.
    """

    facts: tuple[str, ...] = Field(min_length=1)
    rules: tuple[RuleId, ...] = Field(min_length=2)


def band_of(condition: Condition | None, facts: Iterable[str]) -> Interval | None:
    """The values for which a condition's own tests of these facts hold; None when it tests none of them alone.

    Of alternatives the one counts that tests nothing else; what is tested beside it in ``all`` is left out.
    """
    if isinstance(condition, FactTest):
        is_meant = condition.fact in facts and condition.is_numeric
        return condition.interval() if is_meant else None
    if isinstance(condition, AllOf):
        bands = [band for part in condition.all_ if (band := band_of(part, facts))]
        whole = None
        for band in bands:
            whole = band if whole is None else whole.common(band)
        return whole
    if isinstance(condition, AnyOf):
        alone = (part for part in condition.any_ if isinstance(part, FactTest))
        return next((band for part in alone if (band := band_of(part, facts))), None)
    return None


def faults_of_bands(bands: RuleBands, conditions: Mapping[str, Condition | None]) -> Iterator[str]:
    """Gaps, overlaps and rules that do not belong there; ``conditions`` by the id of each rule that is in force."""
    unknown = [fact for fact in bands.facts if fact not in FACTS or FACTS[fact].kind is not FactKind.NUMBER]
    for fact in unknown:
        yield f"The bands name {fact}, which is not a number that can be tested; check its spelling."
    found: list[tuple[str, Interval]] = []
    for rule_id in bands.rules:
        band = band_of(conditions.get(rule_id), () if unknown else bands.facts)
        if rule_id not in conditions:
            yield f"The bands of {bands.facts[0]} name {rule_id}, which no rule set has; check its id."
        elif band is None and not unknown:
            yield f"{rule_id} has no test of {bands.facts[0]} alone; take it out of the bands."
        elif band is not None:
            found.append((rule_id, band))
    for (lower_id, lower), (upper_id, upper) in pairwise(found):
        if lower.end < upper.start:
            yield (
                f"The bands of {bands.facts[0]} leave a gap between {lower_id} and {upper_id} "
                f"({_place(lower)} to {_start(upper)}); close it."
            )
        elif lower.end > upper.start:
            yield (
                f"The bands {lower_id} and {upper_id} of {bands.facts[0]} overlap from {_start(upper)}; "
                f"end {lower_id} before {upper_id} begins."
            )


def _start(band: Interval) -> str:
    return plain(band.start[0])


def _place(band: Interval) -> str:
    return plain(band.end[0])
