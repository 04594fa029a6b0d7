"""Oil on water from aerial pictures; see README.md in this folder."""
