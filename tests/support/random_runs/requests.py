"""A random request over everything that the protocol library holds, in and around what its files print.

Nothing here names a medicine, a protocol or a table: a new file is covered as soon as it is shipped. Most requests
are such as a prescriber might send; some are odd on purpose, and a few cannot be read at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, TypeVar

from random_runs.paces import pace_of
from random_runs.supply import supply_and_end
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Medicine, Split
from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.clinical.quantities import plain

ValueT = TypeVar("ValueT")

TIMES = ("06:00", "07:30", "08:00", "12:00", "14:00", "18:00", "20:00", "22:00", "23:59", "00:00")
#: Ordinary days, both ends of what is accepted, a leap day, the nights on which clocks change, an old century's end.
STARTS = ("2027-01-11", "2028-02-29", "2027-03-13", "2027-10-30", "2000-01-01", "2200-12-31", "2099-12-25")
#: Milligrams of diazepam in one dose above which a random dose is mostly drawn anew.
_A_LOT = 60
SPECIALIST = "Dr Neurologist"


def request_number(number: int, protocols: Protocols, *, seed: int = 1) -> dict[str, Any]:
    """Always the same request for the same number, seed and protocol files."""
    return random_request(Random(f"{seed}/{number}"), protocols)


def random_request(chance: Random, protocols: Protocols) -> dict[str, Any]:
    """One request, as it travels."""
    taper = _taper(chance, protocols)
    taken = _medicines_now(chance, taper, protocols)
    target = _medicine_to_taper(chance, taken, protocols)
    involved = list(dict.fromkeys([*taken, target]))
    split = chance.choice(["none", "half", "half", "half", "quarter"])
    products = _products(chance, involved, protocols)
    current = _current(chance, taken, products, Split(split), protocols)
    request: dict[str, Any] = {
        "current": current,
        "protocol": taper.id,
        "start_on": _rarely(chance, STARTS, STARTS[0], one_in=4),
        "split": split,
        "setting": "inpatient" if taper.is_inpatient_only else chance.choice(["community", "community", "inpatient"]),
        "patient": facts(chance, protocols),
    }
    if len(taken) > 1 or target is not taken[0] or chance.random() < 0.5:
        request["taper_drug"] = target.id
    if table := _table(chance, involved, taper, protocols):
        request["equivalence"] = table
    if products is not None:
        request["products"] = [product.id for product in products]
    if chance.random() < 0.3:
        request["override_reason"] = "A reason that a prescriber gave."
    request |= pace_of(chance, taper)
    request |= _odd_parts(chance, request)
    if chance.randrange(12) == 0:
        request = start_at_a_part(chance, request, protocols)
    return request | supply_and_end(chance, request, protocols)


def _rarely(chance: Random, odd: Sequence[ValueT], usual: ValueT, *, one_in: int) -> ValueT:
    return chance.choice(odd) if chance.randrange(one_in) == 0 else usual


def _taper(chance: Random, protocols: Protocols) -> PublishedTaper:
    general = protocols.tapers[protocols.limits.ceiling_protocol]
    return _rarely(chance, list(protocols.tapers.values()), general, one_in=2)


def _medicines_now(chance: Random, taper: PublishedTaper, protocols: Protocols) -> list[Medicine]:
    """One to three medicines, mostly sold here; those that a protocol is written for, when it names some."""
    everything = list(protocols.medicines.values())
    sold = [medicine for medicine in everything if _plain_products(medicine, protocols)]
    fitting = [medicine for medicine in everything if medicine.id in taper.only_medicines]
    usual = fitting or sold
    first = chance.choice(usual if chance.random() < 0.9 else everything)
    number = _rarely(chance, (2, 2, 3), 1, one_in=6)
    others = [medicine for medicine in (sold if chance.random() < 0.9 else everything) if medicine is not first]
    return [first, *chance.sample(others, min(number - 1, len(others)))]


def _plain_products(medicine: Medicine, protocols: Protocols) -> list[StockedProduct]:
    """Those that a request without a list may use."""
    return [p for p in protocols.products_of(medicine.id) if p.product.form.is_immediate_release_solid]


def _medicine_to_taper(chance: Random, taken: Sequence[Medicine], protocols: Protocols) -> Medicine:
    """The present one mostly; else a medicine that people are changed to, rarely any other."""
    if len(taken) == 1 and chance.random() < 0.75:
        return taken[0]
    targets = [protocols.medicines[name] for name in protocols.limits.crossover_targets.medicines]
    return chance.choice(targets if chance.random() < 0.9 else list(protocols.medicines.values()))


def _products(chance: Random, involved: Sequence[Medicine], protocols: Protocols) -> list[StockedProduct] | None:
    """None leaves the list to the site's market; else some of every involved medicine, in any form."""
    if chance.random() < 0.5:
        return None
    listed: list[StockedProduct] = []
    for medicine in involved:
        shelf, plainer = _shelf(medicine, protocols), _plain_products(medicine, protocols)
        some = shelf if chance.random() < 0.3 or not plainer else plainer
        listed += chance.sample(some, chance.randint(min(1, len(some)), len(some)))
    return listed or None


