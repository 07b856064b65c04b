"""Settings from the environment and `.env`: what is taken, and what each mistake says."""

from pathlib import Path

import pytest

from config.errors import SettingsError
from config.settings import Settings, read_settings
from models.database import Database

NOWHERE = Path("/nonexistent/.env")
KEYS = ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET")


def said(**environment: str) -> list[str]:
    with pytest.raises(SettingsError) as mistake:
        read_settings(environment, NOWHERE)
    return str(mistake.value).split("\n")


def test_without_any_setting_it_is_the_demo_on_sqlite():
    settings = read_settings({}, NOWHERE)
    assert settings == Settings()
    assert settings.demo
    assert settings.database_url.startswith("sqlite:///")


def test_the_environment_wins_over_the_file_and_an_empty_value_counts_as_none(tmp_path):
    file = tmp_path / ".env"
    file.write_text("SLACK_BOT_TOKEN=xoxb-file\nSLACK_APP_TOKEN=xapp-file\nPORT=3001\nLOG_LEVEL=debug\n")
    assert read_settings({}, file).slack_bot_token == "xoxb-file"
    here = read_settings({"SLACK_BOT_TOKEN": " xoxb-here ", "PORT": ""}, file)
    assert (here.slack_bot_token, here.port, here.log_level) == ("xoxb-here", 3000, "DEBUG")
    assert read_settings({"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""}, file).demo


def test_the_old_name_of_postgresql_is_taken_too():
    url = "postgres://care:pass@db.example/care"
    assert (
        read_settings({"DATABASE_URL": url}, NOWHERE).database_url == "postgresql://care:pass@db.example/care"
    )


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN: needed beside SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN: needed beside"),
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN: needed beside"),
        ({"SLACK_BOT_TOKEN": "xoxp-1", "SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN: it should begin"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN: it should begin"),
        ({"PORT": "abc"}, "PORT: write a number from 1 to 65535, found 'abc'"),
        ({"PORT": "0"}, "PORT: write a number"),
        ({"PORT": "65536"}, "PORT: write a number"),
        ({"PORT": "²"}, "PORT: write a number"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: write DEBUG, INFO, WARNING or ERROR, found 'LOUD'"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL: write sqlite:///path/to/file.db or postgresql://"),
        ({"SLACK_API_URL": "slack.com/api"}, "SLACK_API_URL: write an address that begins with https://"),
        ({"WEBHOOK_SECRETS": "hunter2"}, "WEBHOOK_SECRETS: write name=secret"),
        ({"WEBHOOK_SECRETS": "desk=hunter2"}, "WEBHOOK_SECRETS: each secret has at least 24 characters"),
        ({"PUBLIC_URL": "care.example"}, "PUBLIC_URL: write an address that begins with https://"),
        ({"X_CONSUMER_KEY": "k"}, "X_CONSUMER_SECRET: posting to X needs all four keys"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_setting(environment, words):
    [sentence] = said(**environment)
    assert sentence.startswith(".env: ")
    assert words in sentence


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql+psycopg2://u:hunter2@h/x", "leave out the driver's name: postgresql:// is enough"),
        ("postgresql+asyncpg://u:hunter2@h/x", "leave out the driver's name"),
        ("sqlite+aiosqlite:///x.db", "leave out the driver's name: sqlite:// is enough"),
        ("sqlite://", "SQLite needs a file: write sqlite:///path/to/file.db"),
        ("sqlite:///", "SQLite needs a file"),
        ("sqlite:///:memory:", "SQLite needs a file"),
        ("/var/lib/care.db", "write sqlite:///path/to/file.db or postgresql://"),
        ("postgresql://u:hunt@er2@h/x", "in a password write @ as %40"),
        ("postgresql://u:hunt/er2@h/x", "in a password write @ as %40, : as %3A, / as %2F"),
        ("postgresql://u:hunt?er2@h/x", "must be a port, a number from 1 to 65535"),
        ("postgresql://u:hunter2@h:port/x", "must be a port"),
        ("postgresql://u:hunter2@h:99999/x", "must be a port"),
    ],
)
def test_what_can_be_no_database_is_told_without_a_word_of_its_password(address, words):
    [sentence] = said(DATABASE_URL=address)
    assert sentence.startswith(".env: DATABASE_URL: ")
    assert words in sentence
    assert not any(part in sentence for part in ("hunt", "er2"))


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:////var/lib/care.db",
        "sqlite:///care.db?timeout=5",
        "postgresql://",
        "postgresql:///care",
        "postgresql+psycopg://u:p%40ss@h:5432/care?sslmode=require",
        "postgresql://postgres:@/postgres?host=/tmp/socket",
        "postgresql://u:p@[::1]/care",
        "postgresql://u:p@[::1]:5433/care",
    ],
)
def test_what_may_be_a_database_is_taken(address):
    assert read_settings({"DATABASE_URL": address}, NOWHERE).database_url == address


@pytest.mark.parametrize("part", ["password", "sslpassword"])
def test_a_password_after_the_question_mark_is_not_shown(part):
    database = Database(f"postgresql://u@127.0.0.1:1/care?{part}=hunter2")
    with pytest.raises(SettingsError, match="does not answer") as told:
        database.schema_version()
    assert "127.0.0.1:1/care" in str(told.value)
    assert "hunter2" not in str(told.value)


def test_several_mistakes_are_told_at_once_and_secrets_are_not_repeated():
    sentences = said(SLACK_BOT_TOKEN="hunter2", SLACK_APP_TOKEN="hunter3", PORT="x")
    assert [s.split(": ")[1] for s in sentences] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "PORT"]
    assert "hunter" not in "".join(sentences)


def test_posting_to_x_needs_all_four_keys():
    assert not read_settings({}, NOWHERE).x_can_post
    assert read_settings(dict.fromkeys(KEYS, "k"), NOWHERE).x_can_post


def test_each_webhook_has_its_secrets():
    old, new = "c" * 24, "a+b/" * 8 + "=="
    given = f"desk={old} reviews={'d' * 32}\n desk={new}"
    settings = read_settings({"WEBHOOK_SECRETS": given}, NOWHERE)
    assert settings.secrets_of("desk") == (old, new)
    assert settings.secrets_of("nobody") == ()
    assert settings.webhooks_with_secrets == ("desk", "reviews")
