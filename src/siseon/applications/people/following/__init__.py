"""Which boxes of pictures that follow each other are one person's: from boxes and times alone."""