def _shelf(medicine: Medicine, protocols: Protocols) -> list[StockedProduct]:
    """Every product of a medicine, in any form and from any market, once."""
    ids = dict.fromkeys(product.product_id(medicine.medicine_id) for product in medicine.products)
    return [product for product_id in ids if (product := protocols.product(product_id))]


def _current(
    chance: Random,
    taken: Sequence[Medicine],
    products: Sequence[StockedProduct] | None,
    split: Split,
    protocols: Protocols,
) -> list[dict[str, Any]]:
    times = chance.sample(TIMES, chance.choice([1, 1, 2, 2, 3, 4]))
    if len(times) < len(taken) and chance.random() < 0.7:
        times = chance.sample(TIMES, len(taken))
    source = chance.choice(["prescribed", "prescribed", "reported", "non_prescribed"])
    lines = []
    for index, time in enumerate(times):
        medicine = taken[index % len(taken)]
        lines.append(_line(chance, medicine, time, source, products, split, protocols))
    for medicine in taken[len(times) :]:
        lines.append(_line(chance, medicine, chance.choice(times), source, products, split, protocols))
    return lines


def _line(
    chance: Random,
    medicine: Medicine,
    time: str,
    source: str,
    products: Sequence[StockedProduct] | None,
    split: Split,
    protocols: Protocols,
) -> dict[str, Any]:
    name = _rarely(chance, (medicine.name, *medicine.brands), medicine.id, one_in=8)
    mg = _mg(chance, medicine, products, split, protocols)
    if _diazepam_mg(medicine, mg, protocols) > _A_LOT and chance.randrange(20):
        mg = _mg(chance, medicine, products, split, protocols)  # mostly doses that somebody takes
    line: dict[str, Any] = {"drug": name, "mg": mg, "time": time}
    if source != "prescribed" or chance.random() < 0.5:
        line["source"] = source
    return line


def _mg(
    chance: Random,
    medicine: Medicine,
    products: Sequence[StockedProduct] | None,
    split: Split,
    protocols: Protocols,
) -> str:
    """Mostly what a few pieces make; sometimes a dose that no pharmacy can make."""
    offered = products or _plain_products(medicine, protocols) or _shelf(medicine, protocols)
    shelf = [product for product in offered if product.medicine == medicine.id]
    if not shelf or chance.randrange(12) == 0:
        return plain(
            chance.choice([Decimal("0.25"), Decimal("0.5"), Decimal(1), Decimal(10)]) * chance.randint(1, 40) / 4
        )
    total = Decimal(0)
    for _ in range(chance.choice([1, 1, 1, 2])):
        product = chance.choice(shelf)
        pieces = chance.choice([1, 1, 1, 2, 2, 3, 4, 7])
        total += product.product.strength_mg * pieces
        parts = min(split.parts, product.product.splits_into.parts)
        if parts > 1 and chance.random() < 0.3:
            total += product.product.strength_mg / parts
    return plain(total)


