"""Members: initials, hue, addresses, passwords and devices."""

import pytest
from sqlalchemy import inspect

from linkmsg import clock
from linkmsg.actions import accounts
from linkmsg.models import Member, MemberSession, Relationship
from linkmsg.models.password import common_passwords, known_words, password_error


@pytest.mark.parametrize(
    ("name", "initials", "first"),
    [
        ("Ana Ruiz", "AR", "Ana"),
        ("Ana Maria de la Cruz", "AC", "Ana"),
        ("ana", "A", "ana"),
        ("Ana (she/her) Ruiz", "AR", "Ana"),
        ("李小龍", "李", "李小龍"),
        ("Ana Ana", "A", "Ana"),
        ("(…)", "(", "(…)"),
        ("\u2800 \u3164Ana \u200bRuiz", "AR", "Ana"),
        ("\u200f\u2800عمر", "ع", "عمر"),
    ],
)
def test_initials_are_of_first_and_last_word(name, initials, first):
    member = Member(name=name)
    assert (member.initials, member.first_name) == (initials, first)


def test_hue_is_one_of_six_and_stays():
    assert {Member(id=n).hue for n in range(1, 60)} == {1, 2, 3, 4, 5, 6}
    assert Member(id=7, name="Ana").hue == Member(id=7, name="Anna").hue


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("ana@example.com", True),
        (" Ana.Ruiz+work@Example.COM ", True),
        ("ana@localhost", True),
        ("ana", False),
        ("ana@", False),
        ("@example.com", False),
        ("ana@exa mple.com", False),
        ("ana@example..com", False),
        ("ana@-example.com", False),
        ("ana@example.com\0", False),
        ("ana@example.com, bo@example.com", False),
        (f"{'a' * 243}@example.com", False),
        (f"{'a' * 242}@example.com", True),
    ],
)
def test_email_address_form(text, fits):
    assert Member.is_email(text) is fits


@pytest.mark.parametrize(
    ("password", "is_accepted"),
    [
        ("x7!kQ2mZ9", False),
        ("x7!kQ2mZ9p", True),
        ("ÅÄÖÅÄÖÅÄÖÅ", True),
        ("xy" * 512, True),
        ("xy" * 513, False),
        ("e\u0301" * 1024 + "a", False),
        ("e\u0301" * 1000 + "a", True),
        ("e\u0301a\u0301i\u0301o\u0301u\u0301", False),
        ("e\u0301a\u0301i\u0301o\u0301u\u0301" * 2, True),
        ("\ufdfa" * 57 + "a", False),
        ("ﬁﬂﬁﬂﬁ", True),
        ("ｑｗｅｒｔｙｕｉｏｐ", False),
        ("a\u0315\u0300" * 200_000, False),
        ("1234567890", False),
        ("Qwertyuiop", False),
        ("QWERTYUIOP", False),
        ("qwertyuiop!", True),
    ],
)
def test_password_length_and_common_passwords(inside, password, is_accepted):
    error = password_error(password, {})
    assert (error is None) is is_accepted
    assert is_accepted or error.endswith(".")


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        (" " * 10, "only spaces"),
        ("\u3000\u00a0\u200b\t" * 3, "only spaces"),
        ("a" * 10, "one character"),
        ("aAaAaAaAaA", "one character"),
        ("😀" * 12, "one character"),
        ("Zoe.Ekstrom@Example.com", "your email address"),
        ("ZOE.EKSTROM", "the first part of your email address"),
        ("Zoé  Ekström", "your name"),
        ("zoe-ekstrom", "your handle"),
        ("small harbour", "the name of this network"),
        ("zoe-ekstrom 1908", None),
        ("small harbour, big boats", None),
    ],
)
def test_password_that_others_know_is_refused(inside, password, sentence):
    known = known_words("zoe.ekstrom@example.com", "Zoë Ekström", place="Small Harbour")
    error = password_error(password, known)
    assert error is None if sentence is None else sentence in error


def test_common_passwords_are_lower_case():
    assert len(common_passwords()) > 1000
    assert all(each == each.lower() for each in common_passwords())


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_device_is_named_by_user_agent(user_agent, device):
    assert MemberSession(user_agent=user_agent).device == device


def test_profile_is_cleaned_and_folded(inside):
    member = accounts.add_member("zoe@example.com", "  Zoë \t Ek ", "correct horse battery")
    assert (member.name, member.name_folded, member.handle) == ("Zoë Ek", "zoe ek", "zoe-ek")
    member.set_profile(name="Zoë Ek", headline=" Chief  ", company="Öl\nAB", place="", about="a\nb")
    assert (member.headline, member.company, member.about) == ("Chief", "Öl AB", "a\nb")
    assert member.work_folded == "chief ol ab"
    assert member.created_at <= clock.now()


def test_password_hash_is_loaded_on_access_only(ana, bo):
    with ana.app.app_context():
        shown = [Relationship.between(ana.member(), bo.id, clock.now()).other, ana.member()]
        for member in shown:
            assert not {"password_hash", "name_folded"} - inspect(member).unloaded
            assert member.password_hash.startswith("$argon2")
