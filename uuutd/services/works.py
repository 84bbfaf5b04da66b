"""One show on several lists is one work."""

from ..domain import Work, WorkId

_SHARED = ("mal", "anilist")
"""Whose numbers tell that two lists mean the same show, the widest known first."""


def work_id(provider: str, work: Work) -> WorkId:
    """Return the id under which a show is known here, whichever list it stands on.

    Shows of two lists are one work when both lists know the same number of it; a show
    without such a number is known only by *provider*, the instance that lists it.
    """
    for site in _SHARED:
        if number := work.ids.get(site):
            return WorkId(f"{site}:{number}")
    return WorkId(f"{provider}:{work.id}")