def _diazepam_mg(medicine: Medicine, mg: str, protocols: Protocols) -> Fraction:
    """By the highest table; 0 for a medicine that none lists."""
    factors = [e.diazepam_mg_per_mg_high for t in protocols.equivalence.values() if (e := t.entry(medicine.id))]
    return Fraction(mg) * max(factors, default=Fraction(0))


def _table(chance: Random, involved: Sequence[Medicine], taper: PublishedTaper, protocols: Protocols) -> str | None:
    """One that lists every involved medicine, where there is one; sometimes one that does not, sometimes none."""
    is_needed = len(involved) > 1 or taper.pace.model in ("ladder", "table", "occupancy")
    if chance.random() > (0.97 if is_needed else 0.4):
        return None
    fitting = [t for t in protocols.equivalence.values() if all(t.entry(medicine.id) for medicine in involved)]
    if not fitting or chance.randrange(40) == 0:
        return chance.choice(sorted(protocols.equivalence))
    return chance.choice(fitting).id


def facts(chance: Random, protocols: Protocols) -> dict[str, Any]:
    """Mostly the answers that allow a plan, so that most requests get one."""
    answers = ("no", "yes", "not_assessed")
    sedatives = (["zopiclone"], [chance.choice(protocols.limits.no_automatic_plan_with.names)], None)
    return {
        "age_years": _rarely(chance, (18, 64, 65, 80, 130, None), 44, one_in=3),
        "months_of_use": chance.choice([None, 0, 1, 2, 3, 18, 600]),
        "use_verified": chance.choice(["yes", "no", "not_assessed"]),
        "seizure_history": _rarely(chance, answers, "no", one_in=4),
        "taken_for_epilepsy": _rarely(chance, answers, "no", one_in=6),
        "hepatic_impairment": _rarely(chance, answers, "no", one_in=4),
        "pregnant": _rarely(chance, answers, "no", one_in=5),
        "opioid_co_use": _rarely(chance, answers, "no", one_in=3),
        "alcohol_co_use": _rarely(chance, answers, "no", one_in=8),
        "other_sedatives": _rarely(chance, sedatives, [], one_in=8),
        "specialist": _rarely(chance, (None, " "), SPECIALIST, one_in=10),
        "obstetric_contact": _rarely(chance, (None,), "Dr Obstetrician", one_in=10),
    }


def _odd_parts(chance: Random, request: dict[str, Any]) -> dict[str, Any]:
    """What most requests leave out: a dose to stay on, other times of day."""
    parts: dict[str, Any] = {}
    total = sum(Decimal(line["mg"]) for line in request["current"])
    if chance.randrange(6) == 0:
        share = Decimal(chance.choice(["0.1", "0.25", "0.5", "0.75", "0.9"]))
        step = Decimal(chance.choice(["0.0625", "0.125", "0.5", "1", "2.5"]))
        parts["target_daily_mg"] = plain((total * share // step) * step)
    if chance.randrange(10) == 0:
        parts["times"] = sorted(chance.sample(TIMES, chance.randint(1, 4)))
    return parts


def start_at_a_part(chance: Random, request: dict[str, Any], protocols: Protocols) -> dict[str, Any]:
    """The same request for use that nobody could verify, begun at a part of it; mostly large enough for that."""
    limit = protocols.limits.start_at_fraction
    asked = {
        **request,
        "setting": "inpatient",
        "patient": {**request["patient"], "use_verified": "no"},
        "current": [{**line, "source": chance.choice(["reported", "non_prescribed"])} for line in request["current"]],
        "start_fraction_percent": chance.choice([plain(limit.at_least_percent), "50", "62.5", "75", "30", "99"]),
    }
    for line in asked["current"]:
        medicine = protocols.medicine_named(line["drug"])
        assert medicine is not None, "the line was made from a medicine of the library"
        while 0 < _diazepam_mg(medicine, line["mg"], protocols) < limit.above_diazepam_mg and chance.randrange(8):
            line["mg"] = plain(Decimal(line["mg"]) * 2)
    return asked
