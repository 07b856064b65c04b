"""Many voices, one story: posts that are alike share a card, and so do posts that come too many at once."""
