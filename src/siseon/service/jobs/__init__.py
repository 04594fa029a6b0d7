"""``/v1/jobs``: work that must survive, over HTTP. The service accepts and tells; workers run.

Only ``request.py`` and ``absent.py`` can be imported where the libraries for jobs are not installed.
"""
