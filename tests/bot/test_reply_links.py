"""The way to a private message: on each platform its own, in the customer's language, with the reference."""

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.reply_check.length import X_LIMIT, x_length
from bot.reply_links import links_for
from config.playbook import Playbook
from config.say import say
from models.case import Case
from models.mention import Mention
from tests.people import NOON, playbook, post

BRAND = {"name": "Tindra", "keywords": {"any": ["tindra"]}}


def book(**brand: object) -> Playbook:
    return playbook(brands=[{**BRAND, **brand}])


def links(source: str, language: str, where: Playbook):
    mention = Mention.from_post(post(source=source, external_id="7000000001"), stored_at=NOON)
    mention.brand, mention.queue, mention.kind, mention.language = "Tindra", "everyone", "question", language
    mention.reason = ""
    case = Case.open(mention, at=NOON, respond_by=NOON, resolve_by=NOON)
    case.id = 214
    return links_for(case, mention, "Hello", where)


@pytest.mark.parametrize("language", ["en", "da", "ja", "zh", "unknown"])
def test_on_x_the_message_opens_with_the_reference_in_the_customers_language(language):
    found = links("x", language, book(x_user_id="42"))
    opened = parse_qs(urlsplit(found.private).query)
    assert opened["recipient_id"] == ["42"]
    assert opened["text"] == [say(language)("opening", company="Tindra", reference="#214")]
    assert found.invitation == say(language)("invite", link=found.private)
    posted = parse_qs(urlsplit(found.invite).query)
    assert posted == {"in_reply_to": ["7000000001"], "text": [found.invitation]}
    assert x_length(found.invitation) <= X_LIMIT


def test_on_facebook_messenger_opens_and_tells_us_the_case():
    found = links("facebook", "de", book(messenger="tindra.example"))
    assert found.private == "https://m.me/tindra.example?ref=case-214"
    assert found.invite is None
    assert "unter uns" in found.invitation


def test_on_mastodon_the_post_opens_on_our_own_server_where_we_can_answer():
    ours = {"mastodon": ["@care@social.example"]}
    found = links("mastodon", "en", book(handles=ours))
    opened = urlsplit(found.post)
    assert (opened.netloc, opened.path) == ("social.example", "/authorize_interaction")
    assert parse_qs(opened.query) == {"uri": ["https://x.com/mia_j/status/7000000001"]}
    assert not found.filled
    for handles in ({"mastodon": ["care"]}, {"mastodon": ["a@b/c?"]}, {}):
        assert links("mastodon", "en", book(handles=handles)).post == "https://x.com/mia_j/status/7000000001"


def test_on_bluesky_it_is_the_post_itself():
    found = links("bluesky", "en", book())
    assert (found.post, found.filled) == ("https://x.com/mia_j/status/7000000001", False)


def test_elsewhere_it_is_the_form_and_without_one_the_telephone():
    form, phone = "https://tindra.example/write", "+45 70 12 34 56"
    assert links("rss", "en", book(private_form=form, private_phone=phone)).private == form
    found = links("rss", "da", book(private_phone=phone))
    assert found.private is None
    assert found.invitation == say("da")("invite_phone", phone=phone)
    nothing = links("facebook", "en", book())
    assert (nothing.private, nothing.invitation) == (None, None)


@pytest.mark.parametrize(
    ("key", "value"), [("messenger", "tindra/../x"), ("messenger", "a?b"), ("private_phone", "call me")]
)
def test_what_can_be_no_messenger_name_or_telephone_is_refused(key, value):
    with pytest.raises(ValueError, match=key):
        book(**{key: value})
