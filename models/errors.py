"""What the domain says no with."""


class NotAllowed(Exception):
    """A move that can't be made now, or not by this person. Its text is the sentence they read.

    People stand in it as `<@ID>`, which the front end shows as a name. `kept` is what they had written: it
    is stored, and shown to them again.
    """

    def __init__(self, sentence: str = "", *, kept: str = "") -> None:
        super().__init__(sentence)
        self.kept = kept


class NoSuchCase(NotAllowed):
    """There is no case with that number."""

    def __init__(self, number: object) -> None:
        super().__init__(f"There is no case {number}.")


class Repeated(Exception):
    """A request that was carried out before, about `case` where there is one. Nothing was changed."""

    def __init__(self, case: int | None) -> None:
        super().__init__("This was done already.")
        self.case = case


class NoRoom(Exception):
    """The disk under the database is full. Nothing of the transaction was stored; it may be tried again."""

    def __init__(self) -> None:
        super().__init__(
            "The disk under the database is full: nothing new is stored until there is room. "
            "Nothing is lost; it goes on by itself then."
        )


class DatabaseAway(Exception):
    """The database does not answer, or broke off. Nothing of the transaction was stored."""

    def __init__(
        self, words: str = "The database does not answer. Nothing is lost; it goes on by itself."
    ) -> None:
        super().__init__(words)


class OutcomeUnknown(DatabaseAway):
    """The database broke off while it was to store a transaction: it may be stored, or not."""

    def __init__(self) -> None:
        super().__init__("The database broke off, and does not tell whether the last change was stored.")
