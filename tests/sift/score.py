"""How well the sift does on a labelled file: `python -m tests.sift.score [FILE]`.

Without FILE: our own posts.jsonl. The playbook is that of three made-up brands; for another one there is
`python app.py sift --labels FILE --playbook PLAYBOOK`.
"""

import sys
from pathlib import Path

from bot.sift.labels import Labelled, labelled
from bot.sift.report import score_lines
from bot.sift.sift import Sifter
from tests.sift.company import packs, playbook

POSTS = Path(__file__).parent / "posts.jsonl"


def read(path: Path) -> list[Labelled]:
    return [labelled(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main(arguments: list[str]) -> None:
    lines = (Path(arguments[0]) if arguments else POSTS).read_text(encoding="utf-8").splitlines()
    print("\n".join(score_lines(lines, Sifter(playbook(), dict(packs())), misses=True)))


if __name__ == "__main__":
    main(sys.argv[1:])
