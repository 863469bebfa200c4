"""Sets of amounts as bit masks: bit n stands for n units, so that adding two sets is a handful of shifts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class Run(NamedTuple):
    """Amounts at equal distances: ``first``, ``first + apart`` and so on, ``number`` of them (in units)."""

    first: int
    number: int
    apart: int = 1


def runs_of(bits: int) -> list[Run]:
    """The mask as stretches of neighbouring bits: makeable doses mostly lie side by side."""
    written = bin(bits)[:1:-1]
    return [Run(found.start(), found.end() - found.start()) for found in re.finditer("1+", written)]


def plus_one_of(amounts: int, runs: Iterable[Run]) -> int:
    """Every sum of one of ``amounts`` and one amount of the runs."""
    sums = 0
    for run in runs:
        spread, done = amounts, 1
        while done < run.number:
            step = min(done, run.number - done)
            spread |= spread << step * run.apart
            done += step
        if run.number > 0:
            sums |= spread << run.first
    return sums


def mask_up_to(limit: int) -> int:
    """The mask of all amounts from 0 to ``limit`` units."""
    return (1 << limit + 1) - 1 if limit >= 0 else 0


def has(bits: int, units: int) -> bool:
    return units >= 0 and bool(bits >> units & 1)


def lowest_in(bits: int) -> int:
    """The lowest amount (in units) of a mask that is not empty."""
    return (bits & -bits).bit_length() - 1


def amounts_in(bits: int, unit: int) -> list[int]:
    """The amounts of a mask, ascending, each times ``unit``."""
    return [unit * position for position, bit in enumerate(bin(bits)[:1:-1]) if bit == "1"]
