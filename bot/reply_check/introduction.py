"""Does a draft say who is writing: a name, the company and a role?

A name is found first, in the places where people put it: "I'm Ana", "Ana here", "– Ana", a farewell, a line
of its own. Company and role count where they stand near that name, so that "I'm Ana. Please contact our
support" names no role.
"""

import re
from dataclasses import dataclass

from bot.reply_check.reading import plain
from bot.reply_check.us import Us
from bot.reply_check.words import Words

_NAME = r"(?:[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{1,24}(?:['-][A-ZÀ-Þa-zà-ÿ][a-zà-ÿ]{1,24})?)(?![A-Za-zÀ-ÿ0-9@])"
_ANY_CASE = r"[A-Za-zÀ-ÖØ-öø-ÿ][a-zà-öø-ÿ'-]{1,24}(?![A-Za-zÀ-ÿ0-9@])"
_DASH = re.compile(rf"(?:^|\s|(?<=[.!?,]))[-–—~^/*|•]{{1,2}}\s?(?P<name>{_NAME})", re.MULTILINE)
_OWN_LINE = re.compile(rf"^(?P<name>{_NAME})(?:\s{_NAME}){{0,2}}\s*(?:$|[,|–—/(-])", re.MULTILINE)
_LAST = re.compile(rf"[,|–—-]\s*(?P<name>{_NAME})(?:\s{_NAME})?\s*[.!]?\s*$")
_END = re.compile(r"[.!?](?=\s)")
_CAPITALISED = re.compile(r"\s*(?P<name>[A-ZÀ-ÖØ-Þ][\wÀ-ÿ&'-]+)")
_JOB_WORDS = r"(?P<job>[\w-]+(?: [\w&-]+){0,4})"
_ABBREVIATED = re.compile(r"\b(Mvh|Vh|Dbh|Kh|mvg|Mvg|Gr|gr|VG|Lg|LG|St|Dr|Kd)\.(?=\s)")
_BEFORE, _AFTER = 70, 130
"""Company and role stand so many characters before or after the name."""
_SIGNED_AT_MOST = 140
"""A name after a dash signs a draft when no more than this follows it."""


@dataclass(frozen=True)
class Introduction:
    """What a draft says of its writer."""

    name: bool
    company: bool
    role: bool

    @property
    def complete(self) -> bool:
        return self.name and self.company and self.role

    @property
    def missing(self) -> list[str]:
        """ "name", "company", "role": those that are not there, in this order."""
        said = {"name": self.name, "company": self.company, "role": self.role}
        return [what for what, is_said in said.items() if not is_said]


def introduction(text: str, words: Words, us: Us) -> Introduction:
    """The best introduction in the draft: the one that leaves least out."""
    text = _ABBREVIATED.sub(r"\1 ", plain(text).strip())
    around = [_around(text, found, words) for found in _names(text, words, us)]
    found = [
        Introduction(True, _has_company(part, text, words, us), _says_role(part, words, us))
        for part in around
    ]
    if not found:
        return _nameless(text, words, us)
    return max(found, key=lambda one: one.company + one.role)


def _nameless(text: str, words: Words, us: Us) -> Introduction:
    """ "Tindra customer care here" says company and role; "sorry about your Tindra" says neither."""
    named = [m.start() for m in us.pattern.finditer(text) if not _is_product(text, m.start(), words)]
    role = any(_has_role(_sentence_at(text, at), words) for at in named)
    return Introduction(False, role or bool(_company_places(text, words, us)), role)


