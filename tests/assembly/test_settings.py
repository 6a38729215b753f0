import logging
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.assembly.settings import (
    SETTINGS,
    Settings,
    WrongSettings,
    read_settings,
    refuse_known_password,
)
from kanta_tenancy.machinery.outgoing.allowance import NOTHING

PAGE = Path(__file__).parents[2] / "docs" / "operations" / "settings.md"
URL = "postgresql://kanta_service:5ecret-of-some-length@db.example/kanta"


def refused(**environment: str) -> str:
    with pytest.raises(WrongSettings) as refusal:
        read_settings(environment)
    return str(refusal.value)


def test_an_empty_environment_is_enough():
    settings = read_settings({})
    assert (settings.host, settings.port, settings.home) == ("127.0.0.1", 8000, Path("var"))
    assert settings.database_url is None


def test_what_is_given_is_read():
    settings = read_settings({"KANTA_DATABASE_URL": URL, "KANTA_PORT": "0", "KANTA_HOME": "/srv/kanta", "PATH": "/bin"})
    assert (settings.database_url, settings.port, settings.home) == (URL, 0, Path("/srv/kanta"))


def test_an_empty_value_counts_as_none():
    assert read_settings({"KANTA_PORT": "", "KANTA_DATABASE_URL": "", "KANTA_DATABASE_URL_FILE": ""}).port == 8000


def test_every_field_has_exactly_one_key():
    assert sorted(setting.field for setting in SETTINGS.values()) == sorted(Settings.__struct_fields__)


@pytest.mark.parametrize("name", ["KANTA_DEBUG", "KANTA_DATABSE_URL", "KANTA_PORT_FILE", "KANTA_"])
def test_an_unknown_name_is_refused_by_name(name: str):
    assert refused(**{name: "1"}) == f"{name} is not a setting: docs/operations/settings.md lists them."


def test_names_of_the_test_suite_and_of_others_are_left_alone():
    read_settings({"KANTA_TEST_POSTGRES_BIN": "/usr/bin", "KANTAVARMUUS": "1", "DEBUG": "1"})


@given(st.text().filter(bool))
def test_a_port_is_a_number_in_range_or_refused(value: str):
    if re.fullmatch("[0-9]{1,6}", value) and int(value) <= 65535:
        assert read_settings({"KANTA_PORT": value}).port == int(value)
    else:
        assert refused(KANTA_PORT=value) == "KANTA_PORT must be a whole number from 0 to 65535."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KANTA_POOL_SIZE", "0"),
        ("KANTA_POOL_SIZE", "65"),
        ("KANTA_REPORTS_TOGETHER", "0"),
        ("KANTA_REPORTS_TOGETHER", "257"),
        ("KANTA_LOG_LEVEL", "loud"),
        ("KANTA_LOG_LEVEL", "INFO"),
        ("KANTA_DATABASE_URL", "mysql://db/kanta"),
        ("KANTA_DATABASE_URL", "db.example"),
        ("KANTA_OWNER_DATABASE_URL", "postgresql//db"),
        ("KANTA_METRICS_TOKEN", "short"),
        ("KANTA_SIGNING_KEYS", "/nowhere/at/all"),
        ("KANTA_SMTP_PORT", "0"),
        ("KANTA_SMTP_PROTECTION", "maybe"),
        ("KANTA_SMTP_SENDER", "nobody"),
        ("KANTA_SMTP_SENDER", "a@b.example\r\nBcc: c@d.example"),
        ("KANTA_SMTP_AUTHORITIES", "/nowhere/at/all"),
        ("KANTA_WEBHOOK_KEY", "short"),
        ("KANTA_WEBHOOK_KEY", f"{'k' * 40} short"),
        ("KANTA_OUTGOING_ALLOWED", "hooks.example.internal"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(name: str, value: str):
    assert f"{name} " in refused(**{name: value})


def test_everything_wrong_is_told_at_once():
    sentence = refused(KANTA_PORT="x", KANTA_DEBUG="1", KANTA_LOG_LEVEL="loud")
    assert [name for name in ("KANTA_DEBUG", "KANTA_PORT", "KANTA_LOG_LEVEL") if name not in sentence] == []


def test_a_secret_comes_from_its_file(tmp_path: Path):
    file = tmp_path / "url"
    file.write_text(f"{URL}\n")
    file.chmod(0o600)
    assert read_settings({"KANTA_DATABASE_URL_FILE": str(file)}).database_url == URL


def test_a_secret_given_twice_is_refused(tmp_path: Path):
    sentence = refused(KANTA_DATABASE_URL=URL, KANTA_DATABASE_URL_FILE=str(tmp_path / "url"))
    assert sentence == "KANTA_DATABASE_URL and KANTA_DATABASE_URL_FILE are both given."


def test_a_secret_file_that_anyone_can_read_is_refused(tmp_path: Path):
    file = tmp_path / "url"
    file.write_text(URL)
    file.chmod(0o604)
    assert "anyone can read" in refused(KANTA_DATABASE_URL_FILE=str(file))


def test_a_secret_file_that_is_not_there_is_refused(tmp_path: Path):
    file = tmp_path / "url"
    sentence = f"KANTA_DATABASE_URL cannot be read from {file}, which KANTA_DATABASE_URL_FILE names."
    assert refused(KANTA_DATABASE_URL_FILE=str(file)) == sentence


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o770])
def test_a_folder_of_signing_keys_that_others_can_open_is_refused(tmp_path: Path, mode: int):
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    assert read_settings({"KANTA_SIGNING_KEYS": str(folder)}).signing_keys == folder
    folder.chmod(mode)
    assert f"chmod 700 {folder}" in refused(KANTA_SIGNING_KEYS=str(folder))


