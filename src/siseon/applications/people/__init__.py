"""People in video: who is there, when, and what they do.

A video is seen in chunks of about ten seconds, each a function of the file and its number alone; what the chunks say
is put together by functions that look at no pixels.
"""
