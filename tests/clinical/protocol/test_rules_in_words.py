"""What a rule asks, in plain words, as its file says it; and its numbers, one of them changed."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.protocol.condition_outline import condition_lines
from taper_app.clinical.protocol.escalation_rules import EscalationRule
from taper_app.clinical.protocol.fact_names import EVENT_FACTS, FACTS
from taper_app.clinical.protocol.fact_words import name_in_words
from taper_app.clinical.protocol.thresholds import Threshold, book_with, thresholds_of, typed_number, with_threshold
from taper_app.clinical.quantities import plain
from taper_app.protocol_files import load_protocols

RULES = load_protocols().rules
NUMBERED = [(rule, found) for rule in RULES.rules for found in thresholds_of(rule)]


def rule(rule_id: str) -> EscalationRule:
    found = RULES.rule(rule_id)
    assert found is not None
    return found


def words(rule_id: str) -> list[str]:
    when = rule(rule_id).when
    assert when is not None
    return [f"{'  ' * line.depth}{line.text}" for line in condition_lines(when)]


@pytest.mark.parametrize(
    ("rule_id", "said"),
    [
        ("R11", ["respiratory rate: 8 a minute or less"]),
        ("R13", ["RASS: -2"]),
        ("R31", ["pulse: 111 to 130 a minute"]),
        ("N14", ["ACVPU: P or U"]),
        (
            "R06",
            ["hallucination in this set, of which", "  not: knows that it is not real (not assessed does not count)"],
        ),
        (
            "N25",
            [
                "one of these:",
                "  nothing by mouth for 24 h: yes",
                "  vomiting within 8 h, 3 times or more",
                "  little urine: yes",
            ],
        ),
        ("R39", ["CIWA-B has risen by 10 or more within 24 h"]),
        (
            "R21",
            [
                "all of these:",
                "  takes opioids: yes (not assessed counts too)",
                "  not: naloxone at hand: yes (not assessed does not count)",
            ],
        ),
    ],
)
def test_a_condition_reads_as_a_clinician_would_say_it(rule_id: str, said: list[str]) -> None:
    assert words(rule_id) == said


def test_three_of_four_senses_stand_under_how_many_are_wanted() -> None:
    assert words("R08")[:3] == ["all of these:", "  at least 3 of these:", "    over-sensitive to light: 2 or more"]


@pytest.mark.parametrize("found", RULES.rules, ids=lambda found: found.id)
def test_every_number_of_every_condition_stands_in_its_words(found: EscalationRule) -> None:
    assert found.when is not None
    said = " ".join(line.text for line in condition_lines(found.when))
    numbers = set(re.findall(r"-?\d+(?:\.\d+)?", said))
    for threshold in thresholds_of(found):
        once = threshold.value == 1 and threshold.of.endswith("how often")
        assert once or plain(threshold.value) in numbers, threshold.in_words


def test_no_fact_is_shown_by_a_name_of_the_program() -> None:
    for fact in (*FACTS, *EVENT_FACTS):
        assert "_" not in name_in_words(fact), fact


def moved(found: EscalationRule, threshold: Threshold) -> EscalationRule:
    """One more, or one less where one more would leave no value that fits."""
    try:
        return with_threshold(found, threshold.place, threshold.value + 1)
    except InputRefused:
        return with_threshold(found, threshold.place, threshold.value - 1)


def test_every_number_can_be_changed_and_changed_back() -> None:
    assert len(NUMBERED) > 100
    for found, threshold in NUMBERED:
        other = moved(found, threshold)
        assert other != found
        assert with_threshold(other, threshold.place, threshold.value) == found


def test_a_changed_rule_stands_in_the_place_of_the_shipped_one() -> None:
    wider = with_threshold(rule("R11"), ("when", "at_most"), Decimal(9))
    book = book_with(RULES, wider)
    assert [found.id for found in book.rules] == [found.id for found in RULES.rules]
    assert book.rule("R11") == wider
    assert RULES.rule("R11") != wider


@pytest.mark.parametrize("typed", ["", "eight", "1e3", "8,5", ".5", "05", "--2", "NaN", "٨", "1" * 9])
def test_what_is_no_plain_number_is_refused_with_the_fix(typed: str) -> None:
    with pytest.raises(InputRefused, match=r"Write the new number like 8, -2 or 38\.5"):
        typed_number(typed)


@pytest.mark.parametrize(("typed", "number"), [("8", "8"), (" -2 ", "-2"), ("38.5", "38.5")])
def test_a_plain_number_is_read_exactly(typed: str, number: str) -> None:
    assert typed_number(typed) == Decimal(number)


def test_half_a_point_of_a_score_that_has_only_whole_ones_is_refused() -> None:
    with pytest.raises(InputRefused, match="whole number"):
        with_threshold(rule("R39"), ("when", "at_least"), Decimal("2.5"))
