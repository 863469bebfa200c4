"""Taper: supervised benzodiazepine tapers, withdrawal charting, and the aftercare handoff."""

__version__ = "0.1.0"
