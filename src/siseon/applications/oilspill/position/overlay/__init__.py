"""What a turret burns into its picture: read by a template of its layout."""
