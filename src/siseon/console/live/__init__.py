"""Live sources as the console knows them: what the API tells of streams, their alarms, histories and clips."""
