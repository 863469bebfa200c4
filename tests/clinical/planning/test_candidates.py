"""The figures that two candidates are weighed by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.candidates import figures_of
from taper_app.clinical.planning.end_zone import end_zone_top_mg
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.protocol_files import load_protocols

FACTS = {
    "age_years": 44,
    "months_of_use": 18,
    "use_verified": "yes",
    "seizure_history": "no",
    "taken_for_epilepsy": "no",
    "hepatic_impairment": "no",
    "pregnant": "no",
    "opioid_co_use": "no",
    "alcohol_co_use": "no",
    "other_sedatives": [],
}


@pytest.fixture(scope="module")
def library():
    return load_protocols()


def plan_of(library, **changes) -> Plan:
    written = {
        "current": [{"drug": "clonazepam", "mg": "1", "time": time} for time in ("08:00", "20:00")],
        "protocol": "asam-2025",
        "start_on": "2027-01-11",
        "products": ["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg"],
        "patient": FACTS,
    } | changes
    outcome = build_plan(parse_request(written, library), library)
    assert isinstance(outcome, Plan), outcome
    return outcome


def test_the_worked_plan_has_sixteen_steps_and_three_of_them_share_one_name_to_sign(library):
    plan = plan_of(library)
    found = figures_of(plan, library)
    assert (found.steps, found.first_day_without_drug) == (16, plan.first_day_without_drug)
    assert found.codes_to_sign == ("ceiling-in-end-zone",)
    assert found.days == (plan.steps[-1].starts_on - date(2027, 1, 11)).days


def test_the_biggest_cut_is_of_the_dose_before_it_and_never_the_stop(library):
    found = figures_of(plan_of(library), library)
    assert found.biggest_cut is not None
    assert found.biggest_cut.cut_percent_of_current == Decimal("50")
    assert found.biggest_cut.daily_of("clonazepam") == Decimal("0.125")


def test_half_a_tablet_is_one_piece_and_every_product_is_named_once(library):
    found = figures_of(plan_of(library), library)
    # 0.875 mg twice: 1 and a half tablets of 0.5 mg (2 pieces) and 1 of 0.125 mg, at each of the two times.
    assert found.most_pieces_a_day == 6
    assert set(found.products) == {"clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg"}
    assert len(found.products) == len(set(found.products))


def test_a_plan_that_keeps_a_dose_has_no_first_day_without(library):
    found = figures_of(plan_of(library, target_daily_mg="1"), library)
    assert found.first_day_without_drug is None
    assert found.last_change_on == plan_of(library, target_daily_mg="1").steps[-1].starts_on


def test_millilitres_of_a_liquid_are_no_pieces(library):
    plan = plan_of(
        library,
        current=[{"drug": "diazepam", "mg": "3", "time": "20:00"}],
        products=["diazepam-liquid-1mg-per-ml"],
        target_daily_mg="1",
    )
    assert figures_of(plan, library).most_pieces_a_day == 0


def test_the_end_zone_is_the_printed_low_band_and_otherwise_ten_milligrams_diazepam_by_the_highest_table(library):
    assert end_zone_top_mg("clonazepam", library) == Decimal("0.5")
    assert end_zone_top_mg("lorazepam", library) == 2
    assert library.medicines["clobazam"].dose_bands is None
    assert end_zone_top_mg("clobazam", library) == 20
