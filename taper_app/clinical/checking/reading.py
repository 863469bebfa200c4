"""From untrusted JSON to ``PlanRead``: unknown keys are ignored, an unreadable value refuses the whole plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from taper_app.clinical.checking.fields import FaultList, JsonTable, plain_text, plain_units
from taper_app.clinical.checking.names import MedicineNames
from taper_app.clinical.checking.reading_request import read_request
from taper_app.clinical.checking.shapes import (
    KINDS,
    Amounts,
    DispenseRead,
    DoseRead,
    EquivalentsRead,
    PieceRead,
    PlanRead,
    ProtocolRead,
    StepRead,
    WarningRead,
    amounts_of,
    by_time,
    slots_of,
)
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.protocol.library import Protocols

SEVERITIES = ("info", "warn", "sign")
_MOST_STEPS = 2_000


def read_plan(plan: object, protocols: Protocols) -> PlanRead:
    """The plan with medicine names made one (brand to generic); raises InputRefused with every fault."""
    faults = FaultList()
    table = faults.table("", plan)
    read = _plan(table, MedicineNames(protocols)) if table is not None else None
    if read is None or faults.faults:
        raise InputRefused(faults.faults)
    return read


def _plan(table: JsonTable, names: MedicineNames) -> PlanRead | None:
    if table.has("refused") and not table.has("steps"):
        table.fault("steps", "This is a refusal, not a plan; give a plan that has steps.")
        return None
    step_tables = table.required("steps", table.tables)
    if step_tables is not None and not 1 <= len(step_tables) <= _MOST_STEPS:
        table.fault("steps", f"A plan has from 1 to {_MOST_STEPS} steps.")
        return None
    steps = [_step(index, each, names) for index, each in enumerate(step_tables or ())]
    request_table = table.table("request")
    return PlanRead(
        schema=table.whole("schema"),
        request=read_request(request_table, names) if request_table is not None else None,
        protocol=_protocol(table.table("protocol")),
        says_equivalence=table.has("equivalence"),
        equivalence=table.text("equivalence"),
        starting_daily=_amounts(table, "starting_daily_mg", names),
        starts_on=table.day("starts_on"),
        says_first_day_without_drug=table.has("first_day_without_drug"),
        first_day_without_drug=table.day("first_day_without_drug"),
        steps=tuple(step for step in steps if step is not None),
        last_reasons=_reasons(step_tables[-1]) if step_tables else (),
        dispense=_dispense(table),
        warnings=_warnings(table),
        changed_on=_changed_on(table),
        too_fine=tuple(table.faults.too_fine),
    )


def _step(index: int, table: JsonTable, names: MedicineNames) -> StepRead | None:
    number = table.whole("number")
    kind = table.required("kind", table.text)
    if kind is not None and kind not in KINDS:
        table.fault("kind", f"kind must be one of {', '.join(sorted(KINDS))}.")
    starts_on = table.required("starts_on", table.day)
    days = table.required("days", table.whole)
    dose_tables = table.required("doses", table.tables)
    doses = [_dose(each, names) for each in dose_tables or ()]
    if starts_on is None:
        return None
    slots = slots_of((dose.time, dose.medicine, dose.units) for dose in doses if dose is not None)
    return StepRead(
        number=index + 1 if number is None else number,
        is_numbered=number is not None,
        kind=kind or "",
        starts_on=starts_on,
        days=days or 0,
        says_target=table.has("target_daily_mg"),
        target_daily=table.number("target_daily_mg"),
        daily=_amounts(table, "daily_mg", names),
        equivalents=_equivalents(table.table("diazepam_equivalent_mg")),
        cut_percent_of_current=table.signed_number("cut_percent_of_current"),
        cut_percent_of_start=table.signed_number("cut_percent_of_start"),
        doses=tuple(dose for dose in doses if dose is not None),
        slots=slots,
        amounts=amounts_of(slots),
        times=by_time(slots),
    )


def _dose(table: JsonTable, names: MedicineNames) -> DoseRead | None:
    time = table.required("time", table.time)
    medicine = table.required("drug", table.text)
    units = table.required("mg", table.number)
    pieces = _pieces(table)
    if time is None or medicine is None or units is None:
        return None
    return DoseRead(time, names.id_of(medicine), units, pieces)


def _pieces(table: JsonTable) -> tuple[PieceRead, ...] | None:
    """Plainly written pieces, which are most of a plan, are taken at once; others field by field, with their faults."""
    rows = table.values.get("pieces")
    if isinstance(rows, list):
        plain = [_plain_piece(row) for row in rows]
        if None not in plain:
            return tuple(piece for piece in plain if piece is not None)
    tables = table.tables("pieces")
    if tables is None:
        return None
    return tuple(piece for each in tables if (piece := _piece(each)) is not None)


def _plain_piece(row: object) -> PieceRead | None:
    if type(row) is not dict:
        return None
    product, count = plain_text(row.get("product")), plain_units(row.get("count"))
    return PieceRead(product, count) if product is not None and count is not None else None


def _piece(table: JsonTable) -> PieceRead | None:
    product, count = table.required("product", table.text), table.required("count", table.number)
    return None if product is None or count is None else PieceRead(product, count)


def _reasons(table: JsonTable) -> tuple[str, ...]:
    return tuple(row.text("text") or "" for row in table.tables("reasons") or ())


def _protocol(table: JsonTable | None) -> ProtocolRead | None:
    if table is None:
        return None
    protocol_id = table.required("id", table.text)
    return ProtocolRead(protocol_id or "", table.text("version"), table.text("sha256"))


def _equivalents(table: JsonTable | None) -> EquivalentsRead | None:
    if table is None:
        return None
    return EquivalentsRead(table.number("low"), table.number("chosen"), table.number("high"))


def _dispense(table: JsonTable) -> tuple[DispenseRead, ...] | None:
    rows = table.tables("dispense")
    if rows is None:
        return None
    found: list[DispenseRead] = []
    for row in rows:
        product = row.required("product", row.text)
        count = row.required("count", row.number)
        first, last = row.required("from", row.day), row.required("to", row.day)
        if product is not None and count is not None and first is not None and last is not None:
            found.append(DispenseRead(product, count, first, last))
    return tuple(found)


def _warnings(table: JsonTable) -> tuple[WarningRead, ...] | None:
    rows = table.tables("warnings")
    return None if rows is None else tuple(_warning(row) for row in rows)


def _warning(row: JsonTable) -> WarningRead:
    severity = row.required("severity", row.text)
    if severity is not None and severity not in SEVERITIES:
        row.fault("severity", f"severity must be one of {', '.join(SEVERITIES)}.")
    return WarningRead(row.text("code") or "", severity or "", row.whole("step"), row.text("message") or "")


def _changed_on(table: JsonTable) -> date | None:
    amends = table.table("amends")
    change = amends.table("change") if amends is not None else None
    return change.day("on") if change is not None else None


def _amounts(table: JsonTable, name: str, names: MedicineNames) -> Amounts | None:
    numbers = table.numbers_by_name(name)
    return None if numbers is None else _by_medicine(numbers, names)


def _by_medicine(numbers: Mapping[str, int], names: MedicineNames) -> Amounts:
    """By the medicine's id; two names of the same medicine add up, zeros are left out."""
    totals: dict[str, int] = {}
    for drug, amount in numbers.items():
        if amount:
            medicine = names.id_of(drug)
            totals[medicine] = totals.get(medicine, 0) + amount
    return totals
