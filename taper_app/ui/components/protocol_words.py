"""A protocol in words: its pace as printed, where that stands, and the marks that it carries."""

from __future__ import annotations

from collections.abc import Iterator

from taper_app.clinical.planning.explain import pace_evidence
from taper_app.clinical.planning.pace.printed import printed_pace
from taper_app.clinical.protocol.citation import Cited, Evidence
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.tapers import PacePercentOfCurrent, PublishedTaper
from taper_app.clinical.quantities import mg_text, percent_text

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
        yield "the fastest of a label or trial, not a recommendation"
    if taper.based_on:
        yield "this site's own"
    if mark := pace_evidence(taper).mark:
        yield f"pace: {mark}"


def summary_words(taper: PublishedTaper, protocols: Protocols) -> str:
    """What it does, what its source prints, and its own ceiling, in that order."""
    words = [taper.summary, f"{printed_pace(taper.pace)} ({cited_words(taper.pace, protocols)})"]
    if ceiling := taper.own_ceiling:
        words.append(f"At most {percent_text(ceiling.percent)} % in {ceiling.in_days} days.")
    if stabilise := taper.stabilisation:
        words.append(f"First {stabilise.days} days without a cut ({cited_words(stabilise, protocols)}).")
    if floor := taper.floor:
        words.append(
            f"Ends at {mg_text(floor.diazepam_mg)} diazepam-equivalent; from there "
            f"{protocols.tapers[floor.then_protocol].name} takes over."
        )
    words.append(LOCAL_READING if isinstance(taper.pace, PacePercentOfCurrent) else taper.pace.note)
    return " ".join(word for word in words if word)
