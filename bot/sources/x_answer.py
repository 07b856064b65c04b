"""From X's answers to posts: pure reading of documents nobody vouches for.

Shape: https://docs.x.com/x-api/fundamentals/data-dictionary. Fields that were not asked for, or that X left
out, are absent; every other field is taken only where it has the type that X documents.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.sources import SourceError
from bot.sources.window import Page
from models.post import Post

_SNOWFLAKE_EPOCH_MS = 1288834974657
_FIRST_POST = datetime(2006, 3, 21, tzinfo=UTC)
_ID = re.compile(r"^[0-9]{1,19}$", re.ASCII)
_USERNAME = re.compile(r"^[A-Za-z0-9_]{1,20}$")
_LANGUAGES = {"in": "id", "iw": "he"}
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_REPEATS = ("retweeted", "quoted")
_COUNTS = {
    "like_count": "likes",
    "retweet_count": "reposts",
    "reply_count": "replies",
    "quote_count": "quotes",
}
_LONGEST_TEXT = 30_000
"""Long posts have up to 25,000 characters."""


@dataclass(frozen=True)
class Ours:
    """How to recognise ourselves on X."""

    handles: frozenset[str] = frozenset()
    """In lower case, without @."""
    user_ids: frozenset[str] = frozenset()


def read_page(document: dict[str, Any], ours: Ours, now: datetime) -> Page:
    """The posts in `document`, without our own. Raises SourceError when it is no answer with posts."""
    rows, meta, problems = document.get("data"), document.get("meta"), _problems(document)
    if rows is None and not isinstance(meta, dict):
        raise SourceError(
            f"X answered without posts: {problems[0]}" if problems else "X's answer is not a list of posts"
        )
    if rows is not None and not isinstance(rows, list):
        raise SourceError("X's answer is not a list of posts")
    includes = _dict(document.get("includes"))
    users, quoted = _by_id(includes.get("users")), _by_id(includes.get("tweets"))
    posts: list[Post] = []
    times: list[datetime] = []
    notes = [f"X said: {problem}" for problem in problems]
    ids: list[str] = []
    for row in rows or []:
        row = _dict(row)
        number = _id(row.get("id"))
        text = _text(row)
        if number is not None:
            ids.append(number)
        if number is None or text is None:
            notes.append(f"X sent a post that can't be read (id {str(row.get('id'))[:30]!r})")
            continue
        at = _created_at(row.get("created_at"), number, now)
        times.append(at)
        author_id = _id(row.get("author_id"))
        user = users.get(author_id or "", {})
        post = _post(row, number, text, at, author_id, user, ours, quoted, now)
        if post.author.lower() not in ours.handles and (author_id or "") not in ours.user_ids:
            posts.append(post)
    token = _dict(meta).get("next_token")
    return Page(
        posts,
        newest=max(times, default=None),
        oldest=min(times, default=None),
        next_token=token if isinstance(token, str) and 0 < len(token) <= 500 else None,
        notes=notes,
        ids=ids,
        at=now,
    )


def snowflake_time(number: str, now: datetime) -> datetime:
    """When the post with this id was written: an id counts milliseconds from X's epoch above its 22nd bit."""
    at = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=(int(number) >> 22) + _SNOWFLAKE_EPOCH_MS)
    return min(at, now)


def _post(
    row: dict[str, Any],
    number: str,
    text: str,
    at: datetime,
    author_id: str | None,
    user: dict[str, Any],
    ours: Ours,
    quoted: dict[str, dict[str, Any]],
    now: datetime,
) -> Post:
    username, name = user.get("username"), user.get("name")
    handle = username if isinstance(username, str) and _USERNAME.match(username) else None
    references = [_dict(each) for each in _list(row.get("referenced_tweets"))]
    repost = any(each.get("type") == "retweeted" for each in references)
    language = row.get("lang")
    versions = _versions(row.get("edit_history_tweet_ids"), number)
    followers = _counts(_dict(user.get("public_metrics")), {"followers_count": "followers"})
    return Post(
        source="x",
        external_id=number,
        text=text,
        created_at=at,
        author=handle or author_id or "unknown",
        author_id=author_id,
        author_name=" ".join(name.split())[:200] or None if isinstance(name, str) else None,
        url=f"https://x.com/{handle or 'i/web'}/status/{number}",
        language=_language(language) if isinstance(language, str) else None,
        conversation=_id(row.get("conversation_id")),
        about=next((_id(each.get("id")) for each in references if each.get("type") in _REPEATS), None),
        repost=repost,
        mentions_us=not repost and (_mentioned(row, text, ours) or _quoted(row, references, quoted, ours)),
        metrics=_counts(_dict(row.get("public_metrics")), _COUNTS) | followers,
        versions=versions,
        edited_at=snowflake_time(number, now) if versions and versions[0] != number else None,
    )


