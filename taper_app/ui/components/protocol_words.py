"""A protocol in words: its pace and printed range, where that stands, and the marks that it carries."""

from __future__ import annotations

from collections.abc import Iterator

from taper_app.clinical.protocol.citation import Cited, Evidence
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.tapers import (
    LadderBand,
    Pace,
    PaceFixedMg,
    PaceLadder,
    PaceOccupancy,
    PacePercentOfCurrent,
    PacePercentOfStart,
    PaceTable,
    PublishedTaper,
)
from taper_app.clinical.quantities import mg_text, percent_text, plain

HOUSE_DEFAULT = "local-default"
UNVERIFIED = "unverified"
UNVERIFIED_MEANS = "Unverified: a default of this project that no clinical lead has signed."
LOCAL_READING = "The percentage is taken of the dose taken now; the source prints no base, so this is a local reading."
NOT_REVIEWED = "No clinician has signed this protocol file yet."


def source_words(source: str, protocols: Protocols) -> str:
    """The source's short name, marked when it is a default of this project."""
    short = protocols.source_short(source)
    return f"{short}, {UNVERIFIED}" if source == HOUSE_DEFAULT else short


def cited_words(entry: Cited, protocols: Protocols) -> str:
    """``ASAM 2025 pocket guide, p. 3``, with a mark when the number was not read in the source."""
    short = protocols.source_short(entry.source)
    if entry.evidence is Evidence.UNVERIFIED:
        return f"{short}, {UNVERIFIED}"
    return f"{short}; {entry.evidence.mark}" if entry.evidence.mark else short


def review_words(taper: PublishedTaper) -> str:
    return f"Signed by {taper.reviewed.by}." if taper.reviewed else NOT_REVIEWED


def marks_of(taper: PublishedTaper) -> tuple[str, ...]:
    """What stands beside the protocol's name wherever it is chosen: contested, for the ward only, unverified …"""
    return tuple(_marks(taper))


def _marks(taper: PublishedTaper) -> Iterator[str]:
    if taper.is_contested:
        yield "contested"
    if taper.is_inpatient_only:
        yield "inpatient only"
    if taper.is_label_or_trial_maximum:
        yield "a label's or trial's fastest, not a recommendation"
    if taper.based_on:
        yield "this site's own"
    if taper.pace.evidence is not Evidence.READ:
        yield "unverified pace" if taper.pace.evidence is Evidence.UNVERIFIED else taper.pace.evidence.mark


def summary_words(taper: PublishedTaper, protocols: Protocols) -> str:
    """What it does, what its source prints, and its own ceiling, in that order."""
    words = [taper.summary, f"{pace_words(taper.pace)} ({cited_words(taper.pace, protocols)})."]
    if ceiling := taper.own_ceiling:
        words.append(f"At most {percent_text(ceiling.percent)} % in {ceiling.in_days} days.")
    if stabilise := taper.stabilisation:
        words.append(f"First {stabilise.days} days without a cut ({cited_words(stabilise, protocols)}).")
    if floor := taper.floor:
        then = protocols.tapers[floor.then_protocol].name if floor.then_protocol in protocols.tapers else ""
        words.append(f"Ends at {mg_text(floor.diazepam_mg)} diazepam; from there {then}.")
    if isinstance(taper.pace, PaceOccupancy):
        half = taper.pace.half_occupancy_diazepam_mg
        words.append(
            f"Half of the receptors are taken to be occupied at {mg_text(half.mg)} diazepam "
            f"({cited_words(half, protocols)}); this constant is contested."
        )
    if isinstance(taper.pace, PacePercentOfCurrent):
        words.append(LOCAL_READING)
    return " ".join([*words, review_words(taper)])


def pace_words(pace: Pace) -> str:
    """The pace that the source prints, with its range; no full stop."""
    match pace:
        case PacePercentOfCurrent():
            return f"Prints {_percents(pace)} of the dose taken now {_interval(pace)}"
        case PacePercentOfStart():
            return f"Prints {_percents(pace)} of the dose that the cuts began from {_interval(pace)}"
        case PaceOccupancy():
            points = f"{percent_text(pace.least_cut_percent)} to {percent_text(pace.most_cut_percent)}"
            return f"Cuts of {points} percentage points of receptor occupancy {_interval(pace)}"
        case PaceFixedMg():
            return f"Prints {_milligrams(pace)} {pace.medicine} {_interval(pace)}"
        case PaceLadder():
            bands = "; ".join(_band_words(band) for band in pace.bands)
            return f"A ladder in mg {pace.medicine} {_interval(pace)}: {bands}"
        case PaceTable():
            rows = ", ".join(f"{plain(row.mg)} mg for {row.days} days" for row in pace.rows)
            inferred = " (inferred)" if pace.starts_from_is_inferred else ""
            return f"A table in mg {pace.medicine} from {plain(pace.starts_from_mg)} mg{inferred}: {rows}"


def _percents(pace: PacePercentOfCurrent | PacePercentOfStart) -> str:
    most = f"{percent_text(pace.most_cut_percent)} %"
    if pace.least_cut_percent is None:
        return f"up to {most}"
    if pace.least_cut_percent == pace.most_cut_percent:
        return most
    return f"{percent_text(pace.least_cut_percent)} to {most}"


def _milligrams(pace: PaceFixedMg) -> str:
    most = mg_text(pace.most_cut_mg)
    return f"at most {most}" if pace.least_cut_mg is None else f"{plain(pace.least_cut_mg)} to {most}"


def _interval(pace: PacePercentOfCurrent | PacePercentOfStart | PaceOccupancy | PaceFixedMg | PaceLadder) -> str:
    least, most = pace.least_every_days, pace.most_every_days
    if most is None:
        return f"every {least} days or longer"
    if least == most:
        return "every day" if least == 1 else f"every {least} days"
    return f"every {least} to {most} days"


def _band_words(band: LadderBand) -> str:
    above = "from any dose" if band.from_mg is None else plain(band.from_mg)
    least = plain(band.least_cut_mg) if band.least_cut_mg not in (None, band.most_cut_mg) else ""
    by = f"{least} to {mg_text(band.most_cut_mg)}" if least else mg_text(band.most_cut_mg)
    days = f" every {band.every_days} days" if band.every_days else ""
    return f"{above} to {mg_text(band.to_mg)} by {by}{days}"
