"""What can be wrong with a store.

StoreError
├── StoreMissing      nothing is there yet
├── StoreForeign      another program's database
├── StoreOutdated     ours, of an earlier shape
├── StoreTooNew       ours, of a later shape
├── DispatcherBusy    another `pantau run` works on it
├── StoreBusy         another process has held it for too long
├── StatementRefused  a statement that may not run
├── ReviewRefused     a person's word that cannot be taken
├── BackupDamaged     a backup that is not what was written
└── ArchiveError
    ├── ArchiveBusy     another process writes this file
    └── ArchiveDamaged  bytes that are not what was stored
"""


class StoreError(Exception):
    """Something is wrong with the store; the message says what, and what to do."""


class StoreMissing(StoreError):
    """There is no store here yet: make one with `pantau db upgrade` or `pantau run`."""


class StoreForeign(StoreError):
    """The database holds another program's tables: name another one."""


class StoreOutdated(StoreError):
    """The store is of an earlier shape: run `pantau db upgrade`."""


class StoreTooNew(StoreError):
    """The store is of a later shape than this Pantau knows: install a newer one."""


class DispatcherBusy(StoreError):
    """Another `pantau run` works on this store: stop it first, or use another store."""


class StoreBusy(StoreError):
    """Another process holds the store, or the right that this one needs: wait for it, or stop it."""


class StatementRefused(StoreError):
    """The statement would do more than read, or took too long: ask with one SELECT."""


class ReviewRefused(StoreError):
    """What a person says cannot be done to this entry: the message says why, and what can."""


class BackupDamaged(StoreError):
    """It is no backup, not a whole one, or not what was written: use another one."""


class ArchiveError(StoreError):
    """Something is wrong with the archive."""


class ArchiveBusy(ArchiveError):
    """Another process writes this archive file: one writer a file."""


class ArchiveDamaged(ArchiveError):
    """The bytes at a place of the archive are not what was stored there."""
