"""The shipped scales: licensed, cautioned, in our own words, and honest about what was not read."""

from __future__ import annotations

import hashlib
import json

import pytest

from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.scales import AnswerItem, Scale, ScoreItem
from taper_app.protocol_files import load_protocols

PROTOCOLS = load_protocols()
SCALES = PROTOCOLS.scales
#: A changed word makes another form: give it a new id, and put its fingerprint here.
WORDINGS = {"taper-own-words-1": "9b186873b5650d5b", "sds-own-words-1": "e41181579b490aeb"}


def wording(scale: Scale) -> str:
    """What is asked, in which direction and with which anchors; not the notes."""
    asked = [(item.id, item.label, sorted(item.anchors.items()), item.reversed) for item in scale.scored_items]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.id)
def test_every_scale_says_its_licence_its_cautions_and_its_source(scale: Scale) -> None:
    assert len(scale.licence.position) > 20
    assert scale.limits_of_use
    assert scale.source in PROTOCOLS.sources
    assert scale.reviewed is None, "nobody has signed one yet"


def test_what_needs_a_permission_ships_switched_off_and_nothing_else_does() -> None:
    needed = {scale.id for scale in SCALES.values() if scale.licence.permission_needed}
    assert needed == {"poss", "c-ssrs"} == {scale.id for scale in SCALES.values() if not scale.enabled}
    assert not any(PROTOCOLS.offers(scale_id) for scale_id in needed)


@pytest.mark.parametrize("scale", [scale for scale in SCALES.values() if scale.form], ids=lambda scale: scale.id)
def test_another_wording_is_another_form(scale: Scale) -> None:
    assert scale.form is not None
    assert wording(scale) == WORDINGS[scale.form]


def test_no_scale_that_the_evidence_rules_out_is_shipped() -> None:
    """MEWS: its copies leave gaps. BWSQ, ISI: licensed by others. CAM-ICU is a sign, positive or negative."""
    assert not {"mews", "bwsq", "isi", "cam-icu", "ciwa-ar"} & set(SCALES)
    charted = {"ciwa-b", "news2", "rass", "poss", "four-at", "asq", "c-ssrs", "phq-9", "gad-7", "catatonia"}
    assert set(SCALES) == charted | {"sds"}


def test_ciwa_b_says_what_it_cannot_tell_apart() -> None:
    cautions = " ".join(SCALES["ciwa-b"].limits_of_use)
    for said in ("anxiety, alcohol, opioids or sepsis", "words for a trend", "No score picks a dose"):
        assert said in cautions


def test_item_14_of_other_wordings_is_kept_apart_with_its_mark() -> None:
    other = {form.id: form for form in SCALES["ciwa-b"].other_forms}
    assert other["ciwa-b-not-enough-sleep"].evidence is Evidence.UNVERIFIED
    item = SCALES["ciwa-b"].item("14")
    assert isinstance(item, ScoreItem)
    assert item.reversed


def test_poss_names_action_levels_and_no_description() -> None:
    item = SCALES["poss"].item("poss")
    assert isinstance(item, AnswerItem)
    assert [answer for answer in item.answers if item.answers[answer] == "acceptable"] == ["S", "1", "2"]
    for described in ("drowsy", "drift", "asleep", "rouse", "alert"):
        assert described not in " ".join(item.answers.values())


def test_every_question_about_suicide_says_what_it_looks_back_on() -> None:
    for name in ("asq", "c-ssrs"):
        assert all(question.looks_back for question in SCALES[name].questions)


def test_mood_scales_are_at_most_weekly_and_sleep_is_asked_once_a_day() -> None:
    assert {scale.id for scale in SCALES.values() if scale.is_at_most_weekly} == {"phq-9", "gad-7"}
    daily = {item.id for item in SCALES["ciwa-b"].items if item.asked == "once_a_day"}
    assert daily == {"12", "14", "18", "19"}


def test_no_word_that_hospitals_misread_stands_in_a_scale() -> None:
    for scale in SCALES.values():
        words = scale.model_dump_json().lower().replace('"', " ").split()
        assert "hold" not in words, scale.id
