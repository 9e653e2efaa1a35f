"""Spiders, driven by the catalogue."""
