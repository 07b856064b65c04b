"""The journey as a person walks it: the real demo, the local Slack's page, a real browser."""
