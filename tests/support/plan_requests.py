"""Requests of every kind for the laws of plans (a hypothesis strategy), as they travel."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from taper_app.clinical.quantities import plain
from taper_app.protocol_files import load_protocols

#: Loaded once, and no argument of a law: hypothesis would write all of it out with every counter-example.
PROTOCOLS = load_protocols()

TIMES = ("06:00", "12:00", "18:00", "23:00")
PRODUCTS = {
    "clonazepam": (
        "clonazepam-odt-0.125mg",
        "clonazepam-odt-0.25mg",
        "clonazepam-tablet-0.5mg",
        "clonazepam-tablet-1mg",
        "clonazepam-tablet-2mg",
    ),
    "lorazepam": (
        "lorazepam-tablet-0.5mg",
        "lorazepam-tablet-1mg",
        "lorazepam-tablet-2mg",
        "lorazepam-liquid-2mg-per-ml",
    ),
    "diazepam": (
        "diazepam-tablet-2mg",
        "diazepam-tablet-5mg",
        "diazepam-tablet-10mg",
        "diazepam-liquid-1mg-per-ml",
    ),
}
NO_SUM_OF_TABLETS = ("0.3", "0.0625", "0.7", "0.1")
#: Sizes of one dose now, in mg; those of ``NO_SUM_OF_TABLETS`` cannot be made of the products above.
AMOUNTS = {
    "clonazepam": ("0.125", "0.25", "0.5", "0.75", "1", "1.5", "2", "0.3", "0.0625"),
    "lorazepam": ("0.5", "1", "1.5", "2", "2.5", "3", "0.7"),
    "diazepam": ("1", "2", "3", "4.5", "5", "7", "10", "12.5", "20", "0.1"),
}
ANSWERS = ("no", "no", "no", "yes", "not_assessed")


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    """Mostly the answers that allow a plan, so that most requests get one."""
    return {
        "age_years": draw(st.sampled_from([44, 44, 65, 80, None])),
        "months_of_use": draw(st.sampled_from([18, 1, 3, None])),
        "use_verified": draw(st.sampled_from(["yes", "no", "not_assessed"])),
        "seizure_history": draw(st.sampled_from(ANSWERS)),
        "taken_for_epilepsy": draw(st.sampled_from(["no", "no", "not_assessed"])),
        "hepatic_impairment": draw(st.sampled_from(ANSWERS)),
        "pregnant": draw(st.sampled_from(ANSWERS)),
        "opioid_co_use": draw(st.sampled_from(ANSWERS)),
        "alcohol_co_use": draw(st.sampled_from(["no", "no", "no", "not_assessed"])),
        "other_sedatives": draw(st.sampled_from([[], ["zopiclone"], None])),
        "specialist": "Dr Neurologist",
        "obstetric_contact": "Dr Obstetrician",
    }


@st.composite
def requests(
    draw: st.DrawFn, *, change_medicine: bool | None = None, tablets_make_the_present_dose: bool = False
) -> dict[str, Any]:
    """A valid request for one medicine, on one to four times of day; it may or may not have a safe plan."""
    drug = draw(st.sampled_from(sorted(PRODUCTS)))
    times = draw(st.lists(st.sampled_from(TIMES), min_size=1, max_size=4, unique=True))
    amounts = [mg for mg in AMOUNTS[drug] if not tablets_make_the_present_dose or mg not in NO_SUM_OF_TABLETS]
    current = [{"drug": drug, "mg": draw(st.sampled_from(amounts)), "time": time} for time in times]
    changes = draw(st.booleans()) if change_medicine is None else change_medicine
    target = draw(st.sampled_from(["diazepam", "diazepam", "clonazepam"])) if changes else drug
    written_for = {"clonazepam": ["fda-klonopin-panic"]}.get(drug, []) if target == drug else []
    protocol = draw(st.sampled_from(["asam-2025", "asam-2025", "nice-cks-ladder", *written_for]))
    request: dict[str, Any] = {
        "current": current,
        "protocol": protocol,
        "taper_drug": target,
        "start_on": draw(st.sampled_from(["2027-01-11", "2027-12-25", "2028-02-20"])),
        "setting": draw(st.sampled_from(["community", "community", "inpatient"])),
        "split": draw(st.sampled_from(["none", "half", "half", "quarter"])),
        "patient": draw(facts()),
        "override_reason": draw(st.sampled_from([None, None, "A reason that a prescriber gave."])),
    }
    if target != drug or protocol == "nice-cks-ladder" or draw(st.booleans()):
        has_clonazepam = "clonazepam" in (drug, target)
        request["equivalence"] = draw(
            st.sampled_from(["ashton-2002", "va-dod-2021"] + ([] if has_clonazepam else ["who-2009"]))
        )
    if draw(st.booleans()):
        request["products"] = [
            product
            for medicine in sorted({drug, target})
            for product in draw(st.lists(st.sampled_from(PRODUCTS[medicine]), min_size=1, unique=True))
        ]
    if protocol != "asam-2025":
        request["patient"]["seizure_history"] = draw(st.sampled_from(["no", "not_assessed"]))
    _add_pace(draw, request)
    total = sum(Decimal(line["mg"]) for line in current)
    if draw(st.integers(min_value=0, max_value=3)) == 0:
        request["target_daily_mg"] = plain((total / 2).quantize(Decimal("0.0625")))
    if target == drug and request["setting"] == "community" and draw(st.integers(min_value=0, max_value=4)) == 0:
        request["times"] = draw(st.lists(st.sampled_from(TIMES), min_size=len(times), max_size=4, unique=True))
    return request


def _add_pace(draw: st.DrawFn, request: dict[str, Any]) -> None:
    if request["protocol"] == "asam-2025" and request["patient"]["seizure_history"] != "yes" and draw(st.booleans()):
        request["cut_percent"] = draw(st.sampled_from(["5", "7.5", "10"]))
        request["every_days"] = draw(st.sampled_from([14, 21, 28]))
        request["longest_step_days"] = draw(st.sampled_from([28, 35, 60]))
    if request["protocol"] == "nice-cks-ladder" and draw(st.booleans()):
        request["every_days"] = draw(st.sampled_from([7, 10, 14]))
