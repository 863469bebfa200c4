"""Text that people type into a field: what is printed and exported again has to read the same everywhere."""

from __future__ import annotations

import unicodedata

from pydantic import AfterValidator

_LINE_BREAKS = "\n\r\t"
#: Control characters, and halves of a character that cannot be written to a file.
_HIDDEN = ("Cc", "Cs")
#: They turn the order in which a line is shown: a dose could be read backwards.
_TURNS_DIRECTION = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def one_line(text: str) -> str:
    """The text; raises ValueError with a sentence for a line break or a character that nobody can see."""
    return _visible(text, allowed="")


def some_lines(text: str) -> str:
    """The text, which may have line breaks; raises ValueError for a character that nobody can see."""
    return _visible(text, allowed=_LINE_BREAKS)


def _visible(text: str, *, allowed: str) -> str:
    for character in text:
        hidden = unicodedata.category(character) in _HIDDEN or character in _TURNS_DIRECTION
        if hidden and character not in allowed:
            raise ValueError("Write plain text without control characters.")
    return text


#: For ``Annotated[str, Field(max_length=…), ONE_LINE]``: the length first, so that its sentence speaks of characters.
ONE_LINE = AfterValidator(one_line)
SOME_LINES = AfterValidator(some_lines)
