"""X: recent search, and the mentions timeline."""

from collections.abc import Sequence

import requests

from bot.sources.window import Ask
from bot.sources.x_client import FIELDS, Client
from bot.sources.x_query import compile_queries
from bot.sources.x_reader import Clock, Left, Stream, XReader, no_bound
from config.brands import Brand


class XSearch(XReader):
    """Recent search for the playbook's handles and keywords."""

    name, kind = "x-search", "search"

    def __init__(
        self,
        client: Client,
        brands: Sequence[Brand],
        every: float,
        clock: Clock,
        *,
        left: Left = no_bound,
    ) -> None:
        queries = compile_queries(brands)
        self.queries = queries.texts
        super().__init__(
            client,
            brands,
            every,
            clock,
            streams={query: _search(client, query) for query in queries.texts},
            nothing="X can't be searched: no brand in the playbook has a handle or keywords",
            notes=queries.notes,
            left=left,
        )


class XMentions(XReader):
    """The mentions timelines of our accounts: the latest 800 mentions of each, in every language."""

    name, kind = "x-mentions", "mentions"

    def __init__(self, client: Client, brands: Sequence[Brand], every: float, clock: Clock) -> None:
        ids = dict.fromkeys(brand.x_user_id for brand in brands if brand.x_user_id)
        super().__init__(
            client,
            brands,
            every,
            clock,
            streams={user_id: _mentions(client, user_id) for user_id in ids},
            nothing="X's mentions can't be read: no brand in the playbook has an x_user_id",
        )


def _search(client: Client, query: str) -> Stream:
    def ask(what: Ask) -> requests.Response:
        response: requests.Response = client.search_recent_tweets(
            query,
            start_time=what.start,
            end_time=what.end,
            next_token=what.token,
            max_results=what.size,
            **FIELDS,
        )
        return response

    return ask


def _mentions(client: Client, user_id: str) -> Stream:
    def ask(what: Ask) -> requests.Response:
        response: requests.Response = client.get_users_mentions(
            user_id,
            start_time=what.start,
            end_time=what.end,
            pagination_token=what.token,
            max_results=what.size,
            **FIELDS,
        )
        return response

    return ask
