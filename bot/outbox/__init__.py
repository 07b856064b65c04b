"""The way from an outbox row to Slack and the platforms: claimed, paced, sent, marked."""