def _names(text: str, words: Words, us: Us) -> list[re.Match[str]]:
    hello = words.introduction
    patterns = [
        re.compile(rf"(?i:{hello.before_name.pattern})[ :,]{{1,3}}(?P<name>{_NAME})"),
        re.compile(rf"(?<![\w@])(?P<name>{_NAME})(?:\s{_NAME})?,? (?i:{hello.after_name.pattern})"),
        re.compile(
            rf"(?i:{hello.farewells.pattern})[\s,.!–—-]{{1,4}}(?:(?i:from|fra|von|van)\s)?(?P<name>{_NAME})"
        ),
        # All in small letters it is a name only where the company follows: "im ana from tindra".
        re.compile(
            rf"{hello.before_name.pattern} (?P<name>{_ANY_CASE}) {hello.at.pattern} {us.pattern.pattern}",
            re.IGNORECASE,
        ),
        # "Dina, Avelio Air, social media team", "Hauke, Social-Media-Team, Avelio Air"
        re.compile(
            rf"(?:^|(?<=[.!?]\s)|(?<=\n))(?P<name>{_NAME}), (?:[^.!?\n]{{0,60}}, )?(?i:{us.pattern.pattern})"
        ),
        _OWN_LINE,
        _LAST,
        *hello.names,
    ]
    found = [m for pattern in patterns for m in pattern.finditer(text)]
    found += [m for m in _DASH.finditer(text) if len(text) - m.end() <= _SIGNED_AT_MOST]
    return [m for m in found if _is_name(m["name"], words, us)]


def _is_name(name: str, words: Words, us: Us) -> bool:
    return not (
        words.introduction.not_names.fullmatch(name)
        or words.introduction.roles.fullmatch(name)
        or us.pattern.fullmatch(name)
    )


def _around(text: str, found: re.Match[str], words: Words) -> str:
    """The words around a name that belong to it: its sentence, or the whole signature at the end."""
    begin = text.rfind("\n", 0, found.start("name")) + 1
    for sentence_end in _END.finditer(text, begin, found.start()):
        begin = sentence_end.end()
    begin = max(begin, found.start("name") - _BEFORE)
    end = min(len(text), found.end("name") + _AFTER)
    stop = _END.search(text, found.end("name"), end)
    signs = text.count("\n", found.end("name")) <= 3 and len(text) - found.end("name") <= _SIGNED_AT_MOST
    if stop and not signs:
        end = stop.start()
    elif stop:
        following = text[stop.end() : end].lstrip()
        end = end if words.introduction.goes_on.match(following) else stop.start()
    return text[begin:end]


def _has_role(part: str, words: Words) -> bool:
    hello = words.introduction
    return hello.roles.search(hello.not_roles.sub(" · ", part)) is not None


def _says_role(part: str, words: Words, us: Us) -> bool:
    return _has_role(part, words) or any(
        _is_job(part[: company.start()].rstrip(), words) for company in us.pattern.finditer(part)
    )


def _is_job(before: str, words: Words) -> bool:
    """ "Anders, zoo keeper at" our company: few words between it and a name, whatever they are."""
    hello = words.introduction
    at = next((at for at in hello.at.finditer(before) if at.end() == len(before)), None)
    if at is None and not before.endswith(","):
        return False
    before = before[: at.start()] if at else before[:-1]
    job = re.search(rf"(?P<name>{_NAME})(?: (?i:{hello.after_name.pattern}))?, {_JOB_WORDS}\s*$", before)
    return job is not None and not any(
        hello.not_names.fullmatch(word) for word in (job["name"], job["job"].split()[0])
    )


def _has_company(part: str, text: str, words: Words, us: Us) -> bool:
    if any(not _is_product(part, m.start(), words) for m in us.pattern.finditer(part)):
        return True
    if _company_places(text, words, us):
        return True
    for at in words.introduction.at.finditer(part):
        named = _CAPITALISED.match(part, at.end())
        another = named and us.another and us.another.match(part, named.start("name"))
        if named and not another and _is_name(named["name"], words, us):
            return True
    return False


def _company_places(text: str, words: Words, us: Us) -> list[int]:
    """Where the draft speaks as the company: "at Tindra", "@ Tindra"."""
    places = []
    for found in us.pattern.finditer(text):
        before = text[max(0, found.start() - 24) : found.start()].rstrip()
        if any(at.end() == len(before) for at in words.introduction.at.finditer(before)):
            places.append(found.start())
    return places


def _is_product(part: str, start: int, words: Words) -> bool:
    before = part[:start].rstrip()
    return any(m.end() == len(before) for m in words.introduction.not_ours.finditer(before))


def _sentence_at(text: str, at: int) -> str:
    begin = max([0, *(m.end() for m in _END.finditer(text, 0, at))])
    stop = _END.search(text, at)
    return text[begin : stop.start() if stop else len(text)]
