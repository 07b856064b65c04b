"""Answers and deliveries in Facebook's shape, about the made-up company's page."""

from typing import Any

PAGE = "122104"
US = {"id": PAGE, "name": "Tindra"}
MIA = {"id": "77001", "name": "Mia Jensen"}
POST = f"{PAGE}_5001"


def comment(
    number: int,
    text: str = "My Tindra leaks",
    *,
    at: str = "2026-03-10T11:50:00+0000",
    by: dict[str, str] = MIA,
    **more: Any,
) -> dict[str, Any]:
    """A comment as the Graph API lists it, below post 5001."""
    return {
        "id": f"5001_{number}",
        "from": by,
        "message": text,
        "created_time": at,
        "permalink_url": f"https://www.facebook.com/{PAGE}/posts/5001/?comment_id={number}",
        "comment_count": 0,
        "like_count": 2,
    } | more


def wall_post(
    number: int = 5001, *, at: str = "2026-03-10T11:50:00+0000", by: dict[str, str] = US, **more: Any
) -> dict[str, Any]:
    """A post of our page in its feed, which last changed at `at`."""
    return {
        "id": f"{PAGE}_{number}",
        "from": by,
        "message": "The new mill is here",
        "created_time": "2026-03-01T08:00:00+0000",
        "updated_time": at,
        "permalink_url": f"https://www.facebook.com/{PAGE}/posts/{number}",
    } | more


def change(
    item: str = "comment", verb: str = "add", *, number: int = 9001, by: dict[str, str] = MIA, **more: Any
) -> dict[str, Any]:
    """What the webhook says of one comment or post."""
    ids = {"comment_id": f"5001_{number}"} if item == "comment" else {}
    return (
        {
            "from": by,
            "post_id": POST if item == "comment" else f"{PAGE}_{number}",
            "parent_id": POST,
            "created_time": 1773143400,  # 2026-03-10 11:50 UTC
            "item": item,
            "verb": verb,
            "message": "My Tindra leaks all over the counter",
            "post": {"status_type": "mobile_status_update", "is_published": True, "id": POST},
        }
        | ids
        | more
    )


def delivery(*values: dict[str, Any], page: str = PAGE) -> dict[str, Any]:
    """One request of the webhook."""
    changes = [{"field": "feed", "value": value} for value in values]
    return {"object": "page", "entry": [{"id": page, "time": 1773143401, "changes": changes}]}


def error(code: int, message: str = "(#0) Something") -> dict[str, Any]:
    return {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A"}}
