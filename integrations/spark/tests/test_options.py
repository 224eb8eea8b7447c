"""The options are checked before anything starts, and no message repeats a token."""

import subprocess
import unittest

from support import WHAPI
from whapi_spark import WhapiError
from whapi_spark.options import KINDS, ONLY, OPTIONS, STANDING_BY, Options, holds_token

CONFIG = {"config": "/etc/whapi/config.toml"}
MADE_UP = "3QeR7vVbq0Wj4nTtZk1LmPo2XyUcHs8d"
KNOWN = "known: " + ", ".join(f"`{name}`" for name in OPTIONS)


class OptionsTest(unittest.TestCase):
    def refused(self, **options: str) -> str:
        with self.assertRaises(WhapiError) as caught:
            Options.parse({**CONFIG, **options})
        return str(caught.exception)

    def test_the_arguments_of_the_child(self) -> None:
        least = Options.parse(CONFIG)
        common = ["export", "--format=jsonl", "--output=-", "--quiet", "--no-input", "--config=/etc/whapi/config.toml"]
        self.assertEqual(least.arguments("-shop"), [*common, "--channel=-shop"])
        self.assertEqual((least.whapi, least.allow_incomplete, least.channels, least.tags), ("whapi", False, [], []))
        full = Options.parse(
            {
                "CONFIG": "/etc/whapi/config.toml",
                "Channels": "shop, office,",
                "tags": "eu",
                "whapi": "/opt/whapi",
                "allow_incomplete": "True",
                "max_requests": "50",
                "only": "Saved,unknown",
                "kind": "phone,LID",
                "standing_by": "saved",
                "reasons": "true",
                "resolve_lids": "false",
            }
        )
        flags = ["--only=saved,unknown", "--kind=phone,lid", "--standing-by=saved", "--reasons", "--max-requests=50"]
        self.assertEqual(full.arguments("shop"), [*common, "--channel=shop", *flags])
        self.assertEqual((full.channels, full.tags), (["shop", "office"], ["eu"]))
        self.assertEqual((full.whapi, full.allow_incomplete), ("/opt/whapi", True))

    def test_whapi_knows_every_value(self) -> None:
        for flag, values in (("only", ONLY), ("kind", KINDS)):
            for value in values:
                self.dry_run(f"--{flag}={value}")
        for value in STANDING_BY:
            self.dry_run(f"--standing-by={value}")

    def dry_run(self, *flags: str) -> None:
        command = [WHAPI, "export", "--demo", "--format=jsonl", "--output=-", "--dry-run", *flags]
        ran = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_an_option_that_is_a_token_is_refused_and_not_repeated(self) -> None:
        where = (
            "is refused: Spark may show options, so a token is never one; config.toml says where "
            "the token of each channel is, with `token_file`, `token_env` or `token_command`"
        )
        for name in ("token", "access_token", "whapi.token", "TOKENS", "token_file"):
            self.assertEqual(self.refused(**{name: MADE_UP}), f"the option `{name}` {where}")
        for name in (MADE_UP, MADE_UP.lower()):
            self.assertEqual(self.refused(**{name: "1"}), f"an option {where}")
        for name in ("config", "whapi", "tags", "only", "max_requests", "other"):
            self.assertEqual(
                self.refused(**{name: f"x {MADE_UP}"}),
                f"the value of the option `{name}` looks like a token, and Spark may show options; "
                "renew this token in Whapi's panel, and let config.toml say where the new one is",
            )
        names = "the option `channels` takes names of channels, separated by commas; "
        rule = "a name has at most 30 letters from a to z, digits, `-` and `_`"
        for value in (MADE_UP, "a/b", "shop\n", "caf\u00e9", "'; DROP TABLE contacts"):
            self.assertEqual(self.refused(channels=f"shop,x{value}y"), names + rule)

    def test_what_looks_like_a_token_here_does_so_to_whapi(self) -> None:
        # The cases of whapi_secret::holds_token.
        for text in (
            MADE_UP,
            "Bearer 3QeR7vVbq0Wj4nTtZk1L",
            f"--token={MADE_UP}",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N",
        ):
            self.assertTrue(holds_token(text), text)
        for text in (
            "",
            "3QeR7vVbq0Wj4nTtZk1",
            "/home/ada/Documents/Whapi-2026/token.txt",
            "wlqrmtzq7xyt3hv5xj4s2n6k4e",
            "WHAPI_TOKEN_SHOP_2026_MAIN_STREET",
            "AVeryLongNameWithoutAnyDigit",
        ):
            self.assertFalse(holds_token(text), text)

    def test_unknown_options(self) -> None:
        self.assertEqual(self.refused(chanels="shop"), f"unknown option `chanels`; did you mean `channels`? {KNOWN}")
        self.assertEqual(self.refused(**{"x\x1b[2J\n": "1"}), f"unknown option `x\\x1b[2J\\n`; {KNOWN}")
        self.assertEqual(
            self.refused(path="/etc"), "load() takes no path; the option `config` is the path of config.toml"
        )

    def test_wrong_values(self) -> None:
        for options, message in (
            (
                {"config": "config.toml"},
                "the option `config` must be the absolute path of a config.toml that the driver and every executor "
                "have",
            ),
            ({"allow_incomplete": "yes"}, "the option `allow_incomplete` takes `true` or `false`"),
            ({"reasons": "1"}, "the option `reasons` takes `true` or `false`"),
            ({"max_requests": "-1"}, "the option `max_requests` takes a number, the most requests for each channel"),
            (
                {"only": "saved,stored"},
                "the option `only` does not take `stored`; known: `saved`, `discovered`, `unknown`, `unsaved`",
            ),
            ({"channels": ""}, "the option `channels` is empty; leave it out to read everything"),
            ({"only": " , "}, "the option `only` is empty; leave it out to read everything"),
            ({"kind": "--demo"}, "the option `kind` does not take `--demo`; known: `phone`, `lid`, `other`"),
            ({"standing_by": "saved,phonebook"}, "the option `standing_by` takes one of `phonebook`, `saved`"),
        ):
            self.assertEqual(self.refused(**options), message)


if __name__ == "__main__":
    unittest.main()
