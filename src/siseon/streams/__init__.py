"""Live sources that feed a pipeline, frame by frame: cameras over RTSP and HTTP, and files in a loop.

``source.py`` keeps the newest picture and reconnects (``life.py`` says when); ``run.py`` feeds a pipeline with it.
Nothing here knows HTTP routes or terminals.
"""
