"""What the pages on jobs show: how each stands, its items, and what was made of all of them."""
