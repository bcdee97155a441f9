"""The URLs of search."""

from flask import Blueprint

from linkmsg.blueprints.search import people, recent, results

bp = Blueprint("search", __name__)

bp.add_url_rule("/search", view_func=results.find)
bp.add_url_rule("/search/people", view_func=people.suggestions)
bp.add_url_rule("/search/recent", view_func=recent.remember, methods=["POST"])
bp.add_url_rule("/search/recent/forget", view_func=recent.forget, methods=["POST"])
