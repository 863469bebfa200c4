"""What a plan says it was asked for: current use, pace, products, setting and patient."""

from __future__ import annotations

from taper_app.clinical.checking.fields import JsonTable
from taper_app.clinical.checking.names import MedicineNames
from taper_app.clinical.checking.shapes import (
    NON_PRESCRIBED,
    PRESCRIBED,
    REPORTED,
    CurrentDoseRead,
    PatientRead,
    RequestRead,
    SupplyRead,
)

ANSWERS = ("yes", "no", "not_assessed")
#: The facts of a patient that are answered with yes, no or not assessed.
ANSWERED_FACTS = (
    "use_verified",
    "seizure_history",
    "taken_for_epilepsy",
    "hepatic_impairment",
    "pregnant",
    "opioid_co_use",
    "alcohol_co_use",
)
_SPLITS = ("none", "half", "quarter")
_SETTINGS = ("community", "inpatient")
_DAYS_OF_PICK_UP = {"daily": 1, "weekly": 7, "fortnightly": 14}
_ORIGINS = (PRESCRIBED, REPORTED, NON_PRESCRIBED)


def read_request(table: JsonTable, names: MedicineNames) -> RequestRead:
    taper_drug = table.text("taper_drug")
    split = table.text("split")
    if split is not None and split not in _SPLITS:
        table.fault("split", "split must be none, half or quarter.")
    setting = table.text("setting") or "community"
    if setting not in _SETTINGS:
        table.fault("setting", "setting must be community or inpatient.")
    current = tuple(dose for each in table.tables("current") or () if (dose := _current_dose(each, names)) is not None)
    drugs = {dose.medicine for dose in current}
    return RequestRead(
        current=current,
        protocol=table.text("protocol"),
        taper_medicine=names.id_of(taper_drug) if taper_drug else next(iter(drugs)) if len(drugs) == 1 else None,
        equivalence=table.text("equivalence"),
        start_on=table.day("start_on"),
        cut_percent=table.exact_number("cut_percent"),
        start_fraction_percent=table.exact_number("start_fraction_percent"),
        ends_by=table.day("ends_by"),
        cut_mg=table.number("cut_mg"),
        every_days=table.whole("every_days"),
        longest_step_days=table.whole("longest_step_days"),
        target_daily=table.number("target_daily_mg") or 0,
        times=table.texts("times"),
        split=split,
        products=table.texts("products"),
        setting=setting,
        supply=_supply(table),
        patient=_patient(table.table("patient")),
        override_reason=(table.text("override_reason") or "").strip() or None,
    )


def _current_dose(table: JsonTable, names: MedicineNames) -> CurrentDoseRead | None:
    time = table.required("time", table.time)
    medicine = table.required("drug", table.text)
    units = table.required("mg", table.number)
    origin = table.text("source") or PRESCRIBED
    if origin not in _ORIGINS:
        table.fault("source", f"source must be one of {', '.join(_ORIGINS)}.")
    if time is None or medicine is None or units is None:
        return None
    return CurrentDoseRead(time, names.id_of(medicine), units, origin, medicine)


def _supply(table: JsonTable) -> SupplyRead:
    pick_up, at_most = table.text("pick_up"), table.whole("max_supply_days")
    if pick_up is not None and pick_up not in _DAYS_OF_PICK_UP:
        table.fault("pick_up", f"pick up must be one of {', '.join(_DAYS_OF_PICK_UP)}.")
    if at_most == 0:
        table.fault("max_supply_days", "max supply days must be at least 1.")
    lines = table.tables("stock")
    stock: dict[str, int] = {}
    for line in lines or ():
        product, count = line.required("product", line.text), line.required("count", line.number)
        if product is not None and count is not None:
            stock[product] = stock.get(product, 0) + count
    asked = [days for days in (_DAYS_OF_PICK_UP.get(pick_up or ""), at_most) if days]
    return SupplyRead(bool(asked) or lines is not None, min(asked, default=None), stock)


def _patient(table: JsonTable | None) -> PatientRead:
    if table is None:
        return PatientRead(None, None, dict.fromkeys(ANSWERED_FACTS, "not_assessed"), None, None, None)
    answers: dict[str, str] = {}
    for name in ANSWERED_FACTS:
        answers[name] = table.text(name) or "not_assessed"
        if answers[name] not in ANSWERS:
            table.fault(name, f"{name.replace('_', ' ')} must be yes, no or not_assessed.")
    return PatientRead(
        age_years=table.whole("age_years"),
        months_of_use=table.whole("months_of_use"),
        answers=answers,
        other_sedatives=table.texts("other_sedatives"),
        specialist=(table.text("specialist") or "").strip() or None,
        obstetric_contact=(table.text("obstetric_contact") or "").strip() or None,
    )
