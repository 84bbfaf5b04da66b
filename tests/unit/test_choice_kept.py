"""What is kept of one search for the next changes nothing: it is only faster."""

import attrs

from uuutd.choice import pick_files, rank
from uuutd.domain import (
    Airing,
    EntryId,
    Format,
    Language,
    Relation,
    RelationKind,
    Release,
    Taste,
    Titles,
    TorrentFile,
    Wanted,
    Work,
)

SHOW = Work(id=EntryId("1"), titles=Titles(romaji="Umi no Uta"), format=Format.TV, episodes=12)
WANTED = Wanted(work=SHOW, episode=5)
SEQUEL = Relation(
    RelationKind.SEQUEL,
    Work(
        id=EntryId("2"),
        titles=Titles(romaji="Umi no Uta 2nd Season"),
        format=Format.TV,
        episodes=12,
    ),
)
TASTE = Taste()


def judged(wanted, *titles, taste=TASTE):
    releases = [
        Release(title=title, info_hash=None, indexer="a", seeders=9, language=Language.ENGLISH)
        for title in titles
    ]
    return rank(wanted, releases, taste).verdicts


def fits(wanted, title, taste=TASTE):
    return judged(wanted, title, taste=taste)[0].fits


def test_another_episode_of_the_same_show_is_another_question():
    for episode in (5, 6, 5):
        wanted = attrs.evolve(WANTED, episode=episode)
        assert fits(wanted, "[G] Umi no Uta - 05 [1080p]") is (episode == 5)


def test_what_becomes_known_of_a_show_counts_at_once():
    later = "[G] Umi no Uta - 17 [1080p]"
    before = judged(WANTED, later)[0].rejections
    known = attrs.evolve(WANTED, related=(SEQUEL,))
    assert "Umi no Uta 2nd Season" in judged(known, later)[0].rejections[0].text
    assert judged(WANTED, later)[0].rejections == before
    batch = "[G] Umi no Uta [1080p]"
    finished = attrs.evolve(WANTED, work=attrs.evolve(SHOW, airing=Airing.FINISHED))
    for wanted in (WANTED, finished, WANTED):
        assert fits(wanted, batch, Taste(batch="only")) is (wanted is finished)


def test_one_name_means_one_thing_for_each_show():
    other = Work(id=EntryId("1"), titles=Titles(romaji="Yama no Uta"), format=Format.TV)
    for wanted in (WANTED, Wanted(work=other, episode=5), WANTED):
        assert fits(wanted, "[G] Umi no Uta - 05 [1080p]") is (wanted is WANTED)


def test_tastes_and_judges_of_one_search_are_not_those_of_the_next():
    names = ("[A] Umi no Uta - 05 [1080p]", "[B] Umi no Uta - 05 [720p]")
    for _ in range(2):
        for group, best in (("A", 0), ("B", 1)):
            taste = Taste(resolutions=(), groups=(group,))
            assert judged(WANTED, *names, taste=taste)[0].release.title == names[best]


def test_picking_files_does_not_change_how_names_are_judged():
    name = "Umi no Uta - 05.mkv"
    wanted = attrs.evolve(WANTED, related=(SEQUEL,))
    before = judged(wanted, name)
    files = [TorrentFile(index=0, path=f"Season 2/{name}", size=10**9)]
    for _ in range(2):
        assert pick_files(wanted, files, "Umi no Uta S1+S2") == ()
        assert judged(wanted, name) == before


def test_more_names_than_are_kept():
    names = [f"[G{number}] Umi no Uta - 05 [1080p]" for number in range(1500)]
    for _ in range(2):
        assert all(verdict.fits for verdict in judged(WANTED, *names))
