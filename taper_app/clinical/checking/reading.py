"""From untrusted JSON to ``PlanRead``: unknown keys are ignored, an unreadable value refuses the whole plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from taper_app.clinical.checking.fields import FaultList, JsonTable
from taper_app.clinical.checking.shapes import (
    KINDS,
    Amounts,
    CurrentDoseRead,
    DispenseRead,
    DoseRead,
    EquivalentsRead,
    PatientRead,
    PieceRead,
    PlanRead,
    ProtocolRead,
    RequestRead,
    StepRead,
    WarningRead,
)
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.protocol.library import Protocols

SEVERITIES = ("info", "warn", "sign")
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
_MOST_STEPS = 2_000


def read_plan(plan: object, protocols: Protocols) -> PlanRead:
    """The plan with medicine names made one (brand to generic); raises InputRefused with every fault."""
    faults = FaultList()
    table = faults.table("", plan)
    read = _Reader(protocols).plan(table) if table is not None else None
    if read is None or faults.faults:
        raise InputRefused(faults.faults)
    return read


class _Reader:
    def __init__(self, protocols: Protocols) -> None:
        self._protocols = protocols

    def plan(self, table: JsonTable) -> PlanRead | None:
        if table.has("refused") and not table.has("steps"):
            table.fault("steps", "This is a refusal, not a plan; give a plan that has steps.")
            return None
        step_tables = table.required("steps", table.tables)
        if step_tables is not None and not 1 <= len(step_tables) <= _MOST_STEPS:
            table.fault("steps", f"A plan has from 1 to {_MOST_STEPS} steps.")
            return None
        steps = [self.step(index, each) for index, each in enumerate(step_tables or ())]
        request_table = table.table("request")
        return PlanRead(
            request=self.request(request_table) if request_table is not None else None,
            protocol=self.protocol(table.table("protocol")),
            says_equivalence=table.has("equivalence"),
            equivalence=table.text("equivalence"),
            starting_daily_mg=self.amounts(table, "starting_daily_mg"),
            starts_on=table.day("starts_on"),
            says_first_day_without_drug=table.has("first_day_without_drug"),
            first_day_without_drug=table.day("first_day_without_drug"),
            steps=tuple(step for step in steps if step is not None),
            dispense=self.dispense(table),
            warnings=self.warnings(table),
            changed_on=self.changed_on(table),
        )

    def step(self, index: int, table: JsonTable) -> StepRead | None:
        number = table.whole("number")
        kind = table.required("kind", table.text)
        if kind is not None and kind not in KINDS:
            table.fault("kind", f"kind must be one of {', '.join(KINDS)}.")
        starts_on = table.required("starts_on", table.day)
        days = table.required("days", table.whole)
        dose_tables = table.required("doses", table.tables)
        doses = [self.dose(each) for each in dose_tables or ()]
        if starts_on is None:
            return None
        return StepRead(
            number=index + 1 if number is None else number,
            is_numbered=number is not None,
            kind=kind or "",
            starts_on=starts_on,
            days=days or 0,
            says_target=table.has("target_daily_mg"),
            target_daily_mg=table.number("target_daily_mg"),
            daily_mg=self.amounts(table, "daily_mg"),
            equivalents=self.equivalents(table.table("diazepam_equivalent_mg")),
            cut_percent_of_current=table.signed_number("cut_percent_of_current"),
            cut_percent_of_start=table.signed_number("cut_percent_of_start"),
            doses=tuple(dose for dose in doses if dose is not None),
        )

    def dose(self, table: JsonTable) -> DoseRead | None:
        time = table.required("time", table.time)
        medicine = table.required("drug", table.text)
        mg = table.required("mg", table.number)
        piece_tables = table.tables("pieces")
        pieces: list[PieceRead] = []
        for each in piece_tables or ():
            product = each.required("product", each.text)
            count = each.required("count", each.number)
            if product is not None and count is not None:
                pieces.append(PieceRead(product, count))
        if time is None or medicine is None or mg is None:
            return None
        return DoseRead(time, self.medicine(medicine), mg, None if piece_tables is None else tuple(pieces))

    def request(self, table: JsonTable) -> RequestRead:
        taper_drug = table.text("taper_drug")
        patient_table = table.table("patient")
        split = table.text("split")
        if split not in (None, "none", "half", "quarter"):
            table.fault("split", "split must be none, half or quarter.")
        setting = table.text("setting") or "community"
        if setting not in ("community", "inpatient"):
            table.fault("setting", "setting must be community or inpatient.")
        current = tuple(dose for each in table.tables("current") or () if (dose := self.current_dose(each)) is not None)
        drugs = {dose.medicine for dose in current}
        return RequestRead(
            current=current,
            protocol=table.text("protocol"),
            taper_medicine=self.medicine(taper_drug) if taper_drug else next(iter(drugs)) if len(drugs) == 1 else None,
            equivalence=table.text("equivalence"),
            start_on=table.day("start_on"),
            cut_percent=table.number("cut_percent"),
            cut_mg=table.number("cut_mg"),
            every_days=table.whole("every_days"),
            longest_step_days=table.whole("longest_step_days"),
            target_daily_mg=table.number("target_daily_mg") or Fraction(0),
            times=table.texts("times"),
            split=split,
            products=table.texts("products"),
            setting=setting,
            patient=self.patient(patient_table),
            override_reason=(table.text("override_reason") or "").strip() or None,
        )

    def current_dose(self, table: JsonTable) -> CurrentDoseRead | None:
        time = table.required("time", table.time)
        medicine = table.required("drug", table.text)
        mg = table.required("mg", table.number)
        if time is None or medicine is None or mg is None:
            return None
        return CurrentDoseRead(time, self.medicine(medicine), mg)

    def patient(self, table: JsonTable | None) -> PatientRead:
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

    def protocol(self, table: JsonTable | None) -> ProtocolRead | None:
        if table is None:
            return None
        protocol_id = table.required("id", table.text)
        return ProtocolRead(protocol_id or "", table.text("version"), table.text("sha256"))

    def equivalents(self, table: JsonTable | None) -> EquivalentsRead | None:
        if table is None:
            return None
        return EquivalentsRead(table.number("low"), table.number("chosen"), table.number("high"))

    def dispense(self, table: JsonTable) -> tuple[DispenseRead, ...] | None:
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

    def warnings(self, table: JsonTable) -> tuple[WarningRead, ...] | None:
        rows = table.tables("warnings")
        if rows is None:
            return None
        found: list[WarningRead] = []
        for row in rows:
            severity = row.required("severity", row.text)
            if severity is not None and severity not in SEVERITIES:
                row.fault("severity", f"severity must be one of {', '.join(SEVERITIES)}.")
            found.append(
                WarningRead(row.text("code") or "", severity or "", row.whole("step"), row.text("message") or "")
            )
        return tuple(found)

    def changed_on(self, table: JsonTable) -> date | None:
        amends = table.table("amends")
        change = amends.table("change") if amends is not None else None
        return change.day("on") if change is not None else None

    def amounts(self, table: JsonTable, name: str) -> Amounts | None:
        numbers = table.numbers_by_name(name)
        if numbers is None:
            return None
        totals: dict[str, Fraction] = {}
        for drug, mg in numbers.items():
            medicine = self.medicine(drug)
            totals[medicine] = totals.get(medicine, Fraction(0)) + mg
        return without_zeros(totals)

    def medicine(self, text: str) -> str:
        """The medicine's id when a file has it, else the text as written (a rule names it as unknown)."""
        known = self._protocols.medicine_named(text)
        return known.id if known is not None else text.strip()


def without_zeros(amounts: Mapping[str, Fraction]) -> Amounts:
    return {medicine: mg for medicine, mg in amounts.items() if mg}
