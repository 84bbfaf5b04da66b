"""What is known of a show: how it is called, and how its episodes are counted."""

from datetime import date, timedelta

import attrs

ROMAN = ["", "I", "II", "III", "IV", "V", "VI"]
HAN = ["", "一", "二", "三", "四", "五", "六"]
ORDINAL = ["", "1st", "2nd", "3rd", "4th", "5th", "6th"]


@attrs.frozen(kw_only=True)
class Show:
    """One entry of a watchlist.

    *base* and *english_base* are the titles that groups put before ``S02E05``, *short* the
    one before a plain number.  *before* counts the episodes of the season that come before
    this part, *through* those of the whole line; *season* is None outside of a line.
    """

    key: str
    romaji: str
    english: str
    native: str
    chinese: str
    episodes: int | None
    start: date
    base: str
    english_base: str
    short: str
    short_before: int = 0
    synonyms: tuple[str, ...] = ()
    format: str = "TV"
    season: int | None = 1
    before: int = 0
    through: int = 0
    relation: str = ""

    def aired(self, episode):
        return self.start + timedelta(days=7 * (episode - 1))

    def media(self):
        return {
            "romaji": self.romaji,
            "english": self.english,
            "native": self.native,
            "format": self.format,
            "episodes": self.episodes,
            "startDate": self.start.isoformat(),
        }


@attrs.frozen
class Line:
    """Shows that follow one another, and *others* that only share the name."""

    key: str
    shows: tuple[Show, ...]
    others: tuple[Show, ...] = ()

    def all(self):
        return {show.key: show for show in (*self.shows, *self.others)}


def plain(title):
    """Return a title as it can stand in a file name."""
    for old, new in ((": ", " - "), ("×", " x "), ("/", "-"), ("?", ""), ("△", ""), ("☆", " ")):
        title = title.replace(old, new)
    return " ".join(title.split())


def _marked(title, style, season, part, cour):
    head, colon, tail = title.partition(": ")
    if season > 1 and style == "roman" and colon:
        title = f"{head} {ROMAN[season]}: {tail}"
    elif season > 1:
        title += {
            "ordinal": f" {ORDINAL[season]} Season",
            "word": f" Season {season}",
            "capital": f" SEASON {season}",
            "roman": f" {ROMAN[season]}",
            "digit": f" {season}",
        }[style]
    if part > 1:
        title += {"part": f" Part {part}", "cour": f" Cour {part}", "nd": f" {part}nd-cour"}[cour]
    return title


def _synonyms(base, han, season, part):
    if part > 1:
        return (f"{han} 第{HAN[part]}部分",)
    return (han,) if season == 1 else (han, f"{base} S{season}")


def _other(key, line, described):
    title, english, native, format_, episodes, start, relation = described
    return Show(
        key=key,
        romaji=title,
        english=english,
        native=native,
        chinese=line.chinese,
        episodes=episodes,
        start=date.fromisoformat(start),
        base=plain(title),
        english_base=plain(english),
        short=plain(title),
        format=format_,
        season=None,
        relation=relation,
    )


def seasons(  # noqa: PLR0917 - the table of lines reads like a table
    key, base, english, native, chinese, lengths, style="ordinal", cour="part", year=2015, others=()
):
    """Build a line of numbered seasons; *lengths* is like ``12 12+13``, + between the cours."""
    shows, through, start = [], 0, date(year, 1, 10)
    for season, cours in enumerate(lengths.split(), 1):
        before = 0
        for part, text in enumerate(cours.split("+"), 1):
            length = int(text) if text != "?" else None
            romaji = _marked(base, style, season, part, cour)
            english_style = "roman" if style == "roman" else "word"
            marks = f" 第{season}期" if season > 1 else ""
            marks += f" 第{part}クール" if part > 1 else ""
            han = f"{chinese} 第{HAN[season]}季" if season > 1 else chinese
            said = base.partition(": ")[0] if style == "roman" else base
            short = _marked(said, style, season, 1, cour)
            if season > 1 and style != "roman":
                short = f"{said} S{season}"
            shows.append(
                Show(
                    key=f"s{season}" if part == 1 else f"s{season}p{part}",
                    romaji=romaji,
                    english=_marked(english, english_style, season, part, cour),
                    native=native + marks,
                    chinese=han,
                    episodes=length,
                    start=start,
                    base=plain(said),
                    english_base=plain(english),
                    short=plain(short),
                    short_before=before,
                    synonyms=_synonyms(base, han, season, part),
                    season=season,
                    before=before,
                    through=through,
                )
            )
            before += length or 0
            through += length or 0
            start += timedelta(days=7 * ((length or 12) + 26))
    made = tuple(_other(f"o{n}", shows[0], each) for n, each in enumerate(others, 1))
    return Line(key, tuple(shows), made)


def arcs(key, base, english, native, chinese, parts, year=2015, others=()):
    """Build a line whose seasons have names; a part is (arc, english arc, native arc, length)."""
    shows, through, start = [], 0, date(year, 4, 5)
    for season, (arc, english_arc, native_arc, length) in enumerate(parts, 1):
        han = f"{chinese} 第{HAN[season]}季" if season > 1 else chinese
        title = f"{base}: {arc}" if arc else base
        shows.append(
            Show(
                key=f"s{season}",
                romaji=title,
                english=f"{english}: {english_arc}" if english_arc else english,
                native=f"{native} {native_arc}".strip(),
                chinese=han,
                episodes=length,
                start=start,
                base=plain(base),
                english_base=plain(english),
                short=plain(title),
                synonyms=(han,) if season == 1 else (han, f"{base} S{season}"),
                season=season,
                through=through,
            )
        )
        through += length
        start += timedelta(days=7 * (length + 30))
    made = tuple(_other(f"o{n}", shows[0], each) for n, each in enumerate(others, 1))
    return Line(key, tuple(shows), made)


def film(title, english, native, start, relation="SIDE_STORY"):
    return (title, english, native, "MOVIE", 1, start, relation)


def ova(title, english, native, start, episodes=1):
    return (title, english, native, "OVA", episodes, start, "SIDE_STORY")


def spin_off(title, english, native, start, episodes=12, format_="TV_SHORT", relation="SPIN_OFF"):
    return (title, english, native, format_, episodes, start, relation)


def remade(title, english, native, start, episodes):
    return (title, english, native, "TV", episodes, start, "ALTERNATIVE")
