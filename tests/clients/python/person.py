"""A person at the sign-in and consent screens, without a browser: the requests that those screens send."""

import base64
import hashlib
import hmac
import json
import struct
import time
from urllib.parse import parse_qs, urlsplit

import requests

PASSWORD = "quiet heron over wet slate"
STEP_SECONDS = 30


def code_of(secret):
    """A one-time code as an authenticator app works it out (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // STEP_SECONDS)
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class Person:
    def __init__(self, origin, account):
        self.origin = origin
        given = {"name": account["name"], "password": account["firstPassword"], "newPassword": PASSWORD}
        begun = requests.post(f"{origin}/api/session", json=given).json()
        secret = parse_qs(urlsplit(begun["enrolment"]).query)["secret"][0]
        # The new password is taken with the first step: from here on it is the password.
        given = {"name": account["name"], "password": PASSWORD, "code": code_of(secret)}
        answer = requests.post(f"{origin}/api/session", json=given)
        if not answer.ok:
            raise AssertionError(answer.text)
        # A jar would keep a cookie that is marked secure to itself, loopback or not.
        cookie = answer.headers["set-cookie"].split(";")[0]
        self.headers = {"cookie": cookie, "x-csrf-token": answer.json()["csrf"], "content-type": "application/json"}

    def asked(self, authorize_url):
        """What the consent screen shows for an application's request, and the request."""
        sent = requests.get(authorize_url, allow_redirects=False)
        request = parse_qs(urlsplit(sent.headers["location"]).query)["request"][0]
        address = f"{self.origin}/api/authorizations/request"
        return request, requests.get(address, params={"request": request}, headers=self.headers).json()

    def decides(self, request, **answer):
        """Where the application is told the answer."""
        address = f"{self.origin}/api/authorizations/request"
        answer = requests.post(address, data=json.dumps({"request": request, **answer}), headers=self.headers)
        return answer.json()["redirect"]
