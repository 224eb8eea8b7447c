"""Which channels of config.toml are read."""

from support import ChannelTest
from whapi_spark import WhapiError
from whapi_spark.channels import choose
from whapi_spark.options import Options


class ChannelsTest(ChannelTest):
    def setUp(self) -> None:
        super().setUp()
        url = "http://127.0.0.1:1"
        self.configure(("shop", url), ("Office", url), tags=["eu", "sales"])
        self.configure(("home", url), ("-x", url), tags=["us"])

    def choose(self, **options: str) -> list[str]:
        return choose(Options.parse({"config": str(self.config), **options}))

    def refused(self, **options: str) -> str:
        with self.assertRaises(WhapiError) as caught:
            self.choose(**options)
        return str(caught.exception).replace(str(self.config), "FILE")

    def test_chosen(self) -> None:
        self.assertEqual(self.choose(), ["shop", "Office", "home", "-x"])
        self.assertEqual(self.choose(channels="HOME,office,home"), ["home", "Office"])
        self.assertEqual(self.choose(tags="us"), ["home", "-x"])
        self.assertEqual(self.choose(channels="home,office", tags="us,eu"), ["home", "Office", "-x", "shop"])

    def test_unknown(self) -> None:
        known = "known: `shop`, `Office`, `home`, `-x`"
        self.assertEqual(
            self.refused(channels="shpo"), f"there is no channel `shpo` in `FILE`; did you mean `shop`? {known}"
        )
        self.assertEqual(
            self.refused(tags="asia\n"), "no channel of `FILE` has the tag `asia`; known: `eu`, `sales`, `us`"
        )

    def test_a_configuration_that_cannot_be_read_is_not_repeated(self) -> None:
        rule = "a name has at most 30 letters from a to z, digits, `-` and `_`"
        for text, message in (
            ("[channels.shop\nsecret", "`FILE` is not TOML; `whapi check --config` shows the line"),
            ("", "`FILE` has no channels; `whapi login --channel NAME` adds one"),
            ("channels = 1", "`FILE` has no channels; `whapi login --channel NAME` adds one"),
            ('[channels."\'; DROP TABLE contacts"]', f"`FILE` has a channel whose name is none; {rule}"),
            ('[channels."a,b"]', f"`FILE` has a channel whose name is none; {rule}"),
            ('[channels."sh\\nop"]', f"`FILE` has a channel whose name is none; {rule}"),
            ('[channels."\U0001f98a"]', f"`FILE` has a channel whose name is none; {rule}"),
        ):
            self.write("config.toml", text)
            self.assertEqual(self.refused(), message)
        self.config.unlink()
        self.assertEqual(self.refused(), "the driver could not read `FILE`: No such file or directory")

    def test_tags_that_whapi_refuses_are_none(self) -> None:
        for tags in ("1", '"eu"', "[1]"):
            self.write("config.toml", f"[channels.shop]\ntags = {tags}")
            self.assertEqual(self.choose(), ["shop"])
            self.assertEqual(self.refused(tags="eu"), "no channel of `FILE` has the tag `eu`; known: none")
