"""The kinds of cases: what each plants around the wanted episode, and the trap it sets.

Baits always have the most seeders: whoever looks at the numbers only takes them.
"""

import attrs

from .habits import CJK, DUAL, DUBS, ENGLISH, FOREIGN, FULL, HALF, MULTI, PACKS
from .shows import plain

BY = {habit.group: habit for habit in ENGLISH}
ERAI, JUDAS, ASW, SUBS, SSA = (
    BY[name] for name in ("Erai-raws", "Judas", "ASW", "SubsPlease", "SSA")
)
CROWD = (2000, 4000)


def bait(habit):
    """Return the habit with many more seeders."""
    return attrs.evolve(habit, seeders=CROWD)


def plain_case(scene):
    scene.crop(8)
    scene.surroundings()


def of_the_line(scene):
    """Every numbering of the wanted show; the same number of its relatives has the seeders."""
    scene.crop(9)
    for show in scene.of.shows:
        if show is not scene.show:
            number = min(scene.episode, show.episodes or scene.episode)
            for habit in (SUBS, JUDAS):  # released once more, so that no date gives it away
                late = scene.when(scene.show, scene.episode, 50)
                scene.plant(bait(habit), number, show, published=late)
    scene.surroundings(relatives=1)


def season_and_through(scene):
    """A season mark together with the number of the whole line, and parts counted on."""
    show, n = scene.show, scene.episode
    scene.add(
        f"[PAS] {show.short} - {show.through + n:02} [1080p].mkv",
        {show.key: (n, n)},
        group="PAS",
        seeders=1500,
    )
    scene.plant(bait(SUBS), n, scene.of.shows[0])
    scene.crop(5)
    scene.surroundings()


def part_counted_on(scene):
    """``Show II Part 2 - 13`` is the first of part 2 if part 1 has twelve."""
    show, n = scene.show, scene.episode
    own = plain(show.romaji)
    scene.add(
        f"[Sokudo] {own} - {show.before + n:02} [1080p].mkv",
        {show.key: (n, n)},
        group="Sokudo",
        seeders=1500,
    )
    before = scene.of.shows[scene.of.shows.index(show) - 1]
    scene.plant(bait(ERAI), n, before)
    scene.plant(bait(SUBS), n, before)
    scene.crop(5)
    scene.surroundings()


def from_prequel(scene):
    """Counted on from the prequel whose title the name carries."""
    show, n = scene.show, scene.episode
    before = scene.of.shows[scene.of.shows.index(show) - 1]
    title = plain(before.romaji)
    scene.add(
        f"[Hayai] {title} - {before.episodes + n:02} [1080p].mkv",
        {show.key: (n, n)},
        group="Hayai",
        seeders=1500,
    )
    scene.add(
        f"[Hayai] {title} - {n:02} [1080p].mkv", {before.key: (n, n)}, group="Hayai", seeders=1600
    )
    scene.crop(4)
    scene.surroundings()


def remade(scene):
    """The older show of that name, on disc, named with its year."""
    old, n = scene.of.others[0], scene.episode
    title = old.base.partition(" (")[0]
    for group in ("Coalgirls", "Doki"):
        scene.add(
            f"[{group}] {title} ({old.start.year}) - {n:02} (1920x1080 Blu-Ray FLAC)",
            group=group,
            trusted=True,
            seeders=4000 + len(group),
        )
    scene.crop(7)
    scene.surroundings()


def spelled(scene):
    """One number in all the ways it is written."""
    own, n, key = plain(scene.show.romaji), scene.episode, scene.show.key
    ways = [
        f"[Ao] {own} Episode {n} [1080p]",
        f"[Kuro] {own} EP{n:02} [1080p]",
        f"[Shiro] {own} #{n} (1080p)",
        f"[Aka] {own} 第{n:02}話 [1080p]",
        f"[Midori] {own} [{n:02}][1080p][English]",
        f"[Hai] {own} {n:02} [1080p]",
        f"[Momo]_{own.replace(' ', '_')}_-_{n:02}_[1080p]",
        f"[Kin] {own} - {n:02} END [1080p]",
        f"[Gin] {own} - E{n:02} - Yoru no Hanashi [1080p]",
    ]
    scene.rng.shuffle(ways)
    for seeders, name in enumerate(ways, 1500):
        scene.add(name, {key: (n, n)}, group=name[1:].partition("]")[0], seeders=seeders)
    scene.plant(bait(SUBS), n + 1)
    scene.surroundings()


