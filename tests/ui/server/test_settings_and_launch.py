"""Settings, the addresses that may be listened on, and the options a start is given."""

from __future__ import annotations

import logging
import socket
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError
from streamlit import config

from taper_app.clinical.errors import TaperError
from taper_app.settings import Settings
from taper_app.ui.server import launch, unexpected
from taper_app.ui.server.addresses import UnsafeAddress, ensure_safe_address
from taper_app.ui.server.streamlit_settings import STREAMLIT_OPTIONS

ROOT = Path(__file__).parents[3]
PROXY = {"behind_tls_proxy": True, "public_origin": "https://taper.ward.example"}
FILES = {"tls_cert_file": "cert.pem", "tls_key_file": "key.pem"}


def flattened(tables, prefix=""):
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def test_the_config_file_says_exactly_what_the_package_says():
    with (ROOT / ".streamlit/config.toml").open("rb") as file:
        assert dict(flattened(tomllib.load(file))) == STREAMLIT_OPTIONS


def test_every_option_is_one_that_this_streamlit_knows():
    assert [name for name in STREAMLIT_OPTIONS if name not in config._config_options_template] == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]"])
def test_this_computer_alone_may_be_served_without_encryption(host):
    ensure_safe_address(host, Settings())


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "ward.example", "", "localhost.evil.example"])
@pytest.mark.parametrize("declared", [{}, {"behind_tls_proxy": True}])
def test_other_computers_are_not_served_without_declared_encryption(host, declared):
    with pytest.raises(UnsafeAddress):
        ensure_safe_address(host, Settings(**declared))


@pytest.mark.parametrize("declared", [PROXY, FILES])
def test_other_computers_are_served_when_encryption_is_declared(declared):
    ensure_safe_address("0.0.0.0", Settings(**declared))


@pytest.mark.parametrize(
    "wrong",
    [
        {"public_origin": "http://taper.ward.example"},
        {"public_origin": "https://taper.ward.example/path"},
        {"tls_cert_file": "cert.pem"},
        {"idle_minutes": 0},
        {"idle_minutes": 61},
        {"session_hours": 25},
        {"demo": "sometimes"},
    ],
)
def test_settings_that_would_weaken_the_guard_are_refused(wrong):
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("TAPER_ALLOWED_HOSTS", "Taper.Ward.example, 10.0.0.5")
    monkeypatch.setenv("TAPER_IDLE_MINUTES", "5")
    assert Settings().hosts_answered == {"taper.ward.example", "10.0.0.5"}
    assert Settings().idle_limit.total_seconds() == 300


def test_the_public_name_is_answered_beside_the_local_ones():
    assert Settings(**PROXY).hosts_answered == {"localhost", "127.0.0.1", "::1", "taper.ward.example"}


def test_the_command_passes_every_shipped_option_on_and_adds_address_hosts_and_tls():
    options = launch.options_for("0.0.0.0", 8600, Settings(**PROXY, **FILES))
    of_this_start = {
        "server.address": "0.0.0.0",
        "server.port": 8600,
        "server.allowedHosts": ["127.0.0.1", "::1", "localhost", "taper.ward.example"],
        "server.sslCertFile": "cert.pem",
        "server.sslKeyFile": "key.pem",
        "logger.hideWelcomeMessage": True,
    }
    assert options == {**STREAMLIT_OPTIONS, **of_this_start}


def test_the_command_refuses_an_open_address_before_anything_is_started(monkeypatch):
    monkeypatch.setattr(launch, "preload", lambda: pytest.fail("must not get this far"))
    with pytest.raises(UnsafeAddress) as refused:
        launch.run("0.0.0.0", 8600, None)
    assert "TAPER_TLS_CERT_FILE" in refused.value.next_step


def test_the_listening_socket_sends_small_packets_at_once_and_its_port_is_announced():
    announced = []

    def bind(address, port, backlog):
        listening = socket.socket()
        listening.bind((address, port))
        listening.listen(backlog)
        return listening

    with launch.sending_at_once(bind, announce=announced.append)("127.0.0.1", 0, 1) as listening:
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
        assert announced == [listening.getsockname()[1]]


def _fails_on(name, number):
    try:
        int(name)
    except ValueError as error:
        raise KeyError(number) from error


def test_a_logged_traceback_names_lines_and_types_of_the_whole_chain_but_no_value():
    name, number = "DOE, Jane", "00123"
    try:
        _fails_on(name, number)
    except KeyError as error:
        text = unexpected.traceback_without_values(error)
    assert "_fails_on" in text
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert name not in text
    assert number not in text


def test_no_log_of_the_process_prints_an_exceptions_text(capsys):
    factory = logging.getLogRecordFactory()
    handlers = list(logging.getLogger("taper_app").handlers)
    reporting = logging.getLogger("streamlit.error_util")
    filters = list(reporting.filters)
    try:
        unexpected.keep_values_out_of_logs()
        unexpected.keep_values_out_of_logs()
        logger = logging.getLogger("some.library")
        handler = logging.StreamHandler()
        logger.addHandler(handler)
        record = "00123"
        try:
            raise ValueError(f"record {record} of DOE, Jane")
        except ValueError:
            logger.exception("it failed")
        logger.removeHandler(handler)
        reporting.error("Uncaught app execution")
    finally:
        logging.setLogRecordFactory(factory)
        logging.getLogger("taper_app").handlers[:] = handlers
        reporting.filters[:] = filters
    printed = capsys.readouterr().err
    assert "it failed" in printed
    assert "ValueError" in printed
    assert "00123" not in printed
    assert "Uncaught app execution" not in printed


def test_a_reference_can_be_read_out_over_a_telephone_and_is_new_each_time():
    references = {unexpected.new_reference() for _ in range(500)}
    assert len(references) == 500
    assert not set("".join(references)) & set("01OIL")


def test_an_uncaught_refusal_is_shown_with_its_next_step_and_is_no_bug(monkeypatch, caplog):
    import streamlit as st

    class Refusal(TaperError):
        next_step = "Choose another strength."

    shown = []
    monkeypatch.setattr(st, "error", shown.append)
    assert unexpected.show_script_error(Refusal("That dose cannot be made."))
    assert shown == ["That dose cannot be made. Choose another strength."]
    assert caplog.text == ""
    assert unexpected.show_script_error(ValueError("DOE, Jane"))
    assert "Jane" not in shown[1]
    assert "Reference" in shown[1]
