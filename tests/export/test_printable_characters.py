"""No character is lost on paper: it is drawn, or its code point is spelt out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.export.characters import drawable_code_points, printable


@pytest.mark.parametrize("text", ["Zoë Łukasz", "Ωμέγα", "Иванова", "37.0 °C", "† ‡ § ■ ◆ ▲ ○ “”", "1\n2"])
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_a_character_without_a_glyph_is_spelt_out() -> None:
    assert printable("王") == "[unprintable 738B]"


@pytest.mark.parametrize("control", ["\u202e", "\u202d", "\u2066", "\u0000", "\u001b", "\ud800", "\ue000", "\u2028"])
def test_a_control_that_could_change_the_reading_is_spelt_out(control: str) -> None:
    assert printable(f"5{control}0 mg") == f"5[unprintable {ord(control):04X}]0 mg"


def test_right_to_left_names_cannot_reorder_what_stands_beside_them() -> None:
    assert printable("דנה 12") == "\u2068דנה 12\u2069"


def test_runs_that_no_line_could_hold_may_be_broken() -> None:
    shown = printable("x" * 100)
    assert shown.replace("\u200b", "") == "x" * 100
    assert max(len(run) for run in shown.split("\u200b")) <= 24


@given(st.text())
def test_everything_that_comes_out_can_be_drawn(text: str) -> None:
    invisible = set("\n\u200b\u200c\u200d\u2068\u2069")
    assert all(ord(letter) in drawable_code_points() or letter in invisible for letter in printable(text))


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=5))
def test_as_many_marks_come_out_as_letters_went_in(text: str) -> None:
    assert len(re.findall(r"\[unprintable", printable(text).replace("\u200b", ""))) == len(text)
