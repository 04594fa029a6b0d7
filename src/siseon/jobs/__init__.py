"""Work that must survive: accepted, queued, leased, resumed and watched, with exactly one result an item.

``store/`` is the truth (SQL); ``lease.py`` says who is alive; ``carrier.py`` brings items to workers; ``worker.py``
runs them. Nothing here knows HTTP.
"""
