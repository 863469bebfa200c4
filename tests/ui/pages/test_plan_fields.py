"""The fields of the Plan page: only what a protocol takes, what stays typed, and what is never asked unseen."""

from __future__ import annotations

import pytest

from taper_app.clinical.people import Role
from taper_app.ui.components.plan_request import asked, filled_in
from taper_app.use_cases.drafts import open_draft, save_draft
from taper_app.use_cases.rights import UseCase

PLAN = "pages/plan.py"


@pytest.fixture
def opened(screen):
    """The patient's Plan page, with what was typed before."""

    def open_with(*, patient=None, **typed):
        episode = patient or screen.admit()
        if typed:
            physician = screen.person(Role.PHYSICIAN)
            draft = open_draft(screen.app, physician, UseCase.DRAFT_PLAN, episode, "plan")
            save_draft(screen.app, physician, UseCase.DRAFT_PLAN, draft, typed)
        screen.sign_in(Role.PHYSICIAN)
        at = screen.open(PLAN, patient=episode)
        assert not at.exception
        return at

    return open_with


def labels(at):
    return {element.label for kind in ("text_input", "selectbox", "checkbox") for element in at.get(kind)}


def pick(at, label):
    return next(box for box in at.selectbox if box.label == label)


def choose_protocol(at, protocol):
    pick(at, "Protocol").select(protocol).run()
    assert not at.exception
    return at


CUTS = [
    ("asam-2025", "Cut each time, % of the dose taken now", "10"),
    ("dutch-25-percent-weekly", "Cut each time, % of the dose that the cuts began from", "25"),
    ("hyperbolic-occupancy", "Cut each time, percentage points of occupancy", "2.5"),
    ("fda-klonopin-panic", "Cut each time, mg clonazepam", "0.25"),
    ("mcmaster-2010", "Cut each time, mg diazepam", ""),
]


@pytest.mark.parametrize(("protocol", "label", "begins"), CUTS)
def test_the_cut_is_asked_in_what_the_protocol_counts_in_and_begins_with_its_own(opened, protocol, label, begins):
    at = choose_protocol(opened(), protocol)
    field = next(box for box in at.text_input if box.label == label)
    assert field.value == begins
    assert len([box for box in at.text_input if box.label.startswith("Cut each time")]) == 1


def test_a_printed_table_has_no_cut_to_choose(opened, words):
    at = choose_protocol(opened(), "va-ncptsd")
    assert not any(label.startswith("Cut each time") for label in labels(at))
    assert "The doses are printed one by one" in words(at)


@pytest.mark.parametrize("protocol", ["asam-2025", "hyperbolic-occupancy", "nice-cks-ladder", "va-ncptsd"])
def test_a_longest_step_is_asked_only_where_the_pace_has_no_end_of_its_own(opened, protocol):
    at = choose_protocol(opened(), protocol)
    assert ("Longest step in days" in labels(at)) == (protocol in ("asam-2025", "hyperbolic-occupancy"))


def test_the_protocols_that_suit_stand_first_and_the_others_say_why_not(opened, words):
    at = opened()
    shown = pick(at, "Protocol").options
    unsuited = [name for name in shown if "(" in name and ("only for" in name or "only on a ward" in name)]
    assert shown[-len(unsuited) :] == unsuited
    assert any("only for alprazolam" in name for name in unsuited)
    assert any("contested" in name for name in shown)
    assert "only on a ward" in words(choose_protocol(at, "australian-inpatient"))


def test_each_protocol_says_its_sentence_its_printed_range_its_source_and_its_marks(opened, words):
    at = opened()
    text = words(at).replace("\u00a0", " ")
    assert "Prints 5 to 10 % every 14 to 28 days. (ASAM 2025 p. 3)" in text
    assert "No clinician has signed this protocol file yet" in text
    text = words(choose_protocol(at, "hyperbolic-occupancy"))
    assert "contested" in text
    assert "unverified" in text


def test_a_medicine_is_found_by_generic_and_by_brand(opened):
    at = opened()
    shown = pick(at, "Line 1: medicine").options
    assert len(shown) == 28 + 1
    assert shown[-1] == "another or unknown benzodiazepine (designer, counterfeit)"
    assert any(name.startswith("clonazePAM (Klonopin") for name in shown)
    assert any("Ativan" in name for name in shown)


def test_a_medicine_that_no_file_has_stays_as_it_was_written(opened):
    at = opened(**{"drug-0": "etizolam"})
    assert pick(at, "Line 1: medicine").value == "etizolam"


