"""What people type is printed and exported again: every letter is welcome, no character that nobody can see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.clinical.typed_text import one_line, some_lines


@pytest.mark.parametrize("text", ["Dr. Žižek-O’Neill", "医師", "Dr. \u200cXY", "", "½ tablet"])
def test_any_letter_is_welcome(text: str) -> None:
    assert one_line(text) == some_lines(text) == text


def test_a_reason_may_have_lines_and_a_name_not() -> None:
    assert some_lines("First.\n\tSecond.\r\n") == "First.\n\tSecond.\r\n"
    with pytest.raises(ValueError, match="without control characters"):
        one_line("First.\nSecond.")


@given(st.sampled_from("\x00\x07\x1b\x7f\x9f\u202e\u2066\ud800"), st.text(max_size=5))
def test_a_character_that_nobody_can_see_is_refused_everywhere(hidden: str, beside: str) -> None:
    for read in (one_line, some_lines):
        with pytest.raises(ValueError, match="without control characters"):
            read(beside + hidden)
