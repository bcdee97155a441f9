"""The pages of the URL map, each in its states."""

# The pages that each door shows to Ana, by the people of the gallery: `{waiting}` is a handle,
# `{to_parted}` a conversation. After a `!` the form of the page is sent empty.
ROOMS = {
    "messaging.inbox": ["/messaging", "/messaging?filter=unread", "/messaging?before=1"],
    "messaging.thread": [
        "/messaging/{to_bo}",
        "/messaging/{to_bo}!",
        "/messaging/{to_bo}?at=2",
        "/messaging/{to_parted}",
        "/messaging/{to_closed}",
        "/messaging/{to_replied}",
        "/messaging/{to_replying}",
        "/messaging/{to_ana}",
    ],
    "messaging.before": ["/messaging/{to_bo}/before?seq=3"],
    "messaging.later": ["/messaging/{to_bo}/later?seq=2"],
    "messaging.compose": [
        "/messaging/new",
        "/messaging/new?q=donau",
        "/messaging/new?q=nobody",
        "/messaging/new?to={friend}",
        "/messaging/new?to={friend}!",
        "/messaging/new?to={apart}",
        "/messaging/new?to={asking}",
        "/messaging/new?to={waiting}",
    ],
    "network.connections": ["/network", "/network?q=nobody"],
    "network.invitations": ["/network/invitations"],
    "network.sent": ["/network/invitations/sent"],
    "network.reply": [
        "/network/invitations/{asked}/reply",
        "/network/invitations/{asked}/reply!",
    ],
    "network.remove": ["/network/connections/{bo}/remove"],
    "people.find": ["/people", "/people?q=donau", "/people?q=nobody"],
    "people.profile": [
        "/in/{ana}",
        "/in/{bo}",
        "/in/{apart}",
        "/in/{asking}",
        "/in/{parted}",
        "/in/{replied}",
        "/in/{replying}",
        "/in/{waiting}",
        "/in/{withdrawn}",
    ],
    "people.mutuals": ["/in/{apart}/mutual", "/in/{parted}/mutual"],
    "people.connect": ["/in/{apart}/connect", "/in/{waiting}/connect", "/in/{asking}/connect"],
    "settings.profile": ["/settings/profile", "/settings/profile!"],
    "settings.account": ["/settings/account", "/settings/account!"],
    "settings.appearance": ["/settings/appearance"],
    "settings.sessions": ["/settings/sessions"],
    "admin.invite_links": ["/admin/invite-links"],
}
# Which are looked at together, that each test takes about as long.
SHARES = [
    ["messaging.thread"],
    ["messaging.compose"],
    ["messaging.inbox", "messaging.before", "messaging.later", "people.mutuals"],
    ["people.profile"],
    ["people.find", "people.connect", "network.reply", "network.remove"],
    ["network.connections", "network.invitations", "network.sent", "admin.invite_links"],
    ["settings.profile", "settings.account", "settings.appearance", "settings.sessions"],
]
DOORS = {"accounts.setup", "accounts.sign_in", "accounts.sign_up"}
PAGELESS = {
    "accounts.home",
    "health.healthz",
    "health.readyz",
    "health.robots",
    "messaging.after",
    "messaging.seen",
    "settings.home",
    "static",
}
EMPTY = [
    "/messaging",
    "/messaging/new",
    "/network",
    "/network/invitations",
    "/network/invitations/sent",
    "/people?q=zzz",
    "/in/ana-ruiz",
]
