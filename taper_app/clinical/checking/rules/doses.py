"""Each dose: measurable, made exactly from listed products, adding up to the day."""

from __future__ import annotations

from collections import Counter

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.makeable import pieces_in
from taper_app.clinical.checking.numbers import PER_ONE, exact_units
from taper_app.clinical.checking.shapes import DoseRead, PieceRead, StepRead
from taper_app.clinical.checking.shelf import OnTheShelf
from taper_app.clinical.checking.wording import mg, number
from taper_app.clinical.quantities import LARGEST_INPUT_MG

_LARGEST = exact_units(LARGEST_INPUT_MG)


def judge_doses(case: Case) -> None:
    for number_ in case.plan.too_fine:
        case.findings.violated(
            "dose-valid", number_.step, f"{number_.text} ({number_.path}) is finer than 0.0001 and cannot be measured."
        )
    for place, step in enumerate(case.plan.steps):
        _judge_daily_sum(case, step)
        _judge_repeats(case, step)
        for dose in step.doses:
            _judge_amount(case, step, dose)
            _judge_pieces(case, place, dose)
    if case.products is None:
        case.findings.not_judged("Which products may be used is not said: the plan has no request.")


def _judge_amount(case: Case, step: StepRead, dose: DoseRead) -> None:
    if dose.medicine not in case.protocols.medicines:
        case.findings.violated(
            "medicine-unknown", step.number, f"No medicine file has {dose.medicine}; its doses cannot be judged."
        )
    if dose.units > _LARGEST:
        case.findings.violated(
            "dose-valid", step.number, f"{mg(dose.units)} at {dose.time} is more than 1000 mg; check the unit."
        )


def _judge_repeats(case: Case, step: StepRead) -> None:
    rows = [(dose.time, dose.medicine) for dose in step.doses]
    if len(rows) == len(set(rows)):
        return
    for (time, medicine), times in Counter(rows).items():
        if times > 1:
            case.findings.violated(
                "dose-repeated", step.number, f"{medicine} at {time} stands {times} times; one row is one dose."
            )


def _judge_daily_sum(case: Case, step: StepRead) -> None:
    said, given = step.daily, step.amounts
    if said is None:
        case.findings.not_judged(f"Step {step.number} does not say its daily dose (daily_mg).")
        return
    if said == given:
        return
    for medicine in sorted({*given, *said}):
        if said.get(medicine, 0) != given.get(medicine, 0):
            case.findings.violated(
                "daily-sum",
                step.number,
                f"The doses of {medicine} add up to {mg(given.get(medicine, 0))} a day,"
                f" not to {mg(said.get(medicine, 0))}.",
            )


def _judge_pieces(case: Case, place: int, dose: DoseRead) -> None:
    step = case.plan.steps[place]
    if dose.pieces is None:
        case.findings.not_judged(f"Step {step.number} does not say the pieces of the dose at {dose.time}.")
        return
    known: list[tuple[PieceRead, OnTheShelf]] = []
    for piece in dose.pieces:
        product = case.shelf.product(piece.product)
        if product is None:
            case.findings.violated("product-unknown", step.number, f"No medicine file has the product {piece.product}.")
            continue
        known.append((piece, product))
        _judge_piece(case, place, dose, piece, product)
    if len(known) < len(dose.pieces):
        return
    made = sum(piece.amount * product.strength for piece, product in known)
    if made != dose.units * PER_ONE:
        case.findings.violated(
            "pieces-sum", step.number, f"The pieces at {dose.time} make {mg(made // PER_ONE)}, not {mg(dose.units)}."
        )
    _judge_liquids(case, place, dose, known)
    _judge_handling(case, place, dose, known)


def _judge_piece(case: Case, place: int, dose: DoseRead, piece: PieceRead, product: OnTheShelf) -> None:
    step = case.plan.steps[place]
    if product.stocked.medicine != dose.medicine:
        case.findings.violated("product-of-another-medicine", step.number, f"{piece.product} is no {dose.medicine}.")
    if not product.is_listed and not case.is_past(place):
        case.findings.violated(
            "product-not-listed", step.number, f"{piece.product} is not among the products of the request."
        )
    if piece.amount <= 0:
        case.findings.violated("piece-count", step.number, f"{piece.product} is counted {number(piece.amount)} times.")
    if product.is_liquid:
        if piece.amount < product.least:
            case.findings.violated(
                "liquid-volume",
                step.number,
                f"{number(piece.amount)} mL of {piece.product} cannot be measured:"
                f" {number(product.least)} mL is the least.",
            )
    elif piece.amount * product.parts % PER_ONE:
        allowed = {1: "only whole pieces", 2: "halves", 4: "quarters"}[product.parts]
        case.findings.violated(
            "piece-not-splittable",
            step.number,
            f"{number(piece.amount)} of {piece.product} cannot be given: {allowed} are allowed.",
        )


def _judge_liquids(case: Case, place: int, dose: DoseRead, known: list[tuple[PieceRead, OnTheShelf]]) -> None:
    step = case.plan.steps[place]
    liquids = [product for _, product in known if product.is_liquid]
    if not liquids:
        return
    if len(liquids) > 1:
        case.findings.violated(
            "liquid-twice",
            step.number,
            f"The dose at {dose.time} has {len(liquids)} volumes of liquid; one is the most.",
        )
    solid = None if case.is_past(place) else case.makeable(dose.medicine, place, with_liquids=False)
    if solid is not None and solid.can_make(dose.units):
        case.findings.violated(
            "liquid-not-needed",
            step.number,
            f"Tablets alone make the {mg(dose.units)} at {dose.time}; no liquid is needed.",
        )


def _judge_handling(case: Case, place: int, dose: DoseRead, known: list[tuple[PieceRead, OnTheShelf]]) -> None:
    pieces = sum(pieces_in(piece.amount, is_liquid=product.is_liquid) for piece, product in known)
    if pieces <= case.limits.pieces_per_dose:
        return
    if case.is_past(place):
        most = case.limits.pieces_per_dose_when_needed_now
    else:
        most = case.pieces_per_dose(dose.medicine, place)
    if pieces > most:
        case.findings.violated(
            "pieces-per-dose",
            case.plan.steps[place].number,
            f"The dose at {dose.time} takes {pieces} pieces; at most {most} are handled at one time.",
        )
