"""Whom we trust on the other side of an encrypted connection to Slack."""

import ssl
from functools import cache


@cache
def trusted() -> ssl.SSLContext:
    """The system's certificates, read once. Python 3.11 reads them anew for each call of Slack's client that
    brings none, which takes 20 ms of processor time: more than all else that a claim costs."""
    return ssl.create_default_context()
