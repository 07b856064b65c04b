"""What the first case of a story says of all who tell it too."""

from bot.blocks.text import Block, actions, button, context, section
from bot.case_view import CaseView, StoryNow


def story_words(story: StoryNow) -> str:
    """`and 212 more like it · 180 still wait · reposted 31 times`."""
    said = []
    if story.others:
        said.append(f"*and {story.others:,} more like it* · {still_wait(story.waiting)}")
    if story.reposts:
        said.append("reposted once" if story.reposts == 1 else f"reposted {story.reposts:,} times")
    return f":busts_in_silhouette: {' · '.join(said)}"


def story_blocks(view: CaseView, key: str) -> list[Block]:
    """On a first case's card and sheet: how many tell it too, and the ways to them."""
    story = view.story
    if story is None:
        return []
    words = story_words(story)
    if not story.others:
        return [context(f"{key}|story", words)]
    ways = [button("word_group", "See all", story.first)]
    if story.waiting and view.case.first_response_at is not None:
        ways.append(button("word_answered", "Close the rest as answered…", story.first))
    return [section(f"{key}|story", words), actions(f"{key}|others", *ways)]


def like_block(view: CaseView, key: str) -> list[Block]:
    """On the card and sheet of one of the others: whose story it tells."""
    first = view.case.like_id
    if first is None:
        return []
    return [context(f"{key}|like", f":busts_in_silhouette: like case {first}: `/case group {first}`")]


def still_wait(count: int) -> str:
    """How many of several wait, as it stands after a dot."""
    if not count:
        return "nobody of them waits"
    return "1 still waits" if count == 1 else f"{count:,} still wait"
