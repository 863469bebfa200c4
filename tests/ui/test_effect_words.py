"""What is said of symptoms and levels, as a clinician reads it."""

from __future__ import annotations

from datetime import date

import display_rules
import taper_story
from taper_app.ui.components.effect_words import (
    course_lines,
    cut_sentences,
    expected_sentences,
    level_rows,
    levels_today,
    settling_lines,
    window_rows,
)
from taper_app.use_cases.plan_effect import PlanEffect, effect_of


def effect(story: taper_story.Story, *, last: date = date(2026, 12, 12)) -> PlanEffect:
    found = effect_of(story.chart(), story.app.protocols, first_day=date(2026, 11, 29), last_day=last)
    assert found is not None
    return found


def test_on_the_day_of_a_cut_the_sentence_says_until_when_by_which_source() -> None:
    assert expected_sentences(effect(taper_story.Story().with_signed_plan())) == (
        "Symptoms of the cut of Tue 1 Dec 2026 (clonazepam from 2 mg to 1.875 mg a day) are to be expected until "
        "Mon 28 Dec 2026, worst Tue 8 Dec 2026 to Mon 14 Dec 2026 (PsychDB).",
    )


def test_days_later_the_cut_before_and_what_this_one_has_done_are_said_too() -> None:
    story = taper_story.Story().with_signed_plan()
    story.clock.advance(days=16)
    newest, before, done = expected_sentences(effect(story))
    assert newest.startswith("Symptoms of the cut of Tue 15 Dec 2026")
    assert before.startswith("Those of the cut of Tue 1 Dec 2026")
    assert done.startswith("By day 3 clonazepam has fallen by ")


def test_a_rise_since_the_cut_and_a_suspension_are_said() -> None:
    raised = " ".join(expected_sentences(effect(taper_story.Story().restabilised())))
    assert "The dose was raised again on Sat 5 Dec 2026; the days still count from the cut." in raised
    assert "has fallen by" not in raised
    suspended = expected_sentences(effect(taper_story.Story().to_the_seizure()))
    assert suspended[-1] == (
        "No cut is drawn after Thu 3 Dec 2026: cuts are suspended until a prescriber has reviewed."
    )


def test_before_the_first_cut_the_next_one_is_announced() -> None:
    story = taper_story.Story().admit()
    story.propose(start_on="2026-12-05")
    (sentence,) = expected_sentences(effect(story.sign()))
    assert sentence.startswith("Symptoms of the next cut, Sat 5 Dec 2026 (clonazepam from 2 mg to 1.875 mg a day), are")


def test_when_every_window_is_over_it_says_which_was_the_last() -> None:
    story = taper_story.Story().restabilised()
    story.clock.advance(days=3650)
    (sentence,) = expected_sentences(effect(story))
    assert sentence.startswith("No source expects symptoms of a cut today; those of the cut of ")


def test_sources_that_end_earlier_are_named_beside_the_one_that_ends_last() -> None:
    story = taper_story.Story().admit()
    lorazepam = [{"drug": "lorazepam", "mg": "2", "time": at} for at in ("08:00", "20:00")]
    story.propose(current=lorazepam, products=["lorazepam-tablet-0.5mg", "lorazepam-tablet-1mg"])
    sentence = expected_sentences(effect(story.sign()))[0]
    assert "until Mon 28 Dec 2026 (Withdrawal app (NSW); second-hand copy; PsychDB: until Sat 5 Dec 2026)" in sentence


def test_the_level_of_today_says_what_its_hundred_percent_is() -> None:
    words = levels_today(effect(taper_story.Story().with_signed_plan()))
    assert words.startswith("Level today, worked out, from least to most: clonazepam ")
    assert words.endswith("100 % is the mean level at steady state on 2 mg clonazepam a day, the dose before the plan.")
    assert levels_today(effect(taper_story.Story().with_signed_plan(), last=date(2026, 11, 30))) == ""


def test_each_source_has_a_row_and_what_is_not_printed_says_so() -> None:
    found = effect(taper_story.Story().with_signed_plan())
    rows = window_rows(found.after_cuts[:1])
    assert [row["Source"] for row in rows] == ["PsychDB", "Withdrawal app (NSW); second-hand copy", "WikEM"]
    assert [row["Worst"] for row in rows] == ["Tue 8 Dec 2026 to Mon 14 Dec 2026", "not printed", "not printed"]
    assert [row["To"] for row in rows] == ["Mon 28 Dec 2026", "Tue 8 Dec 2026 or later", "Tue 22 Dec 2026 or later"]


def test_a_step_says_until_when_and_names_the_medicine_only_where_several_fall() -> None:
    first, second, *_rest = effect(taper_story.Story().with_signed_plan()).after_cuts
    assert cut_sentences([first])[0].startswith("Symptoms of this cut are to be expected until Mon 28 Dec 2026")
    assert cut_sentences([first, second])[1].startswith("Symptoms of this cut (clonazepam from 1.875 mg to 1.75 mg a")


def test_what_the_sources_print_is_said_once_for_all_cuts() -> None:
    found = effect(taper_story.Story().with_signed_plan()).after_cuts
    assert len(found) > 10
    assert len(course_lines(found)) == 3


def test_days_are_listed_one_by_one_and_a_long_stretch_by_weeks() -> None:
    story = taper_story.Story().with_signed_plan()
    short, long = level_rows(effect(story).panel), level_rows(effect(story, last=date(2027, 12, 1)).panel)
    assert [row["Day"] for row in short[:2]] == ["Sun 29 Nov 2026", "Mon 30 Nov 2026"]
    assert [row["Day"] for row in long[:2]] == ["Sun 29 Nov 2026", "Sun 6 Dec 2026"]
    assert "–" in short[0]["clonazepam, %"]
    assert long[0]["clonazepam, %"] == "100"


def test_no_word_of_it_breaks_the_display_rules() -> None:
    for stage in ("with_signed_plan", "to_the_seizure", "restabilised"):
        found = effect(getattr(taper_story.Story(), stage)())
        rows = [cell for row in window_rows(found.after_cuts) for cell in row.values()]
        lines = [*expected_sentences(found), levels_today(found), *settling_lines(found), *found.panel.words, *rows]
        assert display_rules.violations("\n".join(lines)) == []
