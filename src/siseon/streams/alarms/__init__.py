"""Alarms over the figures of streams, in the terms of ISA-18.2 and IEC 62682.

``rules.py`` says when, ``condition.py`` and ``standing.py`` are the states, free of clocks and databases, ``store.py``
keeps them and the log of events, and ``sink.py`` joins them to streams. Nothing here knows gauges, HTTP or terminals.
"""
