"""Where a medicine's end zone begins: the last low doses, where a breach of the ceiling may be signed."""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.planning.equivalents import Converter
from taper_app.clinical.protocol.library import Protocols


def end_zone_top_mg(medicine: str, protocols: Protocols) -> Fraction:
    """The highest daily dose in the end zone, mg of the medicine.

    The guideline's printed low-dose band; without one the project's limit in mg diazepam, by the highest shipped
    table (interfaces, "Ceilings"). Raises ValueError when no shipped table lists such a medicine.
    """
    bands = protocols.medicines[medicine].dose_bands
    if bands:
        return Fraction(bands.low_up_to_mg)
    otherwise = Fraction(protocols.limits.end_zone_otherwise_diazepam_mg.mg)
    return otherwise / Converter.of(protocols, None).high_factor(medicine)
