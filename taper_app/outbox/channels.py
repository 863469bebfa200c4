"""From the settings to the ways out of the building."""

from __future__ import annotations

from collections.abc import Sequence

from taper_app.clinical.escalation.notices import NoticePolicy
from taper_app.notice_settings import NoticeSettings
from taper_app.outbox.by_apprise import apprise_channels
from taper_app.outbox.channel import Channel
from taper_app.outbox.webhook import Webhook


def channels_of(site: NoticeSettings) -> list[Channel]:
    """Every way out that is set, none by default. Raises InputRefused for what apprise cannot use."""
    channels: list[Channel] = list(apprise_channels(site.apprise_urls))
    if site.webhook_url is not None and site.webhook_secret is not None:
        channels.insert(
            0,
            Webhook(
                url=site.webhook_url,
                secret=site.webhook_secret,
                timeout_seconds=site.webhook_timeout_seconds,
                private_addresses=site.webhook_private_addresses,
            ),
        )
    return channels


def policy_of(site: NoticeSettings, channels: Sequence[Channel]) -> NoticePolicy:
    """What is queued, and what it says."""
    return NoticePolicy(
        channels=tuple(channel.name for channel in channels), from_level=site.notice_level, says=site.notice_says
    )
