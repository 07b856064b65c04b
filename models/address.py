"""What a post's address says about which post it is, however the address is written."""

import re
from hashlib import sha256
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from models.post import storable

LONGEST = 255
PLATFORMS = frozenset({"x", "facebook", "bluesky", "mastodon"})
"""Sources whose addresses carry the post's own id."""
_PREFIX = re.compile(r"^(?:(?:www\d?|m|mobile|amp|touch|mbasic|web)\.)+")
# What is added to an address on its way, and leads to the same page without it.
_ADDED = re.compile(
    r"utm_\w+|at_\w+|mc_[ce]id|mkt_tok|(?:fb|g|d|ms|y|tt|tw)clid|gclsrc|[gw]braid|igsh(?:id)?|mibextid|_hs\w+|"
    r"__twitter_impression|ref_?src|ref_?url|cmpid|ocid|spm|amp",
    re.IGNORECASE,
)
_X = re.compile(r"/(?:i(?:/web)?|\w{1,30})/status(?:es)?/(\d{1,20})(?:/|$)", re.IGNORECASE)
_BLUESKY = re.compile(r"/profile/[^/]+/post/([a-z0-9]{5,20})(?:/|$)", re.IGNORECASE)
_MASTODON = re.compile(r"/(?:@[^/]+|users/[^/]+/statuses|web/@[^/]+)/(\d{8,25})(?:/|$)")
_FACEBOOK = re.compile(r"/(?:posts|videos|reel)/(?:[^/?]*/)?(\d{5,}|pfbid\w+)(?:/|$)")


def address_key(url: str | None) -> str | None:
    """A short name of the page at `url`: the same for `http` and `https`, `www.` and `m.`, with a fragment,
    a trailing slash or a campaign's parameters and without. A post's own id is in it where the platform's
    addresses carry one: "x:123". None: it is no web address, or one of a whole site. Never raises.
    """
    try:
        parts = urlsplit((url or "").strip())
        port = parts.port
    except ValueError:
        return None
    host = _PREFIX.sub("", (parts.hostname or "").rstrip("."))
    if parts.scheme.lower() not in ("http", "https") or "." not in host:
        return None
    if port not in (None, 80, 443):
        host = f"{host}:{port}"
    return _bounded(storable(_of_platform(host, parts) or _of_page(host, parts) or "") or None)


def own_key(source: str, external_id: str, url: str | None) -> str | None:
    """As `address_key`; where the platform's own id is known, that is what counts."""
    if source == "x" and external_id.isdecimal():
        return f"x:{external_id}"
    if source == "facebook" and (last := external_id.rpartition("_")[2]).isdecimal():
        return f"facebook:{last}"
    if source == "bluesky" and external_id.startswith("at://"):
        return _bounded(f"bluesky:{external_id.rpartition('/')[2]}")
    return address_key(url)


def is_of(key: str, source: str) -> bool:
    """Whether `key` names a post by the id that this platform itself gave it."""
    return source in PLATFORMS and key.startswith(f"{source}:")


def names_one_post(key: str) -> bool:
    """Whether a key has a post's own id in it, and not only the address of a page."""
    return key.partition(":")[0] in PLATFORMS


def _of_platform(host: str, parts: SplitResult) -> str | None:
    path = unquote(parts.path)
    if host in ("x.com", "twitter.com"):
        return f"x:{found[1]}" if (found := _X.match(path)) else None
    if host == "bsky.app":
        return f"bluesky:{found[1]}" if (found := _BLUESKY.match(path)) else None
    if host in ("facebook.com", "fb.com"):
        query = dict(parse_qsl(parts.query))
        own = query.get("reply_comment_id") or query.get("comment_id") or query.get("story_fbid")
        found = _FACEBOOK.search(path)
        own = own or (found[1] if found else None) or query.get("fbid")
        return f"facebook:{own}" if own else None
    return f"mastodon:{host}/{found[1]}" if (found := _MASTODON.match(path)) else None


def _of_page(host: str, parts: SplitResult) -> str | None:
    path = unquote(parts.path).rstrip("/")
    path = re.sub(r"/(?:amp|index\.(?:html?|php))$", "", path)
    asked = sorted(
        (k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _ADDED.fullmatch(k)
    )
    if not path and not asked:
        return None
    return f"web:{host}{path}{'?' if asked else ''}{urlencode(asked)}"


def _bounded(key: str | None) -> str | None:
    if key is None or len(key) <= LONGEST:
        return key
    return f"{key[:100]}#{sha256(key.encode(errors='replace')).hexdigest()}"
