"""Surges: far more people than usual write about one thing, and what is done about it."""
