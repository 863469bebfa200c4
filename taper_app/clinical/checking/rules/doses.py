"""Each dose: on the grid, made exactly from listed products, adding up to the day."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.makeable import parts_of, pieces_in
from taper_app.clinical.checking.shapes import DoseRead, PieceRead, StepRead
from taper_app.clinical.checking.wording import mg, number
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import LARGEST_INPUT_MG, TENTH_MCG_PER_MG


def judge_doses(case: Case) -> None:
    for index, step in enumerate(case.plan.steps):
        _judge_daily_sum(case, step)
        _judge_repeats(case, step)
        for dose in step.doses:
            _judge_amount(case, step, dose)
            _judge_pieces(case, index, step, dose)
    if case.products is None:
        case.findings.not_judged("Which products may be used is not said: the plan has no request.")


def _judge_amount(case: Case, step: StepRead, dose: DoseRead) -> None:
    if case.protocols.medicines.get(dose.medicine) is None:
        case.findings.violated(
            "medicine-unknown", step.number, f"No medicine file has {dose.medicine}; its doses cannot be judged."
        )
    if not _is_on_grid(dose.mg):
        case.findings.violated(
            "dose-valid", step.number, f"{mg(dose.mg)} at {dose.time} is finer than 0.0001 mg and cannot be measured."
        )
    if dose.mg > LARGEST_INPUT_MG:
        case.findings.violated(
            "dose-valid", step.number, f"{mg(dose.mg)} at {dose.time} is more than 1000 mg; check the unit."
        )


def _judge_repeats(case: Case, step: StepRead) -> None:
    for (time, medicine), times in Counter((dose.time, dose.medicine) for dose in step.doses).items():
        if times > 1:
            case.findings.violated(
                "dose-repeated", step.number, f"{medicine} at {time} stands {times} times; one row is one dose."
            )


def _judge_daily_sum(case: Case, step: StepRead) -> None:
    if step.daily_mg is None:
        case.findings.not_judged(f"Step {step.number} does not say its daily dose (daily_mg).")
        return
    given = step.amounts
    for medicine in sorted(set(given) | set(step.daily_mg)):
        said, summed = step.daily_mg.get(medicine, Fraction(0)), given.get(medicine, Fraction(0))
        if said != summed:
            case.findings.violated(
                "daily-sum", step.number, f"The doses of {medicine} add up to {mg(summed)} a day, not to {mg(said)}."
            )


def _judge_pieces(case: Case, index: int, step: StepRead, dose: DoseRead) -> None:
    if dose.pieces is None:
        case.findings.not_judged(f"Step {step.number} does not say the pieces of the dose at {dose.time}.")
        return
    known: list[tuple[PieceRead, StockedProduct]] = []
    for piece in dose.pieces:
        stocked = _judged_product(case, step, dose, piece)
        if stocked is not None:
            known.append((piece, stocked))
            _judge_count(case, step, piece, stocked)
    if len(known) < len(dose.pieces):
        return
    made = sum((piece.count * Fraction(stocked.product.strength_mg) for piece, stocked in known), Fraction(0))
    if made != dose.mg:
        case.findings.violated(
            "pieces-sum", step.number, f"The pieces at {dose.time} make {mg(made)}, not {mg(dose.mg)}."
        )
    _judge_liquids(case, index, step, dose, known)
    pieces = sum(pieces_in(piece.count, is_liquid=_is_liquid(stocked)) for piece, stocked in known)
    most = case.pieces_per_dose(dose.medicine, index)
    if pieces > most:
        case.findings.violated(
            "pieces-per-dose",
            step.number,
            f"The dose at {dose.time} takes {pieces} pieces; at most {most} are handled at one time.",
        )


def _judged_product(case: Case, step: StepRead, dose: DoseRead, piece: PieceRead) -> StockedProduct | None:
    stocked = case.protocols.product(piece.product)
    if stocked is None:
        case.findings.violated("product-unknown", step.number, f"No medicine file has the product {piece.product}.")
        return None
    if stocked.medicine != dose.medicine:
        case.findings.violated("product-of-another-medicine", step.number, f"{piece.product} is no {dose.medicine}.")
    if case.products is not None and stocked.id not in {listed.id for listed in case.products}:
        case.findings.violated(
            "product-not-listed", step.number, f"{piece.product} is not among the products of the request."
        )
    return stocked


def _judge_count(case: Case, step: StepRead, piece: PieceRead, stocked: StockedProduct) -> None:
    if piece.count <= 0:
        case.findings.violated("piece-count", step.number, f"{piece.product} is counted {number(piece.count)} times.")
    if _is_liquid(stocked):
        smallest = Fraction(stocked.product.smallest_ml or 0)
        if piece.count < smallest:
            case.findings.violated(
                "liquid-volume",
                step.number,
                f"{number(piece.count)} mL of {piece.product} cannot be measured: {number(smallest)} mL is the least.",
            )
        return
    parts = parts_of(stocked, case.split)
    if (piece.count * parts).denominator != 1:
        allowed = {1: "only whole pieces", 2: "halves", 4: "quarters"}[parts]
        case.findings.violated(
            "piece-not-splittable",
            step.number,
            f"{number(piece.count)} of {piece.product} cannot be given: {allowed} are allowed.",
        )


def _judge_liquids(
    case: Case, index: int, step: StepRead, dose: DoseRead, known: list[tuple[PieceRead, StockedProduct]]
) -> None:
    liquids = [stocked for _, stocked in known if _is_liquid(stocked)]
    if len(liquids) > 1:
        case.findings.violated(
            "liquid-twice",
            step.number,
            f"The dose at {dose.time} has {len(liquids)} volumes of liquid; one is the most.",
        )
    solid = case.makeable(dose.medicine, index, with_liquids=False)
    if liquids and solid is not None and _is_on_grid(dose.mg) and solid.can_make(dose.mg):
        case.findings.violated(
            "liquid-not-needed",
            step.number,
            f"Tablets alone make the {mg(dose.mg)} at {dose.time}; no liquid is needed.",
        )


def _is_on_grid(dose: Fraction) -> bool:
    return (dose * TENTH_MCG_PER_MG).denominator == 1


def _is_liquid(stocked: StockedProduct) -> bool:
    return stocked.product.form is Form.LIQUID
