"""What we ask AniList, in GraphQL.

Each query is far below AniList's limit of 500 fields.  `RELATIVES` reaches two steps
and no further because the answer grows with every step by as many shows as a show
has relatives.
"""

from typing import Final

_WORK: Final = """
fragment work on Media {
  id
  idMal
  type
  title { romaji english native }
  synonyms
  format
  status(version: 2)
  episodes
  seasonYear
  startDate { year month day }
}
"""

_SHOW: Final = (
    """
fragment show on Media {
  ...work
  siteUrl
  coverImage { large }
  nextAiringEpisode { episode airingAt }
}
"""
    + _WORK
)

_ENTRY: Final = (
    """
fragment entry on MediaList {
  status
  progress
  updatedAt
  media { ...show }
}
"""
    + _SHOW
)

PING: Final = "query Ping { __typename }"

VIEWER: Final = "query Viewer { Viewer { id name } }"

USER: Final = "query User($name: String) { User(name: $name) { id name } }"

WATCHING: Final = (
    """
query Watching($user: Int, $chunk: Int) {
  MediaListCollection(
    userId: $user
    type: ANIME
    status_in: [CURRENT, REPEATING]
    chunk: $chunk
    perChunk: 500
  ) {
    hasNextChunk
    lists { entries { ...entry } }
  }
}
"""
    + _ENTRY
)

ENTRY: Final = (
    """
query Entry($user: Int, $media: Int) {
  MediaList(userId: $user, mediaId: $media, type: ANIME) { ...entry }
}
"""
    + _ENTRY
)

SET_PROGRESS: Final = (
    """
mutation SetProgress($media: Int, $progress: Int) {
  SaveMediaListEntry(mediaId: $media, progress: $progress) { ...entry }
}
"""
    + _ENTRY
)

TITLES: Final = (
    """
query Titles($search: String) {
  Page(perPage: 20) {
    media(search: $search, type: ANIME, sort: [SEARCH_MATCH]) { ...show }
  }
}
"""
    + _SHOW
)

RELATIVES: Final = (
    """
query Relatives($media: Int) {
  Media(id: $media, type: ANIME) {
    ...work
    relations {
      edges {
        relationType(version: 2)
        node {
          ...work
          relations { edges { relationType(version: 2) node { ...work } } }
        }
      }
    }
  }
}
"""
    + _WORK
)
