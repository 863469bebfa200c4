"""Finding a medicine by generic or brand, and the names that it is mistaken for."""

from __future__ import annotations

import pytest

from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicine_search import find_medicines, unknown_medicine_message
from taper_app.protocol_files import load_protocols


@pytest.fixture(scope="module")
def protocols() -> Protocols:
    return load_protocols()


def found(typed: str, protocols: Protocols) -> list[str]:
    return [one.medicine.id for one in find_medicines(typed, protocols).medicines]


@pytest.mark.parametrize("typed", ["Klonopin", "KLONOPIN", " klono pin ", "Klonopín", "clonazepam", "clonaz", "klonop"])
def test_letter_case_accents_and_spaces_do_not_matter(typed: str, protocols: Protocols) -> None:
    assert found(typed, protocols) == ["clonazepam"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ativan", "LORazepam (Ativan)"),
        ("ativa", "LORazepam (Ativan)"),
        ("lorazepam", "LORazepam"),
        ("Restoril", "temazepam (Restoril)"),
        ("Rivotril", "clonazePAM (Rivotril)"),
    ],
)
def test_the_brand_that_matched_is_told_beside_the_generic_name(typed: str, shown: str, protocols: Protocols) -> None:
    (one,) = find_medicines(typed, protocols).medicines
    assert one.in_words == shown


def test_names_that_begin_so_come_before_names_that_contain_it(protocols: Protocols) -> None:
    assert found("zopic", protocols) == ["zopiclone", "eszopiclone"]
    assert found("metazepam", protocols) == ["lormetazepam"]


def test_a_generic_that_begins_so_comes_before_a_brand_that_does(protocols: Protocols) -> None:
    """Halcion is a brand of triazolam."""
    assert found("hal", protocols) == ["halazepam", "triazolam"]


def test_a_name_in_full_is_not_followed_by_those_that_contain_it(protocols: Protocols) -> None:
    assert found("zopiclone", protocols) == ["zopiclone"]


@pytest.mark.parametrize("typed", ["c", "cl", "clo", "clon", "lor", "xan", "zol"])
def test_too_few_letters_show_nothing_while_names_look_alike(typed: str, protocols: Protocols) -> None:
    """Not even the harmless ones among them: the one left would be taken for the only one."""
    answer = find_medicines(typed, protocols)
    assert answer.medicines == ()
    assert answer.type_more == "Type at least 5 letters: names that look alike begin the same."


def test_a_name_typed_in_full_is_found_however_short(protocols: Protocols) -> None:
    assert found("Onfi", protocols) == ["clobazam"]


def test_few_letters_are_enough_where_nothing_looks_alike(protocols: Protocols) -> None:
    assert found("nitr", protocols) == ["nitrazepam", "flunitrazepam"]


def test_look_alikes_are_named_with_the_medicine_found(protocols: Protocols) -> None:
    (one,) = find_medicines("clonazepam", protocols).medicines
    assert one.look_alikes == ("LORazepam", "cloNIDine", "cloZAPine", "cloBAZam")
    assert find_medicines("oxazepam", protocols).medicines[0].look_alikes == ()


@pytest.mark.parametrize("typed", ["clonidine", "clozapine", "diltiazem", "chlorpromazine", "Zantac"])
def test_a_look_alike_that_is_no_benzodiazepine_is_never_offered(typed: str, protocols: Protocols) -> None:
    assert found(typed, protocols) == []


@pytest.mark.parametrize("typed", ["", "   ", "-", "\u0301"])
def test_nothing_typed_finds_nothing(typed: str, protocols: Protocols) -> None:
    answer = find_medicines(typed, protocols)
    assert (answer.medicines, answer.type_more) == ((), "")


def test_an_unknown_name_is_answered_with_the_closest(protocols: Protocols) -> None:
    assert unknown_medicine_message("clonazapam", protocols) == (
        '"clonazapam" is not a medicine this version knows; names close to it: clonazepam, clobazam, lorazepam.'
    )
    assert "Ativan" in unknown_medicine_message("Ativn", protocols)


def test_a_name_like_no_other_is_answered_with_what_to_write(protocols: Protocols) -> None:
    assert unknown_medicine_message("aspirin", protocols) == (
        '"aspirin" is not a medicine this version knows; '
        "write the generic or brand name of one of the 28 that it knows."
    )


def test_a_very_long_name_is_cut_off_in_the_answer(protocols: Protocols) -> None:
    assert len(unknown_medicine_message("x" * 5000, protocols)) < 200
