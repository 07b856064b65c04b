"""Secrets and places, read once from the environment and `.env` into one frozen object."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from dotenv import dotenv_values

from config.database_address import mistake_in
from config.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
DEMO_POSTS = ROOT / "config" / "demo" / "posts.jsonl"
DEMO_SLACK = ROOT / "config" / "demo" / "slack.yaml"
PORTS = ("port", "metrics_port")
SHORTEST_SECRET = 24
"""Characters of a secret that signs: fewer could be guessed."""


@dataclass(frozen=True)
class Settings:
    """What the program needs to know of its surroundings. Each field is a line in `.env.example`."""

    slack_bot_token: str | None = None
    slack_app_token: str | None = None
    slack_signing_secret: str | None = None
    slack_api_url: str = "https://slack.com/api/"
    database_url: str = f"sqlite:///{ROOT / 'var' / 'listening-post.db'}"
    playbook: str = str(ROOT / "config" / "playbook.yaml")
    port: int = 3000
    metrics_port: int | None = None
    metrics_host: str = "127.0.0.1"
    metrics_token: str | None = None
    log_level: str = "INFO"
    x_bearer_token: str | None = None
    x_consumer_key: str | None = None
    x_consumer_secret: str | None = None
    x_access_token: str | None = None
    x_access_token_secret: str | None = None
    x_api_url: str | None = None
    facebook_page_token: str | None = None
    facebook_app_secret: str | None = None
    facebook_verify_token: str | None = None
    facebook_api_url: str | None = None
    bluesky_handle: str | None = None
    bluesky_app_password: str | None = None
    bluesky_api_url: str | None = None
    bluesky_stream_url: str | None = None
    mastodon_url: str | None = None
    mastodon_access_token: str | None = None
    webhook_secrets: str | None = None
    public_url: str | None = None

    @property
    def demo(self) -> bool:
        """Without Slack tokens the program runs in a local Slack."""
        return not (self.slack_bot_token or self.slack_app_token or self.slack_signing_secret)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be in any log: every token, key and password."""
        named = [
            str(getattr(self, f.name) or "")
            for f in fields(self)
            if f.name.endswith(("_token", "_secret", "_key", "_password"))
        ]
        webhooks = [secret for _, secret in _pairs(self.webhook_secrets or "")]
        address = re.search(r"://[^/@]*:([^@]+)@", self.database_url)
        return tuple(filter(None, [*named, *webhooks, address[1] if address else ""]))

    @property
    def x_can_post(self) -> bool:
        keys = (self.x_consumer_key, self.x_consumer_secret, self.x_access_token, self.x_access_token_secret)
        return all(keys)

    def secrets_of(self, webhook: str) -> tuple[str, ...]:
        """What the webhook of that name may sign with: two while one takes the other's place."""
        return tuple(secret for name, secret in _pairs(self.webhook_secrets or "") if name == webhook)

    @property
    def webhooks_with_secrets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name, _ in _pairs(self.webhook_secrets or "")))

    @property
    def posts_to(self) -> frozenset[str]:
        """The platforms whose API we can send replies to: "x", "facebook"."""
        can = {"x": self.x_can_post, "facebook": bool(self.facebook_page_token)}
        return frozenset(name for name, yes in can.items() if yes)


