"""What a post is: complaint, question, praise, idea or other."""

import re
from dataclasses import dataclass

from bot.sift.cues import Cue, CueLists, quoted
from config.playbook import Kind

_STRONG, _WEAK = 3, 1
_LISTS = (
    "complaint", "complaint?", "praise", "praise?", "question", "question?", "idea", "idea?", "neutral", "expected",
)  # fmt: skip
_ANGRY = re.compile(r"[😡🤬😤👎💩🖕😠🤮💔]")
_SAD = re.compile(r"[😭😞😢🙄😒😩😫😣😔☹🤦😑😕🥲😖😓]")
_LOVING = re.compile(r"[❤💕💖💜💙💚🧡💛🥰😍👏🙌🏆🤩😘🎉💯♥]")
_SMILING = re.compile(r"[😊🙏👍😀😃😄😁☺🤗👌🙂]|(?<!\w)(?::-?\)|:-?D|<3)(?!\w)")
_QUESTION_MARK = re.compile(r"[??¿؟]")


@dataclass(frozen=True)
class KindFound:
    """`reason` names the words that decided; `complaint` is how strongly it complains (3 settles it)."""

    kind: Kind
    reason: str
    complaint: int


def find_kind(text: str, cue_lists: CueLists) -> KindFound:
    """The kind of a post. `text` is normalised, without links and handles."""
    cues = cue_lists.find(text, _LISTS)
    complaints, praises, questions, ideas = [], [], [], []
    complaint = praise = question = idea = 0
    for cue in cues:
        name, weight = cue.list.rstrip("?"), _WEAK if cue.list.endswith("?") else _STRONG
        if name == "complaint":
            if cue.negated and not _has_own_negation(cue, cue_lists):
                praise += 1  # "no leaks", "never a problem"
            else:
                complaint += weight
                complaints.append(cue)
        elif name == "expected" and cue.negated:
            complaint += _STRONG
            complaints.append(cue)
        elif name == "praise":
            if cue.negated and not _has_own_negation(cue, cue_lists):
                complaint += weight  # "not happy"
                complaints.append(cue)
            else:
                praise += weight
                praises.append(cue)
        elif name == "question":
            question += 2 if weight == _STRONG else _WEAK
            questions.append(cue)
        elif name == "idea":
            idea += weight
            ideas.append(cue)
    marks = _QUESTION_MARK.search(text) is not None
    question = min(question, 3) + (2 if marks else 0)
    complaint += 2 * bool(_ANGRY.search(text)) + bool(_SAD.search(text))
    praise += 2 * bool(_LOVING.search(text)) + bool(_SMILING.search(text))
    kind = _decide(complaint, praise, question, idea, marks)
    words = {"complaint": complaints, "praise": praises, "question": questions, "idea": ideas}.get(kind, [])
    return KindFound(kind, _reason(kind, words), complaint)


def _decide(complaint: int, praise: int, question: int, idea: int, marks: bool) -> Kind:
    if idea >= 3 and complaint < idea + 3:
        return "idea"
    if complaint >= 3:
        # Warm thanks for a mended fault tell of the fault as well.
        return "praise" if praise >= 6 and praise >= 2 * complaint else "complaint"
    if question >= 2 and (marks or question >= 3 or not (complaint or praise)):
        if complaint >= 2 and praise <= complaint:
            return "complaint"
        return "praise" if praise >= 5 and question <= 2 else "question"
    if idea >= 2 and idea >= complaint and idea >= praise:
        return "idea"
    if complaint > praise or (complaint == praise and complaint >= 2):
        return "complaint"
    return "praise" if praise else "other"


def _has_own_negation(cue: Cue, cue_lists: CueLists) -> bool:
    """ "not working" and "can't complain" are whole as they stand; another negation near by changes nothing."""
    return cue_lists.negations.first(cue.word) is not None


def _reason(kind: Kind, cues: list[Cue]) -> str:
    if kind == "other":
        return "no word that settles what it is"
    if cues:
        return f"{kind} words: {quoted(cues)}"
    return "a question mark" if kind == "question" else f"{kind} by its emoji or tone"
