from __future__ import annotations

from dataclasses import replace
from datetime import date

from taper_app.clinical.protocol.site_scales import SwitchedOn
from taper_app.use_cases.silent_rules import rules_that_cannot_speak

BY_POSS_AND_C_SSRS = {"R16", "R17", "R47", "R48"}


def test_rules_whose_scales_are_switched_off_are_named_and_those_of_the_clock_are_not(protocols):
    silent = set(rules_that_cannot_speak(protocols))
    assert silent >= BY_POSS_AND_C_SSRS, "POSS and C-SSRS ship switched off"
    assert silent.isdisjoint({"R41", "R42", "R54"}), "the board and the chart judge them by the clock"


def test_a_scale_that_the_site_switched_on_lets_its_rules_speak(protocols):
    permitted = {
        name: SwitchedOn(scale=name, permission="letter of the owner", by="A. Lead", on=date(2027, 1, 5))
        for name in ("poss", "c-ssrs")
    }
    assert BY_POSS_AND_C_SSRS.isdisjoint(rules_that_cannot_speak(replace(protocols, switched_on=permitted)))


def test_a_rule_that_one_charted_answer_can_fire_is_not_called_silent(protocols):
    silent = set(rules_that_cannot_speak(protocols))
    charted = {"R01", "R03", "R04", "R06", "R07", "R11", "R13", "R22", "R36", "R45", "N01", "N03", "N20"}
    assert silent.isdisjoint({*charted, "R09", "R10", "R49", "N05", "N07", "N25", "N32"})
