"""What two people do in two browsers is felt in the other at once, and takes nothing from it."""

import re

from playwright.sync_api import Page, WebSocketRoute, expect

from linkmsg.actions import connections, privacy
from tests import people
from tests.browser.conftest import Browse
from tests.browser.rows import crowd, long_talk, unread
from tests.browser.window import Window
from tests.people import Person, join

WAIT = "() => new Promise((done) => setTimeout(done, {ms}))"


def opened(browse: Browse, person: Person, talk: int) -> Window:
    """Her page of a conversation, with its socket."""
    window = browse(person).open(f"/messaging/{talk}")
    window.expect_live()
    return window


def test_text_typing_receipt_and_counts_arrive_and_disturb_nothing(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    left, right = opened(browse, ana, talk), opened(browse, bo, talk)
    expect(left.page.get_by_text("Active now")).to_be_visible()
    expect(left.row("Bo")).to_have_accessible_description("online")
    left.field.fill("Half a thought")
    left.field.evaluate("field => field.setSelectionRange(5, 5)")
    right.field.press_sequentially("Are you there?")
    expect(left.page.locator(".status")).to_have_text(re.compile("Bo is typing…"))
    expect(left.rows.first).to_contain_text("Typing…")
    right.field.press("Enter")
    expect(left.texts.last).to_have_text("Are you there?")
    expect(left.page.locator(".status")).not_to_contain_text("typing")
    expect(right.log.locator(".receipt")).to_have_text(re.compile(r"^Read \d\d:\d\d$"))
    expect(left.field).to_be_focused()
    expect(left.field).to_have_value("Half a thought")
    left.page.keyboard.type(" so")
    expect(left.field).to_have_value("Half  soa thought")
    expect(left.page.locator("#unread")).to_be_hidden()
    assert unread(ana, talk) == 0


def test_typing_is_gone_five_seconds_after_the_last_key(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    left, right = opened(browse, ana, talk), opened(browse, bo, talk)
    right.field.press_sequentially("Hm")
    expect(left.page.locator(".status")).to_contain_text("Bo is typing…")
    expect(left.page.locator(".status [id^=typing]")).to_be_empty(timeout=9000)
    expect(left.rows.first.locator(".typing")).to_be_empty()


def test_typing_is_told_of_what_was_typed_before_its_module_came(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    left, right = opened(browse, ana, talk), opened(browse, bo, talk)
    with right.holding("**/js/typist.js") as held:
        right.field.press_sequentially("Hm")
        expect(right.field).to_have_value("Hm")
    assert held, "the module was there before"
    expect(left.page.locator(".status")).to_contain_text("Bo is typing…")


def test_row_title_and_icon_count_what_comes_while_another_thread_is_open(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    crowd(ana, 2)
    window = browse(ana).open("/messaging")
    window.row("Friend01").click()
    window.expect_live()
    before = window.page.title()
    people.talk(bo, ana, "One", "Two")
    expect(window.rows.first).to_contain_text("Bo Lindqvist")
    expect(window.rows.first).to_contain_text("3 unread")
    expect(window.page).not_to_have_title(before)
    expect(window.page).to_have_title(re.compile(r"^\(4\) Friend01"))
    expect(window.page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("^blob:"))
    ana.post(f"/messaging/{talk}/read", seq=99)
    expect(window.rows.first.locator(".count")).to_have_count(0)
    expect(window.page).to_have_title(re.compile(r"^\(1\) Friend01"))


def test_new_messages_do_not_move_who_reads_older_ones(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    long_talk(ana, bo, talk, 60)
    window = opened(browse, ana, talk)
    window.log.evaluate("log => { log.scrollTop = -900; }")
    first = window.log.locator(".msg").nth(20)
    top = first.evaluate("each => each.getBoundingClientRect().top")
    people.talk(bo, ana, "One", "Two")
    button = window.page.get_by_role("link", name="2 new messages")
    expect(button).to_be_visible()
    assert abs(first.evaluate("each => each.getBoundingClientRect().top") - top) < 2
    assert unread(ana, talk) >= 2
    button.click()
    expect(window.texts.last).to_be_in_viewport()
    expect(button).to_be_hidden()


def test_a_log_of_the_past_tells_of_new_messages_and_reaches_them(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    long_talk(ana, bo, talk, 70)
    window = browse(ana).open(f"/messaging/{talk}?at=5")
    window.expect_live()
    people.talk(bo, ana, "Far below")
    expect(window.page.get_by_role("link", name="1 new message")).to_be_visible()
    expect(window.texts.filter(has_text="Far below")).to_have_count(0)
    for _ in range(3):
        window.log.evaluate("log => { log.scrollTop = 0; }")
        window.page.evaluate(WAIT.format(ms=300))
    expect(window.texts.last).to_have_text("Far below")
    people.talk(bo, ana, "And now")
    expect(window.texts.last).to_have_text("And now")
    expect(window.texts.filter(has_text="Far below")).to_have_count(1)


def test_who_switches_sharing_off_neither_sends_nor_sees(
    browse: Browse, app, ana: Person, bo: Person, talk: int
) -> None:
    with app.app_context():
        privacy.change(bo.member(), reading=False, presence=False)
    left, right = browse(ana), browse(bo)
    frames = [heard(left.page), heard(right.page)]
    left.open(f"/messaging/{talk}").expect_live()
    right.open(f"/messaging/{talk}").expect_live()
    for window in (left, right):
        window.field.press_sequentially("Hello")
        window.page.evaluate(WAIT.format(ms=300))
        window.field.press("Enter")
        expect(window.log.locator(".pending")).to_have_count(0)
    expect(right.texts.filter(has_text=re.compile("^Hello$"))).to_have_count(2)
    expect(left.texts.filter(has_text=re.compile("^Hello$"))).to_have_count(2)
    left.page.evaluate(WAIT.format(ms=2500))
    for said in frames:
        assert said
        assert not [each for each in said if re.search("is typing|Typing…|>Read|online", each)]
    expect(left.page.get_by_text("Active now")).to_have_count(0)


def heard(page: Page) -> list[str]:
    """All that comes down the socket of a page."""
    frames: list[str] = []
    page.on(
        "websocket", lambda line: line.on("framereceived", lambda said: frames.append(str(said)))
    )
    return frames


def test_a_connection_removed_elsewhere_closes_the_composer_and_keeps_the_draft(
    browse: Browse, app, ana: Person, bo: Person, talk: int
) -> None:
    window = opened(browse, ana, talk)
    window.field.fill("Half a thought")
    with app.app_context():
        connections.remove(bo.member(), ana.member())
    expect(window.page.get_by_text("You and Bo are not connected")).to_be_visible(timeout=5000)
    expect(window.page.get_by_label("Not sent")).to_have_value("Half a thought")
    expect(window.page.get_by_text("Active now")).to_have_count(0)


def test_invitations_come_and_go_on_the_open_page(
    browse: Browse, app, ana: Person, dee: Person
) -> None:
    window = browse(ana).open("/network/invitations")
    window.expect_live()
    expect(window.page.get_by_text("No invitations")).to_be_visible()
    dee.post("/in/ana-ruiz/connect", note="Hello from Bo’s")
    expect(window.page.get_by_text("Hello from Bo’s")).to_be_visible()
    expect(window.page.locator("#invitations-count")).to_contain_text("1")
    other = window.other().open("/network/invitations")
    other.expect_live()
    window.button("Accept Dee Duarte").first.click()
    expect(window.page.get_by_text("You and Dee are connected.")).to_be_visible()
    expect(other.page.get_by_text("No invitations")).to_be_visible()
    expect(other.page.locator("#invitations-count")).to_be_hidden()


def test_a_profile_and_the_connections_tell_at_once_that_two_are_connected(
    browse: Browse, ana: Person, cy: Person
) -> None:
    profile = browse(ana).open(f"/in/{cy.handle}")
    network, found = profile.other().open("/network"), profile.other().open("/people?q=cy")
    for window in (profile, network, found):
        window.expect_live()
    expect(profile.page.get_by_role("link", name="Connect")).to_be_visible()
    profile.button("More").focus()
    people.connect(ana, cy)
    expect(profile.page.get_by_role("link", name="Connect")).to_be_hidden()
    expect(profile.page.get_by_text("· 1st")).to_be_visible()
    expect(profile.button("More")).to_be_focused()
    for window in (network, found):
        expect(window.page.get_by_role("link", name=f"Message {cy.name}")).to_be_visible()


def test_five_hundred_missed_messages_come_once_each_in_order(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window = browse(ana)
    window.expect_fault("WebSocket connection", "net::ERR")
    lines: list[WebSocketRoute] = []
    window.page.route_web_socket(re.compile("/live"), lambda line: join_line(lines, line))
    window.open(f"/messaging/{talk}").expect_live()
    lines[-1].close(code=1001)
    said = long_talk(ana, bo, talk, 520)
    expect(window.texts.last).to_contain_text("Number 520", timeout=20_000)
    assert window.texts.all_inner_texts() == said


def join_line(lines: list[WebSocketRoute], line: WebSocketRoute) -> None:
    lines.append(line)
    line.connect_to_server()


def test_the_line_is_said_to_be_down_and_is_back(
    browse: Browse, ana: Person, bo: Person, talk: int, server
) -> None:
    window = opened(browse, ana, talk)
    window.expect_fault("WebSocket connection", "net::ERR", "Failed to fetch", "htmx:error")
    server.stop()
    expect(window.line).to_have_text("Reconnecting…", timeout=8000)
    expect(window.page.get_by_text("Active now")).to_be_hidden()
    server.start()
    expect(window.line).to_have_count(0, timeout=20_000)
    window.expect_live()
    people.talk(bo, ana, "Back again")
    expect(window.texts.last).to_have_text("Back again")


def test_somebody_out_of_the_network_sees_nobody_s_presence(
    browse: Browse, app, ana: Person, bo: Person, cy: Person
) -> None:
    join(app, "Eli Berg")
    window = browse(cy).open("/in/ana-ruiz")
    browse(ana).open("/messaging").expect_live()
    friend = browse(bo).open("/in/ana-ruiz")
    expect(friend.page.get_by_text("Active now")).to_be_visible()
    expect(window.page.get_by_text(re.compile("online|Active"))).to_have_count(0)
