"""Jobs as rows: what may be done with them, each in one transaction. ``held.py`` is the rule by which all write.

Every function takes the open ``Database`` first, blocks, and may be called again after a ``StoreError``: what had been
done by a call whose answer was lost is not done twice (``submit`` needs a key for that).
"""

from siseon.jobs.store.carrying import Carried, carry, uncarry
from siseon.jobs.store.claiming import Claimed, alone, claim, held, take
from siseon.jobs.store.depth import Depth, Waiting, depth, unserved
from siseon.jobs.store.ending import cancel
from siseon.jobs.store.finishing import Done, Failed, Fence, Finished, finish, release
from siseon.jobs.store.intake import NewJob, submit
from siseon.jobs.store.leases import LeaseLost, beat, leave, reap, register
from siseon.jobs.store.looking import events, item, items, items_of, job, jobs, last_events
from siseon.jobs.store.outbox import Hook, delivered, due, overdue, undelivered
from siseon.jobs.store.redrive import dead, retry
from siseon.jobs.store.retention import expired, hide, remove

__all__ = [
    "Carried",
    "Claimed",
    "Depth",
    "Done",
    "Failed",
    "Fence",
    "Finished",
    "Hook",
    "LeaseLost",
    "NewJob",
    "Waiting",
    "alone",
    "beat",
    "cancel",
    "carry",
    "claim",
    "dead",
    "delivered",
    "depth",
    "due",
    "events",
    "expired",
    "finish",
    "held",
    "hide",
    "item",
    "items",
    "items_of",
    "job",
    "jobs",
    "last_events",
    "leave",
    "overdue",
    "reap",
    "register",
    "release",
    "remove",
    "retry",
    "submit",
    "take",
    "uncarry",
    "undelivered",
    "unserved",
]
