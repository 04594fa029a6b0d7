"""Where stages compute: the seam, and what is behind it."""
