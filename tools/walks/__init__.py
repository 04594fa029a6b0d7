"""What each page of the console is there for, walked by keys alone and by clicks."""
