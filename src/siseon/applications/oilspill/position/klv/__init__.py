"""Metadata of video after MISB ST 0601: key, length, value."""
