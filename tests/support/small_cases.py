"""Small cases for the laws of the search (hypothesis strategies): small enough to look at every plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume
from hypothesis import strategies as st

import plan_requests
from every_plan import Case
from taper_app.clinical.planning.makeable import Makeable, daily_doses
from taper_app.clinical.planning.pace import AskedPace
from taper_app.clinical.planning.path import PathRules, Start
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.planning.settled import settle
from taper_app.clinical.planning.slots import SlotSplitter
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Form, Product, Split
from taper_app.clinical.protocol.tapers import SlotRule
from taper_app.clinical.quantities import MedicineId

PROTOCOLS = plan_requests.PROTOCOLS
MG = 10_000
MEDICINE = MedicineId("diazepam")


def pace_of(protocol: str, start_mg: int, every_days: int | None, cut: str | None) -> AskedPace:
    """A shipped pace with other numbers where its model takes them; ranges are not looked at here."""
    taper = PROTOCOLS.tapers[protocol]
    drug = taper.only_medicines[0] if taper.only_medicines else MEDICINE
    request = {
        "current": [{"drug": drug, "mg": str(start_mg), "time": "08:00"}],
        "protocol": protocol,
        "start_on": "2027-01-11",
        "equivalence": "ashton-2002",
    }
    if every_days is not None:
        request["every_days"] = every_days
    if cut is not None and taper.pace.model != "table":
        request["cut_mg" if taper.pace.model in ("fixed_mg", "ladder") else "cut_percent"] = cut
    return settle(parse_request(request, PROTOCOLS), PROTOCOLS).pace.begun_from(start_mg * MG)


paces = st.builds(
    pace_of,
    st.sampled_from(sorted(PROTOCOLS.tapers)),
    st.integers(min_value=1, max_value=60),
    st.sampled_from([None, 1, 7, 14]),
    st.sampled_from([None, None, "0.5", "2", "10", "25", "40"]),
)


@st.composite
def products(draw: st.DrawFn) -> list[StockedProduct]:
    """One to three products of strengths that leave gaps."""
    found = {}
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        form = draw(st.sampled_from([Form.TABLET, Form.TABLET, Form.TABLET, Form.ODT, Form.LIQUID]))
        made = Product(
            form=form,
            strength_mg=Decimal(draw(st.sampled_from(["0.5", "1", "2", "3", "5", "7.5", "10"]))),
            splits_into=draw(st.sampled_from(list(Split))) if form is Form.TABLET else Split.NONE,
            smallest_ml=Decimal(1) if form is Form.LIQUID else None,
            markets=("us",),
            source="local-default",
            where="made up",
        )
        found[made.product_id(MEDICINE)] = StockedProduct(made.product_id(MEDICINE), MEDICINE, made)
    return list(found.values())


@dataclass(frozen=True)
class Small:
    """A case small enough to look at every plan, and what the search is given for it."""

    makeable: Makeable
    every_plan: Case

    @property
    def rules(self) -> PathRules:
        case = self.every_plan
        assert self.makeable.smallest is not None
        return PathRules(
            case.pace, case.longest_step_days, case.target, self.makeable.smallest, case.stop_allowed_up_to
        )

    @property
    def start(self) -> Start:
        case = self.every_plan
        return Start(case.now, case.daily_now, case.times, case.start_is_a_step, case.start_may_end)

    @property
    def splitter(self) -> SlotSplitter:
        case = self.every_plan
        rule = SlotRule.MORNING_FIRST if case.morning_first else SlotRule.EVEN
        return SlotSplitter(self.makeable, rule, case.keeps_all_times)


@st.composite
def small_cases(draw: st.DrawFn) -> Small:
    listed, split = draw(products()), draw(st.sampled_from(list(Split)))
    times = draw(st.sampled_from([1, 2, 2, 3, 3, 4]))
    most = draw(st.sampled_from([1, 2, 3, 6]))
    makeable = Makeable(MEDICINE, listed, split, most_pieces=most, up_to=12 * MG)
    doses = makeable.doses[1 : draw(st.sampled_from([4, 9, 14])) // times + 3]
    assume(doses)
    now = tuple(draw(st.sampled_from(doses[-4:])) for _ in range(times))
    if draw(st.integers(min_value=0, max_value=5)) == 0:  # one dose that these products cannot make
        now = (now[0] + MG // 4, *now[1:])
    total = sum(now)
    daily = daily_doses(makeable, times, up_to=total)
    case = Case(
        now=now if draw(st.integers(min_value=0, max_value=4)) else None,
        daily_now=total,
        times=times,
        makeable=frozenset(dose for dose in makeable.doses if dose <= total),
        pace=draw(paces).begun_from(total),
        longest_step_days=draw(st.sampled_from([14, 28, 60])),
        target=draw(st.sampled_from([0, 0, 0, daily[0], daily[-1]])),
        stop_allowed_up_to=Fraction(draw(st.sampled_from([0, 0, MG // 2, MG, total]))),
        morning_first=draw(st.booleans()),
        keeps_all_times=draw(st.booleans()),
        start_is_a_step=draw(st.booleans()),
        start_may_end=draw(st.booleans()),
    )
    assume(len(case.makeable) > 1)
    return Small(makeable, replace(case, longest_step_days=max(case.longest_step_days, case.pace.every_days)))


def whole_tablets(*strengths: str, most: int, times: int, total: int, pace: AskedPace) -> Small:
    """The times of day change with the first step; only whole tablets, at most so many a dose."""
    listed = [
        Product(form=Form.TABLET, strength_mg=Decimal(mg), markets=("us",), source="local-default", where="made up")
        for mg in strengths
    ]
    stocked = [StockedProduct(made.product_id(MEDICINE), MEDICINE, made) for made in listed]
    makeable = Makeable(MEDICINE, stocked, Split.NONE, most_pieces=most, up_to=12 * MG)
    case = Case(
        now=None,
        daily_now=total,
        times=times,
        makeable=frozenset(makeable.doses),
        pace=pace,
        longest_step_days=14,
        target=0,
        stop_allowed_up_to=Fraction(0),
        morning_first=False,
        keeps_all_times=False,
        start_is_a_step=False,
        start_may_end=False,
    )
    return Small(makeable, case)
