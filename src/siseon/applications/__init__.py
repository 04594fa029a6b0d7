"""The applications that ship with siseon, and what one is made of.

``application.py`` is the form of all, ``registry.py`` knows which there are, ``build.py`` makes a pipeline of one.
"""
