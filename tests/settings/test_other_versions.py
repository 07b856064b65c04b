"""A database of another version is refused in words, by whatever part of the program it is given to."""

from functools import partial

import pytest
import structlog
from click.testing import CliRunner
from sqlalchemy import make_url, text

from app import GUNICORN_STOPS, create_web_app, main
from config.settings import Settings
from handlers.running import ROLES
from models.database import Database
from models.reaching import await_server

pytestmark = pytest.mark.usefixtures("log_as_before")
NONE = {name.upper(): "" for name in Settings.__dataclass_fields__}
"""Empty, not absent: an empty variable wins over a developer's .env."""
TOKENS = {
    "SLACK_BOT_TOKEN": "xoxb-test",
    "SLACK_APP_TOKEN": "xapp-test",
    "SLACK_SIGNING_SECRET": "a-secret-that-signs-requests",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
}
SOCKET = ".s.PGSQL.5432"
NEWER = (
    "The database is at version 9999, which this program does not know: it is a newer program's. "
    "Update this one, or name another database in DATABASE_URL."
)
OLDER = "The database is at version 0001, it should be at {}: `python app.py db upgrade`."
USES = [*(("run", "--role", role) for role in ROLES), ("digest",), ("spent",), ("doctor", "--retry")]


@pytest.fixture(params=["9999", "0001"])
def refused(request, database_url):
    """Puts the database at another version, and knows what is to be said of it."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": request.param})
    database.close()
    return NEWER if request.param == "9999" else OLDER.format(Database.newest_version())


@pytest.fixture
def command(database_url):
    def run(*words):
        return CliRunner().invoke(main, list(words), env={**NONE, **TOKENS, "DATABASE_URL": database_url})

    return run


@pytest.mark.parametrize("words", USES, ids=" ".join)
def test_nothing_starts_on_a_database_of_another_version(command, refused, words):
    done = command(*words)
    told = [line for line in done.stderr.splitlines() if not line.startswith("timestamp=")]
    assert (done.exit_code, done.stdout, told) == (2, "", [refused])


def test_the_doctor_says_it_and_goes_on(command, refused):
    done = command("doctor")
    assert done.exit_code == 1
    assert f"✗ database: {refused}\n" in done.stdout
    assert "Slack can't be reached" in done.stdout or "✗ slack" in done.stdout


def test_gunicorn_is_told_to_give_up(refused, database_url, monkeypatch, capsys):
    for name, value in {**NONE, **TOKENS, "DATABASE_URL": database_url}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        create_web_app()
    assert stopped.value.code == GUNICORN_STOPS
    assert refused in capsys.readouterr().err


def test_a_newer_database_is_not_upgraded(command, database_url):
    database = Database(database_url)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    refused = command("db", "upgrade")
    assert (refused.exit_code, refused.stdout, refused.stderr.strip()) == (2, "", NEWER)
    assert database.schema_version() == "9999"
    database.close()


@pytest.fixture
def started_later(postgres, tmp_path, monkeypatch):
    """The address of a newer program's PostgreSQL, which starts while this one waits for it."""
    url = postgres()
    database = Database(url)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    real = make_url(url)

    def start(_seconds):
        (tmp_path / SOCKET).symlink_to(f"{real.query['host']}/{SOCKET}")

    monkeypatch.setattr("models.reaching.log", structlog.get_logger())  # each keeps where it wrote first
    monkeypatch.setattr("models.database.await_server", partial(await_server, pause=start))
    return real.set(query={"host": str(tmp_path)}).render_as_string(hide_password=False)


def test_a_program_that_starts_before_its_database_waits_for_it(started_later):
    done = CliRunner().invoke(main, ["run"], env={**NONE, **TOKENS, "DATABASE_URL": started_later})
    assert (done.exit_code, NEWER in done.stderr) == (2, True)


def test_what_gunicorn_runs_waits_for_its_database_too(started_later, monkeypatch, capsys):
    for name, value in {**NONE, **TOKENS, "DATABASE_URL": started_later}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        create_web_app()
    assert NEWER in capsys.readouterr().err
