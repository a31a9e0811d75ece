"""Client keys and refusals as screens get them."""

import uuid

import pytest
from django import forms
from django.test import RequestFactory

from directory.errors import Problem, Refusal
from directory.screens import client_key_of, show_refusal


class _Form(forms.Form):
    name = forms.CharField()


def test_the_key_of_a_form() -> None:
    key = uuid.uuid4()
    assert client_key_of(RequestFactory().post("/", {"client_key": str(key)})) == key
    assert client_key_of(RequestFactory().post("/", {})) is None


def test_a_damaged_key_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        client_key_of(RequestFactory().post("/", {"client_key": "x"}))
    assert refused.value.code == "bad_key"


def test_each_problem_stands_at_its_field() -> None:
    form = _Form({"name": "x"})
    assert form.is_valid()
    refusal = Refusal([Problem("too short", "name"), Problem("closed", "elsewhere")])
    assert show_refusal(form, refusal) == 422
    assert form.errors == {"name": ["too short"], "__all__": ["closed"]}
