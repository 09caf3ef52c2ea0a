"""An archive in a folder: one SQLite file that is the truth, and two indexes that are made from it."""
