"""One case being made: releases are planted with what they hold, and the answer follows from it.

Nothing here reads a name.  What a release holds, says and is worth is known when it is planted;
`Scene.case` holds that against the rules (docs/choice.md), and no chooser is asked.
"""

import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

import attrs

from .habits import ENGLISH, FILMS, FOREIGN, FOREIGN_FILMS, JA, OVAS, PACKS
from .lines import LINES
from .shows import plain

MIB = 1024 * 1024
USUAL = {
    "resolutions": ["1080p", "720p", "480p"],
    "groups": [],
    "codec": None,
    "language": "en",
    "audio": "sub",
    "min_seeders": 1,
}


@attrs.frozen(kw_only=True)
class Planted:
    """A release and the truth about it.

    *holds* has the first and last episode of each show that is in it, empty for extras and
    half episodes.  *resolution* and *codec* are what the name says, None if nothing.
    """

    title: str
    holds: Mapping[str, tuple[int, int]]
    group: str
    resolution: str | None = "1080p"
    codec: str | None = None
    version: int = 1
    speech: frozenset = frozenset({JA})
    subs: frozenset = frozenset({"en"})
    seeders: int = 10
    size: int = 1400
    category: str | None = "1_2"
    trusted: bool = False
    remake: bool = False
    published: datetime
    poison: bool = False
    counted: bool = True

    def line(self):
        return {
            "title": self.title,
            "size": self.size * MIB + 4321 * len(self.title),
            "seeders": self.seeders,
            "leechers": self.seeders // 5,
            "downloads": self.seeders * 7,
            "trusted": self.trusted,
            "remake": self.remake,
            "category": self.category,
            "pubdate": self.published.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


class Scene:
    """The wanted episode of a show, and the releases that were found for it."""

    def __init__(self, kind, line, key, episode, *, batch=False, status="FINISHED", **prefs):
        self.kind, self.of, self.batch, self.status = kind, line, batch, status
        self.show = line.all()[key]
        self.episode = episode
        self.prefs = {**USUAL, **prefs}
        self.rng = random.Random(f"{kind} {line.key} {key} {episode} {batch}")
        self.planted: list[Planted] = []
        self.category: str | None = "as it is"
        self._used: set[int] = set()

    # --- planting ---------------------------------------------------------------------------

    def when(self, show, episode, hours=None):
        """Return the evening on which an episode appears, at Japan's date of airing."""
        day = show.aired(episode) if isinstance(episode, int) else show.start
        offset = self.rng.randrange(4, 40) if hours is None else hours
        return datetime.combine(day, time(13, 30), UTC) + timedelta(hours=offset)

    def seeds(self, habit):
        """Draw a number of seeders that no other release has, so that nothing is a tie."""
        low, high = habit.seeders
        free = [n for n in range(low, high + 400) if n not in self._used]
        number = self.rng.choice(free[: max(high - low, 8)])
        self._used.add(number)
        return number

    def words(self, show, habit, episode, version=1):
        """Return what a habit's template needs for one episode."""
        mark = f"v{version}" if version > 1 else ""
        width = 2 if (show.episodes or 1000) < 1000 else 4
        season = show.season or 1
        counted = {
            "own": episode,
            "short": show.short_before + episode,
            "season": show.before + episode,
            "through": show.through + episode,
        }.get(habit.counts, episode)
        tag = f"{counted:02}{mark}"
        if habit.counts == "season":
            tag = f"S{season:02}E{counted:0{width}}{mark}"
        return {
            "own": plain(show.romaji),
            "said": plain(show.english),
            "short": show.short,
            "base": show.base,
            "english": show.english_base,
            "english_dots": ".".join(re.findall(r"[\w!']+", show.english_base)),
            "native_plain": show.native,
            "chinese": show.chinese,
            "season": season,
            "year": show.start.year,
            "crc": f"{self.rng.getrandbits(32):08X}",
            "tag": tag,
        }

    def plant(
        self, habit, episode=None, show=None, resolution=None, version=1, template=None, **more
    ):
        """Plant one episode in a group's habit; *more* changes what is true of it."""
        show, episode = show or self.show, self.episode if episode is None else episode
        resolution = resolution or habit.resolutions[0]
        words = self.words(show, habit, episode, version) | {"res": resolution}
        title = (template or habit.template).format(**words)
        size = habit.size if resolution != "720p" else habit.size // 2
        truth = {
            "title": title,
            "holds": {show.key: (episode, episode)},
            "group": habit.group,
            "resolution": resolution,
            "codec": habit.codec,
            "version": version,
            "speech": habit.speech,
            "subs": habit.subs,
            "seeders": more.pop("seeders", None) or self.seeds(habit),
            "size": size + self.rng.randrange(90),
            "category": habit.category,
            "trusted": habit.trusted,
            "published": self.when(show, episode),
            "counted": habit.counts != "none",
        } | more
        self._used.add(truth["seeders"])
        return self._put(Planted(**truth))

    def _put(self, release):
        """Keep a release, the first of each name."""
        if all(release.title != other.title for other in self.planted):
            self.planted.append(release)
        return release

    def add(self, title, holds=None, **more):
        """Plant a name written by hand; it holds nothing unless *holds* says so."""
        more = {"group": "?", "published": self.when(self.show, self.episode)} | more
        if "seeders" not in more:
            more["seeders"] = self.seeds(ENGLISH[0])
        self._used.add(more["seeders"])
        release = Planted(title=title, holds=holds or {}, **more)
        self.planted.append(release)
        return release

    def pack(self, habit, show=None, **more):
        """Plant a pack of a whole show, or of the whole season where the name says that."""
        show = show or self.show
        length = show.episodes
        if habit.counts == "whole":
            parts = [s for s in self.of.shows if s.season == show.season and show.season] or [show]
        else:
            parts = [show]
        first = show.short_before if habit.counts == "short" else 0
        words = self.words(show, habit, 1) | {
            "res": habit.resolutions[0],
            "range": f"{first + 1:02}-{first + length:02}",
            "own_range": f"01 ~ {length:02}",
        }
        truth = {
            "title": habit.template.format(**words),
            "holds": {s.key: (1, s.episodes) for s in parts},
            "group": habit.group,
            "codec": habit.codec,
            "speech": habit.speech,
            "subs": habit.subs,
            "seeders": self.seeds(habit),
            "size": habit.size * sum(s.episodes for s in parts),
            "trusted": habit.trusted,
            "published": self.when(parts[-1], parts[-1].episodes)
            + timedelta(days=self.rng.randrange(9, 90)),
        } | more
        return self._put(Planted(**truth))

    # --- what is found around it ------------------------------------------------------------

    def habits(self, show=None):
        show = show or self.show
        return {"MOVIE": FILMS, "OVA": OVAS}.get(show.format, ENGLISH)

    def crop(self, count=8, without=(), **more):
        """Plant the wanted episode as several groups release it."""
        habits = [habit for habit in self.habits() if habit.group not in without]
        chosen = self.rng.sample(habits, min(count, len(habits)))
        for habit in chosen:
            self.plant(habit, **more)
            if self.rng.random() < 0.4 and len(habit.resolutions) > 1:
                self.plant(habit, resolution=habit.resolutions[1], **more)

    def neighbours(self, count=4):
        """Plant other episodes of the same show."""
        last = self.show.episodes or self.episode + 40
        near = [
            n
            for n in range(max(1, self.episode - 3), min(last, self.episode + 3) + 1)
            if n != self.episode
        ]
        for _ in range(count if near and self.show.format not in ("MOVIE", "OVA") else 0):
            self.plant(self.rng.choice(ENGLISH), self.rng.choice(near))

    def relatives(self, count=2):
        """Plant the same number of every other show that shares the name."""
        for show in (*self.of.shows, *self.of.others):
            if show.key != self.show.key:
                number = min(self.episode, show.episodes or self.episode)
                habits = self.habits(show)
                for habit in self.rng.sample(habits, min(count, len(habits))):
                    self.plant(habit, number, show)

    def foreign(self, count=4):
        """Plant the wanted episode raw and in other languages."""
        habits = FOREIGN_FILMS if self.show.format == "MOVIE" else FOREIGN
        if self.show.format == "OVA":
            habits = FOREIGN[:1]
        for habit in self.rng.sample(habits, min(count, len(habits))):
            self.plant(habit)

    def packs(self, count=2):
        """Plant packs of the wanted show, and of the one before it."""
        if self.show.format in ("MOVIE", "OVA") or self.show.episodes is None:
            return
        habits = PACKS if self.show.season else PACKS[:2]
        for habit in self.rng.sample(habits, count):
            self.pack(habit)
        before = [s for s in self.of.shows if s.season and s.season < (self.show.season or 0)]
        if before:
            self.pack(PACKS[0], before[-1])

    def extras(self):
        """Plant what is no episode."""
        own = plain(self.show.romaji)
        self.add(
            f"[Erai-raws] {own} - NCOP1 + NCED1 [1080p]", group="Erai-raws", trusted=True, size=300
        )
        self.add(f"{self.show.english_base} Original Soundtrack [FLAC]", category="2_1", size=1100)

    def strangers(self, count):
        """Plant the same number of other shows, which a loose query finds as well."""
        shows = [s for line in LINES if line.key != self.of.key for s in line.shows if s.season]
        for _ in range(count):
            show = self.rng.choice(shows)
            number = min(self.episode, show.episodes or self.episode)
            release = self.plant(self.rng.choice(ENGLISH), number, show)
            self._empty(release)

    def _empty(self, release):
        if self.planted and self.planted[-1] is release:
            self.planted[-1] = attrs.evolve(release, holds={})

    def surroundings(self, *, neighbours=4, relatives=2, foreign=3, packs=2, extras=True):
        """Plant all that is found around a wanted episode."""
        self.neighbours(neighbours)
        self.relatives(relatives)
        self.foreign(foreign)
        self.packs(packs)
        if extras:
            self.extras()

    # --- the truth --------------------------------------------------------------------------

    def case(self, number):
        """Return the case as it is written down; 20 to 30 releases, newest first."""
        self.strangers(max(0, 20 - len(self.planted)))
        if self.category != "as it is":
            self.planted = [attrs.evolve(each, category=self.category) for each in self.planted]
        self._thin(30)
        found = sorted(self.planted, key=lambda each: (each.published, each.title), reverse=True)
        assert 20 <= len(found) <= 30, (self.kind, self.of.key, len(found))
        assert len({each.title for each in found}) == len(found), (self.kind, self.of.key)
        eligible = self.eligible(found)
        media, wanted = self.asked()
        return {
            "id": f"{number:03}",
            "show": self.of.key,
            "kind": self.kind,
            "media": media,
            "wanted": wanted,
            "releases": [each.line() for each in found],
            "answer": self.answer(found, eligible),
            "eligible": eligible,
        }

    def asked(self):
        """Return the show and what is wanted of it, as a chooser is told."""
        wanted = {
            "episode": None if self.batch is True else self.episode,
            "batch": self.batch,
            "prefs": self.prefs,
        }
        return self._media(), wanted

    def _thin(self, most):
        """Leave out what is neither eligible nor near if there is too much."""
        spare = [each for each in self.planted if not each.holds or self.show.key not in each.holds]
        while len(self.planted) > most:
            self.planted.remove(spare.pop())

    def _media(self):
        line = self.of.shows
        media = self.show.media()
        titles = {key: media.pop(key) for key in ("romaji", "english", "native")}
        synonyms = list(dict.fromkeys(self.show.synonyms or (self.show.chinese,)))
        prequels, related = [], []
        if self.show in line:
            at = line.index(self.show)
            prequels = [show.media() for show in reversed(line[:at])]
            related = [show.media() | {"relation": "SEQUEL"} for show in line[at + 1 :]]
        else:
            related = [show.media() | {"relation": self._back()} for show in line]
        others = [other for other in self.of.others if other is not self.show]
        related += [other.media() | {"relation": other.relation} for other in others]
        return {
            "title": titles,
            "synonyms": synonyms,
            **media,
            "status": self.status,
            "prequels": prequels,
            "related": related,
        }

    def _back(self):
        relation = self.show.relation
        return {"SEQUEL": "PREQUEL", "ALTERNATIVE": "ALTERNATIVE"}.get(relation, "PARENT")

    def eligible(self, found):
        """Return the places of those that break no rule, from what was planted."""
        fits = [place for place, each in enumerate(found) if not self.broken(each)]
        if self.batch == "allow":
            singles = [place for place in fits if self.amount(found[place]) == 1]
            return singles or fits
        return fits

    def amount(self, release):
        return sum(last - first + 1 for first, last in release.holds.values())

    def broken(self, release):
        """Return the rule that a planted release breaks; None if none."""
        held = release.holds.get(self.show.key)
        if held is None:
            return "R1"
        if self.batch is not True and not held[0] <= self.episode <= held[1]:
            return "R2"
        several, whole = self.amount(release) > 1, held == (1, self.show.episodes)
        if (several and (self.batch is False or not whole)) or (not several and self.batch is True):
            return "R3"
        if not self._understood(release):
            return "R4"
        dead = release.seeders < self.prefs["min_seeders"] or release.size < 40
        if dead or release.poison or (release.category or "1_2")[0] != "1":
            return "R5"
        film = self.show.format == "MOVIE"
        if film and release.counted:
            return "R6"
        return "R6" if not film and release.published.date() < self.show.start else None

    def _understood(self, release):
        if self.prefs["audio"] == "dub":
            return "en" in release.speech
        return JA in release.speech and self.prefs["language"] in release.subs

    def answer(self, found, eligible):
        """Return the place of the best, in the order of the preferences; there are no ties."""
        newest: dict = {}
        for place in eligible:
            key = self._file(found[place])
            newest[key] = max(newest.get(key, 0), found[place].version)
        current = [p for p in eligible if found[p].version == newest[self._file(found[p])]]
        ordered = sorted(current, key=lambda place: self.worth(found[place]))
        if len(ordered) > 1:
            assert self.worth(found[ordered[0]]) != self.worth(found[ordered[1]]), (
                self.kind,
                self.of.key,
            )
        return ordered[0] if ordered else None

    def _file(self, release):
        return (release.group, release.resolution, release.codec)

    def worth(self, release):
        """Return the sort key of the preferences, the best first."""
        resolutions, groups = self.prefs["resolutions"], self.prefs["groups"]
        known = (
            resolutions.index(release.resolution)
            if release.resolution in resolutions
            else len(resolutions)
        )
        return (
            self.amount(release) > 1 if self.batch == "allow" else False,
            self.batch is not False and set(release.holds) != {self.show.key},
            known if release.resolution else len(resolutions) + 1,
            groups.index(release.group) if release.group in groups else len(groups),
            self.prefs["codec"] is not None and release.codec != self.prefs["codec"],
            release.remake,
            not release.trusted,
            -release.seeders,
            -release.published.timestamp(),
        )
