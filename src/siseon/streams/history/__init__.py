"""What figures were, in the database of jobs: written where they change, kept for a while.

``options.py`` says how much, ``change.py`` what is written, ``store.py`` keeps it, ``sink.py`` joins it to streams.
"""
