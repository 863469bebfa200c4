"""Which pieces a dose is made of, judged against every way to make it, and said so that a pharmacist can mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from math import ceil
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from plan_mutants import HALF, ODT, WHOLE, Plan, give
from taper_app.clinical.checking.findings import CheckResult
from taper_app.clinical.checking.tablets import Strength, Tablets
from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import Plan as BuiltPlan
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from written_plans import ASKED

Judged = Callable[[object], CheckResult]
Redated = Callable[[Plan], Plan]
CHOICE = {"fewest-pieces", "fewest-strengths", "larger-strengths", "least-liquid"}


def said(result: CheckResult) -> list[tuple[str, int | None, str]]:
    return [(each.rule, each.step, each.message) for each in result.violations if each.rule in CHOICE]


# ---- the sentence ----
def test_the_step_the_time_and_the_better_pieces_are_named(taper: Plan, judged: Judged, redated: Redated) -> None:
    give(taper, 8, 0, "0.5", (ODT, "4"))
    assert said(judged(redated(taper))) == [
        ("fewest-pieces", 8, f"The 0.5 mg of clonazepam at 08:00 takes 4 pieces where one does: 1 {HALF}.")
    ]


def test_better_pieces_of_two_strengths_are_both_named(taper: Plan, judged: Judged, redated: Redated) -> None:
    give(taper, 1, 0, "0.875", (HALF, "1"), (ODT, "3"))
    ((_, _, sentence),) = said(judged(redated(taper)))
    assert sentence.endswith(f"takes 4 pieces where 3 do: 1.5 {HALF} and 1 {ODT}.")


def test_what_is_measured_too_much_names_the_volume_that_is_enough(
    crossover: Plan, judged: Judged, redated: Redated
) -> None:
    """3.5 mg: one and a half times 2 mg leave 0.5 mg, half a millilitre of the weaker liquid; 1.5 mL are measured."""
    weak, strong = "diazepam-liquid-1mg-per-ml", "diazepam-liquid-5mg-per-ml"
    crossover["request"]["products"] = ["lorazepam-tablet-0.5mg", "diazepam-tablet-2mg", strong, weak]
    last = len(crossover["steps"])
    give(crossover, last, 0, "3.5", ("diazepam-tablet-2mg", "1"), (weak, "1.5"))
    assert (
        "least-liquid",
        last,
        f"The 3.5 mg of diazepam at 08:00 takes 1.5 mg in liquid where 0.5 mL of {weak} is enough beside tablets.",
    ) in said(judged(redated(crossover)))


def test_a_dose_that_only_a_liquid_makes_is_right(crossover: Plan, judged: Judged, redated: Redated) -> None:
    weak = "diazepam-liquid-1mg-per-ml"
    crossover["request"]["products"] = ["lorazepam-tablet-0.5mg", "diazepam-tablet-5mg", "diazepam-tablet-10mg", weak]
    crossover["request"]["split"] = "none"
    last = len(crossover["steps"])
    give(crossover, last, 0, "3.5", (weak, "3.5"))
    assert not [each for each in said(judged(redated(crossover))) if each[1] == last]


# ---- what is not judged ----
def test_a_plain_tablet_and_one_that_dissolves_of_the_same_strength_are_one_strength(
    taper: Plan, judged: Judged, redated: Redated
) -> None:
    dissolving = "clonazepam-odt-0.5mg"
    taper["request"]["products"].append(dissolving)
    give(taper, 8, 0, "0.5", (dissolving, "1"))
    assert said(judged(redated(taper))) == []
    give(taper, 8, 0, "0.5", (ODT, "4"))
    ((_, _, sentence),) = said(judged(redated(taper)))
    assert sentence.endswith(f"where one does: 1 {HALF}."), "the plain tablet is named"


@pytest.mark.parametrize(
    ("mg", "pieces"),
    [
        ("0.5", ((ODT, "3"),)),  # another dose
        ("0.5", ((ODT, "4"), (HALF, "0"))),  # a count of nothing
        ("0.875", ((ODT, "7"),)),  # more pieces than are handled
        ("0.5", (("clonazepam-odt-0.25mg", "2"),)),  # not listed
        ("0.5", ((ODT, "3"), (HALF, "0.25"))),  # a quarter where halves are allowed
        ("1001", ((WHOLE, "1001"),)),
    ],
)
def test_pieces_that_are_wrong_in_themselves_are_left_to_the_rules_that_say_so(
    mg: str, pieces: tuple[tuple[str, str], ...], taper: Plan, judged: Judged, redated: Redated
) -> None:
    give(taper, 8, 0, mg, *pieces)
    assert said(judged(redated(taper))) == []
    assert not judged(redated(taper)).ok


def test_a_plan_that_lists_no_products_is_not_judged(taper: Plan, judged: Judged, redated: Redated) -> None:
    give(taper, 8, 0, "0.5", (ODT, "4"))
    del taper["request"]
    assert said(judged(redated(taper))) == []


def test_the_past_of_a_changed_plan_keeps_the_pieces_of_its_own_products(protocols: Protocols, judged: Judged) -> None:
    """0.5 mg tablets come in on 1 March: what was taken before was made without them."""
    request: dict[str, Any] = {
        "current": [{"drug": "clonazepam", "mg": "1", "time": "20:00"}],
        "protocol": "asam-2025",
        "start_on": "2027-01-11",
        "products": ["clonazepam-odt-0.125mg", "clonazepam-odt-0.25mg"],
        "override_reason": "Only these can be had for now.",
        "patient": ASKED,
    }
    plan = build_plan(parse_request(request, protocols), protocols)
    assert isinstance(plan, BuiltPlan)
    products = [*request["products"], "clonazepam-tablet-0.5mg"]
    change = {"kind": "change_products", "on": "2027-02-20", "products": products, "reason": "They have come."}
    new = amend_plan(plan, parse_change({**change, "override_reason": "As before."}), protocols)
    assert isinstance(new, BuiltPlan), new.message
    written = new.as_json()
    assert written["steps"][0]["doses"][0]["pieces"][0]["product"] == "clonazepam-odt-0.25mg"
    assert said(judged(written)) == []


# ---- against every way ----
@st.composite
def shelves(draw: st.DrawFn) -> tuple[Strength, ...]:
    wholes = draw(st.lists(st.sampled_from([4, 8, 12, 16, 20, 24, 40]), min_size=1, max_size=3, unique=True))
    return tuple(Strength(whole, draw(st.sampled_from([1, 2, 4]))) for whole in sorted(wholes, reverse=True))


def every_way(strengths: tuple[Strength, ...], dose: int, most: int) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Pieces, strengths, and the amounts negated, so that the smaller is the better one."""
    amounts = (range(0, dose + 1, strength.whole // strength.parts) for strength in strengths)
    for each in product(*amounts):
        pieces = sum(pieces_of(Fraction(amount, s.whole)) for s, amount in zip(strengths, each, strict=True))
        if sum(each) == dose and pieces <= most:
            yield pieces, sum(1 for amount in each if amount), tuple(-amount for amount in each)


def pieces_of(tablets: Fraction) -> int:
    """A half and a quarter are one piece each; three quarters are a half and a quarter."""
    return 2 + int(tablets) if tablets % 1 == Fraction(3, 4) else ceil(tablets)


@settings(max_examples=200, deadline=None)
@given(shelves(), st.integers(min_value=1, max_value=60), st.sampled_from([2, 6]))
def test_the_best_pieces_are_the_best_of_every_way(strengths: tuple[Strength, ...], dose: int, most: int) -> None:
    ways = list(every_way(strengths, dose, most))
    tablets = Tablets(strengths, most)
    assert tablets.can_make(dose, most) == bool(ways)
    assume(ways)
    pieces, number, negated = min(ways)
    assert tablets.fewest(dose) == pieces
    best = tablets.best(dose, pieces, len(strengths))
    assert len(best) == number
    assert dict(best) == {s: -amount for s, amount in zip(strengths, negated, strict=True) if amount}
