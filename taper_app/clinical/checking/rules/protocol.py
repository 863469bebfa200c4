"""The protocol the plan names: shipped, this edition, for this medicine and this setting."""

from __future__ import annotations

import re

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.shapes import SCHEMA, ProtocolRead
from taper_app.clinical.protocol.tapers import PublishedTaper

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def judge_protocol(case: Case) -> None:
    named, request, schema = case.plan.protocol, case.request, case.plan.schema
    if schema not in (None, SCHEMA):
        case.findings.violated("schema", None, f"The plan is written in schema {schema}; this one judges {SCHEMA}.")
    if request is None:
        case.findings.not_judged(
            "The plan has no request: its pace, products, setting and patient are not judged by it."
        )
    if named is None:
        case.findings.not_judged("The plan does not say which edition of its protocol it was made from.")
    asked = request.protocol if request is not None else None
    wanted = named.id if named is not None else asked
    if named is not None and asked is not None and asked != named.id:
        case.findings.violated(
            "protocol-unknown", None, f"The plan was made by {named.id}, the request asks for {asked}."
        )
    if case.taper is not None:
        _judge_edition(case, case.taper, named)
        _judge_medicines(case, case.taper)
        _judge_setting(case, case.taper)
    elif wanted is not None:
        case.findings.violated("protocol-unknown", None, f"No shipped protocol is called {wanted}.")


def _judge_edition(case: Case, taper: PublishedTaper, named: ProtocolRead | None) -> None:
    if named is None:
        return
    if named.sha256 is None:
        case.findings.not_judged(f"The plan does not give the fingerprint of {taper.id}.")
    elif not _SHA256.fullmatch(named.sha256):
        case.findings.violated("protocol-fingerprint", None, "The protocol's sha256 is not 64 hexadecimal digits.")
    elif named.sha256 != case.protocols.sha256.get(taper.id):
        case.findings.not_judged(
            f"The plan was made from another edition of {taper.id} (its sha256 is not that of the shipped file);"
            " it is judged by the shipped one."
        )
    elif named.version is not None and named.version != taper.version:
        case.findings.violated(
            "protocol-fingerprint", None, f"The fingerprint belongs to version {taper.version}, not to {named.version}."
        )


def _judge_medicines(case: Case, taper: PublishedTaper) -> None:
    """After a change of medicine it is the new one that the protocol has to be for."""
    only = set(taper.only_medicines)
    cut = {m for step in case.plan.steps if step.kind != "crossover" for m in step.amounts}
    if only and cut - only:
        case.findings.violated(
            "protocol-for-another-medicine",
            None,
            f"{taper.name} is for {', '.join(sorted(only))}, not for {', '.join(sorted(cut - only))}.",
        )


def _judge_setting(case: Case, taper: PublishedTaper) -> None:
    if not taper.is_inpatient_only:
        return
    if case.request is None:
        case.findings.not_judged(f"{taper.name} is for inpatients; the plan does not say whether this is one.")
    elif case.request.setting != "inpatient":
        case.findings.violated("inpatient-only", None, f"{taper.name} is for inpatients only.")
