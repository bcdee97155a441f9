"""The URLs of people: search, profiles and invitations to connect."""

from flask import Blueprint

from linkmsg.blueprints.people import connect, profile

bp = Blueprint("people", __name__)

bp.add_url_rule("/people", view_func=profile.find)
bp.add_url_rule("/in/<handle>", view_func=profile.profile)
bp.add_url_rule("/in/<handle>/mutual", view_func=profile.mutuals)
bp.add_url_rule("/in/<handle>/connect", view_func=connect.connect, methods=["GET", "POST"])
