"""One file a step, each with the one that it follows."""
