"""What every answer says to the browser."""

import re

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
}


def test_content_security_policy_of_the_login_page(client: Client) -> None:
    header = client.get("/login/").headers["Content-Security-Policy"]
    policy = {words[0]: words[1:] for words in map(str.split, header.split(";"))}
    assert policy == POLICY


def test_other_headers_of_the_login_page(client: Client) -> None:
    headers = client.get("/login/").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_login_page_holds_nothing_that_the_policy_forbids(client: Client) -> None:
    page = client.get("/login/").content.decode()
    assert re.findall(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", page) == []
    assert re.findall(r"""(?:src|href|action)=["'](?:[a-z]+:)?//""", page) == []


def test_session_and_form_cookies_are_closed_to_scripts(client: Client) -> None:
    cookie = client.get("/login/").cookies[settings.CSRF_COOKIE_NAME]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert settings.SESSION_COOKIE_HTTPONLY is True


def test_cookies_are_secure_behind_tls() -> None:
    """The three of them follow BEHIND_TLS; check --deploy (test_settings) proves them on."""
    secure = [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE]
    assert secure == [settings.BEHIND_TLS] * 3
