"""Clips of events: the seconds before and after, as a video that browsers play.

``ring.py`` holds the last seconds of a stream, ``recorder.py`` takes clips out of it, ``film.py`` codes them,
``writer.py`` has them written, ``archive.py`` keeps them, and ``clips.py`` is what a service has of them.
"""
