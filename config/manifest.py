"""The Slack app manifest: exactly what the program uses, so that a workspace grants nothing more."""

from collections.abc import Mapping, Sequence
from typing import Any

METHOD_SCOPES: dict[str, tuple[str, ...]] = {
    "auth.test": (),
    "apps.connections.open": (),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.list": ("channels:read", "groups:read"),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "conversations.open": ("im:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.completeUploadExternal": ("files:write",),
    "users.info": ("users:read",),
    "users.profile.get": ("users.profile:read",),
}
"""Every Web API method the program calls, with the bot scopes it needs (docs.slack.dev/reference/methods)."""


def scopes() -> list[str]:
    """Bot scopes, sorted: those of the methods, and the one for slash commands."""
    return sorted({scope for needed in METHOD_SCOPES.values() for scope in needed} | {"commands"})


def manifest(
    commands: Mapping[str, tuple[str, str]],
    shortcuts: Mapping[str, tuple[str, str, str]],
    events: Sequence[str],
    request_url: str | None = None,
) -> dict[str, Any]:
    """The manifest as JSON-able data. `commands`: name to (description, usage hint); `shortcuts`: callback
    id to (name of 24 characters at most, description, "message" or "global"); `events`: their names.

    Socket Mode without `request_url`; with it Slack calls that address over HTTP (`--role web`).
    """
    over_http = {"url": request_url} if request_url else {}
    listed = [
        {
            "command": name,
            "description": what,
            **({"usage_hint": usage} if usage else {}),
            "should_escape": True,  # people arrive as <@ID>, not as the text somebody typed
            **over_http,
        }
        for name, (what, usage) in sorted(commands.items())
    ]
    interactivity: dict[str, Any] = {"is_enabled": True}
    subscribed: dict[str, Any] = {"bot_events": sorted(events)}
    if request_url:
        interactivity["request_url"] = subscribed["request_url"] = request_url
    return {
        "display_information": {
            "name": "Listening Post",
            "description": "Brings public mentions to the people who can answer them",
            "background_color": "#1f3a4d",
        },
        "features": {
            "bot_user": {"display_name": "Listening Post", "always_online": True},
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "shortcuts": [
                {"name": name, "type": type_, "callback_id": callback, "description": what}
                for callback, (name, what, type_) in sorted(shortcuts.items())
            ],
            "slash_commands": listed,
        },
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "interactivity": interactivity,
            "event_subscriptions": subscribed,
            "org_deploy_enabled": False,
            "socket_mode_enabled": not request_url,
            "token_rotation_enabled": False,
        },
    }
