"""`tuan backup`, `restore`, `verify`: a folder with everything that a market needs to stand up again elsewhere."""

from tuan.backups.errors import BackupError
from tuan.backups.restoring import restore
from tuan.backups.taking import take
from tuan.backups.verifying import verify

__all__ = ["BackupError", "restore", "take", "verify"]
