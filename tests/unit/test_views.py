"""A list and who follows its changes: applying them always gives the list itself."""

from datetime import UTC, datetime

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from uuutd.domain import InfoHash
from uuutd.services import views
from uuutd.services.sorting import COLUMNS, Order
from uuutd.services.views import Row, View, key_of
from uuutd.store.records import Link, LinkState
from uuutd.wire import TorrentReply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CLIENTS = st.sampled_from(["one", "two"])
HASHES = st.integers(0, 9).map(lambda number: InfoHash(f"{number:040x}"))


def link(number, client, info_hash):
    return Link(
        id=number,
        user_id=1,
        torrent_id=number,
        client=client,
        info_hash=info_hash,
        name="x",
        foreign=False,
        state=LinkState.LIVE,
        wants_pause=False,
        added_at=NOW,
        owners=1,
    )


def drawn(link, done=0):
    return TorrentReply(
        hash=link.info_hash,
        name=f"{link.client} {link.id}",
        state="seeding",
        progress=1.0,
        size=1,
        done_bytes=done,
        down_rate=0,
        up_rate=0,
        ratio=0.0,
        client=link.client,
    )


class Following(RuleBasedStateMachine):
    """Torrents come, change and go, and followers ask now and then what changed."""

    followers = Bundle("followers")

    def __init__(self):
        super().__init__()
        self.done = {}
        self.number = 0
        self.kept, views.KEPT = views.KEPT, 3
        self.view = View([], self.draw, 0)

    def teardown(self):
        views.KEPT = self.kept

    def draw(self, link):
        return drawn(link, self.done.get(key_of(link), 0))

    def next(self):
        self.number += 1
        return self.number

    @rule(client=CLIENTS, info_hash=HASHES)
    def put(self, client, info_hash):
        number = self.next()
        self.view.put(link(number, client, info_hash), number)

    @rule(client=CLIENTS, info_hash=HASHES)
    def drop(self, client, info_hash):
        if self.view.link((client, info_hash)):
            self.view.drop((client, info_hash), self.next())

    @rule(client=CLIENTS, info_hash=HASHES, done=st.integers(0, 9))
    def move(self, client, info_hash, done):
        self.done[client, info_hash] = done
        self.view.touch((client, info_hash), self.next())

    @rule(target=followers)
    def begin(self):
        return {"revision": -1, "rows": {}}

    @rule(follower=followers)
    def follow(self, follower):
        change = self.view.since(follower["revision"])
        rows = follower["rows"]
        if change is None:
            rows.clear()
            fresh, removed = self.view.rows(), ()
        else:
            fresh, removed = change.rows, change.removed
        for key in [key for key in rows if key[1] in removed]:
            del rows[key]
        rows.update(((row.reply.client, row.reply.hash), row.data) for row in fresh)
        follower["revision"] = self.number
        listed = self.view.rows()
        assert rows == {(row.reply.client, row.reply.hash): row.data for row in listed}

    @invariant()
    def the_list_is_drawn_as_things_are(self):
        for row in self.view.rows():
            assert row.reply.done_bytes == self.done.get((row.reply.client, row.reply.hash), 0)

    @invariant()
    def the_newest_stand_first(self):
        ids = [row.link_id for row in self.view.rows()]
        assert ids == sorted(ids, reverse=True)


TestFollowing = Following.TestCase


def rows(count):
    made = []
    for number in range(count, 0, -1):
        reply = attrs.evolve(
            drawn(link(number, "one", InfoHash(f"{number:040x}"))),
            name="abc"[number % 3] * (number % 4 + 1),
            size=number % 5,
            eta=None if number % 3 else number % 7,
        )
        made.append(Row(reply, b"", number))
    return made


def test_pages_put_together_are_the_whole_list_in_any_order():
    listed = rows(40)
    for text in (None, "name", "-name", "eta,-size", "-eta,name", "size,-added", *COLUMNS):
        order = Order.read(text)
        whole = list(order.sorted(listed))
        assert sorted(r.link_id for r in whole) == list(range(1, 41))
        found, cursor = [], None
        while True:
            rest = order.after(whole, cursor) if cursor else whole
            found += rest[:7]
            if len(rest) <= 7:
                break
            cursor = order.cursor(rest[6])
        assert found == whole, text


def test_sorted_is_sorted():
    names = [row.reply.name for row in Order.read("-name").sorted(rows(12))]
    assert names == sorted(names, reverse=True)
    etas = [row.reply.eta for row in Order.read("-eta").sorted(rows(12))]
    known = [eta for eta in etas if eta is not None]
    assert etas == [*sorted(known, reverse=True), *[None] * (len(etas) - len(known))]