@pytest.mark.parametrize("password", ["postgres", "Password", "changeme", ""])
def test_a_password_that_anyone_would_try_is_refused_for_a_service(password: str):
    settings = read_settings({"KANTA_DATABASE_URL": f"postgresql://kanta_service:{password}@db/kanta"})
    with pytest.raises(WrongSettings, match="KANTA_DATABASE_URL has a password"):
        refuse_known_password(settings)


def test_a_password_of_ones_own_and_none_at_all_are_accepted():
    refuse_known_password(read_settings({"KANTA_DATABASE_URL": URL}))
    refuse_known_password(read_settings({"KANTA_DATABASE_URL": "postgresql://kanta_service@/kanta?host=/run/pg"}))
    refuse_known_password(read_settings({}))


def test_no_secret_is_repeated_in_a_refusal_or_in_the_settings_text():
    word = "hunter2"
    assert "hunter2" not in refused(KANTA_DATABASE_URL="mysql://a:hunter2@db/k", KANTA_METRICS_TOKEN=word)
    settings = read_settings({"KANTA_DATABASE_URL": "postgresql://a:hunter2@db/kanta"})
    assert "hunter2" not in f"{settings} {settings!r}"


def test_the_page_of_settings_lists_every_key_with_its_default_and_whether_it_is_secret():
    told = {}
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("| `"):
            name, default, secret, _ = (cell.strip() for cell in line.strip("|").split("|"))
            told[name.strip("`")] = (default.strip("`"), secret)
    shown = {None: "none", (): "none", NOTHING: "none", logging.INFO: "info"}
    assert told == {
        name: (shown.get(setting.default, str(setting.default)), "yes" if setting.secret else "no")
        for name, setting in SETTINGS.items()
    }


MAIL = {"KANTA_SMTP_HOST": "mail.example", "KANTA_SMTP_SENDER": "kanta@example.org"}
PASSWORD = {"KANTA_SMTP_USERNAME": "kanta", "KANTA_SMTP_PASSWORD": "open sesame"}


def test_mail_goes_with_starttls_unless_said_otherwise():
    settings = read_settings(MAIL | PASSWORD)
    assert (settings.smtp_port, settings.smtp_protection) == (587, "starttls")
    assert "sesame" not in repr(settings)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"KANTA_SMTP_HOST": "mail.example"}, "KANTA_SMTP_SENDER"),
        ({"KANTA_SMTP_SENDER": "kanta@example.org"}, "KANTA_SMTP_HOST"),
        (MAIL | {"KANTA_SMTP_USERNAME": "kanta"}, "KANTA_SMTP_PASSWORD"),
        (MAIL | {"KANTA_SMTP_PASSWORD": "open sesame"}, "KANTA_SMTP_USERNAME"),
        (MAIL | PASSWORD | {"KANTA_SMTP_PROTECTION": "none"}, "KANTA_SMTP_PROTECTION"),
    ],
)
def test_settings_of_the_mail_server_that_do_not_go_together_are_refused(environment, named):
    sentence = refused(**environment)
    assert named in sentence
    assert "sesame" not in sentence


def test_several_keys_of_webhooks_can_lie_beside_one_another():
    assert read_settings({"KANTA_WEBHOOK_KEY": f"{'n' * 40}\n{'o' * 40}"}).webhook_keys == ("n" * 40, "o" * 40)


def test_what_is_allowed_inside_is_read_once():
    assert read_settings({}).outgoing_allowed == NOTHING
    assert read_settings({"KANTA_OUTGOING_ALLOWED": "10.0.0.0/8, hooks.example.internal:8443"}).outgoing_allowed
