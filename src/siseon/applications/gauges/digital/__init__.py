"""Digital instruments: displays of segments or dots, and counters with drums that roll."""
