"""Bluesky's answers and events in the shape that its lexicons give them, about made-up people."""

import json
from datetime import datetime
from typing import Any

from tests.far_network import Answer, FarNetwork, Seen

XRPC = "/xrpc/"
LOGIN = XRPC + "com.atproto.server.createSession"
RENEW = XRPC + "com.atproto.server.refreshSession"
SEARCH = XRPC + "app.bsky.feed.searchPosts"
TOLD = XRPC + "app.bsky.notification.listNotifications"
PROFILES = XRPC + "app.bsky.actor.getProfiles"
RESOLVE = XRPC + "com.atproto.identity.resolveHandle"
MIA, OURS = "did:plc:mia22222222222222222222", "did:plc:tindra222222222222222222"


def uri(key: str, did: str = MIA) -> str:
    return f"at://{did}/app.bsky.feed.post/{key}"


def written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def record(
    at: datetime, text: str = "My Tindra leaks all over the counter", **changed: Any
) -> dict[str, Any]:
    """What an author's program wrote."""
    return {
        "$type": "app.bsky.feed.post",
        "text": text,
        "createdAt": written(at),
        "langs": ["en"],
    } | changed


def view(
    key: str, at: datetime, did: str = MIA, handle: str = "mia.example", **changed: Any
) -> dict[str, Any]:
    """A post as search gives it out; `changed` keys replace its record's."""
    seen = changed.pop("seen", at)
    return {
        "uri": uri(key, did),
        "cid": f"bafy{key}",
        "author": {"did": did, "handle": handle, "displayName": "Mia  Jensen"},
        "record": record(at, **changed),
        "likeCount": 3,
        "repostCount": 1,
        "replyCount": 0,
        "quoteCount": 0,
        "indexedAt": written(seen),
    }


def told(key: str, at: datetime, reason: str = "mention", **changed: Any) -> dict[str, Any]:
    """A notification."""
    return view(key, at, **changed) | {"reason": reason, "isRead": False}


def found(*views: object, cursor: str | None = None) -> dict[str, Any]:
    return {"posts": list(views)} | ({"cursor": cursor} if cursor else {})


def answered(document: object, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(document).encode(), named)


def logs_in(network: FarNetwork, access: str = "access-1", refresh: str = "refresh-1") -> None:
    """Bluesky takes our app password."""
    session = {"did": OURS, "handle": "care.tindra.example", "accessJwt": access, "refreshJwt": refresh}
    network.answer(LOGIN, session)


def asked(network: FarNetwork, path: str) -> list[Seen]:
    return [seen for seen in network.requests if seen.path == path]


def event(
    at: datetime, key: str, operation: str = "create", did: str = MIA, **changed: Any
) -> dict[str, Any]:
    """One event of the stream."""
    commit = {"rev": "3l", "operation": operation, "collection": "app.bsky.feed.post", "rkey": key}
    if operation != "delete":
        commit["record"] = record(at, **changed)  # type: ignore[assignment]
        commit["cid"] = f"bafy{key}"
    return {"did": did, "time_us": int(at.timestamp() * 1_000_000), "kind": "commit", "commit": commit}