def doubles(scene):
    """Two episodes in one file are several."""
    own, n, key = plain(scene.show.romaji), scene.episode, scene.show.key
    for seeders, tag in enumerate(
        (f"- {n:02}-{n + 1:02}", f"S01E{n:02}-E{n + 1:02}", f"- {n:02} & {n + 1:02}"), 3000
    ):
        scene.add(
            f"[Futago] {own} {tag} [1080p]", {key: (n, n + 1)}, group="Futago", seeders=seeders
        )
    scene.crop(7)
    scene.surroundings()


def in_japanese(scene):
    """Only the Japanese half of the name tells the season."""
    scene.plant(attrs.evolve(CJK, seeders=(1200, 1300)))
    scene.plant(attrs.evolve(CJK, seeders=(1400, 1500)), scene.episode, scene.of.shows[0])
    scene.crop(4, without={"SubsPlease"})
    scene.surroundings()


def in_words(scene):
    """The season as an ordinal word, as ``Season 2`` and in brackets."""
    show, n = scene.show, scene.episode
    word = ["", "First", "Second", "Third", "Fourth"][show.season]
    tag = show.before + n
    names = [
        (f"[Yabai] {show.base} {word} Season - {tag:02} [1080p].mkv", "Yabai"),
        (f"[Kibou] {show.base} (Season {show.season}) - {tag:02} [1080p].mkv", "Kibou"),
        (f"[Sora] {show.base} {show.season}x{tag:02} [1080p].mkv", "Sora"),
    ]
    for seeders, (name, group) in enumerate(names, 1500):
        scene.add(name, {show.key: (n, n)}, group=group, seeders=seeders)
    for habit in (SUBS, JUDAS):
        scene.plant(bait(habit), n, scene.of.shows[0])
    scene.surroundings()


def number_tails(scene):
    """Numbers that end like the wanted one, or contain it."""
    n = scene.episode
    for other in {900 + n, 1000 + n, n * 10, 100 + n} - {n}:
        if other <= (scene.show.episodes or 9999):
            scene.plant(bait(SUBS), other, published=scene.when(scene.show, n, 60))
            scene.plant(SSA, other)
    scene.crop(6)
    scene.surroundings()


def number_like_a_resolution(scene):
    """Episode 720 in 1080p, and other episodes in 720p."""
    base, n, key = scene.show.base, scene.episode, scene.show.key
    scene.add(f"{base} {n} 1080p (eng sub).mp4", {key: (n, n)}, group=None, seeders=1500)
    for other, seeders in ((n + 1, 1600), (n - 1, 1601), (n - 300, 1602)):
        scene.add(
            f"[Nami] {base} - {other} ({n}p).mkv",
            {key: (other, other)},
            group="Nami",
            resolution=f"{n}p",
            seeders=seeders,
        )
    scene.crop(5)
    scene.surroundings()


def number_in_title(scene):
    """Another episode, which a number in the title may be taken for."""
    n = scene.episode
    for other in (n - 1, n + 1):
        if 1 <= other <= (scene.show.episodes or 9999):
            scene.plant(bait(SUBS), other)
            scene.plant(bait(JUDAS), other)
    scene.crop(8)
    scene.surroundings()


def short_title(scene):
    """A title of one word inside of other titles."""
    base, n = scene.show.base, scene.episode
    for name in (
        f"Steins {base}",
        f"{base} Monogatari",
        f"{base}chain",
        f"Juu no {base}",
        f"{base};Machine",
    ):
        scene.add(
            f"[SubsPlease] {name} - {n:02} (1080p) [0A1B2C3D].mkv", group="SubsPlease", trusted=True
        )
    scene.add(f"[{base}] Hoka no Hanashi - {n:02} [1080p].mkv", group=base, seeders=3000)
    scene.crop(7)
    scene.surroundings()


def groups_in_order(scene):
    scene.prefs["groups"] = ["Erai-raws", "SubsPlease"]
    scene.crop(9, without={"Erai-raws", "SubsPlease"})
    scene.plant(SUBS)
    scene.plant(ERAI)
    scene.surroundings()


def resolution_before_group(scene):
    scene.prefs["groups"] = ["SubsPlease"]
    scene.crop(8, without={"SubsPlease"})
    scene.plant(SUBS, resolution="720p", seeders=3000)
    scene.plant(JUDAS)
    scene.surroundings()


