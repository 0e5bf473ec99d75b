"""A Synapse module that writes rooms with a past, for the demo and the benchmarks.

Every event is built, signed, authorised and stored by Synapse itself; only the way in
differs from the client API: a batch per room, any local sender, any time stamp. The
endpoint answers only to the secret of this one server. Counterpart: src/synapse/seed.rs.
"""

import hmac
import json

from synapse.events.snapshot import UnpersistedEventContext
from synapse.http.server import DirectServeJsonResource
from synapse.storage.engines.sqlite import Sqlite3Engine
from synapse.types import UserID, create_requester

# A test server may lose its last second in a power cut; waiting for the disk may not be
# the thing that is measured.
_on_new_connection = Sqlite3Engine.on_new_connection


def _fast_connection(self, connection):
    _on_new_connection(self, connection)
    connection.execute("PRAGMA synchronous = OFF;")
    connection.execute("PRAGMA cache_size = -65536;")
    connection.commit()


Sqlite3Engine.on_new_connection = _fast_connection


class _EventClock:
    """The server's clock, except that new events may be dated back."""

    def __init__(self, clock):
        self._clock = clock
        self.fixed = None

    def time_msec(self):
        if self.fixed is None:
            return self._clock.time_msec()
        self.fixed += 1
        return self.fixed

    def __getattr__(self, name):
        return getattr(self._clock, name)


class Module:
    def __init__(self, config, api):
        api.register_web_resource("/_herold_testkit", _Resource(api._hs, config["secret"]))
        _ask_for_the_password(api._hs.get_e2e_keys_handler())

    @staticmethod
    def parse_config(config):
        return config


def _ask_for_the_password(keys):
    """Takes the first cross-signing keys of accounts that are called "streng" only with their
    password, as servers before MSC3967 did with those of everybody."""
    is_set_up = keys.check_cross_signing_setup

    async def check_cross_signing_setup(user_id):
        if user_id.startswith("@streng"):
            return True, False
        return await is_set_up(user_id)

    keys.check_cross_signing_setup = check_cross_signing_setup


class _Resource(DirectServeJsonResource):
    isLeaf = True

    def __init__(self, hs, secret):
        super().__init__(clock=hs.get_clock())
        self._hs = hs
        self._secret = secret.encode()
        self._event_clock = None

    async def _async_render_POST(self, request):
        given = request.getHeader(b"X-Herold-Secret") or b""
        if not hmac.compare_digest(given, self._secret):
            return 403, {"errcode": "M_FORBIDDEN", "error": "wrong testkit secret"}
        order = json.loads(request.content.read())
        return 200, [await self._room(room) for room in order["rooms"]]

    async def _room(self, order):
        """Creates a room unless its id is given, then adds batches of events in turn."""
        room_id = order.get("room_id")
        if room_id is None:
            room_id = await self._create(order)
        known = list(order.get("known_events") or [])
        for batch in order.get("batches") or []:
            for part in _independent(batch, len(known)):
                await self._send(room_id, part, known)
        return {"room_id": room_id, "events": known}

    async def _create(self, order):
        handler = self._hs.get_room_creation_handler()
        factory = self._hs.get_event_builder_factory()
        if self._event_clock is None:
            self._event_clock = factory.clock = _EventClock(factory.clock)
        # Dated rooms are created one at a time; the seeder sends them in sequence.
        self._event_clock.fixed = order.get("ts")
        try:
            room_id, _, _ = await handler.create_room(
                create_requester(order["creator"]), order.get("config") or {}, ratelimit=False
            )
        finally:
            self._event_clock.fixed = None
        return room_id

    async def _send(self, room_id, batch, known):
        """Like EventCreationHandler.create_and_send_new_client_events, with a sender per event."""
        handler = self._hs.get_event_creation_handler()
        store = self._hs.get_datastores().main
        state_storage = self._hs.get_storage_controllers().state

        ends = await store.get_forward_extremities_for_room(room_id)
        previous = max(ends, key=lambda end: end[2])[0]
        group = (await state_storage.get_state_group_for_events([previous]))[previous]
        state = dict(await state_storage.get_state_ids_for_group(group))
        depth = None
        pending = []
        for item in batch:
            content = _resolve(item["content"], known)
            if item["type"] == "m.room.member":
                content = {**await self._profile(item["state_key"]), **content}
            event_dict = {
                "type": item["type"],
                "room_id": room_id,
                "sender": item["sender"],
                "content": content,
            }
            for key in ("state_key", "redacts"):
                if item.get(key) is not None:
                    event_dict[key] = _resolve(item[key], known)
            if item.get("ts") is not None:
                event_dict["origin_server_ts"] = item["ts"]
            event, context = await handler.create_event(
                requester=create_requester(item["sender"]),
                event_dict=event_dict,
                prev_event_ids=[previous],
                depth=depth,
                state_map=dict(state),
                for_batch=True,
            )
            pending.append((event, context))
            known.append(event.event_id)
            previous = event.event_id
            depth = event.depth + 1
            if event.is_state():
                state[(event.type, event.state_key)] = event.event_id
        persisted = await UnpersistedEventContext.batch_persist_unpersisted_contexts(
            pending, room_id, group, self._hs.get_datastores().state
        )
        await handler.handle_new_client_event(
            create_requester(batch[0]["sender"]), persisted, ratelimit=False
        )

    async def _profile(self, user_id):
        """What Synapse adds when someone joins or is invited through the client API."""
        user = UserID.from_string(user_id)
        profile = await self._hs.get_datastores().main.get_profileinfo(user)
        fields = {"displayname": profile.display_name, "avatar_url": profile.avatar_url}
        return {key: value for key, value in fields.items() if value}


def _independent(batch, start):
    """Cuts a batch where an event refers to one that would not be stored yet."""
    part = []
    for number, item in enumerate(batch, start):
        if part and any(ref >= number - len(part) for ref in _references(item)):
            yield part
            part = []
        part.append(item)
    if part:
        yield part


def _references(value):
    if isinstance(value, str):
        return [int(value[5:])] if value.startswith("$ref:") else []
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return []
    return [ref for inner in value for ref in _references(inner)]


def _resolve(value, known):
    """Replaces "$ref:3" by the id of the fourth event of this room's order."""
    if isinstance(value, str):
        return known[int(value[5:])] if value.startswith("$ref:") else value
    if isinstance(value, dict):
        return {key: _resolve(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolve(inner, known) for inner in value]
    return value
