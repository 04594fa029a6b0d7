"""Who was there, when, doing what: put together from all chunks, and written for people and for other programs."""
