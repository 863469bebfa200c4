"""What a site may set, what is refused without being quoted, encryption, and services that apprise reaches."""

from __future__ import annotations

import base64
import ssl
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from pydantic import SecretStr

from outside import Hospital
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.escalation.notices import Said, trial_message
from taper_app.notice_settings import NoticeSettings, key_of, notice_settings
from taper_app.outbox.channels import channels_of, policy_of
from taper_app.outbox.webhook import signature

URL, SECRET = "https://pager.hospital.example/taper", "a-secret-of-the-hospital-and-nobody-else"


@pytest.fixture
def site(monkeypatch):
    """Settings from an environment that holds only what a test names."""

    def settings(**named: str) -> NoticeSettings:
        for name in ("WEBHOOK_URL", "WEBHOOK_SECRET", "NOTICE_SAYS", "NOTICE_LEVEL", "APPRISE_URLS"):
            monkeypatch.delenv(f"TAPER_{name}", raising=False)
        for name, value in named.items():
            monkeypatch.setenv(f"TAPER_{name.upper()}", value)
        notice_settings.cache_clear()
        return notice_settings()

    yield settings
    notice_settings.cache_clear()


def test_nothing_is_set_by_default(site):
    assert channels_of(site()) == []
    assert policy_of(site(), []).channels == ()


def test_a_webhook_is_set_with_address_and_secret(site):
    found = site(webhook_url=URL, webhook_secret=SECRET, notice_says="unit, Role", notice_level="3")
    policy = policy_of(found, channels_of(found))
    assert (policy.channels, policy.from_level, policy.says) == (("webhook",), 3, {Said.UNIT, Said.ROLE})


WRONG = [
    ({"webhook_url": URL}, "TAPER_WEBHOOK_SECRET"),
    ({"webhook_url": "hunter2"}, "TAPER_WEBHOOK_URL must begin with https://"),
    ({"webhook_url": "file:///hunter2"}, "TAPER_WEBHOOK_URL must begin with https://"),
    ({"webhook_url": "https://me:hunter2@host.example/"}, "TAPER_WEBHOOK_URL must not hold a name or password"),
    ({"webhook_url": "https://host.example:hunter2/"}, "TAPER_WEBHOOK_URL cannot be read as an address"),
    ({"webhook_url": "https://[hunter2/"}, "TAPER_WEBHOOK_URL cannot be read as an address"),
    ({"webhook_url": "https://host.example/\r\nhunter2: x"}, "TAPER_WEBHOOK_URL holds a blank"),
    ({"webhook_secret": "hunter2"}, "TAPER_WEBHOOK_SECRET is too short"),
    ({"webhook_secret": "whsec_hunter2!"}, "TAPER_WEBHOOK_SECRET begins with whsec_"),
    ({"webhook_private_addresses": "10.0.0.0/8, hunter2"}, "TAPER_WEBHOOK_PRIVATE_ADDRESSES names a network"),
    ({"notice_says": "unit, hunter2"}, "TAPER_NOTICE_SAYS names something that is never sent"),
    ({"notice_says": "name"}, "choose from unit, role, time, state, reason"),
    ({"notice_level": "1"}, "TAPER_NOTICE_LEVEL"),
    ({"webhook_timeout_seconds": "500"}, "TAPER_WEBHOOK_TIMEOUT_SECONDS"),
]


@pytest.mark.parametrize(("named", "words"), WRONG, ids=[words for _, words in WRONG])
def test_what_cannot_be_used_is_refused_by_the_name_of_its_setting_and_never_quoted(site, named, words):
    with pytest.raises(InputRefused) as refused:
        site(**named)
    assert words in str(refused.value)
    assert "hunter2" not in repr(refused.value) + str(refused.value) + repr(refused.value.__cause__)


def test_every_fault_is_told_at_once(site):
    with pytest.raises(InputRefused) as refused:
        site(webhook_url="hunter2", webhook_secret="short", notice_level="9")
    assert {fault.field for fault in refused.value.faults} == {
        "TAPER_WEBHOOK_URL",
        "TAPER_WEBHOOK_SECRET",
        "TAPER_NOTICE_LEVEL",
    }


def test_settings_show_neither_address_nor_secret(site):
    found = site(webhook_url=URL, webhook_secret=SECRET)
    shown = repr(found) + repr(channels_of(found))
    assert URL not in shown
    assert SECRET not in shown


