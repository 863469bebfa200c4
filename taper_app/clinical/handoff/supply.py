"""How many days' tablets go home, and exactly which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.doses import moment_of
from taper_app.clinical.charting.observation import Asq, Cssrs, Observation
from taper_app.clinical.charting.scores import asq_any_yes, suicide_screen_answered
from taper_app.clinical.handoff.chart_like import ChartLike, local_day
from taper_app.clinical.handoff.kept import HandoffRecords
from taper_app.clinical.handoff.release_items import CheckTopic, FirstVisitItem, SuppliedCount
from taper_app.clinical.planning.answer import Step
from taper_app.clinical.planning.dispensing.hand_out import pieces_for
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.ward_library import WardProtocols


@dataclass(frozen=True, slots=True)
class WantedSupply:
    """Days to hand over. ``days`` is None while no first visit is booked; ``reaches_visit`` says if it is enough."""

    days: int | None
    at_most: int | None
    reaches_visit: bool
    why: str


def wanted_supply(
    chart: ChartLike, kept: HandoffRecords, protocols: WardProtocols, *, leaves_at: datetime
) -> WantedSupply:
    """Days to the first visit and three more; with a risk of overdose at most seven."""
    rules = protocols.release.supply
    risks = supply_risks(chart, kept)
    at_most = rules.at_most_with_risk.days if risks else None
    risk_words = f" At most {at_most} days because of: {', '.join(risks)}." if at_most is not None else ""
    visit = kept.item(FirstVisitItem)
    if visit is None:
        return WantedSupply(None, at_most, False, f"No first visit is booked, so its days are not known.{risk_words}")
    until_visit = max(0, (local_day(visit.visit.at, chart) - local_day(leaves_at, chart)).days)
    beyond = rules.beyond_first_visit.days
    days = until_visit + beyond if at_most is None else min(until_visit + beyond, at_most)
    why = f"{until_visit} days to the first visit and {beyond} more.{risk_words}"
    if days < until_visit:
        why += " That does not reach the first visit: bring it forward, or arrange pick-ups."
    return WantedSupply(days, at_most, days >= until_visit, why)


def supply_risks(chart: ChartLike, kept: HandoffRecords) -> list[str]:
    """Why only a few days' tablets go home at once. Not assessed is never no, and is said to be not assessed."""
    risks = []
    if _screen_was_positive(chart):
        risks.append("suicide risk charted in this stay")
    for topic, risky, words in (
        (CheckTopic.SUICIDE_RISK, Answer.YES, "suicide risk"),
        (CheckTopic.OVERDOSE_HISTORY, Answer.YES, "earlier overdose"),
        (CheckTopic.STABLE_HOUSING, Answer.NO, "housing not stable"),
    ):
        answer = kept.check(topic).answer
        if topic is CheckTopic.SUICIDE_RISK and answer is Answer.NOT_ASSESSED and _screen_was_answered(chart):
            continue
        if answer is risky:
            risks.append(words)
        elif answer is Answer.NOT_ASSESSED:
            risks.append(f"{topic.question.lower()} not assessed")
    return risks


def _screen_was_positive(chart: ChartLike) -> bool:
    return any(_is_positive(charted.observation) for charted in chart.sets)


def _screen_was_answered(chart: ChartLike) -> bool:
    return any(suicide_screen_answered(charted.observation) for charted in chart.sets)


def _is_positive(observation: Observation) -> bool:
    asq, cssrs = observation.asq, observation.cssrs
    told = any(event.kind == "suicidal_thoughts" for event in observation.events or ())
    by_asq = isinstance(asq, Asq) and asq_any_yes(asq) is True
    by_cssrs = isinstance(cssrs, Cssrs) and any(answer is True for _name, answer in cssrs)
    return told or by_asq or by_cssrs


def products_for(
    steps: Sequence[tuple[datetime, Step]], zone: str, *, after: datetime, days: int
) -> tuple[SuppliedCount, ...]:
    """Exactly what the doses after a moment need: the rest of that day and so many whole days.

    ``steps`` pairs each local midnight with the step in force on that day, oldest first.
    """
    counts: dict[str, Decimal] = {}
    for midnight, step in steps[: days + 1]:
        for dose in step.doses:
            if moment_of(midnight.date(), dose.time, zone) <= after:
                continue
            for piece in dose.pieces:
                counts[piece.product] = counts.get(piece.product, Decimal(0)) + piece.count
    return tuple(SuppliedCount(product=product, count=count) for product, count in sorted(counts.items()))


def whole_pieces(planned: Sequence[SuppliedCount], protocols: Protocols) -> tuple[SuppliedCount, ...]:
    """What is handed over for exact counts: no half tablet leaves a pharmacy, a volume is measured as it is."""
    return tuple(
        SuppliedCount(product=exact.product, count=pieces_for(exact.product, exact.count, protocols))
        for exact in planned
    )


def planned_products(chart: ChartLike, *, leaves_at: datetime, days: int) -> tuple[SuppliedCount, ...]:
    """The products that the signed plan needs for these days; empty when no plan is in force."""
    if chart.signed is None or chart.standing.suspensions:
        return ()
    first = leaves_at.astimezone(chart.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    steps = []
    for offset in range(days + 1):
        midnight = first + timedelta(days=offset)
        step = chart.signed.step_on(midnight.date())
        if step is not None:
            steps.append((midnight, step))
    return products_for(steps, chart.unit.zone, after=leaves_at, days=days)
