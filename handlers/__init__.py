"""Answers requests from outside, by feature: command, button and modal of a feature together."""
