# zenml-preflight: database 1
# Logs in to the database as the server does and prints one line of JSON with the
# step at which it stopped. Settings are environment variables, secrets are files.
# Needs PyMySQL, which the server's image has.
import json
import os
import select
import socket
import ssl
import sys
import time

LIMIT = 10  # seconds for each step


def setting(name):
    return os.environ.get("ZENML_PREFLIGHT_" + name, "")


def path(name):
    full = os.path.join(setting("FILES"), name)
    return full if os.path.exists(full) else None


def content(name):
    full = path(name)
    if full is None:
        return ""
    with open(full, encoding="utf-8", newline="") as file:
        return file.read()


def finish(step, **more):
    print(json.dumps({"zenmlPreflight": 1, "step": step, **more}), flush=True)
    sys.exit(0)


def retry(call):
    """Tries again: the network, network policies and service mesh of a new pod
    can take a few seconds."""
    for pause in (0.5, 1, 2, None):
        try:
            return call()
        except OSError as error:
            if pause is None or isinstance(error, TimeoutError):
                raise
            time.sleep(pause)


def resolve(host, port):
    try:
        found = retry(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except OSError as error:
        finish("resolve", error=str(error))
    return sorted({entry[4][0] for entry in found})


def connect(host, port):
    try:
        return retry(lambda: socket.create_connection((host, port), LIMIT))
    except OSError as error:
        kind = "timeout" if isinstance(error, TimeoutError) else type(error).__name__
        finish("connect", error=str(error) or kind, kind=kind)


def greeting(sock):
    """Peeks at the server's first packet and leaves it for PyMySQL."""
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        ready, _, _ = select.select([sock], [], [], max(0, until - time.monotonic()))
        if not ready:
            break
        data = sock.recv(512, socket.MSG_PEEK)
        if not data:
            finish("greeting", error="it closes the connection without a greeting")
        if len(data) >= 5 and not (data[3] == 0 and data[4] in (10, 255)):
            finish("greeting", error="it answers " + repr(data[:40]))
        if len(data) >= 5 and len(data) >= min(512, 4 + int.from_bytes(data[:3], "little")):
            return data[4:]
        time.sleep(0.02)
    finish("greeting", kind="timeout", error="it sends no greeting within %d seconds" % LIMIT)


def offers_tls(body):
    if body[0] == 255:
        return True  # an error, which the login reports again
    rest = body[1:].split(b"\0", 1)[1]
    return bool(int.from_bytes(rest[13:15], "little") & 0x800)


def tls_context():
    mode = setting("TLS")
    if mode == "off":
        return None
    if mode == "require":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context = ssl.create_default_context(cafile=path("ca.pem"))
        context.check_hostname = mode == "verify-full"
    if path("cert.pem"):
        context.load_cert_chain(path("cert.pem"), path("key.pem"))
    return context


def causes(error):
    while error is not None:
        yield error
        error = getattr(error, "original_exception", None) or error.__cause__ or error.__context__


def login(sock, host, port, context):
    import pymysql

    password = content("password")
    try:
        password.encode("latin1")
    except UnicodeEncodeError:
        finish("password", error="the password has characters outside Latin-1")
    try:
        session = pymysql.connect(
            host=host, port=port, user=setting("USER"), password=password,
            ssl=context, ssl_disabled=context is None,
            connect_timeout=LIMIT, read_timeout=LIMIT, defer_connect=True,
        )
        session.connect(sock)
        return session
    except (pymysql.err.MySQLError, OSError, RuntimeError) as error:
        for cause in causes(error):
            if isinstance(cause, ssl.SSLError):
                finish("tls", error=str(cause))
        code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        finish("login", code=code, error=str(error.args[-1]) if error.args else str(error))
    except Exception as error:  # a server that PyMySQL does not understand
        finish("login", code=0, error="%s: %s" % (type(error).__name__, error), plugin=plugin(error))


def plugin(error):
    """The authentication plugin that PyMySQL worked on when it failed."""
    trace, name = error.__traceback__, b""
    while trace is not None:
        name = trace.tb_frame.f_locals.get("plugin_name") or name
        trace = trace.tb_next
    return name.decode("ascii", "replace") if isinstance(name, bytes) else str(name)


def database(session):
    import pymysql

    try:
        session.select_db(setting("DATABASE"))
        return "exists"
    except pymysql.err.MySQLError as error:
        if error.args[0] == 1049:
            return "missing"
        finish("database", code=error.args[0], error=str(error.args[-1]))


def main():
    host, port = setting("HOST"), int(setting("PORT"))
    addresses = resolve(host, port)
    sock = connect(host, port)
    body = greeting(sock)
    if setting("AUTH") == "aws-rds-iam":
        finish("done", addresses=addresses, database="unknown", login=False)
    try:
        import pymysql  # noqa: F401
        context = tls_context()
    except ImportError as error:
        finish("python", error=str(error))
    except (OSError, ValueError) as error:
        finish("files", error=str(error))
    if context is not None and not offers_tls(body):
        finish("tls", error="the server does not offer TLS")
    session = login(sock, host, port, context)
    found = database(session)
    version = session.get_server_info()
    session.close()
    finish("done", addresses=addresses, database=found, login=True, server=version)


main()
