"""How the documentation is built."""

from uuutd import __version__

project = "UUUTorrent"
author = copyright = "The UUUTorrent authors"  # noqa: A001 - Sphinx calls it so
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
nitpicky = False

html_theme = "alabaster"
html_theme_options = {"description": "The next episode, on your own box", "page_width": "64em"}
html_show_sourcelink = False
