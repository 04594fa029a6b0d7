"""Translate the text in a picture; see README.md in this folder."""
