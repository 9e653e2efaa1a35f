"""Phrases, names and cue words as data, and their loader."""
