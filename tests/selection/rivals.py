"""Two simpler choosers over the same cases, to see what the rules of ours are worth.

Both get what ours gets and answer as ours does: the index of a release, or None.
"""

import re
from functools import cache

import aniparse

_ROMAN = ["", "I", "II", "III", "IV", "V"]
_MARKS = [
    re.compile(r"\s+(\d)(?:st|nd|rd|th) Season\b", re.IGNORECASE),
    re.compile(r"\s+Season (\d)\b", re.IGNORECASE),
    re.compile(r"\s+S(\d)\b"),
    re.compile(r"\s+(II|III|IV|V)\b"),
]


def substrings(media, wanted, releases):
    """Title, number and resolution as texts inside of the name; of those the most seeders."""
    titles = [title.casefold() for title in media["title"].values() if title]
    number = f"{wanted['episode'] or 1:02}"
    quality = wanted["prefs"]["resolutions"][0]
    found = [
        index
        for index, release in enumerate(releases)
        if any(title in release["title"].casefold() for title in titles)
        and number in release["title"]
        and quality in release["title"]
    ]
    return max(found, key=lambda index: releases[index]["seeders"], default=None)


def parsed(media, wanted, releases):
    """Trust a parser: its title and season have to be the show's, or count on from a prequel.

    Alive, English and a single episode are checked as well, and the preferences are followed.
    """
    accepted = _accepted(media, wanted["episode"] or 1)
    prefs = wanted["prefs"]
    found = [
        index
        for index, release in enumerate(releases)
        if release["seeders"] >= prefs["min_seeders"]
        and release["category"] in ("1_2", None)
        and _meant(release["title"]) & accepted
    ]
    return max(found, key=lambda index: _worth(releases[index], prefs), default=None)


def _accepted(media, episode):
    """Return the accepted (title, season, number): the show's own, and counted on."""
    own = [*media["title"].values(), *media["synonyms"]]
    accepted = {(*_split(title), episode) for title in own if title}
    offset = 0
    for prequel in media["prequels"]:
        offset += prequel["episodes"] or 0
        titles = [prequel[key] for key in ("romaji", "english", "native") if prequel[key]]
        accepted |= {(*_split(title), episode + offset) for title in titles}
    return accepted


def _split(title):
    """Take a title's season mark off: letters and digits of the rest, and the season."""
    season = 1
    for mark in _MARKS:
        match = mark.search(title)
        if match:
            number = match[1].upper()
            season = _ROMAN.index(number) if number in _ROMAN else int(number)
            title = title[: match.start()] + title[match.end() :]
            break
    return re.sub(r"[\W_]", "", title.casefold().replace("\xd7", "x")), season


@cache
def _parse(name):
    try:
        return aniparse.parse(name) or {}
    except Exception:  # noqa: BLE001 - it may raise anything, and then it has read nothing
        return {}


def _meant(name):
    """Return (title, season, number) of everything that the parser sees in a name."""
    meant = set()
    for series in _parse(name).get("series", []):
        title, episodes = series.get("title"), series.get("episode", [])
        if title and len(episodes) == 1:
            joined, season = _split(title)
            seasons = [each.get("number") for each in series.get("season", [])] or [season]
            meant |= {(joined, season, episodes[0].get("number")) for season in seasons}
    return meant


def _worth(release, prefs):
    data = _parse(release["title"])
    heights = [f"{each.get('video_height')}p" for each in data.get("video_resolution", [])]
    resolution = heights[0] if heights else None
    order, groups = prefs["resolutions"], prefs["groups"]
    group = next(iter(data.get("release_group", [])), None)
    return (
        -(order.index(resolution) if resolution in order else len(order)),
        -(groups.index(group) if group in groups else len(groups)),
        not release["remake"],
        release["trusted"],
        release["seeders"],
    )
