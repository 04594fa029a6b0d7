"""The console: siseon in a browser, for the people who operate it. A face as ``cli`` is: it comes before the service on
the same port, and reads and changes things through the public API alone. See README.md for how a page is added.
"""
