"""The examples of the tests that Hypothesis makes up."""

from hypothesis import settings


def use_same_examples() -> None:
    """Try the same examples in every run. For new ones: pytest --hypothesis-profile=explore."""
    settings.register_profile(
        "suite", deadline=None, derandomize=True, database=None, max_examples=200
    )
    settings.register_profile("explore", deadline=None, max_examples=2000)
    settings.load_profile("suite")
