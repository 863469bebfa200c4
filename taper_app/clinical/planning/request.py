"""What a prescriber asks for: the request of ``taper plan``, exactly as it travels."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from taper_app.clinical.answers import Answer
from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.faults import faults_of
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Split
from taper_app.clinical.quantities import Milligrams, PlainNumber
from taper_app.clinical.records import Frozen

EARLIEST_START = date(2000, 1, 1)
LATEST_START = date(2200, 12, 31)
#: A start further back than this is taken for a slip of the keyboard (an input limit, not a clinical one).
OLDEST_START_DAYS = 31
MOST_TIMES = 4


def _clock_time(text: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise ValueError("Write the time as 08:00 or 20:00.")
    return text


ClockTime = Annotated[str, AfterValidator(_clock_time)]


def _iso_date(written: object) -> object:
    """Only ``2027-01-11``: a bare number would be read as seconds since 1970."""
    if isinstance(written, date) or (isinstance(written, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", written, re.ASCII)):
        return written
    raise ValueError("Write the date like 2027-01-11.")


IsoDate = Annotated[date, BeforeValidator(_iso_date)]
WholeNumber = Annotated[int, Field(strict=True)]


class UseSource(StrEnum):
    PRESCRIBED = "prescribed"
    REPORTED = "reported"
    NON_PRESCRIBED = "non_prescribed"


class Setting(StrEnum):
    """Where the taper runs: ``INPATIENT`` begins by keeping the present dose for some days."""

    INPATIENT = "inpatient"
    COMMUNITY = "community"


class CurrentDose(Frozen):
    """One dose of what the patient takes now."""

    drug: str = Field(min_length=1, max_length=80)
    mg: Milligrams = Field(gt=0)
    time: ClockTime
    source: UseSource = UseSource.PRESCRIBED


class PatientFacts(Frozen):
    """What a plan needs to know of the patient. Not assessed is the default and never counts as no."""

    age_years: WholeNumber | None = Field(default=None, ge=0, le=130)
    months_of_use: WholeNumber | None = Field(default=None, ge=0, le=1200)
    use_verified: Answer = Answer.NOT_ASSESSED
    seizure_history: Answer = Answer.NOT_ASSESSED
    taken_for_epilepsy: Answer = Answer.NOT_ASSESSED
    hepatic_impairment: Answer = Answer.NOT_ASSESSED
    pregnant: Answer = Answer.NOT_ASSESSED
    opioid_co_use: Answer = Answer.NOT_ASSESSED
    alcohol_co_use: Answer = Answer.NOT_ASSESSED
    other_sedatives: tuple[Annotated[str, Field(min_length=1, max_length=80)], ...] | None = None
    specialist: str | None = Field(default=None, max_length=120)
    obstetric_contact: str | None = Field(default=None, max_length=120)

    def not_assessed(self) -> tuple[str, ...]:
        """The facts nobody asked about, in plain words."""
        words = {
            "age_years": "age",
            "months_of_use": "months of use",
            "use_verified": "whether the use was verified",
            "seizure_history": "seizure history",
            "taken_for_epilepsy": "whether it is taken for epilepsy",
            "hepatic_impairment": "liver impairment",
            "pregnant": "pregnancy",
            "opioid_co_use": "opioid use",
            "alcohol_co_use": "alcohol use",
            "other_sedatives": "other sedatives",
        }
        return tuple(text for name, text in words.items() if getattr(self, name) in (None, Answer.NOT_ASSESSED))


class PlanRequest(Frozen):
    """The request as it was written; ``settle`` fills the defaults in."""

    current: tuple[CurrentDose, ...] = Field(min_length=1, max_length=24)
    protocol: str
    taper_drug: str | None = None
    equivalence: str | None = None
    start_on: IsoDate
    cut_percent: PlainNumber | None = None
    cut_mg: Milligrams | None = None
    every_days: WholeNumber | None = Field(default=None, ge=1, le=365)
    longest_step_days: WholeNumber | None = Field(default=None, ge=1, le=365)
    target_daily_mg: Milligrams = Decimal(0)
    times: tuple[ClockTime, ...] | None = Field(default=None, min_length=1, max_length=MOST_TIMES)
    split: Split = Split.HALF
    products: tuple[str, ...] | None = Field(default=None, min_length=1)
    setting: Setting = Setting.COMMUNITY
    patient: PatientFacts = PatientFacts()
    override_reason: str | None = Field(default=None, max_length=400)

    def as_json(self) -> dict[str, Any]:
        """As it travels: what does not apply (the other model's cut, no override reason) is left out."""
        written = self.model_dump(mode="json")
        may_be_absent = ("cut_percent", "cut_mg", "longest_step_days", "override_reason", "products", "times")
        return {name: value for name, value in written.items() if value is not None or name not in may_be_absent}


def parse_request(written: object, protocols: Protocols, *, today: date | None = None) -> PlanRequest:
    """The request, checked on its own and against the protocol files.

    Raises InputRefused with every fault. ``today`` judges a start date far in the past; without it no clock
    is consulted.
    """
    if not isinstance(written, dict):
        raise InputRefused([Fault("", "The request must be a JSON object with current, protocol and start_on.")])
    try:
        request = PlanRequest.model_validate(written)
    except ValidationError as error:
        faults = _without_consequences(faults_of(error))
        raise InputRefused([*faults, *_faults_beside(written, faults, protocols, today)]) from None
    if faults := _faults_of(request, protocols, today):
        raise InputRefused(faults)
    return request


def _faults_of(request: PlanRequest, protocols: Protocols, today: date | None) -> list[Fault]:
    return [*_faults_against_protocols(request, protocols), *_faults_of_dates(request, today)]


def _without_consequences(faults: list[Fault]) -> list[Fault]:
    """A list is called too short when its entries were refused: only the entries' own faults are worth reading."""
    fields = [fault.field for fault in faults]
    return [
        fault for fault in faults if not any(field.startswith(f"{fault.field}.") for field in fields if fault.field)
    ]


def _faults_beside(
    written: dict[str, Any], known: list[Fault], protocols: Protocols, today: date | None
) -> list[Fault]:
    """When some fields cannot be read, what is wrong with the others.

    An unreadable field is left out, or has a stand-in when it is required; a fault that may come from a
    stand-in is not reported.
    """
    unreadable = [fault.field.split(".") for fault in known]
    readable = {name: value for name, value in written.items() if [name] not in unreadable}
    if isinstance(facts := readable.get("patient"), dict):
        readable["patient"] = {
            name: value for name, value in facts.items() if ["patient", name] not in _heads(unreadable)
        }
    for name in ("products", "times"):
        if [name] in [path[:1] for path in unreadable]:
            readable.pop(name, None)
    lines, is_complete = _readable_lines(written.get("current"), unreadable, protocols)
    readable["current"] = lines
    readable.setdefault("protocol", min(protocols.tapers))
    readable.setdefault("start_on", LATEST_START)
    try:
        request = PlanRequest.model_validate(readable)
    except ValidationError:
        return []
    doubtful = {path[0] for path in unreadable if len(path) == 1 or path[0] in ("products", "times")}
    if ["protocol"] in unreadable:
        doubtful |= {"cut_mg", "cut_percent"}
    if not is_complete:
        doubtful |= {"target_daily_mg", "taper_drug", "equivalence", "products", "times"}
    return [
        fault
        for fault in _faults_of(request, protocols, today)
        if fault.field.split(".") not in unreadable
        and (fault.field.split(".")[0] not in doubtful or _names_something_unknown(fault, request, protocols))
    ]


def _names_something_unknown(fault: Fault, request: PlanRequest, protocols: Protocols) -> bool:
    """Whether a fault stands whatever the unreadable fields say: no such table, medicine or product."""
    head, _, index = fault.field.partition(".")
    if head == "products":
        return protocols.product((request.products or ())[int(index)]) is None
    if head == "equivalence":
        return request.equivalence is not None and request.equivalence not in protocols.equivalence
    return head == "taper_drug" and request.taper_drug is not None and not protocols.medicine_named(request.taper_drug)


def _heads(paths: list[list[str]]) -> list[list[str]]:
    return [path[:2] for path in paths]


def _readable_lines(
    current: object, unreadable: list[list[str]], protocols: Protocols
) -> tuple[list[dict[str, Any]], bool]:
    """The lines of current use with stand-ins for what cannot be read, and whether none was needed."""
    stand_in = {"drug": min(protocols.medicines), "mg": "1", "time": "08:00"}
    if not isinstance(current, list) or not current:
        return [stand_in], False
    lines = []
    for index, line in enumerate(current):
        known = line if isinstance(line, dict) else {}
        good = {n: v for n, v in known.items() if ["current", str(index), n] not in unreadable}
        lines.append({**stand_in, **good})
    return lines, not any(path[0] == "current" for path in unreadable)


def _unknown_medicine(drug: str, field: str, protocols: Protocols) -> list[Fault]:
    if protocols.medicine_named(drug):
        return []
    known = ", ".join(sorted(medicine.name for medicine in protocols.medicines.values()))
    return [Fault(field, f'"{drug[:40]}" is not a medicine this version knows; it knows {known} and their brands.')]


def _unknown_protocol(protocol: str, protocols: Protocols) -> list[Fault]:
    if protocol in protocols.tapers:
        return []
    return [
        Fault("protocol", f'There is no protocol "{protocol[:40]}"; use one of {", ".join(sorted(protocols.tapers))}.')
    ]


def _unknown_product(product: str, index: int, protocols: Protocols) -> list[Fault]:
    if protocols.product(product):
        return []
    return [
        Fault(
            f"products.{index}",
            f'There is no product "{product[:60]}"; ids look like clonazepam-tablet-0.5mg and '
            "`taper protocols show MEDICINE` lists them.",
        )
    ]


def _faults_against_protocols(request: PlanRequest, protocols: Protocols) -> list[Fault]:
    faults: list[Fault] = []
    for index, line in enumerate(request.current):
        faults.extend(_unknown_medicine(line.drug, f"current.{index}.drug", protocols))
    faults.extend(_unknown_protocol(request.protocol, protocols))
    if request.taper_drug is not None:
        faults.extend(_unknown_medicine(request.taper_drug, "taper_drug", protocols))
    elif len({medicine.id for line in request.current if (medicine := protocols.medicine_named(line.drug))}) > 1:
        faults.append(Fault("taper_drug", "Several medicines are taken now; name the one to taper with in taper_drug."))
    for index, product in enumerate(request.products or ()):
        faults.extend(_unknown_product(product, index, protocols))
    if request.equivalence is not None and request.equivalence not in protocols.equivalence:
        tables = ", ".join(sorted(protocols.equivalence))
        faults.append(Fault("equivalence", f'There is no table "{request.equivalence[:40]}"; use one of {tables}.'))
    unknown = {fault.field.split(".")[0] for fault in faults}
    if "protocol" not in unknown:
        faults.extend(_faults_of_pace(request, protocols))
    if not unknown & {"current", "taper_drug"}:
        faults.extend(_faults_of_products(request, protocols))
        faults.extend(_faults_of_target(request, protocols))
        if "equivalence" not in unknown:
            faults.extend(_faults_of_equivalence(request, protocols))
    faults.extend(_faults_of_facts(request, protocols))
    faults.extend(_faults_of_times(request))
    return faults


def _faults_of_pace(request: PlanRequest, protocols: Protocols) -> list[Fault]:
    model = protocols.tapers[request.protocol].pace.model
    faults = []
    if model == "percent_of_current":
        if request.cut_mg is not None:
            faults.append(Fault("cut_mg", f"{request.protocol} cuts by percent; give cut_percent instead."))
        if request.cut_percent is not None and not 0 < request.cut_percent < 100:
            faults.append(Fault("cut_percent", "A cut is above 0 and below 100 percent; write for example 10."))
    else:
        if request.cut_percent is not None:
            faults.append(Fault("cut_percent", f"{request.protocol} cuts by milligrams; give cut_mg instead."))
        if request.cut_mg is not None and request.cut_mg <= 0:
            faults.append(Fault("cut_mg", "A cut is above 0 mg; write for example 0.25."))
    if request.every_days and request.longest_step_days and request.longest_step_days < request.every_days:
        faults.append(Fault("longest_step_days", "The longest step cannot be shorter than every_days; make it longer."))
    return faults


def _faults_of_products(request: PlanRequest, protocols: Protocols) -> list[Fault]:
    involved = _involved_medicines(request, protocols)
    faults = []
    for index, product_id in enumerate(request.products or ()):
        product = protocols.product(product_id)
        if product and product.medicine not in involved:
            faults.append(
                Fault(f"products.{index}", f"{product_id} is not of a medicine in this plan; take it off the list.")
            )
        if (request.products or ()).index(product_id) != index:
            faults.append(Fault(f"products.{index}", f"{product_id} stands twice; list it once."))
    return faults


def _involved_medicines(request: PlanRequest, protocols: Protocols) -> set[str]:
    names = [line.drug for line in request.current] + ([request.taper_drug] if request.taper_drug else [])
    return {medicine.id for name in names if (medicine := protocols.medicine_named(name))}


def _faults_of_equivalence(request: PlanRequest, protocols: Protocols) -> list[Fault]:
    involved = _involved_medicines(request, protocols)
    if request.equivalence is None:
        if len(involved) > 1:
            tables = [t.id for t in protocols.equivalence.values() if all(t.entry(m) for m in involved)]
            return [
                Fault("equivalence", f"The medicine changes, so name the table to convert with: {', '.join(tables)}.")
            ]
        return []
    table = protocols.equivalence[request.equivalence]
    faults = []
    for medicine in sorted(involved):
        if table.entry(medicine) is None:
            having = ", ".join(t.id for t in protocols.equivalence.values() if t.entry(medicine)) or "no shipped table"
            faults.append(Fault("equivalence", f"{table.name} has no {medicine}; tables that list it: {having}."))
    return faults


def _faults_of_target(request: PlanRequest, protocols: Protocols) -> list[Fault]:
    medicines = {m.id for line in request.current if (m := protocols.medicine_named(line.drug))}
    taper = protocols.medicine_named(request.taper_drug).id if request.taper_drug else None  # type: ignore[union-attr]
    if len(medicines) == 1 and taper in (None, *medicines):
        total = sum((line.mg for line in request.current), Decimal(0))
        if request.target_daily_mg >= total:
            return [Fault("target_daily_mg", "The target must lie below the present daily dose; write a smaller one.")]
    return []


def _faults_of_facts(request: PlanRequest, protocols: Protocols) -> list[Fault]:
    youngest = protocols.limits.youngest_adult.years
    age = request.patient.age_years
    if age is not None and age < youngest:
        return [Fault("patient.age_years", f"Plans are made for adults of {youngest} years or more; ask a specialist.")]
    return []


def _faults_of_times(request: PlanRequest) -> list[Fault]:
    faults = []
    if request.times is not None and len(set(request.times)) != len(request.times):
        faults.append(Fault("times", "A time of day stands twice; list each once."))
    if request.times is None and len({line.time for line in request.current}) > MOST_TIMES:
        faults.append(Fault("times", f"Doses are taken at more than {MOST_TIMES} times; name at most {MOST_TIMES}."))
    return faults


def _faults_of_dates(request: PlanRequest, today: date | None) -> list[Fault]:
    if not EARLIEST_START <= request.start_on <= LATEST_START:
        return [Fault("start_on", "The start must lie between 2000 and 2200; check the year.")]
    if today is not None and request.start_on < today - timedelta(days=OLDEST_START_DAYS):
        return [
            Fault(
                "start_on",
                f"The start {request.start_on} lies more than {OLDEST_START_DAYS} days back; check the date.",
            )
        ]
    return []
