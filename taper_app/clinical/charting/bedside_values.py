"""What the bodies of bedside entries are made of: text that people type, the second person."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from taper_app.clinical.records import Frozen
from taper_app.clinical.typed_text import ONE_LINE, SOME_LINES

#: Free text of one entry. Emoji and right-to-left marks stay as they were typed.
BedsideNote = Annotated[str, Field(max_length=2000), SOME_LINES]
#: A name or a few words on one line.
Words = Annotated[str, Field(max_length=120), ONE_LINE]
Named = Annotated[str, Field(min_length=2, max_length=80), ONE_LINE]


class SecondPerson(Frozen):
    """Who stood beside: another account than the author's."""

    user_id: str = Field(min_length=1)
    name: str = Field(min_length=1, max_length=80)
