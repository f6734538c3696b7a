"""Whatever happens on the wire, a message is posted once. The machine's clock is moved by hand, so nothing waits."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from bot.manifest import manifest
from bot.sender import Sender
from bot.slack import MENDING_SECONDS, Messenger, NotSent, Refused, Sent, SlackDirectory, Unknown, plain_client
from fellowship.ports import DirectoryUnavailableError
from fellowship.services import delivery, outbox
from fellowship.views.message import Message
from models.operational import Outbox
from models.session import Database
from sandbox.server import Sandbox
from tests.conftest import Urls
from tests.conversations.conftest import CAST, MONDAY

SETTLE = dt.timedelta(seconds=60)
PER_FAULT = 20


class StillClock:
    """Programme time that stands still."""

    def now(self) -> dt.datetime:
        return MONDAY


@dataclass
class Post:
    """An outbox, a sender with a clock of its own, and the workspace it posts to."""

    sandbox: Sandbox
    database: Database
    machine: dt.datetime = MONDAY

    def __post_init__(self) -> None:
        client = plain_client(self.sandbox.bot_token, self.sandbox.api_url, timeout_seconds=1)
        self.messenger = Messenger(client)
        self.directory = SlackDirectory(client)
        self.sender = self.new_sender()

    def new_sender(self) -> Sender:
        """A sender as a fresh process would have it."""
        return Sender(
            self.database,
            self.messenger,
            StillClock(),
            lambda: self.machine,
            workspace_id=self.sandbox.team_id,
            settle=SETTLE,
        )

    def says(self, number: int, to: str) -> None:
        with self.database.write() as session:
            outbox.say(
                session,
                self.sandbox.team_id,
                key=f"message-{number}",
                to=to,
                message=Message(f"Message {number}."),
                at=MONDAY,
            )

    def lives(self, seconds: float) -> None:
        self.machine += dt.timedelta(seconds=seconds)
        self.sender.send_all()

    def posted(self) -> Counter[str]:
        return Counter(
            str(message.text)
            for messages in self.sandbox.workspace.messages.values()
            for message in messages
            if message.metadata
        )

    def states(self) -> Counter[str]:
        with self.database.read() as session:
            return Counter(session.scalars(select(Outbox.state)))


@pytest.fixture
def post(fresh_sqlite: Urls) -> Iterator[Post]:
    database = Database(fresh_sqlite.operational)
    with Sandbox(manifest=manifest(), members=CAST["members"], channels=CAST["channels"], now=MONDAY) as sandbox:
        yield Post(sandbox, database)
    database.close()


def _members(post: Post) -> list[str]:
    return [member["id"] for member in post.sandbox.driver.state["members"] if not member.get("is_bot")]


@pytest.mark.parametrize(
    "fault", ["429", "500_before", "500_after", "drop_before", "drop_after", "internal_error_after"]
)
def test_a_fault_on_the_wire_loses_nothing_and_doubles_nothing(post: Post, fault: str) -> None:
    members = _members(post)
    for number in range(PER_FAULT):
        post.says(number, members[number % len(members)])
    post.sandbox.arm(fault, count=PER_FAULT, method="chat.postMessage")
    for _ in range(PER_FAULT + 4):  # each 429 stops all posts for a while
        post.lives(SETTLE.total_seconds() + 1)
    assert post.posted() == Counter({f"Message {number}.": 1 for number in range(PER_FAULT)})
    assert post.states() == Counter({"sent": PER_FAULT})


def test_an_answer_that_never_comes_is_settled_from_history(post: Post) -> None:
    post.says(1, _members(post)[0])
    post.sandbox.arm("hang", count=1, method="chat.postMessage", seconds=2.0)
    post.lives(0)
    assert post.states() == Counter({"sending": 1})
    post.lives(SETTLE.total_seconds())
    assert post.states() == Counter({"sent": 1})
    assert post.posted() == Counter({"Message 1.": 1})


def test_nothing_is_sent_again_before_the_settle_time(post: Post) -> None:
    post.says(1, _members(post)[0])
    post.sandbox.arm("drop_before", count=1, method="chat.postMessage")
    post.lives(0)
    for _ in range(5):
        post.lives(SETTLE.total_seconds() / 6)
    assert post.posted() == Counter()
    post.lives(SETTLE.total_seconds() / 6)
    assert post.posted() == Counter({"Message 1.": 1})


def test_slacks_retry_after_is_honoured(post: Post) -> None:
    post.says(1, _members(post)[0])
    post.sandbox.arm("429", count=1, method="chat.postMessage", retry_after=30)
    post.lives(0)
    calls = len(post.sandbox.calls)
    post.lives(29)
    assert len(post.sandbox.calls) == calls
    post.lives(1)
    assert post.posted() == Counter({"Message 1.": 1})


def test_while_slack_says_wait_no_other_post_is_tried_and_edits_go_on(post: Post) -> None:
    members = _members(post)
    post.says(0, members[0])
    post.lives(0)
    with post.database.read() as session:
        place = outbox.place_of(session, post.sandbox.team_id, "message-0")
    assert place is not None
    for number in range(1, 6):
        post.says(number, members[number])
    post.sandbox.arm("429", count=1, method="chat.postMessage", retry_after=30)
    post.lives(0)
    with post.database.write() as session:
        channel_id, ts = place
        outbox.edit(
            session,
            post.sandbox.team_id,
            key="edit",
            channel_id=channel_id,
            ts=ts,
            message=Message("Edited."),
            at=MONDAY,
        )
    post.lives(29)
    tried = Counter(call.method for call in post.sandbox.calls)
    assert (tried["chat.postMessage"], tried["chat.update"]) == (2, 1)
    post.lives(1)
    assert sum(post.posted().values()) == 6


def test_while_slack_says_wait_what_is_uncertain_is_settled_all_the_same(post: Post) -> None:
    members = _members(post)
    post.says(1, members[0])
    post.sandbox.arm("drop_after", count=1, method="chat.postMessage")
    post.lives(0)
    post.says(2, members[1])
    post.sandbox.arm("429", count=1, method="chat.postMessage", retry_after=600)
    post.lives(1)
    post.lives(SETTLE.total_seconds())
    assert post.states() == Counter({"sent": 1, "due": 1})
    assert post.posted() == Counter({"Message 1.": 1})


def test_a_revoked_token_stops_everything_and_loses_nothing(post: Post) -> None:
    members = _members(post)
    good, post.messenger._client.token = post.messenger._client.token, "xoxb-revoked"
    for number in range(5):
        post.says(number, members[number])
    post.lives(0)
    assert post.states() == Counter({"due": 5})
    assert len([call for call in post.sandbox.calls if call.method == "chat.postMessage"]) == 1
    post.messenger._client.token = good
    post.lives(MENDING_SECONDS)
    assert post.posted() == Counter({f"Message {number}.": 1 for number in range(5)})


def test_a_process_that_died_after_posting_is_followed_by_one_that_asks_history(post: Post) -> None:
    post.says(1, _members(post)[0])
    with post.database.write() as session:
        parcel = delivery.claim(
            session, post.sandbox.team_id, "a process that died", now=MONDAY, machine_now=post.machine, lease=SETTLE
        )
    assert parcel is not None
    assert isinstance(post.messenger.send(parcel), Sent)
    post.sender = post.new_sender()
    post.lives(SETTLE.total_seconds())
    assert post.posted() == Counter({"Message 1.": 1})
    assert post.states() == Counter({"sent": 1})


def test_where_history_cannot_be_read_the_message_waits_for_a_person(post: Post) -> None:
    channel = next(each for each in post.sandbox.driver.state["channels"] if each["name"] == "ahp-evaluation")
    post.says(1, channel["id"])
    post.sandbox.arm("drop_after", count=1, method="chat.postMessage")
    post.lives(0)
    post.sandbox.driver.remove_app("ahp-evaluation")
    post.lives(SETTLE.total_seconds())
    assert post.states() == Counter({"parked": 1})
    post.lives(SETTLE.total_seconds() * 10)
    assert post.posted() == Counter({"Message 1.": 1})


def test_while_history_itself_fails_the_message_goes_on_waiting(post: Post) -> None:
    post.says(1, _members(post)[0])
    post.sandbox.arm("drop_after", count=1, method="chat.postMessage")
    post.sandbox.arm("500_before", count=2, method="conversations.history")
    post.lives(0)
    for _ in range(2):
        post.lives(SETTLE.total_seconds())
        assert post.states() == Counter({"sending": 1})
    post.lives(SETTLE.total_seconds())
    assert post.states() == Counter({"sent": 1})
    assert post.posted() == Counter({"Message 1.": 1})


def test_a_refusal_is_final_and_the_others_go_on(post: Post) -> None:
    post.sandbox.driver.archive("ahp-fellows-2026")
    channel = next(each for each in post.sandbox.driver.state["channels"] if each["name"] == "ahp-fellows-2026")
    post.says(1, channel["id"])
    post.says(2, _members(post)[0])
    post.lives(0)
    assert post.states() == Counter({"dead": 1, "sent": 1})
    post.lives(10_000)
    assert post.posted() == Counter({"Message 2.": 1})


def test_a_message_carries_a_random_reference_and_nothing_else_as_metadata(post: Post) -> None:
    post.says(1, _members(post)[0])
    post.lives(0)
    [message] = [each for messages in post.sandbox.workspace.messages.values() for each in messages if each.metadata]
    with post.database.read() as session:
        ref = session.scalars(select(Outbox.post_ref)).one()
    assert message.metadata == {"event_type": "fellowship_message", "event_payload": {"ref": ref}}
    assert len(ref) == 32


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("429", NotSent),
        ("500_before", Unknown),
        ("drop_before", Unknown),
        ("internal_error_after", Unknown),
        (None, Sent),
    ],
)
def test_each_outcome_is_told_for_what_it_is(post: Post, fault: str | None, kind: type) -> None:
    post.says(1, _members(post)[0])
    with post.database.write() as session:
        parcel = delivery.claim(session, post.sandbox.team_id, "me", now=MONDAY, machine_now=post.machine, lease=SETTLE)
    assert parcel is not None
    if fault:
        post.sandbox.arm(fault, count=1, method="chat.postMessage")
    assert isinstance(post.messenger.send(parcel), kind)


def test_a_channel_that_does_not_exist_is_a_refusal(post: Post) -> None:
    post.says(1, "C0NOWHERE01")
    with post.database.write() as session:
        parcel = delivery.claim(session, post.sandbox.team_id, "me", now=MONDAY, machine_now=post.machine, lease=SETTLE)
    assert parcel is not None
    assert post.messenger.send(parcel) == Refused("channel_not_found")


def test_the_directory_tells_who_is_there_and_who_is_not(post: Post) -> None:
    amara = post.directory.by_email("amara.okafor@trust.example")
    assert amara is not None
    assert (amara.name, amara.zone, amara.is_active_person) == ("Amara Okafor", "Europe/London", True)
    assert post.directory.by_email("nobody@trust.example") is None
    post.sandbox.arm("429", count=1, method="users.lookupByEmail")
    with pytest.raises(DirectoryUnavailableError):
        post.directory.by_email("amara.okafor@trust.example")
