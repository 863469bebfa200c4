"""Between the fields of a change and the change itself: what is asked, exactly as it was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from taper_app.ui.components import plan_change_begin as begin
from taper_app.ui.components.plan_change_fields import Changing
from taper_app.ui.components.typed_values import whole_number

_Written = dict[str, Any]


def asked(changing: Changing, kind: str) -> _Written:
    """The change as it stands in the form; empty optional fields are left out, so that the change judges the rest."""
    form = changing.form
    written: _Written = {"kind": kind, "on": _day(form.value("on")), "reason": form.typed("reason")}
    if override := form.typed("override_reason"):
        written["override_reason"] = override
    if own := _OWN.get(kind):
        written |= own(changing)
    return written


def _keep_days(changing: Changing) -> _Written:
    return {"days": whole_number(changing.form.typed("days"))}


def _slow(changing: Changing) -> _Written:
    return _pace(changing, "slow_")


def _speed_up(changing: Changing) -> _Written:
    return _pace(changing, "speed_up_")


def _pace(changing: Changing, prefix: str) -> _Written:
    written: _Written = {}
    cut, days = changing.form.typed(f"{prefix}cut_percent"), changing.form.typed(f"{prefix}every_days")
    if cut and begin.cuts_by_percent(changing.plan, changing.protocols):
        written["cut_percent"] = cut
    if days:
        written["every_days"] = whole_number(days)
    return written


def _step_back(changing: Changing) -> _Written:
    """Step 0 when there is none to go back to: the refusal then says what to do."""
    numbers = [step.number for step in begin.steps_to_go_back_to(changing.plan, changing.on)]
    chosen = changing.form.value("to_step")
    return {"to_step": chosen if chosen in numbers else next(iter(numbers), 0)}


def _restabilise(changing: Changing) -> _Written:
    form = changing.form
    written: _Written = {"daily_mg": form.typed("daily_mg"), **_pace(changing, "")}
    if days := form.typed("keep_days"):
        written["keep_days"] = whole_number(days)
    if times := [time.strip() for time in form.typed("restabilise_times").split(",") if time.strip()]:
        written["times"] = times
    if specialist := form.typed("specialist"):
        written["patient"] = {"specialist": specialist}
    return written


def _maintain(changing: Changing) -> _Written:
    return {"daily_mg": changing.form.typed("maintain_daily_mg")}


def _change_products(changing: Changing) -> _Written:
    offered = begin.products_at_hand(changing.plan, changing.on, changing.protocols)
    return {"products": [product.id for product in offered if changing.form.value(f"product-{product.id}")]}


def _change_medicine(changing: Changing) -> _Written:
    form = changing.form
    return {"taper_drug": form.typed("taper_drug"), "equivalence": form.typed("equivalence")}


def _missed(changing: Changing) -> _Written:
    form = changing.form
    since, last = _day(form.value("missed_from")), _day(form.value("missed_to"))
    if form.value("missed_by") != "times":
        return {"from": since, "to": last}
    again = _day(form.value("missed_again"))
    return {
        "from": _moment(since, form.typed("missed_from_time"), changing),
        "to": _moment(again, form.typed("missed_again_time"), changing),
    }


def _day(value: date | str | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


def _moment(day: str, clock: str, changing: Changing) -> str:
    """With the ward's offset; a time that cannot be read stays as it is, and the change names the fault."""
    try:
        local = datetime.fromisoformat(f"{day}T{clock}:00")
    except ValueError:
        return f"{day}T{clock}"
    return local.replace(tzinfo=changing.chart.zone).isoformat()


_OWN: Mapping[str, Callable[[Changing], _Written]] = {
    "keep_days": _keep_days,
    "slow": _slow,
    "step_back": _step_back,
    "restabilise": _restabilise,
    "speed_up": _speed_up,
    "maintain": _maintain,
    "change_products": _change_products,
    "change_medicine": _change_medicine,
    "missed": _missed,
}
