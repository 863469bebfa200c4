"""The pace that was asked, judged in whole numbers: no logarithm, no binary fraction. One file a kind of curve."""

from taper_app.clinical.checking.paces.asked import AskedPace, EitherPace
from taper_app.clinical.checking.paces.occupancy import OccupancyPace
from taper_app.clinical.checking.paces.percent import PercentPace
from taper_app.clinical.checking.paces.printed import PaceAsked, interval_of, is_usable, medicine_of, pace_of
from taper_app.clinical.checking.paces.stretches import Stretch, StretchPace, TablePace

__all__ = [
    "AskedPace",
    "EitherPace",
    "OccupancyPace",
    "PaceAsked",
    "PercentPace",
    "Stretch",
    "StretchPace",
    "TablePace",
    "interval_of",
    "is_usable",
    "medicine_of",
    "pace_of",
]
