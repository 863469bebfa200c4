"""Spoiling a correct plan in one place, and the tests that every group of such mutants has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Plan = dict[str, Any]
Mutate = Callable[[Plan], None]
HALF, WHOLE, ODT = "clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg"
#: Where dates and dispensing would go astray with a mutant they are set right again, so that the rule that is meant
#: has to notice by itself.
REDATED = True
#: The rule that is meant for a mutant, and whether it is redated.
Mutants = Mapping[Mutate, tuple[str, bool]]


def step(plan: Plan, number: int) -> dict[str, Any]:
    found: dict[str, Any] = plan["steps"][number - 1]
    return found


def dose(plan: Plan, number: int, place: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = step(plan, number)["doses"][place]
    return found


def give(plan: Plan, number: int, place: int, mg: str, *pieces: tuple[str, str]) -> None:
    """Another dose, made from these pieces."""
    dose(plan, number, place).update(mg=mg, pieces=[{"product": name, "count": count} for name, count in pieces])


def without_warning(plan: Plan, number: int) -> None:
    plan["warnings"] = [warning for warning in plan["warnings"] if warning["step"] != number]


def without_steps(plan: Plan, first: int, last: int) -> None:
    del plan["steps"][first - 1 : last]


def parameters(mutants: Mutants) -> list[Any]:
    """For pytest: mutate, rule, is_redated."""
    return [pytest.param(mutate, rule, redated, id=mutate.__name__) for mutate, (rule, redated) in mutants.items()]
