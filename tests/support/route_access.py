"""Every address × every person: the table of who gets what."""

from dataclasses import dataclass

from tests.people import PASSWORD

MEMBERS = ("Cy", "Ada", "Bo", "Ana")  # the outsiders first: what Ana may do changes the place
STRANGERS = ("nobody", "ended")
NOT_HERS = ("404", "404")


@dataclass(frozen=True)
class Row:
    """What is asked for, and how each is answered: a page, then a fragment."""

    path: str
    answers: dict[str, tuple[str, str]]
    form: dict[str, str]


def both(answer):
    """The same for page and fragment."""
    return answer, answer


def done(address):
    """On to a page: by 303, or as htmx is told it."""
    return f"303 {address}", f"204 {address}"


def asked(path, form):
    """Who are you? A form comes back in the sign-in page."""
    return "401" if form is not None else f"303 /sign-in?next={path}", "401 /sign-in?next=/"


def members(path, answer, form=None, **others):
    """All members get an answer, but for the `others`; strangers are asked who they are."""
    answers = dict.fromkeys(STRANGERS, asked(path, form)) | dict.fromkeys(MEMBERS, answer) | others
    return Row(path, answers, form or {})


def pair(path, answer, form=None):
    """For the two in the conversation only."""
    return members(path, answer, form, Cy=NOT_HERS, Ada=NOT_HERS)


def anas(path, answer, form=None):
    """For Ana only."""
    return members(path, NOT_HERS, form, Ana=answer)


def admins(path, answer, form=None):
    """For admins only."""
    return members(path, NOT_HERS, form, Ada=answer)


def everybody(path, answer, form=None, **others):
    """For all the world, but for the `others`."""
    return Row(path, dict.fromkeys(MEMBERS + STRANGERS, answer) | others, form or {})


OK = both("200")
TO_SIGN_IN = both("303 /sign-in")
THREAD = "/messaging/{talk}"
ASK = "/network/invitations"
PART = "/network/connections/bo-lindqvist/remove"
BO = "/in/bo-lindqvist"
MESSAGE = {"body": "A word", "nonce": "nonce-of-{handle}-and-no-other"}
ANSWERED = ("303 /network/invitations", "200")
LINK = {"uses": "one", "days": "7"}
PROFILE = {"name": "New Name", "handle": "{handle}"}
EMAIL = {"email": "new-{handle}@example.com", "password": PASSWORD}
NEW_PASSWORD = {"current": PASSWORD, "new": "another long sentence"}
KNOCK = {"email": "ana@example.com", "password": PASSWORD}

