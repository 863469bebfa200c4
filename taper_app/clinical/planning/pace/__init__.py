"""How fast a source goes: the lowest dose a cut may reach, and how long the pace takes for a cut. One model a file.

T(a→b) is the time the asked pace itself needs from a to b. It is compared exactly, in integers and
fractions, so that 14 days never become 15 by a rounding error.
"""

from taper_app.clinical.planning.pace.asked import AskedPace, shown_mg
from taper_app.clinical.planning.pace.fixed_mg import FixedMg
from taper_app.clinical.planning.pace.ladder import Ladder
from taper_app.clinical.planning.pace.occupancy import Occupancy
from taper_app.clinical.planning.pace.percent_of_current import PercentOfCurrent
from taper_app.clinical.planning.pace.percent_of_start import PercentOfStart
from taper_app.clinical.planning.pace.settle import settle_pace
from taper_app.clinical.planning.pace.table import Table

__all__ = [
    "AskedPace",
    "FixedMg",
    "Ladder",
    "Occupancy",
    "PercentOfCurrent",
    "PercentOfStart",
    "Table",
    "settle_pace",
    "shown_mg",
]
