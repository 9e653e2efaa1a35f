"""One step a file between a request and its answer; settings.py lists them in order."""
