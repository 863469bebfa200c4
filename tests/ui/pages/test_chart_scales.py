"""The further scales on the Chart page: folded, drafted and charted like the rest, with the last score beside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from taper_app.clinical.people import Role
from taper_app.clinical.protocol.site_scales import SwitchedOn
from taper_app.clinical.records import EpisodeId, RecordKind
from taper_app.protocol_files import load_protocols
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.observe import chart_observation


@pytest.fixture
def patient(screen: Any) -> EpisodeId:
    screen.sign_in(Role.NURSE)
    admitted: EpisodeId = screen.admit()
    return admitted


@pytest.fixture
def all_switched_on(screen: Any) -> None:
    library = load_protocols()
    permitted = {
        name: SwitchedOn(scale=name, permission="letter of the owner", by="A. Lead", on=date(2027, 1, 5))
        for name in ("poss", "c-ssrs")
    }
    library = replace(library, switched_on=permitted)
    screen.monkeypatch.setattr("taper_app.wiring._protocols", lambda: library)


def opened(screen: Any, patient: EpisodeId) -> AppTest:
    """The page with every folded part opened."""
    at: AppTest = screen.open("pages/chart.py", patient=patient)
    assert not at.exception
    return unfolded(at)


def unfolded(at: AppTest, *, about: str = "", is_open: bool = True) -> AppTest:
    for block in at.expander:
        if block.proto.id and about in block.label:
            at.session_state[block.proto.id.split("-", 2)[2]] = is_open
    at.run()
    assert not at.exception
    return at


def group(at: AppTest, name: str) -> Any:
    return next((found for found in at.button_group if found.key and f"|{name}|" in found.key), None)


def choose(at: AppTest, **answers: Any) -> None:
    for name, value in answers.items():
        group(at, name.replace("__", ".")).set_value(value).run()
        assert not at.exception


def press(at: AppTest, label: str) -> None:
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception


def heading(at: AppTest, short: str) -> str:
    return next(block.label for block in at.expander if f"**{short}**" in block.label).replace("\\", "")


def newest(screen: Any, patient: EpisodeId) -> Any:
    return open_chart(screen.app, screen.person(Role.NURSE), patient).sets[-1]


def chart(screen: Any, patient: EpisodeId, observation: dict[str, Any]) -> None:
    nurse = screen.person(Role.NURSE)
    chart_observation(
        screen.app,
        nurse,
        patient,
        observation,
        entry_id=f"charted-{screen.clock().isoformat()}",
        happened_at=screen.clock(),
    )


def test_a_scale_without_a_permission_is_named_and_not_offered(screen, patient, words):
    at = opened(screen, patient)
    assert "Switched off here, because a permission is missing: POSS, C-SSRS" in words(at)
    assert group(at, "poss") is None
    assert group(at, "cssrs.q1") is None


def test_a_scale_that_the_site_switched_on_is_offered_and_charted(screen, patient, words, all_switched_on):
    at = opened(screen, patient)
    assert "Switched off here" not in words(at)
    choose(at, poss="3")
    press(at, "Save set")
    assert newest(screen, patient).observation.poss == "3"
    assert "POSS 3" in words(at)


def test_what_is_known_so_far_stands_in_the_heading_and_a_band_only_when_all_is_done(screen, patient):
    at = opened(screen, patient)
    assert heading(at, "4AT") == "**4AT** · not asked yet"
    choose(at, four_at__alertness="0", four_at__amt4="untestable")
    assert heading(at, "4AT") == "**4AT** · 2 of 4 done: 2 to 8"
    choose(at, four_at__attention="2", four_at__acute_change="0")
    assert heading(at, "4AT") == "**4AT** · 4 of 4 done: 4, delirium possible"


def test_the_last_score_stands_beside_and_is_never_copied_forward(screen, patient):
    chart(screen, patient, {"four_at": {"alertness": 0, "amt4": 1, "attention": 0, "acute_change": 0}})
    at = opened(screen, patient)
    assert heading(at, "4AT") == "**4AT** · not asked yet · last 1, impairment possible at 09:00"
    assert group(at, "four_at.amt4").value is None
    assert "last one mistake (1) at 09" in group(at, "four_at.amt4").label.replace("\\", "")


def test_the_last_ciwa_b_stands_beside_unless_it_was_of_another_wording(screen, patient):
    full = {str(item): 1 for item in (*range(1, 18), 20, 21, 22)}
    chart(screen, patient, {"ciwa_b": full})
    assert heading(opened(screen, patient), "CIWA-B").endswith("last 20, mild at 09:00")
    chart(screen, patient, {"ciwa_b": full, "ciwa_b_form": "ciwa-b-not-enough-sleep"})
    assert "last 20" not in heading(opened(screen, patient), "CIWA-B")


def test_an_unasked_question_of_asq_comes_after_a_yes(screen, patient, words):
    at = opened(screen, patient)
    assert group(at, "asq.q5") is None
    choose(at, asq__q1="no", asq__q2="no", asq__q3="yes", asq__q4="no")
    assert heading(at, "ASQ") == "**ASQ** · incomplete: at least positive, at most acute positive"
    choose(at, asq__q5="yes")
    assert heading(at, "ASQ") == "**ASQ** · acute positive"
    press(at, "Save set")
    assert "Acute suicide risk." in words(at)


def test_a_refused_screen_counts_as_positive(screen, patient, words):
    at = opened(screen, patient)
    next(box for box in at.checkbox if "counts as positive" in box.label).check().run()
    assert heading(at, "ASQ") == "**ASQ** · refused"
    press(at, "Save set")
    assert newest(screen, patient).observation.asq == "refused"
    assert "ASQ refused" in words(at)


def test_the_screener_leaves_out_3_to_5_after_a_no_to_2_and_keeps_them_empty(screen, patient, all_switched_on):
    at = opened(screen, patient)
    choose(at, cssrs__q1="yes", cssrs__q2="yes", cssrs__q3="no")
    choose(at, cssrs__q2="no")
    assert group(at, "cssrs.q3") is None
    choose(at, cssrs__q6_ever="no")
    assert heading(at, "C-SSRS") == "**C-SSRS** · low"
    press(at, "Save set")
    kept = newest(screen, patient)
    assert (kept.observation.cssrs.q2, kept.observation.cssrs.q3) == (False, None)
    with screen.app.store.reading() as reading:
        body = reading.records(patient, {RecordKind.ASSESSMENT})[-1].body
    assert body["scales"] == {"c-ssrs": screen.app.protocols.scales["c-ssrs"].version}


def test_a_yes_that_would_be_left_out_stays_in_view_and_is_heard(screen, patient, words, all_switched_on):
    at = opened(screen, patient)
    choose(at, cssrs__q2="yes", cssrs__q4="yes")
    choose(at, cssrs__q2="no")
    assert group(at, "cssrs.q4").value == "yes"
    assert "Asked only after a yes (thoughts of killing oneself)" in words(at)
    press(at, "Save set")
    assert newest(screen, patient).observation.cssrs.q4 is True
    assert "Acute suicide risk." in words(at)


def test_phq9_is_charted_item_9_calls_for_a_screen_and_it_is_not_asked_again_within_the_week(screen, patient, words):
    at = opened(screen, patient)
    choose(at, **{f"phq9__{item}": 1 for item in range(1, 10)})
    assert heading(at, "PHQ-9") == "**PHQ-9** · 9 of 9 done: 9, mild"
    press(at, "Save set")
    assert newest(screen, patient).observation.phq9 == (1,) * 9
    assert "PHQ-9 item 9 above 0, and no suicide screen since." in words(at)
    screen.clock.now += timedelta(days=6)
    screen.sign_in(Role.NURSE)
    at = opened(screen, patient)
    assert "at most weekly, again from Mon 18 Jan 2027" in words(at)
    assert group(at, "phq9.1") is None
    assert "last 9, mild" in heading(at, "PHQ-9")
    screen.clock.now += timedelta(days=1)
    screen.sign_in(Role.NURSE)
    assert group(opened(screen, patient), "phq9.1") is not None


def test_two_signs_of_catatonia_are_an_emergency_and_none_is_a_zero(screen, patient, words):
    at = opened(screen, patient)
    choose(at, signs__catatonia_signs=0)
    assert heading(at, "Catatonia") == "**Catatonia** · 0, not positive"
    choose(at, signs__catatonia_signs=2)
    press(at, "Save set")
    assert newest(screen, patient).observation.signs.catatonia_signs == 2
    assert "■ EMERGENCY" in words(at)


def test_answers_survive_a_new_browser_as_a_draft(screen, patient):
    choose(opened(screen, patient), gad7__1=2, gad7__7=3)
    again = opened(screen, patient)
    assert (group(again, "gad7.1").value, group(again, "gad7.7").value) == (2, 3)
    assert heading(again, "GAD-7") == "**GAD-7** · 2 of 7 done: 5 to 20"


def test_a_correction_begins_with_what_was_charted_and_keeps_a_scale_that_is_switched_off(screen, patient):
    chart(screen, patient, {"phq9": [2] * 9, "poss": "2", "asq": {"q1": "no", "q2": "no", "q3": "no", "q4": "no"}})
    at = opened(screen, patient)
    press(at, "Correct")
    unfolded(at, about="PHQ-9")
    assert group(at, "phq9.9").value == 2
    choose(at, phq9__9=0)
    next(box for box in at.text_input if box.key and "|reason|" in box.key).input("misheard").run()
    press(at, "Save set")
    kept = newest(screen, patient).observation
    assert (kept.phq9[-1], kept.poss, kept.asq.q1.value) == (0, "2", "no")


def test_the_dependence_scale_is_asked_once_a_stay_and_corrected_with_a_reason(screen, patient, words):
    at = opened(screen, patient)
    assert "Once a stay · **SDS** · not asked yet" in [block.label for block in at.expander]
    choose(at, **{f"answer__{item}": 2 for item in range(1, 6)})
    press(at, "Save SDS")
    assert "SDS 10, positive" in words(at)
    next(toggle for toggle in at.toggle if toggle.label == "Correct this entry").set_value(True).run()
    assert group(at, "answer.1").value == 2
    choose(at, answer__1=0, answer__2=0)
    press(at, "Save SDS")
    assert "Say in a few words why the entry is corrected." in words(at)
    next(box for box in at.text_input if box.key and "scale-sds-correcting" in box.key).input("misheard").run()
    press(at, "Save SDS")
    said = words(at)
    assert "SDS 6, not positive" in said
    assert "before: SDS 10, positive" in said
    assert "because: misheard" in said


def test_a_folded_part_is_drawn_when_it_is_opened_and_folded_again_keeps_what_was_typed(screen, patient):
    at = screen.open("pages/chart.py", patient=patient)
    assert group(at, "gad7.1") is group(at, "signs.rigidity") is None
    unfolded(at, about="GAD-7")
    assert group(at, "phq9.1") is None
    choose(at, gad7__1=2)
    unfolded(at, about="GAD-7", is_open=False)
    assert heading(at, "GAD-7") == "**GAD-7** · 1 of 7 done: 2 to 20"
    press(at, "Save set")
    assert newest(screen, patient).observation.gad7[0] == 2


def test_who_does_not_chart_sees_no_scale_form(screen, patient):
    screen.sign_in(Role.PHARMACIST)
    at = opened(screen, patient)
    assert not [block for block in at.expander if "**SDS**" in block.label or "**4AT**" in block.label]
