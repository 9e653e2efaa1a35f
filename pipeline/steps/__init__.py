"""One verb a file; each step is a pure function of its arguments."""
