"""Finding a medicine by what somebody types: generic or brand, with the names it is mistaken for beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Medicine, folded

#: How many close names a refusal offers, and how alike they have to be (0 to 1): a matter of wording only.
_MOST_OFFERED = 3
_ALIKE_FROM = 0.6


@dataclass(frozen=True, slots=True)
class FoundMedicine:
    """A medicine that matches, ``brand`` the brand that did (empty: the generic name), and its look-alikes."""

    medicine: Medicine
    brand: str
    look_alikes: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """``clonazePAM (Klonopin)``, ``diazePAM``: tall-man letters where a list has them."""
        return f"{self.medicine.shown_name} ({self.brand})" if self.brand else self.medicine.shown_name


@dataclass(frozen=True, slots=True)
class MedicinesFound:
    """Best match first. ``type_more`` says what to do when names that are mistaken for others are held back."""

    medicines: tuple[FoundMedicine, ...]
    type_more: str = ""


def find_medicines(typed: str, protocols: Protocols) -> MedicinesFound:
    """Every medicine with a name that begins with, or else contains, what was typed; letter case does not matter.

    Nothing is shown while one of them is mistaken for another name and too few letters were typed
    (``limits.toml``, ``search_from``), unless a name was typed in full. Half of the list would be worse than none:
    the one left would be taken for the only one.
    """
    wanted = folded(typed)
    if not wanted:
        return MedicinesFound(())
    if exact := protocols.medicine_named(typed):
        return MedicinesFound((_found(exact, _matching_name(exact, wanted)),))
    ranked = sorted(_matches(wanted, protocols.medicines.values()), key=lambda match: (match[0], match[1].id))
    found = tuple(_found(medicine, name) for _, medicine, name in ranked)
    letters = protocols.limits.search_from.letters
    if len(wanted) < letters and any(one.look_alikes for one in found):
        return MedicinesFound((), f"Type at least {letters} letters: names that look alike begin the same.")
    return MedicinesFound(found)


def unknown_medicine_message(typed: str, protocols: Protocols) -> str:
    """One sentence for a name that no file has: the closest names, or where to see them all."""
    names = {folded(name): name for medicine in protocols.medicines.values() for name in medicine.names}
    close = [names[match] for match in get_close_matches(folded(typed), names, _MOST_OFFERED, _ALIKE_FROM)]
    fix = (
        f"names close to it: {', '.join(close)}"
        if close
        else f"write the generic or brand name of one of the {len(protocols.medicines)} that it knows"
    )
    return f'"{typed[:40]}" is not a medicine this version knows; {fix}.'


def _matches(wanted: str, medicines: Iterable[Medicine]) -> Iterator[tuple[int, Medicine, str]]:
    """(rank, medicine, name that matched): 0 the generic begins so, 1 a brand does, 2 a name contains it."""
    for medicine in medicines:
        name = _matching_name(medicine, wanted)
        if not name:
            continue
        begins = folded(name).startswith(wanted)
        yield (0 if name == medicine.name else 1) if begins else 2, medicine, name


def _matching_name(medicine: Medicine, wanted: str) -> str:
    """The best of its names: the same, begins so, contains it; the generic before the brands. Empty: none."""
    tests = (str.__eq__, str.startswith, str.__contains__)
    return next((name for test in tests for name in medicine.names if test(folded(name), wanted)), "")


def _found(medicine: Medicine, name: str) -> FoundMedicine:
    return FoundMedicine(medicine, "" if name in ("", medicine.name) else name, medicine.look_alikes)
