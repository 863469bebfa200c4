"""One scale on the Protocols page: whether it is offered, licence, cautions, bands, items, and where copies differ."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from taper_app.clinical.protocol.citation import Cited, Evidence
from taper_app.clinical.protocol.scale_bands import OtherRange
from taper_app.clinical.protocol.scales import AnswerItem, ChoiceItem, Item, MeasuredItem, Scale, ScoreItem
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.quantities import plain
from taper_app.export.dates import date_text
from taper_app.ui.components import show
from taper_app.ui.components.library_entry import rows_as_table, signature_line
from taper_app.ui.components.protocol_words import UNVERIFIED_MEANS

TREND_WORDS = "Band names are words for a trend, no thresholds for treatment. No score picks a dose."
_ASKED = {
    "every_set": "each set",
    "once_a_day": "once a day",
    "weekly": "at most weekly",
    "once_a_stay": "once a stay",
}


def scales(protocols: WardProtocols) -> None:
    """A choice of scales, and one of them with everything that its file says."""
    names = sorted(protocols.scales, key=lambda name: protocols.scales[name].short)
    chosen = st.selectbox("Scale", names, format_func=lambda name: _label(protocols, name), key="library-one-scale")
    scale = protocols.scales[chosen or names[0]]
    st.subheader(scale.title, anchor=False)
    st.markdown(show.plain_text(scale.about))
    _offered(scale, protocols)
    signature_line(scale.reviewed, scale.version, protocols.sha256.get(scale.id, ""))
    _form(scale)
    _cautions(scale)
    _bands(scale, protocols)
    _outcomes(scale, protocols)
    _items(scale)
    _disagreements(scale, protocols)
    st.markdown(f"Source: {show.plain_text(_cited(scale, protocols))}")


def _label(protocols: WardProtocols, name: str) -> str:
    scale = protocols.scales[name]
    return scale.short if protocols.offers(name) else f"{scale.short} (switched off)"


def _offered(scale: Scale, protocols: WardProtocols) -> None:
    """On or off, why, and what may be done about it; the licence with it."""
    mark = f" ({scale.licence.evidence.mark})" if scale.licence.evidence.mark else ""
    licence = f"**Licence:** {show.plain_text(scale.licence.position)}{mark}"
    if not protocols.offers(scale.id):
        st.warning(
            f"Switched off: no form offers it. {licence} A site that has the permission names it in the scales.toml "
            "of its own folder; protocols/README.md says how."
        )
        return
    st.markdown(licence)
    if permitted := protocols.switched_on.get(scale.id):
        st.markdown(
            f"**Switched on by this site:** {show.plain_text(permitted.permission)} "
            f"({show.plain_text(permitted.by)}, {date_text(permitted.on)})."
        )


def _form(scale: Scale) -> None:
    if scale.form:
        st.markdown(f"**Wording of the form:** {scale.form}. Scores of two wordings are never compared.")


def _cautions(scale: Scale) -> None:
    lines = "\n".join(f"- {show.plain_text(caution)}" for caution in scale.limits_of_use)
    if lines:
        st.markdown(f"**Cautions**\n\n{lines}")


def _bands(scale: Scale, protocols: WardProtocols) -> None:
    if scale.bands is None:
        return
    st.markdown(f"**Bands of a complete total** · {show.plain_text(_cited(scale.bands, protocols))}. {TREND_WORDS}")
    rows = [
        {"Total": _span(band.lowest, band.highest), "Band": band.name, "Means": band.words or "a word for the trend"}
        for band in scale.bands.ranges
    ]
    rows_as_table(rows, f"Bands of {scale.short}")


def _outcomes(scale: Scale, protocols: WardProtocols) -> None:
    if scale.outcomes is None:
        return
    st.markdown(f"**Outcomes** · {show.plain_text(_cited(scale.outcomes, protocols))}")
    rows = [
        {"Outcome": one.name, "When one of these was yes": ", ".join(one.any_yes), "Then": one.words}
        for one in scale.outcomes.ranked
    ]
    rows.append({"Outcome": scale.outcomes.otherwise, "When one of these was yes": "none", "Then": ""})
    if scale.outcomes.refused:
        refused = "the whole screen was refused"
        rows.append({"Outcome": scale.outcomes.refused, "When one of these was yes": refused, "Then": ""})
    rows_as_table(rows, f"Outcomes of {scale.short}")


def _items(scale: Scale) -> None:
    st.markdown(f"**Items** · {len(scale.items_of_total)} in the total" if scale.items_of_total else "**Items**")
    rows = [
        {
            "Item": item.id.replace("_", " "),
            "In our words": ", ".join(part for part in (item.label, item.looks_back) if part),
            "Answers": "; ".join(_answers(item)),
            "Asked": _asked(item),
            "Mark and notes": ". ".join(part for part in (_mark(item), item.note) if part),
        }
        for item in scale.items
    ]
    rows_as_table(rows, f"Items of {scale.short}")
    if any(item.evidence is Evidence.UNVERIFIED for item in scale.items):
        st.markdown(f":small[{UNVERIFIED_MEANS}]")


def _mark(item: Item) -> str:
    """One word in each row; what it means stands once below the table."""
    return "" if item.evidence is Evidence.READ else item.evidence.value


def _asked(item: Item) -> str:
    if isinstance(item, AnswerItem) and item.asked_after_yes:
        return f"after a yes to {' or '.join(item.asked_after_yes)}; empty otherwise"
    return f"{_ASKED[item.asked]}, {item.rater}"


def _answers(item: Item) -> Iterator[str]:
    """Each answer with its score."""
    if isinstance(item, ChoiceItem):
        yield from (f"{choice.words} {choice.score}" for choice in item.choices)
    elif isinstance(item, ScoreItem):
        yield from _scores(item)
    elif isinstance(item, AnswerItem):
        yield from (answer if answer == words else f"{answer} {words}" for answer, words in item.answers.items())
    elif isinstance(item, MeasuredItem):
        yield f"in {item.unit}"
        for band in item.bands:
            low, high = (None if end is None else plain(end) for end in (band.lowest, band.highest))
            yield f"{_span(low, high)} scores {band.score}"
    else:
        yield f"in {item.unit}, not scored"


def _scores(item: ScoreItem) -> Iterator[str]:
    if item.reversed:
        yield "turned: the printed form counts the other way"
    if item.counted:
        yield f"how many of: {', '.join(item.counted)}"
    anchors = sorted(item.anchors.items(), key=lambda anchor: int(anchor[0]))
    yield from (f"{score} {words}" for score, words in anchors)


def _disagreements(scale: Scale, protocols: WardProtocols) -> None:
    if scale.other_bands:
        st.markdown("**Other bands under the same name**, kept apart and never used here")
        rows = [
            {
                "Bands of": _with_note(other.name, other.note),
                "Totals": _other_ranges(other.ranges),
                "Source": _cited(other, protocols),
            }
            for other in scale.other_bands
        ]
        rows_as_table(rows, f"Bands that other copies of {scale.short} print")
    if scale.other_forms:
        st.markdown("**Other wordings under the same name**: their scores are never compared with these")
        forms = [
            {"Wording": other.id, "Differs": other.differs, "Source": _cited(other, protocols)}
            for other in scale.other_forms
        ]
        rows_as_table(forms, f"Other wordings of {scale.short}")


def _with_note(name: str, note: str) -> str:
    return f"{name}. {note}" if note else name


def _other_ranges(ranges: tuple[OtherRange, ...]) -> str:
    return " / ".join(_span(one.lowest, one.highest) for one in ranges)


def _span(lowest: int | str | None, highest: int | str | None) -> str:
    """``1 to 20``, ``at most 19``, ``41 and over``, ``0``."""
    if lowest is None:
        return f"at most {highest}"
    if highest is None:
        return f"{lowest} and over"
    return str(lowest) if lowest == highest else f"{lowest} to {highest}"


def _cited(entry: Cited, protocols: WardProtocols) -> str:
    mark = f", {entry.evidence.mark}" if entry.evidence.mark else ""
    return f"{protocols.source_short(entry.source)}: {entry.where}{mark}"
