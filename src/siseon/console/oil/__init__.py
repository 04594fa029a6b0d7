"""The map of a flight over oil: read from the files of a job of ``oilspill``, laid flat, shown with its tables."""
