"""The peer: a bare Bolt app that acknowledges /claim and makes the same calls, and nothing else.

`python -m tests.bench.bare_app [FILE]`; FILE has what it answers: the sheet, the card, and where cards stand.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient


def main(arguments: list[str]) -> None:
    known: dict[str, Any] = json.loads(Path(arguments[0]).read_text(encoding="utf-8")) if arguments else {}
    url, app_token = os.environ["SLACK_API_URL"], os.environ["SLACK_APP_TOKEN"]
    app = App(client=WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=url))

    @app.command("/claim")
    def claim(ack: Ack, command: dict[str, Any], respond: Respond, client: WebClient) -> None:
        ack()
        respond(response_type="ephemeral", **known["sheet"])
        channel, ts = known["places"][command["text"]]
        client.chat_update(channel=channel, ts=ts, **known["card"])

    SocketModeHandler(app, app_token, web_client=WebClient(token=app_token, base_url=url)).start()


if __name__ == "__main__":
    main(sys.argv[1:])
