"""What the page Try is made of: options as a form, the same call as a program, where the time went."""
