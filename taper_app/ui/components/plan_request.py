"""Between the Plan page's fields and a plan request: what is asked, and what a remedy fills in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Split
from taper_app.clinical.protocol.tapers import PERCENT_MODELS
from taper_app.clinical.quantities import parse_mg
from taper_app.ui.components.plan_request_supply import stock_filled_in, supply_asked
from taper_app.ui.components.typed_values import Fields, text_of, whole_number

NO_TABLE = "range"
BY_PACE, BY_DATE = "pace", "date"
#: Only these have no end of their own, so that a longest step matters.
HAVE_A_LONGEST_STEP = ("percent_of_current", "occupancy")


def asked(fields: Fields, protocols: Protocols) -> dict[str, Any]:
    """The request as it stands in the fields: numbers as they were typed, so that the request judges them."""
    model = protocols.tapers[str(fields["protocol"])].pace.model
    written: dict[str, Any] = {
        "current": lines_of(fields),
        "protocol": fields["protocol"],
        "start_on": fields.get("start_on") or "",
        "target_daily_mg": text_of(fields, "target_mg") if fields.get("target") == "dose" else "0",
        "setting": fields.get("setting") or "community",
        "split": fields.get("split") or Split.HALF.value,
        "products": [product.id for product in offered(fields, protocols) if fields.get(f"product-{product.id}")],
        "times": [time.strip() for time in text_of(fields, "times").split(",") if time.strip()] or None,
        "equivalence": None if fields.get("equivalence") == NO_TABLE else fields.get("equivalence"),
        "override_reason": text_of(fields, "override_reason") or None,
        "taper_drug": fields.get("taper_drug") or None,
    }
    written |= _pace(fields, model) | supply_asked(fields)
    if (longest := text_of(fields, "longest_step_days")) and model in HAVE_A_LONGEST_STEP:
        written["longest_step_days"] = whole_number(longest)
    if fraction := text_of(fields, "start_fraction_percent"):
        written["start_fraction_percent"] = fraction
    return written


def _pace(fields: Fields, model: str) -> dict[str, Any]:
    """By an end date only a figure that was named; otherwise what stands in the fields of the pace."""
    by_date = fields.get("pace_by") == BY_DATE
    written: dict[str, Any] = {"ends_by": fields.get("ends_by") or ""} if by_date else {}
    if (cut := text_of(fields, pace_field("cut", by_date))) and model != "table":
        written["cut_percent" if model in PERCENT_MODELS else "cut_mg"] = cut
    if days := text_of(fields, pace_field("every_days", by_date)):
        written["every_days"] = whole_number(days)
    return written


def pace_field(name: str, by_date: bool) -> str:
    """The field of the cut or the interval: by an end date it begins empty, and is another one."""
    return f"by_date_{name}" if by_date else name


def filled_in(change: Mapping[str, Any], fields: Fields, protocols: Protocols) -> dict[str, Any]:
    """The fields that a remedy's change to the request fills in."""
    values: dict[str, Any] = {}
    for name, value in change.items():
        if name == "products":
            values |= _ticked(value, fields, protocols)
        elif name == "target_daily_mg":
            values |= {"target": "zero" if value == "0" else "dose", "target_mg": "" if value == "0" else str(value)}
        elif name in ("cut_percent", "cut_mg", "every_days"):
            field = name if name == "every_days" else "cut"
            values |= {pace_field(field, by_date): str(value or "") for by_date in (False, True)}
        elif name == "ends_by":
            values |= {"pace_by": BY_DATE if value else BY_PACE, "ends_by": value}
        elif name == "stock":
            values |= stock_filled_in(value)
        elif name == "equivalence":
            values[name] = value or NO_TABLE
        elif name == "times":
            values[name] = ", ".join(value or ())
        elif name in ("longest_step_days", "start_fraction_percent", "override_reason"):
            values[name] = str(value or "")
        else:
            values[name] = value
    return values


def lines_of(fields: Fields) -> list[dict[str, str]]:
    """The lines of current use, as they are typed."""
    return [
        {
            "drug": text_of(fields, f"drug-{index}"),
            "mg": text_of(fields, f"mg-{index}"),
            "time": text_of(fields, f"time-{index}"),
            "source": text_of(fields, f"source-{index}") or "prescribed",
        }
        for index in range(int(fields.get("lines") or 1))
    ]


def daily_of(fields: Fields, protocols: Protocols) -> dict[str, Decimal] | None:
    """The day's milligrams by medicine; None while a line cannot be read."""
    daily: dict[str, Decimal] = {}
    for line in lines_of(fields):
        medicine = protocols.medicine_named(line["drug"])
        try:
            mg = parse_mg(line["mg"])
        except ValueError:
            return None
        if medicine is None:
            return None
        daily[medicine.id] = daily.get(medicine.id, Decimal(0)) + mg
    return daily


def offered(fields: Fields, protocols: Protocols) -> list[StockedProduct]:
    """The products of the request's medicines: those taken now and the one to taper with."""
    taken = [medicine.id for line in lines_of(fields) if (medicine := protocols.medicine_named(line["drug"]))]
    medicines = dict.fromkeys([*taken, str(fields.get("taper_drug"))])
    return [product for medicine in medicines for product in protocols.products_of(medicine)]


def _ticked(products: list[str], fields: Fields, protocols: Protocols) -> dict[str, bool]:
    """Exactly these are ticked, of all products that the fields offer and of the new ones' medicines."""
    medicines = {stocked.medicine for stocked in map(protocols.product, products) if stocked}
    of_new = [product for medicine in medicines for product in protocols.products_of(medicine)]
    return {f"product-{product.id}": product.id in products for product in [*offered(fields, protocols), *of_new]}
