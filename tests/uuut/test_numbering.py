"""``uuut numbering``: a table of numbers, each with its source."""

import json


def test_each_number_is_printed_with_where_it_is_from(uuut):
    done = uuut("numbering", "frieren: beyond", "9")
    assert done.code == 0
    title = done.out.splitlines()[1].split("\t")[1]
    assert done.out.splitlines() == [
        "NUMBER\tAFTER\tFROM\tWHY",
        f"09\t{title}\town\tits own",
        "S02E09\tany title of the line\tchain\tof season 2",
        "39\tA first season\ttable\ta rule says so",
        "",
        "SHOW\tSEASON\tPART\tEPISODES\tBEFORE",
        "A first season\t1\t1\t28\t0",
        f"{title}\t2\t1\t?\t28",
        "",
        "Rules of the public table:",
        "  31 and on of A: 1 and on of B",
    ]
    assert f"{title} ep 9: season 2, part 1" in done.words
    assert "the public table of numbering rules is not there" in done.words


def test_without_an_episode_the_daemon_takes_the_next(uuut, daemon):
    done = uuut("numbering", "band cry", "--json")
    shown = json.loads(done.out)
    assert (shown["schema"], shown["episode"]) == (1, 8)
    assert [each["source"] for each in shown["numbers"]] == ["own", "chain", "table"]
    assert daemon.called("GET", "watchlist/anilist/6/numbering")


def test_what_is_not_on_the_list_has_no_numbers(uuut):
    assert uuut("numbering", "zzzz").code == 3
