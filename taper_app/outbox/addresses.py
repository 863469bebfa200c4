"""Which addresses may be posted to: public ones, and the hospital's own networks that its settings name.

The host is looked up here and the connection goes to what was checked, so that a name cannot lead elsewhere between
the check and the post.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from taper_app.notice_settings import Network
from taper_app.outbox.channel import NotDelivered

Address = IPv4Address | IPv6Address

#: These carry an IPv4 address inside, which may be a private one.
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("2002::/16"))
PRIVATE_SETTING = "TAPER_WEBHOOK_PRIVATE_ADDRESSES"


def addresses_of(host: str, port: int, *, named: Sequence[Network], encrypted: bool) -> list[Address]:
    """Where ``host`` is, when every one of its addresses may be posted to. Raises NotDelivered.

    Without encryption only the hospital's ``named`` networks are posted to.
    """
    found = _looked_up(host, port)
    inside = [any(address in network for network in named) for address in found]
    if not encrypted and not all(inside):
        raise NotDelivered(f"Not sent: http:// without encryption is only for addresses that {PRIVATE_SETTING} names.")
    if not all(is_named or _is_public(address) for address, is_named in zip(found, inside, strict=True)):
        raise NotDelivered(f"Not sent: the host leads to an address that is not public and not in {PRIVATE_SETTING}.")
    return found


def _looked_up(host: str, port: int) -> list[Address]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotDelivered("The name of the host could not be looked up.") from None
    return list(dict.fromkeys(_unwrapped(ip_address(str(answer[4][0]))) for answer in answers))


def _unwrapped(address: Address) -> Address:
    """::ffff:10.0.0.1 is 10.0.0.1."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_public(address: Address) -> bool:
    carries_another = isinstance(address, IPv6Address) and any(address in network for network in _TRANSLATED)
    return address.is_global and not address.is_multicast and not address.is_reserved and not carries_another
