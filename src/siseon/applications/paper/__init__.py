"""Reports of applications: one content, as an HTML file that needs nothing else and as a PDF, in one look."""
