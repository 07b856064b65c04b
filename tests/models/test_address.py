"""What an address says about which post it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.address import LONGEST, address_key, own_key


@pytest.mark.parametrize(
    "url",
    [
        "https://x.com/mia_j/status/123",
        "http://www.twitter.com/mia_j/status/123?s=20&t=abc",
        "https://mobile.twitter.com/MIA_J/statuses/123/photo/1",
        "https://x.com/i/web/status/123#m",
        "https://m.x.com/i/status/123/",
    ],
)
def test_a_post_on_x_is_known_by_its_id_however_its_address_is_written(url):
    assert address_key(url) == "x:123"


@pytest.mark.parametrize(
    "url",
    [
        "http://blog.example/a/tindra",
        "https://www.blog.example/a/tindra/",
        "https://blog.example:443/a/tindra#comments",
        "https://m.blog.example/a/tindra?utm_source=rss&utm_medium=feed&fbclid=1",
        "HTTPS://Blog.Example./a/%74indra/index.html",
    ],
)
def test_one_page_has_one_key(url):
    assert address_key(url) == "web:blog.example/a/tindra"


def test_parameters_that_lead_elsewhere_count_in_any_order():
    assert address_key("https://f.example/t?p=2&id=7") == address_key("https://f.example/t?id=7&utm_id=1&p=2")
    assert address_key("https://f.example/t?id=7") != address_key("https://f.example/t?id=8")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://bsky.app/profile/mia.example/post/3kabc2xyz", "bluesky:3kabc2xyz"),
        ("https://social.example/@mia/112233445566778899", "mastodon:social.example/112233445566778899"),
        (
            "https://social.example/users/mia/statuses/112233445566778899",
            "mastodon:social.example/112233445566778899",
        ),
        ("https://www.facebook.com/tindra/posts/10100000001", "facebook:10100000001"),
        ("https://m.facebook.com/story.php?story_fbid=10100000001&id=42", "facebook:10100000001"),
        ("https://facebook.com/tindra/posts/10100000001?comment_id=77", "facebook:77"),
    ],
)
def test_platforms_addresses_carry_the_posts_id(url, key):
    assert address_key(url) == key


def test_where_the_platform_gave_an_id_that_is_what_counts():
    assert own_key("x", "123", None) == "x:123"
    assert own_key("facebook", "42_77", "https://facebook.com/x") == "facebook:77"
    assert own_key("bluesky", "at://did:plc:abc/app.bsky.feed.post/3kabc2xyz", None) == "bluesky:3kabc2xyz"
    assert own_key("rss", "123", "https://x.com/a/status/9") == "x:9"


@pytest.mark.parametrize(
    "url",
    [None, "", "x.com/a/status/1", "javascript:alert(1)", "https://", "https://blog.example/", "https://[::1",
     "ftp://blog.example/a", "https://localhost/a", "https://blog.example:99999999/a"],
)  # fmt: skip
def test_what_is_no_page_has_no_key(url):
    assert address_key(url) is None


def test_a_long_address_keeps_its_difference_in_a_bounded_key():
    long = "https://blog.example/" + "a" * 5000
    one, other = address_key(f"{long}?p=1"), address_key(f"{long}?p=2")
    assert one != other
    assert one is not None
    assert len(one) <= LONGEST


@given(st.text(max_size=300))
def test_any_text_has_a_key_or_none(text):
    for url in (text, f"https://{text}", f"https://blog.example/{text}"):
        key = address_key(url)
        assert key is None or (len(key) <= LONGEST and "\x00" not in key)
