"""Two candidates side by side: kept with the patient, compared, and one of them used."""

from __future__ import annotations

import pytest

import taper_story
from taper_app.clinical.charting.facts import FactsBody
from taper_app.clinical.people import Role
from taper_app.ui.components.plan_candidates import NAMES
from taper_app.ui.components.plan_differences import difference_rows, in_a_sentence
from taper_app.ui.figures.two_plans import shared_medicine, two_plans_alt, two_plans_figure
from taper_app.use_cases.admit import record_facts
from taper_app.use_cases.chart import open_chart

PLAN = "pages/plan.py"
ODT = "clonazepam-odt-0.125mg"
BOTH = "Two candidates side by side"


@pytest.fixture
def page(screen):
    patient = screen.admit()
    screen.sign_in(Role.PHYSICIAN)

    def open_page(episode=patient):
        at = screen.open(PLAN, patient=episode)
        assert not at.exception
        return at

    open_page.patient = patient
    return open_page


def press(at, label):
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception
    return at


def type_cut(at, percent):
    next(box for box in at.text_input if box.label.startswith("Cut each time")).set_value(percent).run()
    return at


def cut_of(at):
    return next(box for box in at.text_input if box.label.startswith("Cut each time")).value


def built(at):
    next(box for box in at.checkbox if f"product-{ODT}" in box.key).check().run()
    return press(at, "Build")


def compared(at):
    """The one of 10 % is kept, the one of 5 % stands in the fields."""
    return press(type_cut(press(built(at), "Compare with another"), "5"), "Build")


def headings(at):
    return [element.value for element in at.subheader]


def compare_table(at):
    found = [table.value for table in at.table if "The kept one" in table.value.columns]
    return {row.iloc[0]: tuple(row.iloc[1:4]) for _, row in found[0].iterrows()} if found else {}


def test_both_stand_side_by_side_with_what_differs(page):
    at = compared(page())
    assert BOTH in headings(at)
    table = {
        name: tuple(str(cell).replace("\\", "").replace("\u00a0", " ") for cell in cells)
        for name, cells in compare_table(at).items()
    }
    kept, now, mark = table["Days until the last change"]
    assert int(kept) < int(now)
    assert mark == "≠"
    assert table["Protocol"] == ("ASAM 2025", "ASAM 2025", "")
    assert "clonazepam 0.125 mg orally disintegrating tablet" in table["Products needed"][0]
    for row in ("Ends", "Steps", "Biggest cut before the end", "Most pieces in a day", "Warnings to sign"):
        assert row in table


def test_the_kept_candidate_survives_a_reload(page):
    compared(page())
    at = page()
    assert BOTH in headings(at)
    assert cut_of(at) == "5"


def test_it_belongs_to_the_patient_and_no_other_sees_it(screen, page):
    compared(page())
    other = screen.admit(episode_id="another-episode", record_number="00999", bed="08", given_name="Ann")
    at = page(other)
    assert BOTH not in headings(at)
    assert cut_of(at) == "10"


def test_nobody_else_sees_a_draft(screen, page):
    compared(page())
    screen.sign_in(Role.PHARMACIST)
    at = page()
    assert BOTH not in headings(at)


def test_using_the_kept_one_puts_it_back_into_the_fields(page):
    at = press(compared(page()), "Use the kept one")
    assert BOTH not in headings(at)
    assert cut_of(at) == "10"
    assert "Propose" in [button.label for button in at.button]
    assert cut_of(page()) == "10"


def test_using_this_one_lets_the_kept_one_go(page):
    at = press(compared(page()), "Use this one, let the kept one go")
    assert BOTH not in headings(at)
    assert cut_of(at) == "5"


def test_while_the_fields_ask_for_something_refused_the_kept_one_is_not_lost(page):
    at = press(built(page()), "Compare with another")
    next(box for box in at.checkbox if f"product-{ODT}" in box.key).uncheck().run()
    press(at, "Build")
    assert "Refused" in at.error[0].value
    at = press(at, "Use the kept one")
    assert next(box for box in at.checkbox if f"product-{ODT}" in box.key).value
    assert not at.error


def test_a_kept_candidate_that_the_charted_facts_no_longer_allow_says_so(screen, page):
    at = press(built(page()), "Compare with another")
    assert not at.exception
    chart_facts(screen, page.patient, taken_for_epilepsy="yes")
    at = page()
    assert "refused" in " ".join(element.value for element in at.error).casefold()


def chart_facts(screen, patient, **changed):
    physician = screen.person(Role.PHYSICIAN)
    known = open_chart(screen.app, physician, patient, audited=False).facts
    answers = FactsBody.model_validate(known.model_dump() | changed)
    record_facts(screen.app, physician, patient, answers, entry_id="facts-later")


def test_proposing_keeps_one_version_and_lets_both_drafts_go(screen, page):
    at = press(compared(page()), "Propose")
    assert BOTH not in headings(at)
    with screen.app.store.reading() as reading:
        assert reading.draft("user-physician", page.patient, "plan") is None


@pytest.fixture
def two_plans():
    story = taper_story.Story().restabilised()
    first, second = (version.plan for version in story.chart().versions[:2])
    return first, second, story.app.protocols


def test_the_figure_draws_both_in_the_same_unit_and_tells_them_apart_without_colour(two_plans):
    first, second, _library = two_plans
    figure = two_plans_figure(first, second)
    assert [line.name for line in figure.data] == ["the kept one", "this one"]
    assert [line.line.dash for line in figure.data] == ["dot", None]
    assert figure.layout.yaxis.title.text == "mg clonazepam a day"
    assert "The table has what differs" in two_plans_alt(first, second)


def test_with_different_medicines_both_are_drawn_in_mg_diazepam(two_plans):
    first, second, _library = two_plans
    steps = [step.model_dump() | {"daily_mg": {"diazepam": "10"}} for step in second.steps]
    switched = type(second).model_validate(second.model_dump(by_alias=True) | {"steps": steps})
    assert shared_medicine(first, switched) is None
    assert two_plans_figure(first, switched).layout.yaxis.title.text == "mg diazepam a day"


def test_a_plan_beside_itself_differs_in_nothing(two_plans):
    first, _second, library = two_plans
    assert {row["Differs"] for row in difference_rows(first, first, library, names=NAMES)} == {""}
    assert in_a_sentence(first, first, names=NAMES) == "Both make their last change on the same day."
