"""Which pieces make a dose, in words that can be read aloud: ``half a 0.5 mg tablet and one 0.125 mg ...``."""

from __future__ import annotations

from decimal import Decimal

from taper_app.clinical.planning.answer import DoseAt, Pieces
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import mg_text, plain

_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_PARTS = {Decimal("0.25"): "a quarter", Decimal("0.5"): "half", Decimal("0.75"): "three quarters"}


def pieces_in_words(dose: DoseAt, protocols: Protocols) -> str:
    """All pieces of one dose, joined as in a sentence; a product that no file has keeps its id."""
    return joined([_piece_in_words(piece, protocols) for piece in dose.pieces])


def joined(parts: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def _piece_in_words(piece: Pieces, protocols: Protocols) -> str:
    stocked = protocols.product(piece.product)
    if stocked is None:
        return f"{plain(piece.count)} of {piece.product}"
    if stocked.product.form is Form.LIQUID:
        amount = mg_text(piece.count * stocked.product.strength_mg)
        return f"{plain(piece.count)} mL ({amount}) of the {stocked.in_words}"
    return _counted(piece.count, stocked)


def _counted(count: Decimal, stocked: StockedProduct) -> str:
    """``half a 0.5 mg tablet``, ``one 1 mg tablet``, ``two and a half 2 mg tablets``."""
    whole, part = int(count), count - int(count)
    name = stocked.in_words
    if (part and part not in _PARTS) or whole >= len(_NUMBERS):
        return f"{plain(count)} x {name}"
    if not whole:
        return f"half a {name}" if _PARTS[part] == "half" else f"{_PARTS[part]} of a {name}"
    number = _NUMBERS[whole]
    if part:
        number += f" and {'a half' if _PARTS[part] == 'half' else _PARTS[part]}"
    return f"{number} {name}" if count == 1 else f"{number} {name}s"
