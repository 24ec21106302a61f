"""What strangers send: texts, headers and bodies that no page of ours makes."""

from tests.faces.wire import Headers

TEXTS = (
    "", " ", "\0", "a\0b", "٣", "²", "𝟙", "-1", "0", "00", "+1", "1.0", "1e3", "0x1", "NaN", "Infinity", "None", "null",
    "true", "[]", "{}", "%", "%00", "%s%s%n", "{0}", "%(x)s", "${7*7}", "{{7*7}}", "'", "'; DROP TABLE orders --", '"><script>',
    "../../etc/passwd", "//evil.test", "\\\\evil.test", "http://[", "\r\nset-cookie: a=b", "a\nb", "\ufeff", "\u202e", "\ud7ff",
    "\U0010ffff", "e\u0301" * 40, "𠮷" * 300, "x" * 9_000, str(2**31), str(2**63), str(2**64), str(10**400), "9" * 5_000,
    "-" + "9" * 30, "new", "ord_" + "0" * 26, "ord_" + "z" * 26, "addr_" + "0" * 26, "sku_" + "z" * 26,
)  # fmt: skip
"""For any field, path part or query value."""

LITERALS = (
    "null", "true", "[]", "{}", "[[]]", '{"a":1}', "-1", "0", "1.5", "1e308", "-1e308", "1e400", "NaN", "Infinity",
    str(2**31), str(2**63), str(2**64), "1" + "0" * 4_000, '"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '"\\ud83d\\ude00"',
    '"\\u202e"', "'1'", "01", "+1", '"',
)  # fmt: skip
"""JSON for one member, also what is no JSON at all."""

BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b""),
    ("application/json", b"\xff"),
    ("application/json", b"\xef\xbb\xbf{}"),
    ("application/json", '{"key":"1"}'.encode("utf-16")),
    ("application/json", b"null"),
    ("application/json", b"[]"),
    ("application/json", b'"text"'),
    ("application/json", b"{}{}"),
    ("application/json", b'{"key":"1","key":"2"}'),
    ("application/json", b'{"":""}'),
    ("application/json", b'{"\\ud800":"1"}'),
    ("application/json", b'{"__proto__":"1","__class__":"1","self":"1"}'),
    ("application/json", b"[" * 60_000),
    ("application/json; charset=utf-16", b"{}"),
    ("APPLICATION/JSON ; a=b", b'{"key":"1"}'),
    ("application/x-www-form-urlencoded", b"\xff=\xfe"),
    ("application/x-www-form-urlencoded", b"key=%ed%a0%80"),
    ("application/x-www-form-urlencoded", b"key=%00&key=%ff"),
    ("application/x-www-form-urlencoded", b"key=1;sku=2&&&==&%"),
    ("application/x-www-form-urlencoded", b"&" * 60_000),
    ("application/x-www-form-urlencoded", b"key=" + b"+" * 60_000),
    ("multipart/form-data", b"--"),
    ("multipart/form-data; boundary=x", b'--x\r\ncontent-disposition: form-data; name="key"\r\n\r\n1\r\n--x--'),
    ("text/plain", b"key=1"),
    ("", b"key=1"),
    ("\x80/\xff", b"{}"),
    ("application/json", b"a" * 70_000),
)
"""(content type, body)"""

HEADERS: tuple[Headers, ...] = (
    ((b"cookie", b""),),
    ((b"cookie", b"tuan"),),
    ((b"cookie", b"tuan=" + b"\xff" * 43),),
    ((b"cookie", b"tuan=" + b"a" * 43 + b"; lang=\xff; =; ;;"),),
    ((b"cookie", b"lang=en; lang=xx; tuan=" + b"a" * 9_000),),
    ((b"cookie", b"lang=../../x"), (b"cookie", b"lang=es")),
    ((b"accept", b""),),
    ((b"accept", b"\xff/\xfe;q=\xff"),),
    ((b"accept", b"application/json;q=0, text/html"),),
    ((b"accept", b"text/html"), (b"hx-request", b"true")),
    ((b"accept-language", b"\xff"),),
    ((b"accept-language", b"zh-Hant-x;q=nan,en;q=inf,es;q=-1,;q=,fr;q=1e999"),),
    ((b"accept-language", b"," * 5_000),),
    ((b"x-csrf-token", b""),),
    ((b"x-csrf-token", b"\xff" * 64),),
    ((b"x-csrf-token", b"f" * 64),),
    ((b"idempotency-key", b"\xff" * 300),),
    ((b"referer", b"http://["), (b"accept", b"text/html")),
    ((b"referer", b"\xff:\\//"), (b"accept", b"text/html")),
    ((b"referer", b"http://a" * 900), (b"accept", b"text/html")),
    ((b"if-none-match", b"\xff"), (b"accept-encoding", b"\xff;q=1")),
    ((b"x-forwarded-for", b"\xff, 1.2.3.4"), (b"forwarded", b"for=\xff")),
    ((b"range", b"bytes=0-1"), (b"expect", b"x"), (b"upgrade", b"h2c")),
    ((b"origin", b"null"), (b"access-control-request-method", b"X")),
)
"""Each is put in the place of what the visitor would have sent under these names."""

HOSTS = (
    b"",
    b":",
    b"[",
    b"]",
    b"[::1",
    b"\xff",
    b"a" * 9_000,
    b"localhost:99999999",
    b"localhost:\xff",
    b"nowhere.test",
)
METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "X")
PATHS = (
    "//",
    "/%00",
    "/%ff%fe",
    "/p/",
    "/p/%2e%2e",
    "/t/x/y/z",
    "/orders/%0a",
    "/assets/",
    "/assets/..%2f..%2fapp.py",
    "/" + "a" * 9_000,
)
