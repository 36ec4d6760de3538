"""What bureau.toml may say of notices, and how it is told that something else is wrong."""

import pytest

from bureau.notice_settings import Security
from bureau.settings import load_settings, write_settings
from core.errors import InvalidInput
from sharing.notices.model import Channel

HOST = 'host = "smtp.example.org"\nfrom = "data@example.org"\n'


@pytest.fixture
def load(tmp_path):
    write_settings(tmp_path, city="深圳市", timezone="Asia/Shanghai")
    plain = (tmp_path / "bureau.toml").read_text("utf-8")

    def with_section(text):
        (tmp_path / "bureau.toml").write_text(plain + text, "utf-8")
        return load_settings(tmp_path).notices

    return with_section


def test_nothing_is_configured_unless_it_is_said(load):
    assert load("").channels == ()
    assert load("[notices]\ntimeout_s = 5\n").timeout_s == 5


@pytest.mark.parametrize(
    ("more", "port", "security"),
    [
        ("", 587, Security.STARTTLS),
        ('security = "tls"', 465, Security.TLS),
        ('security = "none"', 25, Security.NONE),
        ('security = "tls"\nport = 2465\nuser = "data"', 2465, Security.TLS),
    ],
)
def test_a_mail_server_is_spoken_to_in_secret_unless_told_otherwise(load, more, port, security):
    found = load(f"[notices.mail]\n{HOST}{more}\n")
    assert found.channels == (Channel.MAIL,)
    assert (found.mail.port, found.mail.security) == (port, security)
    assert found.mail.sender == "data@example.org"


def test_a_password_may_go_unprotected_on_this_machine_only(load):
    local = HOST.replace("smtp.example.org", "127.0.0.1")
    assert load(f'[notices.mail]\n{local}security = "none"\nuser = "data"\n').mail.user == "data"
    with pytest.raises(InvalidInput, match=r"notices\.mail\.security") as caught:
        load(f'[notices.mail]\n{HOST}security = "none"\nuser = "data"\n')
    assert "a password needs tls or starttls" in caught.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://example.org:8443/a/b?c=d",
        "http://localhost:8080/x",
        "http://127.0.0.1/x",
        "http://[::1]:8080/",
    ],
)
def test_a_webhook_goes_out_in_secret_or_stays_on_this_machine(load, url):
    found = load(f'[notices.webhook]\nurl = "{url}"\n')
    assert (found.channels, found.webhook.url) == ((Channel.WEBHOOK,), url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "http://example.org/k3y",
        "http://localhost.example.org/k3y",
        "http://10.0.0.1/k3y",
        "ftp://example.org/k3y",
        "https:///k3y",
        "https://user:k3y@example.org/",
        "https://example.org:0/k3y",
        "https://example.org:99999/k3y",
        "https://example.org:x/k3y",
        "https://example.org/k3y#part",
        "https://example.org/k3y with blanks",
        "https://example.org/k3y\\r\\nx: y",
        "https://例子.org/k3y",
        "https://[k3y/",
        "file:///etc/passwd",
    ],
)
def test_any_other_address_of_a_webhook_is_refused_and_not_repeated(load, url):
    with pytest.raises(InvalidInput, match=r"notices\.webhook\.url in .*bureau\.toml") as caught:
        load(f'[notices.webhook]\nurl = "{url}"\n')
    assert "k3y" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[notices]\ntimeout_s = 0\n", "notices.timeout_s"),
        ("[notices]\ntimeout_s = 301\n", "notices.timeout_s"),
        ('[notices]\ntimeout_s = "5"\n', "notices.timeout_s in .* is not a whole number"),
        ("[notices]\nsms = 1\n", "unknown key notices.sms"),
        ("[notices]\nmail = 1\n", "notices.mail in .* is not a section of its own"),
        ("[notices.sms]\nurl = 1\n", "unknown key notices.sms"),
        ("[notices.mail]\n", "notices.mail.host"),
        ('[notices.mail]\nhost = "a b"\n', "notices.mail.host"),
        ('[notices.mail]\nhost = "h"\n', "notices.mail.from"),
        ('[notices.mail]\nhost = "h"\nfrom = "数据局"\n', "notices.mail.from"),
        (f"[notices.mail]\n{HOST}port = 0\n", "notices.mail.port"),
        (f"[notices.mail]\n{HOST}port = 65536\n", "notices.mail.port"),
        (f"[notices.mail]\n{HOST}port = true\n", "notices.mail.port in .* is not a whole number"),
        (f'[notices.mail]\n{HOST}security = "ssl"\n', "notices.mail.security"),
        (f'[notices.mail]\n{HOST}password = "x"\n', "unknown key notices.mail.password"),
        ('[notices.webhook]\nsecret = "x"\n', "unknown key notices.webhook.secret"),
        ("[notices.webhook]\nurl = 1\n", "notices.webhook.url in .* is not text"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(load, text, said):
    with pytest.raises(InvalidInput, match=said) as caught:
        load(text)
    assert caught.value.hint


def test_a_secret_has_no_place_in_the_file(load):
    with pytest.raises(InvalidInput) as caught:
        load(f'[notices.mail]\n{HOST}password = "s3cret"\n')
    assert "s3cret" not in str(caught.value)
    assert "secrets come from the environment" in caught.value.hint
