"""Changes by one person appear live in the browser of another and disturb nothing there."""

import re

from playwright.sync_api import Page, WebSocketRoute, expect

from linkmsg.actions import connections, privacy
from tests import people
from tests.browser.conftest import Browse
from tests.people import Person, join
from tests.support.database_rows import add_correspondents, fill_conversation, unread_count
from tests.support.window import Window

WAIT = "() => new Promise((done) => setTimeout(done, {ms}))"


def opened(browse: Browse, person: Person, talk: int) -> Window:
    """Open a conversation for a person, and wait for its socket."""
    window = browse(person).open(f"/messaging/{talk}")
    window.expect_live()
    return window


def test_live_updates_leave_the_draft_undisturbed(
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
    assert unread_count(ana, talk) == 0


def test_typing_indicator_disappears_after_a_pause(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    left, right = opened(browse, ana, talk), opened(browse, bo, talk)
    right.field.press_sequentially("Hm")
    expect(left.page.locator(".status")).to_contain_text("Bo is typing…")
    expect(left.page.locator(".status [id^=typing]")).to_be_empty()
    expect(left.rows.first.locator(".typing")).to_be_empty()


def test_typing_before_the_module_loads_is_sent(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    left, right = opened(browse, ana, talk), opened(browse, bo, talk)
    with right.hold_requests("**/js/composer/typing_sender.js") as held:
        right.field.press_sequentially("Hm")
        expect(right.field).to_have_value("Hm")
    assert held, "the module was there before"
    expect(left.page.locator(".status")).to_contain_text("Bo is typing…")


def test_row_title_and_icon_count_unread_messages(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    add_correspondents(ana, 2)
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


def test_new_messages_do_not_scroll_a_reader_of_older_ones(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    fill_conversation(ana, bo, talk, 60)
    window = opened(browse, ana, talk)
    window.log.evaluate("log => { log.scrollTop = -900; }")
    first = window.log.locator(".msg").nth(20)
    top = first.evaluate("each => each.getBoundingClientRect().top")
    people.talk(bo, ana, "One", "Two")
    button = window.page.get_by_role("link", name="2 new messages")
    expect(button).to_be_visible()
    assert abs(first.evaluate("each => each.getBoundingClientRect().top") - top) < 2
    assert unread_count(ana, talk) >= 2
    button.click()
    expect(window.texts.last).to_be_in_viewport()
    expect(button).to_be_hidden()


def test_log_opened_at_old_message_reaches_new_ones(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    fill_conversation(ana, bo, talk, 70)
    window = browse(ana).open(f"/messaging/{talk}?at=5")
    window.expect_live()
    people.talk(bo, ana, "Far below")
    expect(window.page.get_by_role("link", name="1 new message")).to_be_visible()
    expect(window.texts.filter(has_text="Far below")).to_have_count(0)
    newer = window.log.locator("[id^=later-]")
    while newer.count():
        page = newer.locator("a").get_attribute("href")
        window.log.evaluate("log => { log.scrollTop = 0; }")
        expect(window.log.locator(f"a[href='{page}']")).to_have_count(0)
    expect(window.texts.last).to_have_text("Far below")
    people.talk(bo, ana, "And now")
    expect(window.texts.last).to_have_text("And now")
    expect(window.texts.filter(has_text="Far below")).to_have_count(1)


def test_disabled_sharing_sends_and_shows_nothing(
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
    """Return a list that fills with the frames a page receives."""
    frames: list[str] = []
    page.on(
        "websocket", lambda line: line.on("framereceived", lambda said: frames.append(str(said)))
    )
    return frames


def test_removed_connection_closes_composer_and_keeps_draft(
    browse: Browse, app, ana: Person, bo: Person, talk: int
) -> None:
    window = opened(browse, ana, talk)
    window.field.fill("Half a thought")
    with app.app_context():
        connections.remove(bo.member(), ana.member())
    expect(window.page.get_by_text("You and Bo are not connected")).to_be_visible()
    expect(window.page.get_by_label("Not sent")).to_have_value("Half a thought")
    expect(window.page.get_by_text("Active now")).to_have_count(0)


def test_invitations_update_on_the_open_page(browse: Browse, app, ana: Person, dee: Person) -> None:
    window = browse(ana).open("/network/invitations")
    window.expect_live()
    expect(window.page.get_by_text("No invitations")).to_be_visible()
    dee.post("/in/ana-ruiz/connect", note="Hello from Bo’s")
    expect(window.page.get_by_text("Hello from Bo’s")).to_be_visible()
    expect(window.page.locator("#invitations-count")).to_contain_text("1")
    other = window.new_tab().open("/network/invitations")
    other.expect_live()
    window.button("Accept Dee Duarte").first.click()
    expect(window.page.get_by_text("You and Dee are now connected.")).to_be_visible()
    expect(other.page.get_by_text("No invitations")).to_be_visible()
    expect(other.page.locator("#invitations-count")).to_be_hidden()


def test_new_connection_updates_open_pages(browse: Browse, ana: Person, cy: Person) -> None:
    profile = browse(ana).open(f"/in/{cy.handle}")
    network, found = profile.new_tab().open("/network"), profile.new_tab().open("/people?q=cy")
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


def test_500_missed_messages_arrive_once_in_order(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window = browse(ana)
    window.expect_error("WebSocket connection", "net::ERR")
    lines: list[WebSocketRoute] = []
    window.page.route_web_socket(re.compile("/live"), lambda line: join_line(lines, line))
    window.open(f"/messaging/{talk}").expect_live()
    lines[-1].close(code=1001)
    said = fill_conversation(ana, bo, talk, 520)
    expect(window.texts.last).to_contain_text("Number 520", timeout=180_000)
    assert window.texts.all_inner_texts() == said


def join_line(lines: list[WebSocketRoute], line: WebSocketRoute) -> None:
    lines.append(line)
    line.connect_to_server()


def test_lost_connection_is_shown_and_recovers(
    browse: Browse, ana: Person, bo: Person, talk: int, server
) -> None:
    window = opened(browse, ana, talk)
    window.expect_error("WebSocket connection", "net::ERR", "Failed to fetch", "htmx:error")
    server.stop()
    expect(window.connection_status).to_have_text("Reconnecting…")
    expect(window.page.get_by_text("Active now")).to_be_hidden()
    server.start()
    expect(window.connection_status).to_have_count(0)
    window.expect_live()
    people.talk(bo, ana, "Back again")
    expect(window.texts.last).to_have_text("Back again")


def test_stranger_sees_no_presence(
    browse: Browse, app, ana: Person, bo: Person, cy: Person
) -> None:
    join(app, "Eli Berg")
    window = browse(cy).open("/in/ana-ruiz")
    browse(ana).open("/messaging").expect_live()
    friend = browse(bo).open("/in/ana-ruiz")
    expect(friend.page.get_by_text("Active now")).to_be_visible()
    expect(window.page.get_by_text(re.compile("online|Active"))).to_have_count(0)