TABLE = {
    "GET /": members("/", both("303 /messaging"), nobody=TO_SIGN_IN, ended=TO_SIGN_IN),
    "GET /setup": everybody("/setup", done("/sign-in")),
    "POST /setup": everybody("/setup", done("/sign-in"), {"place": "Mine", **KNOCK}),
    "GET /sign-in": everybody("/sign-in", both("303 /"), nobody=OK, ended=OK),
    "POST /sign-in": everybody("/sign-in", both("303 /"), KNOCK),
    "GET /sign-up": everybody("/sign-up", both("403")),
    "POST /sign-up": everybody("/sign-up", both("403"), KNOCK),
    "POST /sign-out": members("/sign-out", TO_SIGN_IN, {}),
    "GET /healthz": everybody("/healthz", OK),
    "GET /readyz": everybody("/readyz", OK),
    "GET /robots.txt": everybody("/robots.txt", OK),
    "GET /static/<tree_>/<path:filename>": everybody("/static/any/css/tokens.css", OK),
    "GET /live": members("/live", both("204")),
    "GET /live/counts": members("/live/counts", OK),
    "POST /live/looking": members("/live/looking", both("204"), {"tab": "t", "looking": "1"}),
    "GET /messaging": members("/messaging", OK),
    "GET /messaging/new": members("/messaging/new", OK),
    "POST /messaging/new": members(
        "/messaging/new",
        both("403"),
        {"to": "ana-ruiz", **MESSAGE},
        Ana=both("303 /messaging/{notes}"),
        Bo=both("303 /messaging/{talk}"),
    ),
    "GET /messaging/rows": members("/messaging/rows", ("303 /messaging", "200")),
    "GET /messaging/<id_:id>": pair(THREAD, OK),
    "POST /messaging/<id_:id>": pair(THREAD, (f"303 {THREAD}", "200"), MESSAGE),
    "GET /messaging/<id_:id>/after": pair(f"{THREAD}/after?revision=0", OK),
    "GET /messaging/<id_:id>/before": pair(f"{THREAD}/before?seq=2", OK),
    "GET /messaging/<id_:id>/later": pair(f"{THREAD}/later?seq=2", OK),
    "GET /messaging/<id_:id>/composer": pair(f"{THREAD}/composer", (f"303 {THREAD}", "200")),
    "POST /messaging/<id_:id>/typing": pair(f"{THREAD}/typing", both("204"), {}),
    "POST /messaging/<id_:id>/read": pair(f"{THREAD}/read", (f"303 {THREAD}", "200"), {"seq": "1"}),
    "GET /messaging/<id_:id>/seen": pair(f"{THREAD}/seen?seq=1", OK),
    "POST /messaging/<id_:id>/unread": pair(f"{THREAD}/unread", ("303 /messaging", "200"), {}),
    "POST /files": members("/files", both("400"), {}),
    "GET /files/<key>/<name>": pair("/files/{file}/plan.txt", OK),
    "POST /uploads/<key>/discard": anas("/uploads/{unsent}/discard", both("204"), {}),
    "POST /uploads/<key>/describe": anas("/uploads/{unsent}/describe", both("204"), {"alt": "A"}),
    "GET /photos/<photo>/<int:size>": members("/photos/{photo}/96", OK),
    "GET /network": members("/network", OK),
    "GET /network/connections/<handle>/remove": members(PART, NOT_HERS, Ana=OK),
    "POST /network/connections/<handle>/remove": members(PART, done("/network"), {}),
    "GET /network/invitations": members(ASK, OK),
    "GET /network/invitations/sent": members(f"{ASK}/sent", OK),
    "POST /network/invitations/<id_:id>/accept": anas(
        f"{ASK}/{{received}}/accept", ("303 /messaging/*", "200"), {}
    ),
    "POST /network/invitations/<id_:id>/ignore": anas(f"{ASK}/{{received}}/ignore", ANSWERED, {}),
    "POST /network/invitations/<id_:id>/ignore-for-good": anas(
        f"{ASK}/{{received}}/ignore-for-good", ANSWERED, {}
    ),
    "POST /network/invitations/<id_:id>/withdraw": anas(
        f"{ASK}/{{sent}}/withdraw", ("303 /network/invitations/sent", "200"), {}
    ),
    "GET /network/invitations/<id_:id>/reply": anas(f"{ASK}/{{received}}/reply", OK),
    "POST /network/invitations/<id_:id>/reply": anas(
        f"{ASK}/{{received}}/reply", done("/messaging/*"), MESSAGE
    ),
    "GET /people": members("/people?q=bo", OK),
    "GET /in/<handle>": members(BO, OK),
    "GET /in/<handle>/mutual": members(f"{BO}/mutual", OK, Bo=both("303 /network")),
    "GET /in/<handle>/connect": members(f"{BO}/connect", OK),
    "POST /in/<handle>/connect": members(
        f"{BO}/connect", done(BO), {"note": "Hi"}, Bo=both("409"), Ana=both("409")
    ),
    "GET /search": members("/search?q=word", OK),
    "POST /search/recent": members("/search/recent", both("204"), {"q": "word"}),
    "POST /search/recent/forget": members("/search/recent/forget", done("/search"), {}),
    "GET /settings": members("/settings", both("303 /settings/profile")),
    "GET /settings/profile": members("/settings/profile", OK),
    "POST /settings/profile": members("/settings/profile", done("/settings/profile"), PROFILE),
    "POST /settings/photo": members("/settings/photo", done("/settings/profile"), {"remove": "1"}),
    "GET /settings/account": members("/settings/account", OK),
    "POST /settings/account/email": members(
        "/settings/account/email", done("/settings/account"), EMAIL
    ),
    "POST /settings/account/password": members(
        "/settings/account/password", done("/settings/account"), NEW_PASSWORD
    ),
    "GET /settings/sessions": members("/settings/sessions", OK),
    "POST /settings/sessions/<id_:id>/end": members(
        "/settings/sessions/999/end", done("/settings/sessions"), {}
    ),
    "POST /settings/sessions/end-others": members(
        "/settings/sessions/end-others", done("/settings/sessions"), {}
    ),
    "GET /settings/appearance": members("/settings/appearance", OK),
    "POST /settings/appearance": members(
        "/settings/appearance", done("/settings/appearance"), {"theme": "dark", "timezone": ""}
    ),
    "GET /settings/privacy": members("/settings/privacy", OK),
    "POST /settings/privacy": members(
        "/settings/privacy", done("/settings/privacy"), {"reading": "y"}
    ),
    "GET /admin/invite-links": admins("/admin/invite-links", OK),
    "POST /admin/invite-links": admins("/admin/invite-links", done("/admin/invite-links"), LINK),
    "POST /admin/invite-links/<id_:id>/revoke": admins(
        "/admin/invite-links/{link}/revoke", done("/admin/invite-links"), {}
    ),
}

# Doors that are no requests: they have their row in tests/live/test_socket.py.
SOCKETS = ("SOCKET /live",)
