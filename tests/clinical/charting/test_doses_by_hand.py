"""Rules about doses, worked by hand as data: what an order allows, after a gap, after vomiting, which pieces."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from taper_app.clinical.charting.after_a_gap import after_gap
from taper_app.clinical.charting.doses import ChartedDose, DoseBody, DosePurpose, DoseStatus, DueDose
from taper_app.clinical.charting.orders import OrderBody, OrderKind, allowance, cautions_of, taken_of
from taper_app.clinical.charting.pieces_used import piece_faults, ways_to_make
from taper_app.clinical.charting.vomiting import repeat_of
from taper_app.clinical.people import Role
from taper_app.clinical.planning.answer import DoseAt, Pieces
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.quantities import mg_of, plain, tenth_mcg_of
from taper_app.clinical.records import Author, EpisodeId, Record, RecordId, RecordKind
from worked_examples import WORKED_EXAMPLES

NOON = datetime(2027, 1, 11, 17, 0, tzinfo=UTC)
NURSE = Author(user_id="nurse-1", name="A. Ng", role=Role.NURSE)


def cases(name: str) -> list[Any]:
    table = tomllib.loads((WORKED_EXAMPLES / name).read_text(encoding="utf-8"), parse_float=Decimal)
    return [pytest.param(case, id=case["name"]) for case in table["case"]]


def charted(number: int, at: datetime, mg: str = "1", **body: Any) -> ChartedDose:
    written = {
        "status": DoseStatus.GIVEN,
        "purpose": DosePurpose.PRN,
        "medicine": "lorazepam",
        "tenth_mcg": tenth_mcg_of(Decimal(mg)),
        "ordered_by": "Dr. Ames",
        "reason": "shaking",
    } | body
    record = Record(
        id=RecordId(f"dose-{number}"),
        episode_id=EpisodeId("episode"),
        kind=RecordKind.DOSE,
        happened_at=at,
        recorded_at=at,
        author=NURSE,
        body={},
    )
    return ChartedDose(record, DoseBody(**written))


def order_of(mg: str = "1", most_mg: str = "2", **more: Any) -> OrderBody:
    written = {"kind": OrderKind.AS_NEEDED, "medicine": "lorazepam", "reason": "shaking"} | more
    return OrderBody(tenth_mcg=tenth_mcg_of(Decimal(mg)), most_tenth_mcg=tenth_mcg_of(Decimal(most_mg)), **written)


@pytest.mark.parametrize("case", cases("orders_in_24_hours.toml"))
def test_what_an_order_allows(case: Any) -> None:
    given = case["order"]
    order = order_of(given["mg"], given["most_mg"], hours_between=given.get("hours_between"))
    taken = [charted(number, NOON + timedelta(minutes=minute), mg) for number, (minute, mg) in enumerate(case["taken"])]
    found = allowance(order, taken, NOON + timedelta(minutes=case["at"]))
    assert plain(mg_of(found.taken_tenth_mcg)) == case["expect"]["taken_mg"]
    assert plain(mg_of(found.left_tenth_mcg)) == case["expect"]["left_mg"]
    assert (found.possible_at - NOON) / timedelta(minutes=1) == case["expect"]["possible"]


@pytest.mark.parametrize("case", cases("doses_after_a_gap.toml"))
def test_how_a_dose_is_taken_up_after_a_gap(case: Any, protocols: WardProtocols) -> None:
    given = case["given"]
    hours = Decimal(given["hours"])
    now = NOON + timedelta(seconds=int(hours * 3600))
    skipped = [_due(NOON + timedelta(hours=hour)) for hour in given["skipped"]]
    half_life = Decimal(given["half_life_hours"]) if "half_life_hours" in given else None
    limits = protocols.limits.missed_doses
    found = after_gap(_due(now), skipped, NOON, now, shortest_half_life_hours=half_life, limits=limits)
    assert found.taken_up == case["expect"]
    assert bool(found.sentence) == (case["expect"] != "as_planned")


def _due(at: datetime) -> DueDose:
    return DueDose(at, DoseAt(time="08:00", drug="clonazepam", mg=Decimal(1), pieces=()), 1, None)


@pytest.mark.parametrize("case", cases("vomited_doses.toml"))
def test_whether_a_vomited_dose_is_repeated(case: Any, protocols: WardProtocols) -> None:
    given = case["given"]
    vomited = charted(
        1, NOON, status=DoseStatus.VOMITED, vomited_after_minutes=given.get("minutes"), tablet_seen=given["seen"]
    )
    doses = [vomited]
    if given.get("repeated"):
        doses.append(charted(2, NOON + timedelta(minutes=5), purpose=DosePurpose.REPEAT, repeats=vomited.record.id))
    if "vomited_hours_before" in given:
        before = NOON - timedelta(hours=given["vomited_hours_before"])
        doses.append(charted(3, before, status=DoseStatus.VOMITED, vomited_after_minutes=5))
    found = repeat_of(vomited, doses, protocols.rules.gate.vomited)
    assert found.is_possible is case["expect"]["possible"]
    assert found.not_by_mouth is case["expect"].get("not_by_mouth", False)
    assert case["expect"]["says"] in found.sentence


@pytest.mark.parametrize("case", cases("pieces_used.toml"))
def test_whether_pieces_make_a_dose(case: Any, protocols: WardProtocols) -> None:
    pieces = [Pieces(product=product, count=Decimal(count)) for product, count in case["pieces"]]
    said = " ".join(fault.message for fault in piece_faults(pieces, case["medicine"], Decimal(case["mg"]), protocols))
    assert (case["says"] in said) if case["says"] else not said


def test_every_way_that_is_offered_makes_exactly_the_dose(protocols: WardProtocols) -> None:
    for medicine in ("clonazepam", "lorazepam", "diazepam", "alprazolam"):
        for mg in ("0.125", "0.25", "0.5", "0.9375", "1", "1.5", "2", "7.5"):
            found = ways_to_make(medicine, tenth_mcg_of(Decimal(mg)), protocols, most_pieces=12)
            for way in found:
                assert not piece_faults(way, medicine, Decimal(mg), protocols), (medicine, mg, way)
            assert len(found) == len(set(found))


def test_a_dose_can_be_made_of_other_listed_products(protocols: WardProtocols) -> None:
    ways = ways_to_make("clonazepam", tenth_mcg_of(Decimal(1)), protocols, most_pieces=6)
    made_of = [tuple((piece.product, plain(piece.count)) for piece in way) for way in ways]
    assert (("clonazepam-tablet-1mg", "1"),) in made_of
    assert (("clonazepam-tablet-0.5mg", "2"),) in made_of
    assert ("clonazepam-tablet-2mg", "0.5") not in [piece for way in made_of for piece in way]


def test_planned_and_repeated_doses_do_not_count_for_the_maximum_but_emergencies_do() -> None:
    doses = [
        charted(1, NOON, purpose=DosePurpose.EMERGENCY),
        charted(2, NOON, purpose=DosePurpose.PLANNED, planned_for=NOON, plan_version=1),
        charted(3, NOON, purpose=DosePurpose.REPEAT),
        charted(4, NOON, status=DoseStatus.REFUSED),
        charted(5, NOON, medicine="diazepam"),
        charted(6, NOON),
    ]
    assert [dose.record.id for dose in taken_of(order_of(), doses, ())] == ["dose-1", "dose-6"]


@pytest.mark.parametrize(
    ("medicine", "age", "is_signed"),
    [
        ("diphenhydramine", 65, True),
        ("Hydroxyzine 25", 80, True),
        ("clonidine", 65, True),
        ("clonidine", 64, False),
        ("paracetamol", 80, False),
        ("cloNIDine patch", 70, True),
    ],
)
def test_older_adults_and_comfort_medicines(medicine: str, age: int, is_signed: bool, protocols: WardProtocols) -> None:
    order = order_of(kind=OrderKind.COMFORT, medicine=medicine)
    assert bool(cautions_of(order, age, protocols.limits.older_adult)) is is_signed
