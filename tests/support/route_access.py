"""A table of how every route answers every person, to find missing permission checks."""

from tests.people import PASSWORD
from tests.support.access_rows import (
    NOT_FOUND,
    both,
    everybody,
    members,
    only_admins,
    only_ana,
    only_pair,
    redirect_to,
)

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
CREDENTIALS = {"email": "ana@example.com", "password": PASSWORD}

TABLE = {
    "GET /": members("/", both("303 /messaging"), nobody=TO_SIGN_IN, ended=TO_SIGN_IN),
    "GET /setup": everybody("/setup", redirect_to("/sign-in")),
    "POST /setup": everybody("/setup", redirect_to("/sign-in"), {"place": "Mine", **CREDENTIALS}),
    "GET /sign-in": everybody("/sign-in", both("303 /"), nobody=OK, ended=OK),
    "GET /sign-in/clear-caches": everybody("/sign-in/clear-caches", both("204")),
    "POST /sign-in": everybody("/sign-in", both("303 /"), CREDENTIALS),
    "GET /sign-up": everybody("/sign-up", both("403")),
    "POST /sign-up": everybody("/sign-up", both("403"), CREDENTIALS),
    "POST /sign-out": members("/sign-out", TO_SIGN_IN, {}),
    "GET /healthz": everybody("/healthz", OK),
    "GET /readyz": everybody("/readyz", OK),
    "GET /robots.txt": everybody("/robots.txt", OK),
    "GET /favicon.ico": everybody("/favicon.ico", OK),
    "GET /manifest.webmanifest": everybody("/manifest.webmanifest", OK),
    "GET /.well-known/security.txt": everybody("/.well-known/security.txt", NOT_FOUND),
    "GET /.well-known/change-password": everybody(
        "/.well-known/change-password", both("303 /settings/account")
    ),
    "GET /static/<tree_>/<path:filename>": everybody("/static/any/css/tokens.css", OK),
    "GET /live": everybody("/live", both("204")),
    "GET /live/counts": members("/live/counts", ("303 /messaging", "200")),
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
    "GET /messaging/<id_:id>": only_pair(THREAD, OK),
    "POST /messaging/<id_:id>": only_pair(THREAD, (f"303 {THREAD}", "200"), MESSAGE),
    "GET /messaging/<id_:id>/after": only_pair(
        f"{THREAD}/after?revision=0", (f"303 {THREAD}", "200")
    ),
    "GET /messaging/<id_:id>/before": only_pair(f"{THREAD}/before?seq=2", OK),
    "GET /messaging/<id_:id>/later": only_pair(f"{THREAD}/later?seq=2", OK),
    "GET /messaging/<id_:id>/composer": only_pair(f"{THREAD}/composer", (f"303 {THREAD}", "200")),
    "POST /messaging/<id_:id>/typing": only_pair(f"{THREAD}/typing", both("204"), {}),
    "POST /messaging/<id_:id>/read": only_pair(
        f"{THREAD}/read", (f"303 {THREAD}", "200"), {"seq": "1"}
    ),
    "GET /messaging/<id_:id>/seen": only_pair(f"{THREAD}/seen?seq=1", OK),
    "POST /messaging/<id_:id>/unread": only_pair(f"{THREAD}/unread", ("303 /messaging", "200"), {}),
    "POST /files": members("/files", both("400"), {}),
    "GET /files/<key>/<name>": only_pair("/files/{file}/plan.txt", OK),
    "POST /uploads/<key>/discard": only_ana("/uploads/{unsent}/discard", both("204"), {}),
    "POST /uploads/<key>/describe": only_ana(
        "/uploads/{unsent}/describe", both("204"), {"alt": "A"}
    ),
    "GET /photos/<photo>/<int:size>": members("/photos/{photo}/96", OK),
    "GET /network": members("/network", OK, Ana=(f"303 {ASK}", "200")),
    "GET /network/connections/<handle>/remove": members(PART, NOT_FOUND, Ana=OK),
    "POST /network/connections/<handle>/remove": members(
        PART, redirect_to("/network?sort=recent"), {}
    ),
    "GET /network/invitations": members(ASK, OK),
    "GET /network/invitations/sent": members(f"{ASK}/sent", OK),
    "POST /network/invitations/<id_:id>/accept": only_ana(
        f"{ASK}/{{received}}/accept", ("303 /messaging/*", "200"), {}
    ),
    "POST /network/invitations/<id_:id>/ignore": only_ana(
        f"{ASK}/{{received}}/ignore", ANSWERED, {}
    ),
    "POST /network/invitations/<id_:id>/ignore-for-good": only_ana(
        f"{ASK}/{{received}}/ignore-for-good", ANSWERED, {}
    ),
    "POST /network/invitations/<id_:id>/ignore/undo": only_ana(
        f"{ASK}/{{received}}/ignore/undo", ANSWERED, {}
    ),
    "GET /network/invitations/<id_:id>/withdraw": only_ana(f"{ASK}/{{sent}}/withdraw", OK),
    "POST /network/invitations/<id_:id>/withdraw": only_ana(
        f"{ASK}/{{sent}}/withdraw", redirect_to(f"{ASK}/sent"), {}
    ),
    "GET /network/invitations/<id_:id>/reply": only_ana(f"{ASK}/{{received}}/reply", OK),
    "POST /network/invitations/<id_:id>/reply": only_ana(
        f"{ASK}/{{received}}/reply", redirect_to("/messaging/*"), MESSAGE
    ),
    "GET /people": members("/people?q=bo", OK),
    "GET /in/<handle>": members(BO, OK),
    "GET /in/<handle>/mutual": members(f"{BO}/mutual", OK, Bo=both("303 /network?sort=recent")),
    "GET /in/<handle>/connect": members(f"{BO}/connect", OK),
    "POST /in/<handle>/connect": members(
        f"{BO}/connect", redirect_to(BO), {"note": "Hi"}, Bo=both("409"), Ana=both("409")
    ),
    "GET /search": members("/search?q=word", OK),
    "GET /search/people": members("/search/people?from=bo", ("303 /search", "200")),
    "POST /search/recent": members("/search/recent", both("204"), {"q": "word"}),
    "POST /search/recent/forget": members("/search/recent/forget", redirect_to("/search"), {}),
    "GET /settings": members("/settings", both("303 /settings/profile")),
    "GET /settings/profile": members("/settings/profile", OK),
    "POST /settings/profile": members(
        "/settings/profile", redirect_to("/settings/profile"), PROFILE
    ),
    "POST /settings/photo": members(
        "/settings/photo", redirect_to("/settings/profile"), {"remove": "1"}
    ),
    "GET /settings/account": members("/settings/account", OK),
    "POST /settings/account/email": members(
        "/settings/account/email", redirect_to("/settings/account"), EMAIL
    ),
    "POST /settings/account/password": members(
        "/settings/account/password", redirect_to("/settings/account"), NEW_PASSWORD
    ),
    "GET /settings/sessions": members("/settings/sessions", OK),
    "POST /settings/sessions/<id_:id>/end": members(
        "/settings/sessions/999/end", redirect_to("/settings/sessions"), {}
    ),
    "POST /settings/sessions/end-others": members(
        "/settings/sessions/end-others", redirect_to("/settings/sessions"), {}
    ),
    "GET /settings/appearance": members("/settings/appearance", OK),
    "POST /settings/appearance": members(
        "/settings/appearance",
        redirect_to("/settings/appearance"),
        {"theme": "dark", "timezone": ""},
    ),
    "GET /settings/privacy": members("/settings/privacy", OK),
    "POST /settings/privacy": members(
        "/settings/privacy", redirect_to("/settings/privacy"), {"reading": "y"}
    ),
    "GET /admin/invite-links": only_admins("/admin/invite-links", OK),
    "POST /admin/invite-links": only_admins(
        "/admin/invite-links", redirect_to("/admin/invite-links"), LINK
    ),
    "GET /admin/invite-links/<id_:id>": only_admins("/admin/invite-links/{link}", OK),
    "POST /admin/invite-links/<id_:id>/revoke": only_admins(
        "/admin/invite-links/{link}/revoke", redirect_to("/admin/invite-links"), {}
    ),
}

