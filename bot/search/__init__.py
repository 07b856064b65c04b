"""The index of words by which cases are found again."""
