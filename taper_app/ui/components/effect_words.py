"""Expected symptoms and levels in words: a sentence for today, a line for each cut, and rows of a table."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from taper_app.clinical.kinetics.effect_panel import ALL_TOGETHER, BandLine, EffectPanel
from taper_app.clinical.kinetics.symptom_windows import AfterCut, SymptomWindow
from taper_app.clinical.protocol.citation import Evidence
from taper_app.export.dates import date_text
from taper_app.ui.components.protocol_words import UNVERIFIED
from taper_app.ui.figures.look import midnight
from taper_app.use_cases.plan_effect import PlanEffect

NOT_COUNTED = "PRN and emergency doses and doses that were not given are not in it."
#: Days that a table of levels shows one by one; a longer stretch is shown week by week. No clinical number.
MOST_DAYS_ONE_BY_ONE = 31


def expected_sentences(effect: PlanEffect) -> tuple[str, ...]:
    """What is to be expected today, the newest cut first; then what comes next, or that no cut comes."""
    return tuple(_expected(effect))


def until_words(after: AfterCut) -> str:
    """``until Sun 7 Feb 2027, worst Mon 18 Jan 2027 to Sun 24 Jan 2027 (PsychDB)``, by the source that ends last.

    A source that prints an earlier end is named too.
    """
    last = max(after.windows, key=lambda window: window.last_day)
    worst = _worst(last)
    others = [
        f"{_source(window)}: until {date_text(window.last_day)}"
        for window in after.windows
        if window.is_end_printed and window.last_day < last.last_day
    ]
    return f"until {_end(last)}{f', worst {worst}' if worst else ''} ({'; '.join([_source(last), *others])})"


def cut_sentences(found: Sequence[AfterCut]) -> tuple[str, ...]:
    """For the falls of one step: until when symptoms are to be expected. Named where several medicines fall."""
    return tuple(
        f"Symptoms of this cut{f' ({after.in_words})' if len(found) > 1 else ''} are to be expected "
        f"{until_words(after)}."
        for after in found
    )


def window_rows(found: Iterable[AfterCut]) -> list[dict[str, str]]:
    """Every source's days after each cut, as a table."""
    return [
        {
            "Cut": f"{date_text(after.starts_on)}: {after.in_words}",
            "Source": _source(window),
            "Symptoms": window.in_words,
            "From": date_text(window.first_day),
            "Worst": _worst(window) or "not printed",
            "To": _end(window),
        }
        for after in found
        for window in after.windows
    ]


def course_lines(found: Iterable[AfterCut]) -> tuple[str, ...]:
    """What each source prints, once for all cuts: a long plan would say it at each."""
    lines = (f"{_source(window)}: {window.in_words}." for after in found for window in after.windows)
    return tuple(dict.fromkeys(lines))


def settling_lines(effect: PlanEffect) -> tuple[str, ...]:
    """Until when the level falls after the last cut that was made, for each medicine."""
    newest = {after.medicine: after for after in effect.after_cuts if after.starts_on <= effect.today}
    return tuple(
        f"After the cut of {after.medicine} of {date_text(after.starts_on)} {after.settling.in_words}: until "
        f"{date_text(after.settling.earliest)} at the earliest, {date_text(after.settling.latest)} at the latest."
        for after in newest.values()
        if after.settling is not None
    )


def level_rows(panel: EffectPanel) -> list[dict[str, str]]:
    """The least and the greatest level of each day or, of a longer stretch, of the first day of each week."""
    days = sorted({moment.date() for moment in panel.times})
    every = 1 if len(days) <= MOST_DAYS_ONE_BY_ONE else 7
    drawn = drawn_bands(panel)
    return [
        {"Day": date_text(day), **{f"{band.name}, %": level_text(panel, band, day) for band in drawn}}
        for day in days[::every]
        if drawn
    ]


def level_text(panel: EffectPanel, band: BandLine, day: date) -> str:
    """``84–118``: the least and the greatest level of a day."""
    low, high = _day(panel, band.low, day), _day(panel, band.high, day)
    least, greatest = round(min(low)), round(max(high))
    return str(least) if least == greatest else f"{least}–{greatest}"


def levels_today(effect: PlanEffect) -> str:
    """Each level of today, and what its 100 % is; empty outside the panel and where no level can be worked out."""
    panel, bands = effect.panel, drawn_bands(effect.panel)
    if not bands or not panel.times[0].date() <= effect.today <= panel.times[-1].date():
        return ""
    levels = ", ".join(f"{band.name} {level_text(panel, band, effect.today)} %" for band in bands)
    references = dict.fromkeys(band.words[0] for band in bands if band.name != ALL_TOGETHER)
    which = "from least to most" if panel.is_hourly else "mean of the day"
    return f"Level today, worked out, {which}: {levels}. {' '.join(references)}"


def drawn_bands(panel: EffectPanel) -> tuple[BandLine, ...]:
    """Those that are there at all within the panel: a medicine that begins later would only be a line at zero."""
    return tuple(band for band in panel.bands if any(band.high))


def _day(panel: EffectPanel, values: Sequence[float], day: date) -> list[float]:
    first = bisect_left(panel.times, midnight(day))
    return list(values[first : bisect_left(panel.times, midnight(day + timedelta(days=1)))])


def _expected(effect: PlanEffect) -> Iterator[str]:
    made = [after for after in effect.after_cuts if after.starts_on <= effect.today]
    open_now = [after for after in reversed(made) if after.last_day >= effect.today]
    for number, after in enumerate(open_now):
        day = date_text(after.starts_on)
        if number:
            yield f"Those of the cut of {day} ({after.in_words}) may last {until_words(after)}."
        else:
            yield f"Symptoms of the cut of {day} ({after.in_words}) are to be expected {until_words(after)}."
    if open_now and effect.raised_on is not None:
        yield f"The dose was raised again on {date_text(effect.raised_on)}; the days still count from the cut."
    yield from (done.in_words for done in effect.done if open_now)
    if made and not open_now:
        last = max(made, key=lambda after: after.last_day)
        yield (
            f"No source expects symptoms of a cut today; those of the cut of {date_text(last.starts_on)} "
            f"({last.in_words}) were to be expected {until_words(last)}."
        )
    yield from _ahead(effect, has_open=bool(open_now))


def _ahead(effect: PlanEffect, *, has_open: bool) -> Iterator[str]:
    if effect.kept_since is not None:
        since = date_text(effect.kept_since)
        yield f"No cut is drawn after {since}: cuts are suspended until a prescriber has reviewed."
        return
    coming = next((after for after in effect.after_cuts if after.starts_on > effect.today), None)
    if coming is not None and not has_open:
        yield (
            f"Symptoms of the next cut, {date_text(coming.starts_on)} ({coming.in_words}), are to be expected "
            f"{until_words(coming)}."
        )
    elif coming is None and not has_open and not effect.after_cuts:
        yield "No cut was made and none is planned, so no symptoms of a cut are to be expected."


def _end(window: SymptomWindow) -> str:
    return date_text(window.last_day) if window.is_end_printed else f"{date_text(window.last_day)} or later"


def _worst(window: SymptomWindow) -> str:
    if window.worst_from is None or window.worst_to is None:
        return ""
    if window.worst_from == window.worst_to:
        return f"on {date_text(window.worst_from)}"
    return f"{date_text(window.worst_from)} to {date_text(window.worst_to)}"


def _source(window: SymptomWindow) -> str:
    if window.evidence is Evidence.UNVERIFIED:
        return f"{window.source}, {UNVERIFIED}"
    return f"{window.source}; {window.evidence.mark}" if window.evidence.mark else window.source
