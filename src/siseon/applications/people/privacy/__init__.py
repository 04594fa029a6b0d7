"""Who has agreed to what, how long results live, and the log of what was done with them."""