def _mentioned(row: dict[str, Any], text: str, ours: Ours) -> bool:
    for each in _list(_dict(row.get("entities")).get("mentions")):
        mention = _dict(each)
        if str(mention.get("username", "")).lower() in ours.handles or mention.get("id") in ours.user_ids:
            return True
    return any(name.lower() in ours.handles for name in re.findall(r"(?<![\w@])@(\w{1,20})", text))


def _quoted(
    row: dict[str, Any], references: list[dict[str, Any]], quoted: dict[str, dict[str, Any]], ours: Ours
) -> bool:
    """Whether one of our posts is quoted.

    A quote ends with a link to what it quotes, and that link names its author: the quoted post itself need
    not be asked for (and paid).
    """
    ids = {_id(each.get("id")) for each in references if each.get("type") == "quoted"} - {None}
    if any(quoted.get(each or "", {}).get("author_id") in ours.user_ids for each in ids):
        return True
    for each in _list(_dict(row.get("entities")).get("urls")):
        for key in ("expanded_url", "unwound_url"):
            found = re.match(
                r"https?://(?:\w+\.)?(?:x|twitter)\.com/(\w{1,20})/status/([0-9]{1,19})",
                str(_dict(each).get(key, ""))[:500],
                re.ASCII,
            )
            if found and found[2] in ids and found[1].lower() in ours.handles:
                return True
    return False


def _versions(history: object, number: str) -> tuple[str, ...]:
    """The ids of an edited post's versions, oldest first; none when it was never edited."""
    ids = {each for one in _list(history)[:20] if (each := _id(one))} | {number}
    return tuple(sorted(ids, key=int)) if len(ids) > 1 else ()


def _text(row: dict[str, Any]) -> str | None:
    """What was written. A long post is whole only in `note_tweet`; X escapes &, < and > and nothing else."""
    text = _dict(row.get("note_tweet")).get("text") or row.get("text")
    if not isinstance(text, str):
        return None
    return re.sub("&(?:amp|lt|gt);", lambda found: _ENTITIES[found[0]], text[:_LONGEST_TEXT])


def _created_at(value: object, number: str, now: datetime) -> datetime:
    """`created_at`, or the id's own time where that is absent or impossible; never after `now`."""
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        else:
            if at >= _FIRST_POST:
                return min(at, now)
    return snowflake_time(number, now)


def _language(code: str) -> str | None:
    """Two letters, or None for what X can't tell (`und`) or counts as no language (`qme`, `zxx`)."""
    return _LANGUAGES.get(code, code) if re.fullmatch("[a-z]{2}", code) else None


def _counts(metrics: dict[str, Any], names: dict[str, str]) -> dict[str, int]:
    return {
        ours: count
        for theirs, ours in names.items()
        if type(count := metrics.get(theirs)) is int and 0 <= count < 2**53
    }


def _problems(document: dict[str, Any]) -> list[str]:
    """The sentences in `errors`: what X could not look up for an answer that is otherwise good."""
    found = []
    for each in _list(document.get("errors"))[:5]:
        error = _dict(each)
        said = error.get("detail") or error.get("message") or error.get("title") or "an error without words"
        found.append(" ".join(str(said).split())[:200])
    return list(dict.fromkeys(found))


def _by_id(rows: object) -> dict[str, dict[str, Any]]:
    found = ((_id(_dict(row).get("id")), _dict(row)) for row in _list(rows))
    return {number: row for number, row in found if number}


def _id(value: object) -> str | None:
    text = str(value) if type(value) is int else value
    return text if isinstance(text, str) and _ID.match(text) else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
