"""Controlled halves: wasted by one, witnessed by another, never more than the dose left."""

from __future__ import annotations

from typing import Any

import pytest

import charting_ward as kit
from taper_app.clinical.charting.waste import amount_in_words
from taper_app.clinical.errors import InputRefused, NotAllowed, StateConflict
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import EpisodeId, RecordKind
from taper_app.store.interface import Account
from taper_app.use_cases.rights import UseCase
from taper_app.use_cases.waste import left_over, waste, witness_waste
from taper_app.use_cases.witnesses import possible_witnesses

at, NURSE, OTHER_NURSE = kit.at, kit.NURSE, kit.OTHER_NURSE
HALF = "clonazepam-tablet-0.5mg"
PEOPLE = (NURSE, OTHER_NURSE, kit.PHYSICIAN, kit.PHARMACIST, Actor("nurse-9", "Far", Role.NURSE, "unit-9"))


@pytest.fixture
def ward() -> Any:
    found = kit.new_ward()
    elsewhere = kit.UNIT.model_copy(update={"id": "unit-9", "name": "9 West"})
    found.store.transact(lambda writing: writing.add_unit(elsewhere))
    for person in PEOPLE:
        account = Account(
            id=person.user_id,
            name=person.user_id,
            display_name=person.display_name,
            role=person.role,
            unit_id=person.unit_id,
            password_hash="never used",
        )
        found.store.transact(lambda writing, account=account: writing.add_account(account))
    return found


@pytest.fixture
def episode(ward: Any) -> EpisodeId:
    return kit.with_signed_plan(ward, kit.admitted(ward))


@pytest.fixture
def dose(ward: Any, episode: EpisodeId) -> str:
    """0.375 mg of another order, made of half a scored tablet and a dissolving one."""
    given = {
        "status": "given",
        "purpose": "admission",
        "medicine": "clonazepam",
        "mg": "0.375",
        "ordered_by": "Dr. Ames",
        "pieces": [{"product": HALF, "count": "0.5"}, {"product": "clonazepam-odt-0.125mg", "count": "1"}],
    }
    return str(ward.dose(episode, given, at(1, "07:30")).record_id)


def _waste(ward: Any, episode: EpisodeId, of: str, *, by: Actor = NURSE, entry_id: str = "waste", **more: Any) -> None:
    written = {"dose": of, "product": HALF, "count": "0.5", "witness_id": OTHER_NURSE.user_id} | more
    waste(ward, by, episode, written, entry_id=entry_id)


def test_the_half_that_is_left_of_a_scored_tablet_waits_to_be_wasted(ward: Any, episode: EpisodeId, dose: str) -> None:
    rests = left_over(ward, ward.chart(episode))
    assert [(rest.product, str(rest.count)) for rest in rests] == [(HALF, "0.5")]
    words = amount_in_words(rests[0].product, rests[0].count, rests[0].tenth_mcg, ward.protocols)
    assert words == "half a tablet of clonazepam 0.5 mg (0.25 mg)"
    _waste(ward, episode, dose)
    assert not left_over(ward, ward.chart(episode))


def test_it_is_not_witnessed_until_the_named_colleague_says_so_under_their_own_name(
    ward: Any, episode: EpisodeId, dose: str
) -> None:
    _waste(ward, episode, dose)
    assert ward.chart(episode).wastes[0].state_in_words == "not witnessed yet by B. Oz"
    for who in (NURSE, kit.PHYSICIAN):
        with pytest.raises(NotAllowed):
            witness_waste(ward, who, episode, "waste", seen=True, entry_id="seen")
    witness_waste(ward, OTHER_NURSE, episode, "waste", seen=True, entry_id="seen")
    witness_waste(ward, OTHER_NURSE, episode, "waste", seen=True, entry_id="seen")
    assert ward.chart(episode).wastes[0].state_in_words == "witnessed by B. Oz"
    assert ward.count(episode, RecordKind.WASTE_WITNESSED) == 1
    with pytest.raises(StateConflict, match="answered already"):
        witness_waste(ward, OTHER_NURSE, episode, "waste", seen=True, entry_id="again")


def test_a_witness_who_saw_something_else_says_what(ward: Any, episode: EpisodeId, dose: str) -> None:
    _waste(ward, episode, dose)
    with pytest.raises(InputRefused, match="what was not as written"):
        witness_waste(ward, OTHER_NURSE, episode, "waste", seen=False, entry_id="seen")
    witness_waste(ward, OTHER_NURSE, episode, "waste", seen=False, note="two halves lay there", entry_id="seen")
    assert "NOT seen by B. Oz: two halves lay there" in ward.chart(episode).wastes[0].state_in_words


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"witness_id": NURSE.user_id}, "witness_id"),
        ({"witness_id": ""}, "witness_id"),
        ({"witness_id": "nurse-9"}, "witness_id"),
        ({"witness_id": kit.PHARMACIST.user_id}, "witness_id"),
        ({"count": "1"}, "count"),
        ({"count": "0.3"}, "count"),
        ({"count": "0"}, "mg"),
        ({"dose": "another"}, "dose"),
    ],
)
def test_a_wasting_that_cannot_be_right_is_refused_and_not_kept(
    ward: Any, episode: EpisodeId, dose: str, more: dict[str, str], field: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        _waste(ward, episode, dose, **more)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert ward.count(episode, RecordKind.WASTE) == 0


def test_no_more_is_wasted_than_was_left(ward: Any, episode: EpisodeId, dose: str) -> None:
    _waste(ward, episode, dose)
    with pytest.raises(InputRefused, match="left 0 mg of it to waste"):
        _waste(ward, episode, dose, entry_id="twice")


def test_the_rest_of_an_ampoule_is_wasted_in_milligrams(ward: Any, episode: EpisodeId, dose: str) -> None:
    _waste(ward, episode, dose, product="lorazepam ampoule 4 mg", count=None, mg="2")
    kept = ward.chart(episode).wastes[0].body
    assert amount_in_words(kept.product, kept.count, kept.tenth_mcg, ward.protocols) == "2 mg of lorazepam ampoule 4 mg"


def test_only_colleagues_of_the_unit_who_chart_doses_can_witness(ward: Any, episode: EpisodeId) -> None:
    names = {account.id for account in possible_witnesses(ward, NURSE, UseCase.CHART_DOSE)}
    assert names == {OTHER_NURSE.user_id, kit.PHYSICIAN.user_id}
    with pytest.raises(NotAllowed):
        possible_witnesses(ward, kit.PHARMACIST, UseCase.CHART_DOSE)
