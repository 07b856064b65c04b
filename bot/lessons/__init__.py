"""What the sift learns from the team: lessons, the small model made from them, and its score."""
