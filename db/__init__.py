"""Rows and bytes; knows no other room."""
