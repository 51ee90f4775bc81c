"""A real mail server for the tests, on aiosmtpd.

It is given one JSON object as its argument (host, port, tls, certificate, key, password), prints
{"port": N} when it listens, and then one JSON line for each mail that it has taken. Each line on its
standard input is a JSON object that says how to answer from now on: {"RCPT": "550 no such user"}
answers a step with these words, {"RCPT": "hang"} not at all, {} as usual. It ends with its input.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

# A password without TLS is what some tests are about.
warnings.filterwarnings("ignore", message="Requiring AUTH")
asked = json.loads(sys.argv[1])
manner = {}


def say(what):
    print(json.dumps(what), flush=True)


async def answer(step):
    """What the test wants this step to be answered with; None for the usual."""
    words = manner.get(step)
    while words == "hang":
        await asyncio.sleep(0.05)
        words = manner.get(step)
        if words is None:
            raise ConnectionResetError
    return words


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        words = await answer("EHLO")
        return [words] if words else responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return await answer("MAIL") or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        words = await answer("RCPT")
        if words is None:
            envelope.rcpt_tos.append(address)
        return words or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        words = await answer("DATA")
        if words:
            return words
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        say({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": [[name, str(value)] for name, value in message.items()],
            "kind": message.get_content_type(),
            "text": parts.get("text/plain", "").replace("\r\n", "\n"),
            "html": parts.get("text/html", ""),
            "parts": len(parts),
            "is_encrypted": session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None,
            "is_signed_in": bool(session.authenticated),
        })
        # Here a server has the mail, and the sender does not know it yet.
        return await answer("AFTER") or "250 taken"


def signs_in(server, session, envelope, mechanism, credentials):
    right = isinstance(credentials, LoginPassword) and credentials.password.decode() == asked["password"]
    return AuthResult(success=right, handled=False)


async def listen_to_the_test(ends):
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        manner.clear()
        manner.update(json.loads(line))
        say({"obeyed": True})
    ends.set()


async def main():
    context = None
    if asked["tls"] != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(asked["certificate"], asked["key"])
    starttls = context if asked["tls"] == "starttls" else None

    def protocol():
        return SMTP(
            Handler(),
            hostname="mail.test",
            tls_context=starttls,
            authenticator=signs_in,
            auth_required=asked["password"] is not None,
            auth_require_tls=False,
        )

    implicit = context if asked["tls"] == "implicit" else None
    server = await asyncio.get_running_loop().create_server(protocol, asked["host"], asked["port"], ssl=implicit)
    say({"port": server.sockets[0].getsockname()[1]})
    ends = asyncio.Event()
    asyncio.create_task(listen_to_the_test(ends))
    await ends.wait()


asyncio.run(main())
