"""Who is who: tracklets of chunks to people. Geometry forbids, appearance decides, and a person has the last word."""