MEMBER_PAGES = "/admin/members"
CHANGES = {
    "disable": redirect_to(MEMBER_PAGES),
    "make-admin": redirect_to(MEMBER_PAGES),
    "remove-admin": redirect_to(MEMBER_PAGES),
    "reset-password": redirect_to(f"{MEMBER_PAGES}/{{eli}}/reset-link"),
}
for name, answer in CHANGES.items():
    rule, path = f"{MEMBER_PAGES}/<id_:id>/{name}", f"{MEMBER_PAGES}/{{eli}}/{name}"
    TABLE |= {f"GET {rule}": only_admins(path, OK), f"POST {rule}": only_admins(path, answer, {})}
TABLE |= {
    f"GET {MEMBER_PAGES}": only_admins(MEMBER_PAGES, OK),
    f"POST {MEMBER_PAGES}/<id_:id>/enable": only_admins(
        f"{MEMBER_PAGES}/{{eli}}/enable", redirect_to(MEMBER_PAGES), {}
    ),
    f"GET {MEMBER_PAGES}/<id_:id>/reset-link": only_admins(
        f"{MEMBER_PAGES}/{{eli}}/reset-link", both(f"303 {MEMBER_PAGES}")
    ),
    "GET /admin/network": only_admins("/admin/network", OK),
    "POST /admin/network": only_admins(
        "/admin/network", redirect_to("/admin/network"), {"name": "Harbour", "registration": "open"}
    ),
    "GET /reset-password": everybody("/reset-password", both("403")),
    "POST /reset-password": everybody("/reset-password", both("403"), {"new": "another sentence"}),
}

# Addresses of forms only: opened in a browser, each leads to the page of its form.
FORM_PAGES = {
    "/sign-out": "/",
    "/live/looking": "/",
    "/messaging/<id_:id>/read": THREAD,
    "/messaging/<id_:id>/typing": THREAD,
    "/messaging/<id_:id>/unread": THREAD,
    "/files": "/messaging",
    "/uploads/<key>/describe": "/messaging",
    "/uploads/<key>/discard": "/messaging",
    "/network/invitations/<id_:id>/accept": ASK,
    "/network/invitations/<id_:id>/ignore": ASK,
    "/network/invitations/<id_:id>/ignore-for-good": ASK,
    "/network/invitations/<id_:id>/ignore/undo": ASK,
    "/search/recent": "/search",
    "/search/recent/forget": "/search",
    "/settings/photo": "/settings/profile",
    "/settings/account/email": "/settings/account",
    "/settings/account/password": "/settings/account",
    "/settings/sessions/<id_:id>/end": "/settings/sessions",
    "/settings/sessions/end-others": "/settings/sessions",
    "/admin/invite-links/<id_:id>/revoke": "/admin/invite-links",
    "/admin/members/<id_:id>/enable": "/admin/members",
}
TABLE |= {
    f"GET {rule}": members(TABLE[f"POST {rule}"].path, both(f"303 {page}"))
    for rule, page in FORM_PAGES.items()
}

# Doors that are no requests: they have their row in tests/live/test_socket.py.
SOCKETS = ("SOCKET /live",)