def test_an_unknown_benzodiazepine_gets_no_automatic_plan_but_whom_to_ask(opened, words):
    at = opened()
    pick(at, "Line 1: medicine").select("unknown benzodiazepine").run()
    next(button for button in at.button if button.label == "Build").click().run()
    assert "Refused" in at.error[0].value
    assert "Ask:" in words(at)


def test_the_medicine_to_taper_with_is_the_present_one_or_a_long_acting_one(opened, words):
    at = opened()
    shown = pick(at, "Medicine to taper with").options
    assert [name.split(" (")[0] for name in shown] == [
        "stay on clonazePAM",
        "switch to diazePAM",
        "switch to chlordiazePOXIDE",
    ]
    pick(at, "Medicine to taper with").select("diazepam").run()
    assert "one time of day after another, the night dose first" in words(at)


FRACTION = "Start at this part of it, in percent"


@pytest.mark.parametrize(
    ("sources", "verified", "is_asked"),
    [
        (("reported", "non_prescribed"), "no", True),
        (("reported", "prescribed"), "no", False),
        (("reported", "reported"), "not_assessed", False),
        (("prescribed", "prescribed"), "yes", False),
    ],
)
def test_a_start_below_the_reported_dose_is_offered_only_for_use_that_nobody_could_verify(
    screen, opened, sources, verified, is_asked
):
    lines = [
        {"drug": "Klonopin", "mg": "4", "time": time, "source": source}
        for time, source in zip(("08:00", "20:00"), sources, strict=True)
    ]
    facts = {"months_of_use": 18, "use_verified": verified}
    patient = screen.admit(current_use={"lines": lines, "last_dose_at": None}, facts=facts)
    at = opened(patient=patient)
    assert (FRACTION in labels(at)) == is_asked


def test_a_part_that_was_typed_before_is_never_asked_for_unseen(opened):
    at = opened(start_fraction_percent="50")
    assert FRACTION in labels(at)


def test_several_medicines_are_summed_and_each_has_its_own_range(screen, opened, words):
    lines = [
        {"drug": "Klonopin", "mg": "1", "time": "20:00", "source": "prescribed"},
        {"drug": "Ativan", "mg": "2", "time": "08:00", "source": "reported"},
    ]
    at = opened(patient=screen.admit(current_use={"lines": lines, "last_dose_at": None}))
    text = words(at)
    assert "Together 20 to 40 mg diazepam; chosen 40, by the highest table" in text
    assert "clonazepam 1 mg = 10 to 20 mg diazepam (Ashton 20" in text
    assert "lorazepam 2 mg = 10 to 20 mg diazepam" in text
    pick(at, "Table of equivalents, to convert with").select("va-dod-2021").run()
    assert "chosen 20, by VA/DoD" in words(at)


def test_what_a_remedy_changes_is_what_is_asked_next(screen):
    library = screen.app.protocols
    fields = {
        "protocol": "asam-2025",
        "lines": 1,
        "drug-0": "clonazepam",
        "mg-0": "1",
        "time-0": "20:00",
        "source-0": "prescribed",
        "start_on": "2027-01-11",
        "target": "zero",
        "taper_drug": "clonazepam",
        "equivalence": "range",
        "times": "20:00",
        "product-clonazepam-tablet-1mg": True,
        "override_reason": "kept",
    }
    changes = [
        {"target_daily_mg": "0.5"},
        {"taper_drug": "diazepam", "equivalence": "ashton-2002", "products": ["diazepam-tablet-2mg"]},
        {"setting": "inpatient", "protocol": "australian-inpatient"},
        {"cut_percent": "5", "every_days": 28},
        {"times": ["08:00", "20:00"]},
        {"split": "quarter"},
    ]
    for change in changes:
        request = asked({**fields, **filled_in(change, fields, library)}, library)
        assert {name: request[name] for name in change} == change
        assert request["override_reason"] == "kept"
        assert request["current"] == [{"drug": "clonazepam", "mg": "1", "time": "20:00", "source": "prescribed"}]


def test_a_cut_typed_for_another_pace_is_not_asked_of_a_table(screen):
    fields = {"protocol": "va-ncptsd", "cut": "10", "drug-0": "diazepam", "mg-0": "20", "longest_step_days": "28"}
    request = asked(fields, screen.app.protocols)
    assert not {"cut_percent", "cut_mg", "longest_step_days"} & set(request)
