"""The one error that a user can cause: what could not be checked, and what to do about it."""

from __future__ import annotations


class CheckError(Exception):
    """The check could not be made. One clear line; the command line answers with exit code 2."""


class Exceeded(CheckError):
    """A change asks for more than a bound allows. While migrations are replayed it is a finding."""
