"""Pictures out of streams that run, for people: each is drawn and coded once, however many look at it.

``look.py`` makes one picture of a frame, ``card.py`` the one that says why there is none, and ``screen.py`` shows them
to viewers. Nothing here knows HTTP.
"""
