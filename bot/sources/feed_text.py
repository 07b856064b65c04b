"""From a feed's HTML to plain text, with the standard library's parser."""

import re
from html.parser import HTMLParser

_INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
    }
    | {"q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
"""These may stand inside a word; every other tag parts what is around it."""
_HIDDEN = frozenset({"script", "style", "template", "iframe", "object"})
_MOST_HTML = 200_000
_STILL_HTML = re.compile(r"</(?:p|div|a|b|i|em|strong|span|li|ul|td|tr|table)>|<br ?/?>|<!--", re.IGNORECASE)
"""Many feeds escape their HTML once too often."""
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff]")


def plain_text(value: object, *, html: bool = True) -> str:
    """What a reader of `value` would see, with white space folded; "" for anything but text."""
    if not isinstance(value, str):
        return ""
    if html:
        value = _seen(value)
        if _STILL_HTML.search(value):
            value = _seen(value)
    return " ".join(_INVISIBLE.sub("", value[:_MOST_HTML]).split())


def _seen(value: str) -> str:
    reader = _Reader()
    reader.feed(value[:_MOST_HTML])
    reader.close()
    return "".join(reader.seen)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag not in _INLINE:
            self.seen.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag not in _INLINE:
            self.seen.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.append(data)
