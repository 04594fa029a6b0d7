"""A translated picture before and after, and its regions as a person changes them."""