def test_a_signature_is_the_one_of_the_specification():
    """The example of the Standard Webhooks specification and its libraries."""
    key = key_of(SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    assert key == base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    found = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a hospital's own authority, for localhost."""
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(file), "-out", f"{file}.crt"]
    try:
        subprocess.run(["openssl", *words.split(), *names], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl on this machine")
    with file.open("a") as both:
        both.write(Path(f"{file}.crt").read_text())
    return file


@pytest.fixture
def encrypted(hospital: Hospital, certificate: Path) -> Hospital:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    hospital.server.socket = context.wrap_socket(hospital.server.socket, server_side=True)
    return hospital


def _failure(site, hospital: Hospital, host: str) -> str:
    url = f"https://{host}:{hospital.server.server_port}/hook"
    found = site(webhook_url=url, webhook_secret=SECRET, webhook_private_addresses="127.0.0.0/8, ::1")
    (channel,) = channels_of(found)
    try:
        channel.send(trial_message("t-1"), 1)
    except Exception as failed:
        return str(failed)
    return ""


def test_a_host_with_a_trusted_certificate_is_posted_to(site, encrypted, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    assert _failure(site, encrypted, "localhost") == ""
    assert encrypted.heard[0].body == {"id": "t-1", "test": True}


def test_a_certificate_that_is_not_trusted_is_refused(site, encrypted):
    assert _failure(site, encrypted, "localhost") == "The certificate of the host is not trusted."
    assert encrypted.heard == []


def test_a_trusted_certificate_of_another_name_is_refused(site, encrypted, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    assert _failure(site, encrypted, "127.0.0.1") == "The certificate of the host is not trusted."
    assert encrypted.heard == []


class Service:
    """Stands where apprise stands: takes addresses that begin with ``ok``."""

    told: list[str]
    takes = True

    def __init__(self, asset: object) -> None:
        self.told = []

    def add(self, url: str) -> bool:
        return url.startswith("ok")

    def notify(self, body: str, title: str) -> bool:
        self.told.append(body)
        if self.takes is None:
            raise RuntimeError("hunter2")
        return self.takes


@pytest.fixture
def apprise(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("apprise")
    module.Apprise = Service
    module.AppriseAsset = SimpleNamespace
    monkeypatch.setitem(sys.modules, "apprise", module)
    return module


def test_each_service_is_a_channel_of_its_own(site, apprise):
    channels = channels_of(site(apprise_urls="ok://one ok://two", webhook_url=URL, webhook_secret=SECRET))
    assert [channel.name for channel in channels] == ["webhook", "apprise-1", "apprise-2"]
    channels[1].send(trial_message("t-1"), 1)
    assert channels[1].service.told == ["Test by Taper: no patient, nothing to do · id t-1"]
    assert channels[2].service.told == []


@pytest.mark.parametrize(("takes", "words"), [(False, "did not take it"), (None, "could not be used")])
def test_a_service_that_fails_says_so_in_our_words(site, apprise, monkeypatch, takes, words):
    monkeypatch.setattr(Service, "takes", takes)
    (channel,) = channels_of(site(apprise_urls="ok://hunter2"))
    with pytest.raises(Exception, match=words) as failed:
        channel.send(trial_message("t-1"), 1)
    assert "hunter2" not in str(failed.value)


def test_an_address_that_apprise_does_not_know_is_refused_by_its_number(site, apprise):
    with pytest.raises(InputRefused, match="address 2 is none that apprise knows") as refused:
        channels_of(site(apprise_urls="ok://one hunter2://x"))
    assert "hunter2" not in str(refused.value)


def test_without_apprise_its_addresses_are_refused(site, monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(InputRefused, match=r"pip install 'taper-app\[apprise\]'"):
        channels_of(site(apprise_urls="ok://one"))


def test_the_real_apprise_posts_one_line_and_fails_like_any_other_channel(site, hospital):
    pytest.importorskip("apprise")
    (channel,) = channels_of(site(apprise_urls=f"json://127.0.0.1:{hospital.server.server_port}/s3cret"))
    channel.send(trial_message("t-1"), 1)
    assert "no patient" in hospital.heard[0].body["message"]
    hospital.behaviour = 500
    with pytest.raises(Exception, match="did not take it"):
        channel.send(trial_message("t-1"), 1)
