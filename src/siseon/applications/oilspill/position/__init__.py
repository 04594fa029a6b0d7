"""Where a frame was taken from: what video, photo, a table beside it, or the text burned into it say, and whether to
believe it."""
