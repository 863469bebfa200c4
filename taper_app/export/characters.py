"""Which characters the shipped fonts can draw, and what is printed for those they cannot.

A missing glyph would be an empty box on paper, and a control that turns the reading direction around could
make "0.5 mg" read as something else. Both are printed as ``[unprintable 202E]``, so that nothing is lost
silently.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
FONT_FILES = ("OpenSans-Regular.ttf", "OpenSans-Bold.ttf", "DejaVuSans.ttf")

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_LONGEST_UNBROKEN = 24
_UNBROKEN_RUN = re.compile(rf"[^ \n]{{{_LONGEST_UNBROKEN + 1},}}")
_BREAK_HERE = "\u200b"
# Joiners shape Arabic and Indic letters; a variation selector only chooses a drawing style.
_JOINERS = frozenset("\u200c\u200d")
_DROPPED_STYLE_SELECTORS = frozenset("\ufe0e\ufe0f")


def printable(text: str) -> str:
    """The text with every character either drawable or spelt out as a code point; line ends become newlines.

    Right-to-left text is isolated, so that it cannot reorder what stands beside it. Very long unbroken runs may
    be broken anywhere.
    """
    normal = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    shown = "".join(_shown(character) for character in normal)
    if any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in shown):
        lines = shown.split("\n")
        shown = "\n".join(f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}" for line in lines)
    return _breakable(shown)


def _shown(character: str) -> str:
    if character == "\n" or character in _JOINERS:
        return character
    if character in _DROPPED_STYLE_SELECTORS:
        return ""
    category = unicodedata.category(character)
    if category.startswith("C") or category in ("Zl", "Zp") or ord(character) not in drawable_code_points():
        return f"[unprintable {ord(character):04X}]"
    return character


def _breakable(text: str) -> str:
    """A zero-width space every few characters in runs that no line could hold."""
    return _UNBROKEN_RUN.sub(lambda run: _spread(run.group()), text)


def _spread(run: str) -> str:
    step = _LONGEST_UNBROKEN // 2
    return _BREAK_HERE.join(run[start : start + step] for start in range(0, len(run), step))


@cache
def drawable_code_points() -> frozenset[int]:
    """What is drawn upright in regular and bold: Open Sans (both weights) or the fallback font."""
    regular, bold, fallback = (_code_points_of(FONTS / name) for name in FONT_FILES)
    return frozenset((regular & bold) | fallback)


def _code_points_of(path: Path) -> frozenset[int]:
    """The code points in a TrueType font's character map (formats 4 and 12 of its ``cmap`` table)."""
    font = path.read_bytes()
    table = _table(font, b"cmap")
    (subtables,) = struct.unpack_from(">H", table, 2)
    covered: set[int] = set()
    for index in range(subtables):
        (offset,) = struct.unpack_from(">I", table, 4 + index * 8 + 4)
        (kind,) = struct.unpack_from(">H", table, offset)
        if kind == 4:
            covered |= _format_4(table[offset:])
        elif kind == 12:
            covered |= _format_12(table[offset:])
    return frozenset(covered)


def _table(font: bytes, tag: bytes) -> bytes:
    (tables,) = struct.unpack_from(">H", font, 4)
    for index in range(tables):
        name, _checksum, offset, length = struct.unpack_from(">4sIII", font, 12 + index * 16)
        if name == tag:
            return font[offset : offset + length]
    raise ValueError(f"The font has no {tag.decode()} table.")


def _format_4(table: bytes) -> set[int]:
    (twice_segments,) = struct.unpack_from(">H", table, 6)
    count = twice_segments // 2
    ends = struct.unpack_from(f">{count}H", table, 14)
    starts = struct.unpack_from(f">{count}H", table, 16 + twice_segments)
    deltas = struct.unpack_from(f">{count}H", table, 16 + 2 * twice_segments)
    offsets_at = 16 + 3 * twice_segments
    offsets = struct.unpack_from(f">{count}H", table, offsets_at)
    covered: set[int] = set()
    for segment, (start, end, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if offset:
                at = offsets_at + 2 * segment + offset + 2 * (code - start)
                (glyph,) = struct.unpack_from(">H", table, at)
                if glyph == 0:
                    continue
            if (glyph + delta) & 0xFFFF:
                covered.add(code)
    return covered


def _format_12(table: bytes) -> set[int]:
    (groups,) = struct.unpack_from(">I", table, 12)
    covered: set[int] = set()
    for group in range(groups):
        start, end, _glyph = struct.unpack_from(">III", table, 16 + group * 12)
        covered.update(range(start, end + 1))
    return covered
