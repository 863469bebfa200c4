"""Two candidate plans side by side: the figures that a prescriber weighs them by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from taper_app.clinical.planning.answer import Pieces, Plan, Step, StepKind
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Form


@dataclass(frozen=True, slots=True)
class CandidateFigures:
    """Read off a plan. The biggest cut is in percent of the dose before it; the stop, always 100 %, is left out."""

    last_change_on: date
    first_day_without_drug: date | None
    days: int
    steps: int
    biggest_cut: Step | None
    most_pieces_a_day: int
    codes_to_sign: tuple[str, ...]
    products: tuple[str, ...]


def figures_of(plan: Plan, protocols: Protocols) -> CandidateFigures:
    """The figures of one candidate; a plan that still explains itself from an older library counts as well."""
    cuts = [step for step in plan.steps if step.kind is StepKind.CUT]
    last = plan.steps[-1]
    return CandidateFigures(
        last_change_on=last.starts_on,
        first_day_without_drug=plan.first_day_without_drug,
        days=(last.starts_on - plan.starts_on).days + last.days,
        steps=len(plan.steps),
        biggest_cut=max(cuts, key=lambda step: (step.cut_percent_of_current, -step.number), default=None),
        most_pieces_a_day=max(_pieces_a_day(step, protocols) for step in plan.steps),
        codes_to_sign=plan.codes_to_sign,
        products=tuple(dict.fromkeys(piece.product for step in plan.steps for piece in _pieces(step))),
    )


def _pieces(step: Step) -> Iterator[Pieces]:
    return (piece for dose in step.doses for piece in dose.pieces)


def _pieces_a_day(step: Step, protocols: Protocols) -> int:
    """Pieces that are handled in a day: half a tablet is one, three quarters are two, a liquid is none."""
    return sum(_handled(piece.count) for piece in _pieces(step) if not _is_liquid(piece.product, protocols))


def _handled(count: Decimal) -> int:
    whole, quarters = divmod(int(count * 4), 4)
    return whole + (0, 1, 1, 2)[quarters]


def _is_liquid(product: str, protocols: Protocols) -> bool:
    stocked = protocols.product(product)
    return stocked is not None and stocked.product.form is Form.LIQUID