def resolutions_in_order(scene):
    scene.prefs["resolutions"] = ["720p", "480p", "1080p"]
    scene.crop(8)
    scene.plant(ERAI, resolution="720p", seeders=61)
    scene.plant(bait(SUBS))
    scene.surroundings()


def unlisted_resolutions(scene):
    """Nothing that is listed: unlisted ones come after, unknown ones last."""
    scene.prefs["resolutions"] = ["2160p"]
    scene.crop(7, without={"ToonsHub"})
    own, n = plain(scene.show.romaji), scene.episode
    scene.add(
        f"[Shizuka] {own} - {n:02}.mkv",
        {scene.show.key: (n, n)},
        group="Shizuka",
        resolution=None,
        trusted=True,
        seeders=4000,
    )
    scene.surroundings()


def codec_wanted(scene):
    scene.prefs["codec"] = scene.rng.choice(["hevc", "x265", "avc", "av1"])
    plain_codec = {"x265": "hevc"}.get(scene.prefs["codec"], scene.prefs["codec"])
    scene.crop(11)
    for habit in (
        SUBS,
        {"hevc": BY["EMBER"], "avc": BY["ToonsHub"], "av1": BY["Trix"]}[plain_codec],
    ):
        scene.plant(habit)
    scene.prefs["codec"] = plain_codec
    scene.surroundings()


def version(scene, newest=2):
    scene.prefs["groups"] = ["SubsPlease"]
    for each in range(1, newest + 1):
        scene.plant(attrs.evolve(SUBS, seeders=(900 - 100 * each, 950 - 100 * each)), version=each)
    scene.plant(SUBS, resolution="720p")
    scene.crop(6, without={"SubsPlease"})
    scene.surroundings()


def version_three(scene):
    version(scene, 3)


def version_is_dead(scene):
    """The newer version has no seeders: the older one stays."""
    scene.prefs["groups"] = ["SubsPlease"]
    scene.plant(SUBS)
    scene.planted.append(attrs.evolve(scene.plant(SUBS, version=2), seeders=0))
    del scene.planted[-2]
    scene.crop(7, without={"SubsPlease"})
    scene.surroundings()


def version_of_another(scene):
    """A v2 replaces only its own group's file of the same kind."""
    scene.plant(attrs.evolve(SUBS, seeders=(950, 999)))
    scene.plant(ASW, version=2)
    scene.plant(SUBS, resolution="720p", version=2)
    scene.crop(6, without={"SubsPlease", "ASW"})
    scene.surroundings()


def remakes_last(scene):
    scene.crop(7)
    scene.plant(SUBS, remake=True, seeders=5000)
    scene.planted = scene.planted[-1:] + [
        each for each in scene.planted[:-1] if each.group != "SubsPlease"
    ]
    scene.surroundings()


def trusted_first(scene):
    scene.crop(8, without={"SubsPlease"})
    scene.plant(bait(SSA))
    scene.surroundings()


def newest_of_equals(scene):
    scene.plant(SUBS, seeders=700, published=scene.when(scene.show, scene.episode, 3))
    scene.plant(ERAI, seeders=700, published=scene.when(scene.show, scene.episode, 9))
    scene.crop(6, without={"SubsPlease", "Erai-raws"})
    scene.surroundings()


def uncategorised(scene):
    """An indexer that names no language: the name has to tell."""
    scene.crop(9)
    scene.surroundings(foreign=5)
    scene.category = None
    scene.planted = [each for each in scene.planted if "Soundtrack" not in each.title]


def named_languages(scene):
    """Lists of languages: only what is named is in it."""
    title, n, key = plain(scene.show.romaji), scene.episode, scene.show.key
    more = {"group": "Erai-raws", "trusted": True}
    name = f"[Erai-raws] {title} - {n:02} [1080p][Multiple Subtitle]"
    scene.add(
        f"{name} [POR-BR][SPA-LA][ITA]",
        {key: (n, n)},
        subs=frozenset({"pt", "es", "it"}),
        seeders=3000,
        **more,
    )
    scene.add(
        f"{name} [ENG][FRE]",
        {key: (n, n)},
        subs=frozenset({"en", "fr"}),
        category="1_3",
        seeders=2900,
        **more,
    )
    scene.crop(6, without={"Erai-raws"})
    scene.surroundings(foreign=5)


