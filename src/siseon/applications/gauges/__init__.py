"""Read analog instruments in photos; see README.md in this folder."""
