"""Contract suites: subclass the one of your kind, say how to make your backend, run pytest."""