def in_french(scene):
    """French is wanted: what does not name it has none."""
    scene.prefs["language"] = "fr"
    scene.plant(FOREIGN[3])
    scene.plant(MULTI)
    for habit in (SUBS, SSA, ASW, BY["EMBER"], BY["New-raws"], BY["KAWAII"]):
        scene.plant(habit)
    for habit in (JUDAS, BY["DKB"]):  # several languages, French unnamed
        scene.plant(habit, subs=frozenset({"en"}))
    scene.neighbours(5)
    scene.relatives(2)
    scene.extras()


def dubbed(scene):
    scene.prefs["audio"] = "dub"
    scene.crop(7, without={"VARYG"})
    scene.plant(DUBS[0])
    scene.plant(DUBS[1])
    scene.plant(DUAL)
    scene.surroundings()


def no_dub(scene):
    scene.prefs["audio"] = "dub"
    scene.crop(9, without={"VARYG"})
    scene.plant(DUBS[0], scene.episode - 1)
    scene.add(
        f"[Kaze] {scene.show.base} - {scene.episode:02} [German Dub][1080p].mkv",
        category="1_3",
        group="Kaze",
    )
    scene.surroundings()


def not_dubbed(scene):
    """Subtitles are wanted: a dub alone is out, both together fit."""
    scene.plant(bait(DUBS[0]))
    scene.plant(attrs.evolve(DUAL, seeders=(1000, 1100)))
    scene.crop(6, without={"VARYG"})
    scene.surroundings()


def nothing_subtitled(scene):
    """Only raw, foreign and dubbed files of it."""
    scene.foreign(6)
    scene.plant(bait(DUBS[0]))
    scene.surroundings(foreign=0)


def nothing_alive(scene):
    scene.crop(7)
    scene.planted = [attrs.evolve(each, seeders=0) for each in scene.planted]
    scene.surroundings()


def mostly_dead(scene):
    scene.crop(9)
    scene.planted = [
        attrs.evolve(each, seeders=0) if each.trusted else each for each in scene.planted
    ]
    scene.plant(SSA)
    scene.surroundings()


def few_seeders(scene):
    scene.prefs["min_seeders"] = 25
    for seeders, habit in ((24, SUBS), (25, BY["EMBER"]), (3, ASW), (1, JUDAS), (7, BY["DKB"])):
        scene.plant(habit, seeders=seeders)
    scene.surroundings()


def false_files(scene):
    """Tiny files, programs and archives under the wanted name."""
    own, n, key = plain(scene.show.romaji), scene.episode, scene.show.key
    scene.plant(bait(SUBS), size=3)
    scene.plant(bait(ERAI), size=39)
    for suffix in ("exe", "rar", "zip"):
        scene.add(
            f"[Fast] {own} - {n:02} (1080p).{suffix}",
            {key: (n, n)},
            group="Fast",
            poison=True,
            seeders=5000 + len(suffix),
        )
    scene.crop(6, without={"SubsPlease", "Erai-raws"})
    scene.surroundings()


def too_early(scene):
    """Somebody has it before the show began."""
    before = scene.when(scene.show, 1).replace(year=scene.show.start.year - 1)
    scene.plant(bait(SUBS), published=before)
    scene.plant(bait(JUDAS), published=before)
    scene.crop(6, without={"SubsPlease", "Judas"})
    scene.surroundings()


def not_yet(scene):
    """Last week's episode, and nothing of this week's."""
    n = scene.episode
    for habit in (*ENGLISH[:8], FOREIGN[0]):
        scene.plant(habit, n - 1)
    scene.surroundings(foreign=0)


def extras_only(scene):
    own, n = plain(scene.show.romaji), scene.episode
    for rest in (f"NCOP{n}", f"NCED {n:02}", f"PV {n}", "Menu", "CM Collection", f"OP {n:02}"):
        scene.add(f"[Erai-raws] {own} - {rest} [1080p].mkv", group="Erai-raws", trusted=True)
    scene.surroundings()


def extras_beside(scene):
    extras_only(scene)
    scene.crop(5)


def half_episodes(scene):
    own, n = plain(scene.show.romaji), scene.episode
    for half in (f"{n}.5", f"{n - 1:02}.5 (S00E{n:02})"):
        for group in ("SubsPlease", "Erai-raws"):
            scene.add(
                f"[{group}] {own} - {half} (1080p).mkv",
                group=group,
                trusted=True,
                seeders=3000 + len(half) + len(group),
            )
    scene.crop(7)
    scene.surroundings()


