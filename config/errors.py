"""The one error a wrong setting raises."""


class SettingsError(Exception):
    """A mistake in `.env`, the playbook or a language pack.

    Its text is one sentence per line for the person who can mend it: what is wrong, where (file, line,
    key) and what would be right. Nobody should see a traceback for it.
    """
