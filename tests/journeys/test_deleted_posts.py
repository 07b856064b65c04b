"""What X says is gone or edited, seen in Slack: from the look at X to the card, over the real local Slack."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.sources import Batch
from tests.far_network import far_network
from tests.people import ANA, playbook, post
from tests.slack import eventually, running, settings_for
from tests.sources.conftest import tweet
from tests.sources.test_x_recheck import TWEETS, missing


def test_a_deleted_post_leaves_its_card_and_an_edited_one_stands_there_anew(slack, tmp_path):
    now = datetime.now(UTC)
    deleted, edited, newer = (tweet(now, n) for n in range(3))
    history = {"edit_history_tweet_ids": [edited["id"], newer["id"]]}
    with far_network() as network:
        network.answer(TWEETS, {"data": [edited], "errors": []})
        settings = replace(
            settings_for(slack.url, f"sqlite:///{tmp_path / 'x.db'}"),
            x_bearer_token="token",
            x_api_url=network.url,
        )
        book = playbook(sources={"x": {"search": False}})
        with running(settings, book) as parts:
            *_, recheck = parts.works.sources
            parts.works.listener.take(
                "x-search",
                Batch(
                    [
                        post("My Tindra leaks since Tuesday", external_id=deleted["id"], author="mia_j"),
                        post("My Tindra is red", external_id=edited["id"], author="jens"),
                    ]
                ),
            )
            assert "since Tuesday" in str(slack.card(1))
            assert "is red" in str(slack.card(2))
            slack.command(ANA, "/claim", "1")
            eventually(lambda: "has it since" in str(slack.card(1)))

            network.forget()
            network.answer(TWEETS, {"data": [edited | history], "errors": [missing(deleted["id"])]})
            network.answer(TWEETS, {"data": [newer | history | {"text": "My Tindra is green, @Tindra"}]})
            parts.works.listener.poll(recheck)

            eventually(lambda: "deleted by its author" in str(slack.card(1)))
            assert "Tuesday" not in str(slack.card(1))
            assert "mia_j" not in str(slack.card(1))
            eventually(lambda: "is green" in str(slack.card(2)))
            assert "· edited ·" in str(slack.card(2))
            assert "is red" not in str(slack.card(2))
            told = slack.direct(ANA, "A post in your case 1 was deleted by its author")
            assert "if you are in touch in private, go on there" in str(told)
