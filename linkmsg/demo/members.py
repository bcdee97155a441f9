"""The members of the demo; they and their companies are invented."""

from dataclasses import dataclass

INSTANCE_NAME = "Sete Cais"
# Public: the command prints it, and the demo has nothing to protect.
PASSWORD = "seven-quays-one-baker"


@dataclass(frozen=True)
class DemoMember:
    """An invented member of the demo.

    `key` is their name in the files of conversations; they joined `joined` days ago.
    """

    key: str
    name: str
    email: str
    headline: str
    company: str
    place: str
    zone: str
    joined: int
    about: str


MEMBERS = (
    DemoMember(
        "ana",
        "Ana Ferraz",
        "ana@harbour.example",
        "Product lead, passenger services",
        "Sete Cais Harbour",
        "Lisbon, Portugal",
        "Europe/Lisbon",
        166,
        "Seven small ferry lines, nine boats and one man called Fausto.\n\n"
        "I work on what people meet between the ticket and the gangway: departure screens, "
        "tickets, signs, and the moment somebody wonders whether the boat has left.",
    ),
    DemoMember(
        "bo",
        "Bo Lindqvist",
        "bo@tidvatten.example",
        "Timetables that admit when they are wrong",
        "Tidvatten Data",
        "Gothenburg, Sweden",
        "Europe/Stockholm",
        165,
        "Backend engineer for boats, trams and other things that are late for good reasons. "
        "I take few clients and like to stand on the quay first.",
    ),
    DemoMember(
        "ngozi",
        "Ngozi Adewale-Briggs",
        "ngozi@okoru.example",
        "Field researcher: how people wait",
        "Okoru Research",
        "Lagos, Nigeria",
        "Africa/Lagos",
        164,
        "I bring a chair and a notebook. Most of travelling is waiting, and hardly anybody "
        "designs it.",
    ),
    DemoMember(
        "mei",
        "Mei-Ling Tseng 曾美玲",
        "mei-ling@lampyris.example",
        "Cartographer of places people love · 地圖設計師",
        "Lampyris Maps",
        "Taipei, Taiwan",
        "Asia/Taipei",
        162,
        "Maps for markets, ferries and festivals.\n把地圖畫得像一條回家的路。",
    ),
    DemoMember(
        "rania",
        "Rania Haddour",
        "rania@harf.example",
        "Translator for places where people read while walking · العربية, English, Français",
        "Harf & Hamza",
        "Beirut, Lebanon",
        "Asia/Beirut",
        160,
        "أترجم اللافتات لمن يقرؤها وهو يمشي.\n\nStations, hospitals, harbours.",
    ),
    DemoMember(
        "siobhan",
        "Siobhán O'Dálaigh",
        "siobhan@gangway.example",
        "Accessibility, tried in the rain",
        "Open Gangway",
        "Galway, Ireland",
        "Europe/Dublin",
        159,
        "White cane, bad knee, good dog. I test ramps, doors and ticket machines, and I tell "
        "you the worst thing first.",
    ),
    DemoMember(
        "tomas",
        "Tomás Quiroga",
        "tomas@camalote.example",
        "Small pictures that people understand while running",
        "Taller Camalote",
        "Montevideo, Uruguay",
        "America/Montevideo",
        158,
        "Pictograms, icons and, from time to time, a wall.",
    ),
    DemoMember(
        "harish",
        "Harish Venkatesan",
        "harish@uptide.example",
        "Reliability reviews in three questions",
        "Uptide Reliability",
        "Chennai, India",
        "Asia/Kolkata",
        157,
        "I ask what happens next. A goat once ate our network cable, and nobody noticed for "
        "nine hours: ask me how.",
    ),
    DemoMember(
        "margaux",
        "Margaux N'Diaye-Colin",
        "margaux@port-sauveur.example",
        "Buys screens, boats and benches for a small town",
        "Ville de Port-Sauveur",
        "Port-Sauveur, France",
        "Europe/Paris",
        155,
        "",
    ),
    DemoMember(
        "lucja",
        "Łucja Wieczorek",
        "lucja@mewa.example",
        "Architect of waiting rooms",
        "Pracownia Mewa",
        "Gdańsk, Poland",
        "Europe/Warsaw",
        154,
        "One window, in the right place. I keep my network small and my answers short.",
    ),
    DemoMember(
        "keola",
        "Keola Makoa-Reyes",
        "keola@reefyard.example",
        "Boat builder, sometimes with sensors",
        "Reefyard Boatworks",
        "Honolulu, Hawaii",
        "Pacific/Honolulu",
        152,
        "Outriggers, tenders, and the odd bilge that talks.",
    ),
    DemoMember(
        "wren",
        "Wren Halloran",
        "wren@fathom.example",
        "Curator of things found on beaches",
        "Fathom Street Museum",
        "Halifax, Canada",
        "America/Halifax",
        120,
        "Looking after 11,000 objects, of which we understand about half.",
    ),
)
