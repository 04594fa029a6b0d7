"""Jobs under crashes, lost answers and long pauses at every statement boundary, drawn from a seed."""
