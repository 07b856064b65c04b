"""What a post is: complaint, question, praise, idea or other."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.sift.cues import Cue, CueLists, quoted
from config.sifting import Kind

_STRONG, _TURNED, _WEAK = 3, 2, 1
_KINDS = ("complaint", "praise", "question", "idea")
_LISTS = (*_KINDS, *(f"{name}?" for name in _KINDS), "neutral", "expected")
_ANGRY = re.compile(r"[😡🤬😤👎💩🖕😠🤮💔]")
_SAD = re.compile(r"[😭😞😢🙄😒😩😫😣😔☹🤦😑😕🥲😖😓]")
_LOVING = re.compile(r"[❤💕💖💜💙💚🧡💛🥰😍👏🙌🏆🤩😘🎉💯♥]")
_SMILING = re.compile(r"[😊🙏👍😀😃😄😁☺🤗👌🙂]|(?<!\w)(?::-?\)|:-?D|<3)(?!\w)")
_MOODS = {"angry": _ANGRY, "sad": _SAD, "loving": _LOVING, "smiling": _SMILING}
_QUESTION_MARK = re.compile(r"[??¿؟]")


@dataclass(frozen=True)
class KindFound:
    """`reason` names the words that decided; `complaint` is how strongly it complains (3 settles it)."""

    kind: Kind
    reason: str
    complaint: int
    tally: Mapping[str, int]
    """How many cue words there are of each list, those that a negation turns round under "not …"."""


def find_kind(text: str, cue_lists: CueLists) -> KindFound:
    """The kind of a post. `text` is normalised, without links and handles."""
    cues = cue_lists.find(text, _LISTS)
    complaints, praises, questions, ideas = [], [], [], []
    complaint = praise = question = idea = 0
    tally: Counter[str] = Counter()
    undone = -10  # where the last cue ended that a negation turned round
    for cue in cues:
        name, weight = cue.list.rstrip("?"), _WEAK if cue.list.endswith("?") else _STRONG
        turned = cue.negated and not _has_own_negation(cue, cue_lists)
        tally[f"not {name}" if turned else cue.list] += 1
        if name == "complaint" and turned:
            undone = cue.end  # "no leaks", "doesn't drip", "tropft nicht mehr"
        elif name == "complaint" and not 0 <= cue.start - undone <= 1:
            complaint += weight
            complaints.append(cue)
        elif name == "expected" and cue.negated:
            complaint += _STRONG
            complaints.append(cue)
        elif name == "praise" and turned:
            complaint += _TURNED  # "not happy"
            complaints.append(cue)
        elif name == "praise":
            praise += weight
            praises.append(cue)
        elif name == "question":
            question += 2 if weight == _STRONG else _WEAK
            questions.append(cue)
        elif name == "idea":
            idea += weight
            ideas.append(cue)
    praise += undone >= 0 and not complaint
    marks = _QUESTION_MARK.search(text) is not None
    question = min(question, 3) + (2 if marks else 0)
    moods = {name: bool(pattern.search(text)) for name, pattern in _MOODS.items()}
    complaint += 2 * moods["angry"] + moods["sad"]
    praise += 2 * moods["loving"] + (praise > 0 and moods["smiling"])
    tally.update({name: 1 for name, there in moods.items() if there})
    kind = _decide(complaint, praise, question, idea, marks)
    words = {"complaint": complaints, "praise": praises, "question": questions, "idea": ideas}.get(kind, [])
    return KindFound(kind, _reason(kind, words), complaint, tally)


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
    if complaint >= max(2, praise):
        return "complaint"
    return "praise" if praise else "other"


def _has_own_negation(cue: Cue, cue_lists: CueLists) -> bool:
    """ "not working" and "can't complain" are whole as they stand: another negation changes nothing."""
    return cue_lists.negations.first(cue.word) is not None


def _reason(kind: Kind, cues: list[Cue]) -> str:
    if kind == "other":
        return "no word that settles what it is"
    if cues:
        return f"{kind} words: {quoted(cues)}"
    return "a question mark" if kind == "question" else f"{kind} by its emoji or tone"
