"""The one error of backups."""


class BackupError(Exception):
    """A backup cannot be taken, read or restored; the message says why, what is safe, and what to do."""
