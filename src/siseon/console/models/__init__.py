"""What the pages on models show: what is known of them, how fast they are now, where each can be used."""
