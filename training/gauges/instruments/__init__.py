"""Pictures of instruments in clutter, drawn by number, and the small network that learns to find them."""
