"""Any service that apprise reaches (mail, pagers, chat), when it is installed: ``pip install 'taper-app[apprise]'``.

Apprise makes the connection itself: which addresses it reaches is up to its own address in the settings.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.escalation.notices import Message
from taper_app.outbox.channel import NotDelivered

if TYPE_CHECKING:
    from apprise import Apprise

_SETTING = "TAPER_APPRISE_URLS"


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """Implements ``channel.Channel`` for one of the addresses."""

    service: Apprise
    name: str

    def send(self, message: Message, at: int) -> None:
        """Apprise says only whether the service took it."""
        try:
            taken = self.service.notify(body=message.text, title="")
        except Exception:  # a plugin's own error, whose text may hold its address
            raise NotDelivered("The service could not be used.") from None
        if not taken:
            raise NotDelivered("The service did not take it.")


def apprise_channels(urls: tuple[SecretStr, ...]) -> list[AppriseChannel]:
    """One channel for each address. Raises InputRefused when apprise is missing or an address is none of its."""
    if not urls:
        return []
    try:
        import apprise
    except ImportError:
        raise InputRefused([Fault(_SETTING, f"{_SETTING} needs apprise: pip install 'taper-app[apprise]'.")]) from None
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its lines quote addresses
    asset = apprise.AppriseAsset(async_mode=False, secure_logging=True)
    channels, faults = [], []
    for number, url in enumerate(urls, 1):
        service = apprise.Apprise(asset=asset)
        if service.add(url.get_secret_value()):
            channels.append(AppriseChannel(service, f"apprise-{number}"))
        else:
            faults.append(Fault(_SETTING, f"{_SETTING}: address {number} is none that apprise knows; correct it."))
    if faults:
        raise InputRefused(faults)
    return channels
