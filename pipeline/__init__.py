"""Page to article to policy changes: pure steps, in the order of run.py."""
