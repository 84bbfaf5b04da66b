"""The event stream over a real connection."""

import asyncio

import pytest

from uuutd.web import events

EVENTS = "/api/v1/events"
LIMIT = 5


@pytest.fixture
async def stream(face):
    """Open a stream as one of the users; closed at the end if it is still open."""
    opened = []

    async def open_stream(by="ann", **headers):
        names = {name.replace("_", "-"): text for name, text in headers.items()}
        response = await face.ask("GET", EVENTS, by=by, headers=names)
        opened.append(response)
        assert response.status == 200
        assert await block(response) == [": welcome"]
        return response

    yield open_stream
    for response in opened:
        response.close()


async def block(response):
    """Read up to the next empty line; [] at the end of the stream."""
    lines = []
    async with asyncio.timeout(LIMIT):
        while line := await response.content.readline():
            if line == b"\n":
                break
            lines.append(line.decode().rstrip("\n"))
    return lines


async def test_events_arrive_as_they_happen(face, stream):
    response = await stream()
    assert response.content_type == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    face.services.events.publish("torrents", b'{"revision":1}')
    assert await block(response) == ["id: 1", "event: torrents", 'data: {"revision":1}']
    face.services.events.publish("job", b"{\n}")
    assert await block(response) == ["id: 2", "event: job", "data: {", "data: }"]
    face.services.events.publish("notice", b"")
    assert await block(response) == ["id: 3", "event: notice", "data: "]


async def test_a_stream_resumes_after_the_last_event(face, stream):
    for number in range(3):
        face.services.events.publish("job", b"%d" % number)
    response = await stream(Last_Event_ID="1")
    assert (await block(response))[0] == "id: 2"
    assert (await block(response))[0] == "id: 3"
    face.services.events.publish("job", b"{}")
    assert (await block(response))[0] == "id: 4"


@pytest.mark.parametrize(("sent", "handed"), [("7.5", "7.5"), ("x", "x"), ("", None)])
async def test_the_last_id_is_handed_on_as_it_was_sent(face, stream, sent, handed):
    face.services.events.past.clear()
    await stream(Last_Event_ID=sent)
    assert face.services.events.asked_for == [handed]


async def test_a_comment_keeps_it_open(face, stream, monkeypatch):
    monkeypatch.setattr(events, "COMMENT_EVERY", 0.01)
    response = await stream()
    assert await block(response) == [": still here"]
    face.services.auth.busy = True
    assert await block(response) == [": still here"]
    assert await block(response) == [": still here"]


async def test_it_ends_with_the_login(face, stream, monkeypatch):
    monkeypatch.setattr(events, "COMMENT_EVERY", 0.01)
    response = await stream()
    other = await stream(by="ben")
    del face.services.auth.tokens["token-ann"]
    async with asyncio.timeout(LIMIT):
        await response.content.read()
    assert await block(other) == [": still here"]
    assert len(face.services.events.queues) == 1


async def test_it_ends_when_the_daemon_stops(face, stream):
    response = await stream()
    async with asyncio.timeout(LIMIT):
        await face.runner.cleanup()
        assert await response.content.read() == b""
    assert face.services.events.queues == []


async def test_nothing_is_left_of_a_client_that_went_away(face, stream, monkeypatch):
    monkeypatch.setattr(events, "COMMENT_EVERY", 0.01)
    response = await stream()
    assert len(face.services.events.queues) == 1
    response.close()
    async with asyncio.timeout(LIMIT):
        await face.services.events.all_gone.wait()
    assert face.services.events.queues == []


async def test_a_failure_in_the_stream_ends_it_without_a_second_answer(face, stream, caplog):
    response = await stream()
    face.services.events.queues[0].put_nowait(None)  # not an event
    with pytest.raises(Exception, match=r"payload|closed|disconnect"):
        await response.content.read()
    async with face.ask("GET", "/health") as alive:
        assert alive.status == 200


async def test_there_is_no_head_of_a_stream(face):
    async with face.ask("HEAD", EVENTS, by="ann") as response:
        assert response.status == 405


async def test_a_large_event_comes_whole(face, stream):
    response = await stream()
    large = b"x" * 300_000
    face.services.events.publish("torrents", large)
    face.services.events.publish("job", b"{}")
    raw = b""
    async with asyncio.timeout(LIMIT):
        while not raw.endswith(b"data: {}\n\n"):
            raw += await response.content.readany()
    assert raw == b"id: 1\nevent: torrents\ndata: %s\n\nid: 2\nevent: job\ndata: {}\n\n" % large
