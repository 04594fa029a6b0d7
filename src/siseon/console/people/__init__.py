"""People of a video: their timeline, and what somebody corrects about who is who."""
