"""What both faces of `uuut` print with: cells, words, and a console for the commands."""