def of_a_film(scene):
    """The series, its packs and its films under one name."""
    scene.crop(6)
    for show in scene.of.shows:
        if show is not scene.show:
            scene.plant(bait(SUBS), 1, show)
            scene.plant(bait(JUDAS), 1, show)
    scene.surroundings()


def film_not_numbered(scene):
    own = plain(scene.show.romaji)
    scene.crop(6)
    scene.add(
        f"[Hayai] {own} - 01 [1080p].mkv", {scene.show.key: (1, 1)}, group="Hayai", seeders=4000
    )
    scene.surroundings()


def of_an_ova(scene):
    scene.crop(4)
    for show in scene.of.shows:
        scene.plant(bait(SUBS), 1, show)
    scene.surroundings()


def packs_only(scene):
    """The season is there as packs, and packs are not wanted."""
    for habit in PACKS:
        scene.pack(habit)
    scene.surroundings(packs=0)


def pack_if_nothing_else(scene):
    scene.batch = "allow"
    packs_only(scene)
    own, last = plain(scene.show.romaji), scene.show.episodes
    first = min(scene.episode, last - 3)
    scene.add(
        f"[Half] {own} ({first:02}-{last:02}) (1080p) [Batch]",
        {scene.show.key: (first, last)},
        group="Half",
        seeders=4000,
    )


def single_before_pack(scene):
    scene.batch = "allow"
    for habit in PACKS[:3]:
        scene.pack(bait(habit))
    scene.plant(SSA)
    scene.plant(BY["EMBER"])
    scene.surroundings(packs=0)


def only_parts_of_it(scene):
    """A pack has to hold the whole show."""
    scene.batch = "allow"
    own, n, key = plain(scene.show.romaji), scene.episode, scene.show.key
    for first, last in ((n - 1, n), (n, n + 1), (1, n + 1), (2, scene.show.episodes)):
        scene.add(
            f"[Half] {own} - {first:02}-{last:02} [1080p]", {key: (first, last)}, group="Half"
        )
    scene.surroundings(packs=0)


def whole_season(scene):
    scene.batch = True
    for habit in PACKS:
        scene.pack(habit)
    scene.crop(6)
    scene.surroundings(packs=0)


def bigger_pack(scene):
    """A pack of all seasons has more seeders than one of this."""
    scene.batch = True
    everything = {show.key: (1, show.episodes) for show in scene.of.shows}
    count = max(show.season for show in scene.of.shows)
    total = sum(show.episodes for show in scene.of.shows)
    base = scene.of.shows[0].base
    scene.add(
        f"[Judas] {base} (Seasons 1-{count}) [1080p][HEVC x265 10bit][Multi-Subs] (Batch)",
        everything,
        group="Judas",
        codec="hevc",
        trusted=True,
        seeders=4000,
        size=HALF * total,
    )
    scene.add(
        f"[Zenbu] {base} (01-{total}) [1080p]",
        everything,
        group="Zenbu",
        seeders=4001,
        size=FULL * total,
    )
    scene.pack(PACKS[1])
    scene.pack(PACKS[0])
    for show in scene.of.shows:
        if show is not scene.show:
            scene.pack(bait(PACKS[0]), show)
    scene.crop(5)
    scene.surroundings(packs=0)


def pack_without_number(scene):
    """A name without any number is the whole show, once that is finished."""
    scene.batch = "allow"
    key, base, length = scene.show.key, scene.show.base, scene.show.episodes
    holds = {key: (1, length)} if scene.status == "FINISHED" else {}
    scene.add(
        f"[Meigetsu] {base} [BD 1080p FLAC]",
        holds,
        group="Meigetsu",
        size=FULL * length,
        seeders=80,
        published=scene.when(scene.show, length),
    )
    scene.add(
        f"[Meigetsu] {base} [BD 720p AAC]",
        holds,
        group="Meigetsu",
        resolution="720p",
        size=HALF * length,
        seeders=3000,
        published=scene.when(scene.show, length),
    )
    scene.neighbours(6)
    scene.foreign(4)
    scene.extras()


def strangers_only(scene):
    """A loose query found nothing of it."""
    scene.strangers(24)
