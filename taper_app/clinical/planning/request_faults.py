"""What is wrong with a request that can be read: names no file has, figures that do not fit, dates out of range."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from taper_app.clinical.errors import Fault
from taper_app.clinical.planning.dispensing.stock_faults import faults_of_stock, stock_of_another_medicine
from taper_app.clinical.planning.request import MOST_TIMES, PlanRequest
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicine_search import unknown_medicine_message
from taper_app.clinical.protocol.tapers import PERCENT_MODELS, PaceLadder, PaceTable, PublishedTaper

EARLIEST_START = date(2000, 1, 1)
LATEST_START = date(2200, 12, 31)
#: A start further back than this is taken for a slip of the keyboard (an input limit, not a clinical one).
OLDEST_START_DAYS = 31


def faults_in(request: PlanRequest, protocols: Protocols, today: date | None) -> list[Fault]:
    """Everything wrong with a readable request; ``today`` judges a start far in the past."""
    return [
        *_faults_against_protocols(request, protocols),
        *_faults_of_dates(request, today),
        *_faults_of_end(request, protocols),
    ]


def _faults_against_protocols(request: PlanRequest, protocols: Protocols) -> list[Fault]:
    faults: list[Fault] = []
    for index, line in enumerate(request.current):
        if not rules_out_a_plan(line.drug, protocols):
            faults.extend(_unknown_medicine(line.drug, f"current.{index}.drug", protocols))
    faults.extend(_unknown_protocol(request.protocol, protocols))
    if request.taper_drug is not None:
        if not rules_out_a_plan(request.taper_drug, protocols):
            faults.extend(_unknown_medicine(request.taper_drug, "taper_drug", protocols))
    elif len({medicine.id for line in request.current if (medicine := protocols.medicine_named(line.drug))}) > 1:
        faults.append(Fault("taper_drug", "Several medicines are taken now; name the one to taper with in taper_drug."))
    for index, product in enumerate(request.products or ()):
        faults.extend(_unknown_product(product, index, protocols))
        if product in (request.products or ())[:index]:
            faults.append(Fault(f"products.{index}", f"{product[:60]} stands twice; list it once."))
    faults.extend(_unknown_table(request.equivalence, protocols))
    unknown = {fault.field.split(".")[0] for fault in faults}
    faults.extend(_faults_of_cut(request, protocols.tapers.get(request.protocol)))
    faults.extend(_faults_of_days(request))
    if not unknown & {"current", "taper_drug"} and not any(
        rules_out_a_plan(name, protocols) for name in names_of_medicines(request)
    ):
        faults.extend(_faults_of_products(request, protocols))
        faults.extend(stock_of_another_medicine(request, _involved_medicines(request, protocols), protocols))
        faults.extend(_faults_of_target(request, protocols))
        if "equivalence" not in unknown:
            faults.extend(_faults_of_equivalence(request, protocols, unknown))
    faults.extend(_faults_of_facts(request, protocols))
    faults.extend(_faults_of_start_fraction(request))
    faults.extend(faults_of_stock(request, protocols))
    faults.extend(_faults_of_times(request))
    return faults


def _unknown_medicine(drug: str, field: str, protocols: Protocols) -> list[Fault]:
    if protocols.medicine_named(drug):
        return []
    return [Fault(field, unknown_medicine_message(drug, protocols))]


def _unknown_table(table: str | None, protocols: Protocols) -> list[Fault]:
    """A table that no file has, or one that is only shown."""
    if table is None or table in protocols.equivalence:
        return []
    known = ", ".join(sorted(protocols.equivalence))
    if table in protocols.reference_tables:
        name = protocols.reference_tables[table].name
        return [Fault("equivalence", f"{name} is shown for reference and never converts; use one of {known}.")]
    return [Fault("equivalence", f'There is no table "{table[:40]}"; use one of {known}.')]


def names_of_medicines(request: PlanRequest) -> list[str]:
    """As they were written: of current use, then the one to taper with."""
    return [line.drug for line in request.current] + ([request.taper_drug] if request.taper_drug else [])


def rules_out_a_plan(drug: str, protocols: Protocols) -> bool:
    """Whether current use names something that no plan is made with: readable, and refused with whom to ask."""
    if protocols.medicine_named(drug):
        return False
    limits = protocols.limits
    return limits.designer_benzodiazepines.has(drug) or limits.no_automatic_plan_with.has(drug)


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


def _faults_of_days(request: PlanRequest) -> list[Fault]:
    if request.every_days and request.longest_step_days and request.longest_step_days < request.every_days:
        return [Fault("longest_step_days", "The longest step cannot be shorter than every_days; make it longer.")]
    return []


def _faults_of_cut(request: PlanRequest, taper: PublishedTaper | None) -> list[Fault]:
    """Without a protocol that is known only the sizes are judged."""
    faults = _cuts_in_a_wrong_field(request, taper) if taper is not None else []
    named = {fault.field for fault in faults}
    if request.cut_mg is not None and request.cut_mg <= 0 and "cut_mg" not in named:
        faults.append(Fault("cut_mg", "A cut is above 0 mg; write for example 0.25."))
    if request.cut_percent is not None and not 0 < request.cut_percent < 100 and "cut_percent" not in named:
        faults.append(Fault("cut_percent", "A cut is above 0 and below 100 percent; write for example 10."))
    return faults


def _cuts_in_a_wrong_field(request: PlanRequest, taper: PublishedTaper) -> list[Fault]:
    """Each model has one field for its cut; a table has none."""
    model = taper.pace.model
    has_percent, has_mg = request.cut_percent is not None, request.cut_mg is not None
    if model == "table":
        fields = [field for field, given in (("cut_mg", has_mg), ("cut_percent", has_percent)) if given]
        return [Fault(field, f"{taper.id} is printed line by line; leave {field} out.") for field in fields]
    if model in PERCENT_MODELS and has_mg:
        return [Fault("cut_mg", f"{taper.id} cuts by percent; give cut_percent instead.")]
    if model not in PERCENT_MODELS and has_percent:
        return [Fault("cut_percent", f"{taper.id} cuts by milligrams; give cut_mg instead.")]
    return []


def _faults_of_products(request: PlanRequest, protocols: Protocols) -> list[Fault]:
    involved = _involved_medicines(request, protocols)
    faults = []
    for index, product_id in enumerate(request.products or ()):
        product = protocols.product(product_id)
        if product and product.medicine not in involved:
            faults.append(
                Fault(f"products.{index}", f"{product_id} is not of a medicine in this plan; take it off the list.")
            )
    return faults


def _involved_medicines(request: PlanRequest, protocols: Protocols) -> set[str]:
    names = names_of_medicines(request)
    return {medicine.id for name in names if (medicine := protocols.medicine_named(name))}


def _faults_of_equivalence(request: PlanRequest, protocols: Protocols, unknown: set[str]) -> list[Fault]:
    """``unknown`` are the fields that name nothing shipped."""
    involved = _involved_medicines(request, protocols)
    if request.equivalence is None:
        if len(involved) > 1:
            tables = [t.id for t in protocols.equivalence.values() if all(t.entry(m) for m in involved)]
            fix = (
                f"so name the table to convert with: {', '.join(tables)}."
                if tables
                else f"and no shipped table lists {' and '.join(sorted(involved))} together; name another taper_drug."
            )
            return [Fault("equivalence", f"The medicine changes, {fix}")]
        return []
    table = protocols.equivalence[request.equivalence]
    faults = []
    scaled_from = set() if "protocol" in unknown else _medicine_of_pace(protocols.tapers[request.protocol])
    for medicine in sorted(involved | scaled_from):
        if table.entry(medicine) is None:
            having = ", ".join(t.id for t in protocols.equivalence.values() if t.entry(medicine)) or "no shipped table"
            faults.append(Fault("equivalence", f"{table.name} has no {medicine}; tables that list it: {having}."))
    return faults


def _medicine_of_pace(taper: PublishedTaper) -> set[str]:
    """The medicine in whose milligrams a ladder or a table is written; every table is written against diazepam."""
    return {taper.pace.medicine} - {"diazepam"} if isinstance(taper.pace, (PaceLadder, PaceTable)) else set()


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


def _faults_of_start_fraction(request: PlanRequest) -> list[Fault]:
    percent = request.start_fraction_percent
    if percent is None or 0 < percent < 100:
        return []
    return [
        Fault(
            "start_fraction_percent",
            "A start at a part of the reported dose is above 0 and below 100 percent; write it so or leave it out.",
        )
    ]


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


def _faults_of_end(request: PlanRequest, protocols: Protocols) -> list[Fault]:
    """An end that no plan could have, whatever its pace."""
    if request.ends_by is None:
        return []
    if request.ends_by <= request.start_on:
        return [Fault("ends_by", f"The end must lie after the start on {request.start_on}; choose a later day.")]
    longest = protocols.limits.longest_plan.days
    if (request.ends_by - request.start_on).days > longest:
        return [Fault("ends_by", f"No plan takes more than {longest} days; check the year, or leave the end out.")]
    return []
