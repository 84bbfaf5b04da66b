"""Which files of a pack hold the wanted episode."""

import pytest

from uuutd.choice import pick_files
from uuutd.domain import EntryId, Format, Titles, TorrentFile, Wanted, Work


def work(romaji, episodes=12, kind=Format.TV):
    return Work(id=EntryId(romaji), titles=Titles(romaji=romaji), episodes=episodes, format=kind)


FIRST = work("Aoi Hoshi")
SECOND = Wanted(work=work("Aoi Hoshi 2nd Season"), episode=3, prequels=(FIRST,))


def picked(wanted, paths, name=""):
    files = [TorrentFile(index=i, path=path, size=1) for i, path in enumerate(paths)]
    return [paths[i] for i in pick_files(wanted, files, name)]


@pytest.mark.parametrize(
    ("name", "paths", "right"),
    [
        ("", ["Aoi Hoshi - 14.mkv", "Aoi Hoshi - 15.mkv", "Aoi Hoshi - 03.mkv"], 1),
        ("", ["x/S1/Aoi Hoshi - 03.mkv", "x/S2/Aoi Hoshi - 03.mkv"], 1),
        ("Aoi Hoshi S2 [1080p]", ["02.mkv", "03.mkv", "13.mkv"], 1),
        ("x", ["Aoi Hoshi S02/02 - The Two.mkv", "Aoi Hoshi S02/03 - The Three.mkv"], 1),
        ("Aoi Hoshi (Seasons 1-2)", ["a/Season 1/03.mkv", "a/Season 2/03.mkv"], 1),
        ("Aoi Hoshi S01+S02", ["Aoi Hoshi S01E03.mkv", "Aoi Hoshi S02E03.mkv"], 1),
        ("Aoi Hoshi S02", ["Aoi Hoshi - S02E03.mkv", "Aoi Hoshi - NCOP3.mkv"], 0),
        ("Aoi Hoshi S02", ["Aoi Hoshi - S02E03.mkv", "Aoi Hoshi - S02E03.ass"], 0),
        ("Aoi Hoshi S02", ["Extras/Aoi Hoshi S02E03.mkv", "Aoi Hoshi S02E03.mkv"], 1),
        ("Aoi Hoshi S02", ["Aoi Hoshi - S02E03.mkv", "Aoi Hoshi - S02E03v2.mkv"], 1),
        ("Aoi Hoshi S02", ["Aoi Hoshi - S02E02-E03.mkv", "Aoi Hoshi - S02E04.mkv"], 0),
        ("Aoi Hoshi 2nd Season", ["AH - 02 [1080p].mkv", "AH - 03 [1080p].mkv"], 1),
    ],
)
def test_the_right_file(name, paths, right):
    assert picked(SECOND, paths, name) == [paths[right]]


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("Aoi Hoshi S02", ["Aoi Hoshi - S02E09.mkv"]),
        ("Aoi Hoshi", ["01.mkv", "02.mkv", "03.mkv"]),
        ("something else", ["01.mkv", "02.mkv", "03.mkv"]),
        ("Aoi Hoshi S02", ["Other - 03.mkv", "Another - 03.mkv"]),
        ("Aoi Hoshi S02", ["Aoi Hoshi - S02E03.txt"]),
        ("Aoi Hoshi S02", []),
    ],
)
def test_no_file_rather_than_a_wrong_one(name, paths):
    assert picked(SECOND, paths, name) == []


def test_the_only_video_of_a_film_is_the_film():
    film = Wanted(work=work("Aoi Hoshi Movie", 1, Format.MOVIE), episode=1)
    assert picked(film, ["Blue Star/movie.mkv", "Blue Star/readme.txt"]) == ["Blue Star/movie.mkv"]
