"""What the domain says no with."""


class NotAllowed(Exception):
    """A move that can't be made now, or not by this person. Its text is the sentence they read.

    People stand in it as `<@ID>`, which the front end shows as a name.
    """


class NoSuchCase(NotAllowed):
    """There is no case with that number."""

    def __init__(self, number: object) -> None:
        super().__init__(f"There is no case {number}.")
