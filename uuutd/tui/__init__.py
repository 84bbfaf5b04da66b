"""The screen of ``uuut``.

`state` holds everything that is shown, and only events change it.  The `screens` read it and
paint; `keys` says which key does what; `actions` ask the daemon; `feed` brings its events.
"""
