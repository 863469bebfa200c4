from __future__ import annotations

from taper_app.use_cases.silent_rules import rules_that_cannot_speak


def test_rules_whose_scales_nobody_can_chart_yet_are_named(protocols):
    silent = set(rules_that_cannot_speak(protocols))
    assert {"R16", "R17"} <= silent, "POSS has no field"
    assert {"R47", "R48", "R49"} <= silent, "neither C-SSRS nor PHQ-9 has fields"
    assert {"R41", "R42", "R54"} <= silent, "they need the ward's clock"


def test_a_rule_that_one_charted_answer_can_fire_is_not_called_silent(protocols):
    silent = set(rules_that_cannot_speak(protocols))
    assert silent.isdisjoint(
        {
            "N05",
            "N07",
            "N25",
            "N32",
            "R01",
            "R03",
            "R04",
            "R06",
            "R07",
            "R11",
            "R13",
            "R22",
            "R36",
            "R45",
            "N01",
            "N03",
            "N20",
        }
    )