def read_settings(environment: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    """Settings from `dotenv` (default: `.env` beside app.py), overridden by the environment.

    Raises SettingsError with one line per mistake.
    """
    path = ROOT / ".env" if dotenv is None else dotenv
    given = {**dotenv_values(path), **(os.environ if environment is None else environment)}
    known = {f.name: (given.get(f.name.upper()) or "").strip() for f in fields(Settings)}
    values: dict[str, str | int] = {name: value for name, value in known.items() if value}
    mistakes = list(_mistakes(values))
    if mistakes:
        raise SettingsError("\n".join(f"{path.name}: {m}" for m in mistakes))
    for name in PORTS:
        if name in values:
            values[name] = int(values[name])
    if "log_level" in values:
        values["log_level"] = str(values["log_level"]).upper()
    if str(values.get("database_url", "")).startswith("postgres://"):
        # Hosting platforms still hand out the old scheme, which SQLAlchemy refuses.
        values["database_url"] = "postgresql://" + str(values["database_url"]).removeprefix("postgres://")
    return Settings(**values)  # type: ignore[arg-type]  # each value was checked above


def _mistakes(values: dict[str, str | int]) -> list[str]:
    out = []
    for name, prefix, where in (
        ("slack_bot_token", "xoxb-", "OAuth & Permissions"),
        ("slack_app_token", "xapp-", "Basic Information, App-Level Tokens"),
    ):
        value = str(values.get(name, ""))
        if value and not value.startswith(prefix):
            out.append(f"{name.upper()}: it should begin with {prefix} (in Slack's app settings: {where}).")
    bot, way_in = (
        values.get("slack_bot_token"),
        values.get("slack_app_token") or values.get("slack_signing_secret"),
    )
    if bot and not way_in:
        out.append(
            "SLACK_APP_TOKEN: needed beside SLACK_BOT_TOKEN (or SLACK_SIGNING_SECRET, for `--role web`)."
        )
    if way_in and not bot:
        out.append("SLACK_BOT_TOKEN: needed beside the other Slack secrets (OAuth & Permissions).")
    for name in PORTS:
        port = str(values.get(name, "3000"))
        if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
            out.append(f"{name.upper()}: write a number from 1 to 65535, found {port!r}.")
    if len(str(values.get("metrics_token", "x" * SHORTEST_SECRET))) < SHORTEST_SECRET:
        least = f"at least {SHORTEST_SECRET} characters, such as `openssl rand -hex 32` makes"
        out.append(f"METRICS_TOKEN: write {least}.")
    level = str(values.get("log_level", "INFO")).upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        out.append(f"LOG_LEVEL: write DEBUG, INFO, WARNING or ERROR, found {level!r}.")
    if mistake := mistake_in(str(values.get("database_url", "sqlite:///x"))):
        out.append(f"DATABASE_URL: {mistake}")
    for name in (
        "slack_api_url",
        "x_api_url",
        "facebook_api_url",
        "bluesky_api_url",
        "mastodon_url",
        "public_url",
    ):
        if values.get(name) and not re.match(r"https?://", str(values[name])):
            out.append(f"{name.upper()}: write an address that begins with https://.")
    keys = ("x_consumer_key", "x_consumer_secret", "x_access_token", "x_access_token_secret")
    missing = [k.upper() for k in keys if not values.get(k)]
    if 0 < len(missing) < len(keys):
        out.append(f"{missing[0]}: posting to X needs all four keys; add this one or remove the others.")
    stream = str(values.get("bluesky_stream_url", "wss://"))
    if not re.match(r"wss?://", stream):
        out.append("BLUESKY_STREAM_URL: write an address that begins with wss://.")
    both = ("bluesky_handle", "bluesky_app_password")
    if len(lacking := [name.upper() for name in both if not values.get(name)]) == 1:
        out.append(f"{lacking[0]}: Bluesky takes a handle and its app password together, or neither.")
    signing = [secret for _, secret in _pairs(str(values.get("webhook_secrets", "")))]
    if not all(signing):
        out.append("WEBHOOK_SECRETS: write name=secret, with a space between two of them.")
    elif any(len(secret) < SHORTEST_SECRET for secret in signing):
        least = f"at least {SHORTEST_SECRET} characters, such as `openssl rand -hex 32` makes"
        out.append(f"WEBHOOK_SECRETS: each secret has {least}.")
    return out


def _pairs(given: str) -> list[tuple[str, str]]:
    """`name=secret name=secret`; a secret may have = in it, as base64 does."""
    return [(name, secret) for name, _, secret in (pair.partition("=") for pair in given.split())]
