"""Make cases.jsonl, always the same: python -m tests.selection.make_cases."""

import json
from pathlib import Path

from . import kinds as k
from .lines import LINE
from .scene import Scene

FILE = Path(__file__).with_name("cases.jsonl")

PLAN = [
    # kind, line, show, episode, more
    *[
        (k.of_the_line, line, show, episode)
        for line, show, episode in (
            ("wayfarer", "s2", 18),
            ("wayfarer", "s1", 5),
            ("wayfarer", "s3", 12),
            ("bookkeeper", "s2", 1),
            ("rain", "s3", 4),
            ("rain", "s4", 10),
            ("jellyfish", "s2", 3),
            ("unread", "s3", 7),
            ("unread", "s1", 7),
            ("lighthouse", "s2", 13),
            ("clocktown", "s2", 26),
            ("salt", "s3", 9),
            ("castellan", "s4", 5),
            ("castellan", "s2", 13),
            ("hunters", "s2", 6),
            ("alchemy", "s3", 2),
            ("alchemy", "s1", 24),
            ("visitor", "s2", 11),
            ("visitor", "s1", 5),
            ("hero", "s3", 16),
            ("hero", "s4", 1),
            ("hero", "s1", 13),
            ("blessing", "s3", 2),
            ("oven", "s2", 10),
            ("family", "s1p2", 5),
            ("family", "s1p2", 1),
            ("family", "s2", 4),
            ("journey", "s2p2", 1),
            ("journey", "s1p2", 3),
            ("giants", "s3p2", 4),
            ("giants", "s3", 4),
            ("volley", "s2p2", 6),
            ("restart", "s2p2", 1),
            ("automata", "s1p2", 10),
            ("eighty", "s1p2", 4),
            ("fantasy", "s2p2", 12),
            ("blades", "s3", 5),
            ("blades", "s2", 1),
            ("abyss", "s2", 10),
            ("romance", "s2", 11),
            ("romance", "s3", 5),
            ("sword", "s3", 5),
            ("striker", "s2", 9),
            ("muscle", "s2", 7),
            ("spirits", "s3", 6),
            ("psycho", "s3", 5),
            ("psycho", "s2", 10),
            ("years", "s2", 3),
            ("gate", "s2", 8),
            ("ward", "s2", 3),
            ("lion", "s2", 1),
            ("camp", "s2", 7),
        )
    ],
    *[
        (k.season_and_through, *where)
        for where in (("wayfarer", "s2", 3), ("clocktown", "s2", 1), ("lion", "s2", 5))
    ],
    *[
        (k.part_counted_on, *where)
        for where in (("journey", "s2p2", 1), ("family", "s1p2", 7), ("giants", "s3p2", 2))
    ],
    *[(k.from_prequel, *where) for where in (("sword", "s3", 5), ("blades", "s3", 2))],
    *[
        (k.in_japanese, *where)
        for where in (("rain", "s2", 6), ("salt", "s2", 11), ("unread", "s2", 2))
    ],
    *[
        (k.in_words, *where)
        for where in (("fantasy", "s2", 8), ("jellyfish", "s2", 9), ("bookkeeper", "s2", 12))
    ],
    *[
        (k.number_tails, *where)
        for where in (
            ("pirate", "s1", 42),
            ("detective", "s1", 7),
            ("ninja", "s1", 20),
            ("seeker", "s1", 14),
        )
    ],
    *[
        (k.number_like_a_resolution, *where)
        for where in (("pirate", "s1", 1080), ("pirate", "s1", 720), ("detective", "s1", 480))
    ],
    *[
        (k.number_in_title, *where)
        for where in (
            ("pirate", "s1", 1121),
            ("detective", "s1", 1999),
            ("detective", "s1", 1107),
            ("days", "s1", 9),
            ("days", "s1", 1),
            ("psycho", "s1", 10),
            ("fraction", "s1", 4),
            ("years", "s1", 3),
            ("bucket", "s1", 5),
            ("future", "s1", 8),
            ("resolution", "s1", 10),
            ("zero", "s1", 12),
            ("ward", "s1", 3),
            ("lion", "s1", 5),
            ("eighty", "s1", 4),
            ("visitor", "s1", 2),
            ("automata", "s1", 2),
        )
    ],
    *[(k.short_title, *where) for where in (("gate", "s1", 1), ("hunters", "s1", 4))],
    *[
        (k.plain_case, *where)
        for where in (
            ("band", "s1", 2),
            ("band", "o1", 2),
            ("silver", "s1", 7),
            ("silver", "o1", 7),
            ("zero", "o1", 12),
            ("basket", "s1", 5),
            ("seeker", "s1", 100),
            ("iron", "s1", 51),
            ("nova", "s1", 3),
            ("season-word", "s1", 4),
            ("ghost", "s1", 6),
            ("jellyfish", "o1", 3),
            ("detective", "o1", 5),
            ("bookkeeper", "o1", 5),
            ("iron", "s1", 5),
            ("camp", "s1", 11),
        )
    ],
    *[
        (k.remade, *where)
        for where in (("basket", "s1", 12), ("seeker", "s1", 30), ("iron", "s1", 20))
    ],
    *[
        (k.spelled, *where)
        for where in (
            ("violin", "s1", 6),
            ("cook", "s1", 9),
            ("postman", "s1", 12),
            ("nova", "s1", 8),
            ("camp", "s1", 5),
        )
    ],
    *[(k.doubles, *where) for where in (("satellite", "s1", 11), ("ferry", "s1", 9))],
    *[
        (k.of_a_film, *where)
        for where in (
            ("wayfarer", "o1", 1),
            ("jellyfish", "o2", 1),
            ("hunters", "o1", 1),
            ("family", "o1", 1),
            ("blades", "o1", 1),
            ("striker", "o1", 1),
        )
    ],
    *[(k.film_not_numbered, *where) for where in (("film", "s1", 1), ("pirate", "o1", 1))],
    *[(k.of_an_ova, *where) for where in (("blessing", "o1", 1), ("romance", "o1", 1))],
    (k.groups_in_order, "rock", "s1", 5),
    (k.groups_in_order, "fantasy", "s2", 4),
    (k.groups_in_order, "family", "s2", 9),
    (k.resolution_before_group, "chain", "s1", 2),
    (k.resolution_before_group, "spirits", "s2", 3),
    (k.resolutions_in_order, "cook", "s1", 14),
    (k.resolutions_in_order, "muscle", "s1", 6),
    (k.unlisted_resolutions, "aisle", "s1", 8),
    (k.unlisted_resolutions, "violin", "s1", 8),
    (k.codec_wanted, "postman", "s1", 4),
    (k.codec_wanted, "cook", "s1", 7),
    (k.codec_wanted, "castellan", "s3", 3),
    (k.version, "violin", "s1", 12),
    (k.version, "hunters", "s2", 12),
    (k.version, "camp", "s2", 3),
    (k.version_three, "tower", "s1", 6),
    (k.version_three, "abyss", "s1", 9),
    (k.version_is_dead, "umbrella", "s1", 3),
    (k.version_is_dead, "salt", "s2", 5),
    (k.version_of_another, "bakery", "s1", 10),
    (k.version_of_another, "rain", "s2", 10),
    (k.remakes_last, "satellite", "s1", 20),
    (k.remakes_last, "romance", "s1", 3),
    (k.trusted_first, "ferry", "s1", 2),
    (k.trusted_first, "volley", "s1", 11),
    (k.newest_of_equals, "mirror", "s1", 7),
    (k.newest_of_equals, "giants", "s2", 7),
    (k.uncategorised, "rock", "s1", 12),
    (k.uncategorised, "unread", "s2", 9),
    (k.uncategorised, "restart", "s1", 25),
    (k.named_languages, "chain", "s1", 7),
    (k.named_languages, "hero", "s2", 20),
    (k.in_french, "cook", "s1", 3),
    (k.in_french, "tower", "s1", 9),
    (k.dubbed, "aisle", "s1", 3),
    (k.dubbed, "striker", "s1", 12),
    (k.dubbed, "alchemy", "s2", 5),
    (k.no_dub, "postman", "s1", 9),
    (k.not_dubbed, "violin", "s1", 2),
    (k.not_dubbed, "bookkeeper", "s1", 8),
    (k.nothing_subtitled, "tower", "s1", 12),
    (k.nothing_subtitled, "oven", "s1", 12),
    (k.nothing_subtitled, "lighthouse", "s2", 2),
    (k.nothing_alive, "umbrella", "s1", 9),
    (k.mostly_dead, "bakery", "s1", 3),
    (k.mostly_dead, "castellan", "s2", 7),
    (k.few_seeders, "satellite", "s1", 6),
    (k.few_seeders, "clocktown", "s1", 13),
    (k.false_files, "ferry", "s1", 5),
    (k.false_files, "journey", "s2", 6),
    (k.too_early, "mirror", "s1", 2),
    (k.too_early, "blades", "s2", 4),
    (k.not_yet, "nova", "s1", 10),
    (k.not_yet, "rain", "s4", 5),
    (k.extras_only, "ghost", "s1", 2),
    (k.extras_beside, "season-word", "s1", 1),
    (k.extras_beside, "psycho", "s2", 1),
    (k.half_episodes, "chain", "s1", 11),
    (k.half_episodes, "sword", "s2", 18),
    (k.half_episodes, "pirate", "s1", 590),
    (k.packs_only, "rock", "s1", 12),
    (k.packs_only, "lighthouse", "s2", 13),
    (k.pack_if_nothing_else, "cook", "s1", 24),
    (k.pack_if_nothing_else, "abyss", "s2", 12),
    (k.pack_if_nothing_else, "fantasy", "s2p2", 2),
    (k.single_before_pack, "aisle", "s1", 12),
    (k.single_before_pack, "spirits", "s2", 12),
    (k.only_parts_of_it, "postman", "s1", 6),
    (k.only_parts_of_it, "salt", "s2", 6),
    (k.whole_season, "umbrella", "s1", 1),
    (k.whole_season, "muscle", "s2", 1),
    (k.whole_season, "family", "s1p2", 1),
    (k.bigger_pack, "hunters", "s2", 1),
    (k.bigger_pack, "spirits", "s2", 1),
    (k.bigger_pack, "bookkeeper", "s1", 1),
    (k.pack_without_number, "ferry", "s1", 3),
    (k.strangers_only, "satellite", "s1", 4),
]
UNFINISHED = [(k.pack_without_number, "mirror", "s1", 3)]


def cases():
    """Make all cases, in the order of the plan."""
    number = 0
    for status, plan in (("FINISHED", PLAN), ("RELEASING", UNFINISHED)):
        for kind, line, show, episode in plan:
            number += 1
            name = kind.__name__.replace("_", "-").removesuffix("-case")
            scene = Scene(name, LINE[line], show, episode, status=status)
            kind(scene)
            yield scene.case(number)


def text():
    """Return the file, one case a line."""
    return "".join(f"{json.dumps(case, ensure_ascii=False)}\n" for case in cases())


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
