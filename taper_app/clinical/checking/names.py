"""A medicine has one name in a plan, however it was written."""

from __future__ import annotations

from taper_app.clinical.protocol.library import Protocols


class MedicineNames:
    """Generic and brand names as the id of the medicine; what no file has stays as it was written."""

    def __init__(self, protocols: Protocols) -> None:
        self._protocols = protocols
        self._known: dict[str, str] = {}

    def id_of(self, text: str) -> str:
        if text not in self._known:
            medicine = None if text in self._protocols.medicines else self._protocols.medicine_named(text)
            self._known[text] = medicine.id if medicine is not None else text.strip()
        return self._known[text]
