"""Every partial renders on its own, from its arguments and without a request."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

import linkmsg
from linkmsg.actions import invitations, invite_links
from linkmsg.forms.messages import NoteForm, new_message_form
from linkmsg.forms.settings import AppearanceForm, ProfileForm
from linkmsg.models import (
    Invitation,
    Member,
    RecentSearch,
)
from linkmsg.models.people import InvitationView
from linkmsg.web.empty_state import EmptyState, Link
from linkmsg.web.form_recovery import RecoveredForm
from linkmsg.web.message_body import text_content
from linkmsg.web.pagination import PageLinks
from linkmsg.web.search_filters import FilterLink
from tests import people
from tests.support.partial_objects import FILES, database_objects, first_steps

ROOT = Path(linkmsg.__file__).parent / "templates"
PARTIALS = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("_*.html"))
AMBIENT = ("request", "session", "g", "config", "csrf_token", "current_user", "viewer")
FIRST_LINE = re.compile(r"\{# (\w+)\(([^)]*)\): .+ #\}")

# The arguments of each partial, from `objects` below. A partial without an entry fails.
ARGUMENTS = {
    "admin/_invite_form.html": lambda p: (p.links, "/to", "Create", "/messaging", True),
    "admin/_invite_link.html": lambda p: (p.link, p.now, p.ana),
    "admin/_joined_names.html": lambda p: (p.link,),
    "admin/_member.html": lambda p: (p.bo, p.ana),
    "controls/_avatar.html": lambda p: (p.bo, "s"),
    "controls/_choice.html": lambda p: (next(iter(p.looks.theme)), "Words", "A hint"),
    "controls/_choices.html": lambda p: (p.looks.theme, "Theme"),
    "controls/_error.html": lambda p: ("body-error", "Write a message or attach a file."),
    "controls/_field.html": lambda p: (p.profile.name, "A hint", "Name"),
    "controls/_icon.html": lambda p: ("mark", "s"),
    "controls/_zone.html": lambda p: (p.looks.timezone, ["UTC"], "A hint"),
    "files/_attach_buttons.html": lambda p: (),
    "files/_audio.html": lambda p: (p.voice, "Voice message", True),
    "files/_card.html": lambda p: (p.plan,),
    "files/_upload.html": lambda p: (p.quay,),
    "files/_icon.html": lambda p: ("Spreadsheet",),
    "files/_message_file.html": lambda p: (p.plan, True),
    "files/_player.html": lambda p: (p.voice, True),
    "files/_photo.html": lambda p: (p.quay, False, "160px", 6),
    "files/_attachment_list.html": lambda p: ([p.plan, p.quay, p.voice],),
    "messages/_attachments.html": lambda p: ([p.quay, p.plan, p.voice], True),
    "messages/_first_steps.html": lambda p: (p.steps, p.links, 2, p.now, 21, "token"),
    "messages/_inviter.html": lambda p: (p.stranger, p.now, 21, "token"),
    "messages/_invite_people.html": lambda p: (p.links, p.link),
    "messages/_invitation_banner.html": lambda p: (p.invited,),
    "messages/_changes.html": lambda p: (p.changes, p.ana, p.now, "epoch.7", {p.bo.id}, True),
    "messages/_composer_closed.html": lambda p: (p.invited, 7, p.now, 21, "Kept"),
    "messages/_composer.html": lambda p: (p.message, "token", "/to", 7, "Say it", 8000),
    "messages/_cursor.html": lambda p: (7, 60, 59, True),
    "messages/_thread_footer.html": lambda p: (p.thread, p.message, "token", p.now, 8000, 21),
    "messages/_later.html": lambda p: (7, 41),
    "messages/_lines.html": lambda p: (
        *(p.thread.entries, 7, p.ana, p.now, 2, 1, p.receipt, True, [(0, 2)]),
    ),
    "messages/_conversation_list.html": lambda p: (p.inbox, p.ana, p.now, {p.bo.id}),
    "messages/_hit_steps.html": lambda p: (),
    "messages/_list_head.html": lambda p: (),
    "messages/_message.html": lambda p: (p.thread.entries[-1], p.ana, True, True, [(0, 2)]),
    "messages/_message_text.html": lambda p: ("So:\n```py\n" + "a\n" * 30 + "```", [(0, 2)], True),
    "messages/_text_blocks.html": lambda p: (text_content("So: `ls`\n```\na\n```").shown,),
    "messages/_notice.html": lambda p: (p.notice, p.ana),
    "messages/_older.html": lambda p: (7, 41, "Monday 16 November 2026"),
    "messages/_pending_message.html": lambda p: (),
    "messages/_receipt.html": lambda p: (7, 1, p.now, p.ana, p.now),
    "messages/_receipt_update.html": lambda p: (7, p.receipt, p.ana, p.now),
    "messages/_recipient_option.html": lambda p: (p.hit,),
    "messages/_recipients.html": lambda p: ("bo", None),
    "messages/_row.html": lambda p: (p.row, p.ana, p.now, {p.bo.id}, None),
    "messages/_row_menu.html": lambda p: (),
    "messages/_row_update.html": lambda p: (p.row, p.ana, p.now, {p.bo.id}, True),
    "messages/_thread_head.html": lambda p: (p.thread, True, "/search?q=ferry"),
    "messages/_thread_menu.html": lambda p: (p.thread,),
    "messages/_thread_pane.html": lambda p: (
        *(p.thread, p.message, "token", p.ana, p.now, {p.bo.id}, False, 8000, 21),
        *("/search?q=ferry", [(0, 2)]),
    ),
    "network/_answer_buttons.html": lambda p: (1, p.dee),
    "network/_block_button.html": lambda p: (1, p.dee),
    "network/_ignore_button.html": lambda p: (1, p.dee),
    "network/_invitation_actions.html": lambda p: (1, p.dee),
    "network/_withdraw_link.html": lambda p: (1, p.dee),
    "network/_invitation.html": lambda p: (p.view, p.ana, p.now),
    "network/_sent_invitation.html": lambda p: (p.view, p.ana, p.now),
    "network/_tabs.html": lambda p: ("sent", 2, True),
    "people/_person_action.html": lambda p: (p.hit,),
    "people/_connect_form.html": lambda p: (p.dee, NoteForm(), "token", ["You both."], "Kept", 300),
    "people/_presence_dot.html": lambda p: (p.bo, True, "row-7-dot"),
    "people/_mutual_count.html": lambda p: (2,),
    "people/_person.html": lambda p: (p.bo, p.hit.degree, "/in/bo", ["A fact"], "A note"),
    "people/_presence_update.html": lambda p: (p.bo.id, True),
    "people/_invitation_status.html": lambda p: (p.invited, p.now, 21),
    "people/_profile_actions.html": lambda p: (p.dee, p.invited, "/messaging/7", True),
    "people/_profile.html": lambda p: (p.bo, p.relationship, [p.dee], 4, 2, p.now, 21, True),
    "people/_search.html": lambda p: ("/people", "bo", "Search people"),
    "people/_relationship_status.html": lambda p: (p.invited, p.now, 21),
    "search/_search_filters.html": lambda p: (
        [FilterLink("Has file", "/search", True)],
        {"from": "Bo", "with": "", "after": "", "before": ""},
        p.search,
        p.bo,
        p.ana,
    ),
    "search/_result_list.html": lambda p: (
        *(p.search, p.results, p.empty_state, [p.hit], True, 1, 20, 200),
        *(p.ana, p.now),
    ),
    "search/_groups.html": lambda p: ([p.found], p.search, p.ana, p.now, 0),
    "search/_hit.html": lambda p: (p.found, "ferry", p.ana, p.now, True),
    "search/_more.html": lambda p: (p.search, p.results, 20, 20, 200),
    "search/_search_form.html": lambda p: ("q", "/messaging", p.search),
    "search/_start.html": lambda p: ([RecentSearch(text="ferry")], p.search, "Bo", "2026-11-24"),
    "settings/_nav.html": lambda p: ("Profile", True),
    "settings/_shortcuts.html": lambda p: (True,),
    "settings/_session.html": lambda p: (p.session, False, p.ana, p.now),
    "shared/_banner.html": lambda p: ("Something is so.", True),
    "shared/_recovered_form.html": lambda p: (p.recovered, "token", "Send"),
    "shared/_empty.html": lambda p: ("Nothing", "Yet.", "inbox"),
    "shared/_pager.html": lambda p: (PageLinks(2, "/here", "/before", "/after"),),
    "shared/_toast.html": lambda p: ("Saved", "/undo"),
    "shared/_copy_field.html": lambda p: ("link-1", "https://example.com", "Invite link"),
    "shell/_count.html": lambda p: ("unread", 3, "unread", "epoch.7", True),
    "shell/_counts.html": lambda p: (3, 1, "epoch.7"),
    "shell/_rail.html": lambda p: (p.ana, "messaging", 3, 1, "epoch.7", "Small Harbour"),
}


@pytest.fixture
def objects(app, ana, bo, dee, talk):
    """Return one object of each kind that partials show."""
    assert ana.get("/messaging").status_code == 200
    with app.test_request_context():
        invitation = invitations.invite(dee.member(), ana.member(), "A note")
        link = invite_links.make(ana.member(), max_uses=1, days=7)
        yield SimpleNamespace(
            **FILES,
            **database_objects(ana.member(), bo.member(), dee.member(), talk),
            view=InvitationView.all_of(
                ana.member(), Invitation.of_member(ana.member(), invitation.id)
            )[0],
            looks=AppearanceForm(),
            profile=ProfileForm(),
            message=new_message_form(body="Typed"),
            empty_state=EmptyState("Nothing", "Yet.", (Link("Find people", "/people"),)),
            recovered=RecoveredForm("/to", [("body", "Kept")]),
            **first_steps(ana.member(), bo.member(), link),
        )


def environment_without_request(app):
    """Return a Jinja environment without request, session and current user."""
    jinja = app.jinja_env.overlay()
    names = app.jinja_env.globals.items()
    jinja.globals = {name: each for name, each in names if name not in AMBIENT}
    return jinja


def macro_of(app, path):
    """Return the macro of a partial, and the inputs that its first line declares."""
    declaration = FIRST_LINE.fullmatch((ROOT / path).read_text().splitlines()[0])
    assert declaration, "the first line does not declare the inputs"
    module = environment_without_request(app).get_template(path).module
    return getattr(module, declaration[1]), declaration[2]


def test_every_partial_has_arguments():
    assert sorted(ARGUMENTS) == PARTIALS


def test_every_partial_renders_from_its_declared_inputs(app, objects, subtests):
    for path in PARTIALS:
        with subtests.test(path):
            macro, declared = macro_of(app, path)
            inputs = [each for each in declared.split(", ") if each not in {"", "…"}]
            assert inputs == list(macro.arguments)
            html = str(macro(*ARGUMENTS[path](objects)))
            assert re.match(r"\s*<|2 mutual", html)
            assert "Undefined" not in html
            assert html.count("<li") == html.count("</li>")
            assert html.count("<form") == html.count("</form>")


def test_check_recognizes_ambient_names(app, objects):
    for name in AMBIENT:
        with pytest.raises(Exception, match="undefined"):
            environment_without_request(app).from_string("{{ " + name + ".x }}").render()


def test_message_depends_only_on_its_viewer_argument(app, ana, bo, objects):
    macro, _ = macro_of(app, "messages/_message.html")
    entry = objects.thread.entries[-1]
    shown = str(macro(entry, objects.ana))
    assert "own" not in re.search('class="([^"]*)"', shown)[1].split()
    assert "own" in re.search('class="([^"]*)"', str(macro(entry, objects.bo)))[1].split()
    page = ana.get(f"/messaging/{objects.thread.conversation_id}").text
    assert f'id="message-{entry.message.id}"' in page
    assert people.token_in(page) not in shown
    assert isinstance(objects.ana, Member)
