"""What a field begins with stands in every drawing of it: the browser may never have got the one before."""

from __future__ import annotations

import pytest

from taper_app.clinical.people import Role

PAGES = {
    "admit": ("pages/admit.py", Role.NURSE),
    "chart": ("pages/chart.py", Role.NURSE),
    "plan": ("pages/plan.py", Role.PHYSICIAN),
    "handoff": ("pages/handoff.py", Role.PLANNER),
}


def fields(at):
    for kind in ("text_input", "text_area", "selectbox", "checkbox", "button_group", "date_input"):
        yield from ((kind, element) for element in at.get(kind))


def drawn(kind, proto):
    """What a browser that gets only this drawing shows."""
    match kind:
        case "selectbox":
            return proto.options[proto.default] if proto.HasField("default") else None
        case "button_group":
            return [proto.options[index].content for index in proto.default]
        case "date_input":
            return [day.replace("/", "-") for day in proto.default]
    return proto.default


def held(kind, element):
    """What the server takes the field to say."""
    match kind:
        case "selectbox":
            return None if element.value is None else element.format_func(element.value)
        case "button_group":
            chosen = element.value if isinstance(element.value, list) else [element.value]
            return [element.format_func(value) for value in chosen if value is not None]
        case "date_input":
            return [element.value.isoformat()]
    return element.value


def assert_each_drawing_says_it_all(at):
    found = list(fields(at))
    for kind, element in found:
        assert not element.proto.set_value, f"{element.label}: its value came in one message only"
        assert drawn(kind, element.proto) == held(kind, element), element.label
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_whose_first_drawing_was_lost_shows_the_same_fields_at_the_second(screen, page):
    address, role = PAGES[page]
    patient = None if page == "admit" else screen.admit()
    screen.sign_in(role)
    at = screen.open(address, patient=patient)
    first = [(element.label, held(kind, element)) for kind, element in assert_each_drawing_says_it_all(at)]
    again = [(element.label, held(kind, element)) for kind, element in assert_each_drawing_says_it_all(at.run())]
    assert first == again
    assert len(first) > 3
    assert not at.exception


def test_a_restored_draft_stands_in_every_drawing_too(screen):
    screen.sign_in(Role.NURSE)
    at = screen.open("pages/admit.py")
    next(box for box in at.text_input if box.key.startswith("family-")).set_value("Doe").run()
    next(group for group in at.get("button_group") if group.key.startswith("sex-")).set_value("F").run()
    next(group for group in at.get("button_group") if group.key.startswith("lines-")).set_value(4).run()
    at = screen.open("pages/admit.py")
    shown = {element.label: held(kind, element) for kind, element in assert_each_drawing_says_it_all(at.run())}
    assert shown["Family name"] == "Doe"
    assert shown["Sex"] == ["female"]
    assert shown["Doses a day to write down"] == ["4"]


def test_what_a_remedy_or_another_protocol_fills_in_stands_in_every_drawing_too(screen):
    patient = screen.admit()
    screen.sign_in(Role.PHYSICIAN)
    at = screen.open("pages/plan.py", patient=patient)
    next(box for box in at.selectbox if box.label == "Protocol").select("fda-klonopin-panic").run()
    shown = {element.label: held(kind, element) for kind, element in assert_each_drawing_says_it_all(at.run())}
    assert shown["Cut each time, mg clonazepam"] == "0.25"
    assert shown["Every … days"] == "3"
    assert not at.exception


def test_a_line_that_is_not_shown_for_a_moment_stays_in_the_draft(screen):
    screen.sign_in(Role.NURSE)
    at = screen.open("pages/admit.py")
    next(box for box in at.text_input if box.key.startswith("family-")).set_value("Doe").run()
    next(group for group in at.get("button_group") if group.key.startswith("lines-")).set_value(3).run()
    next(box for box in at.text_input if box.key.startswith("drug-2-")).set_value("Ativan").run()
    for count in (2, 3):
        next(group for group in at.get("button_group") if group.key.startswith("lines-")).set_value(count).run()
    assert next(box for box in at.text_input if box.key.startswith("drug-2-")).value == "Ativan"
