"""``/v1/streams``: live sources that this service runs; a router for each theme, put together in ``mount.py``.

Only ``mount.py``, ``absent.py``, ``paths.py`` and ``request.py`` can be imported where the libraries for jobs are not
installed: what is kept of streams lies in their database.
"""
