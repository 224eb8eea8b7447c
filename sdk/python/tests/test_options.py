"""Options: what hello says of them, and what becomes of their text."""

from typing import Dict

from support import FINISH, ChildTest, begin

ATTRIBUTES = """
switch = Switch(False, "s")
choice = Choice("a", "b", help="c")
number = Number("N", 5, "n", at_least=-1)
text = Text("FILE", "t")
preset = Text("NAME", "p", default="x")
needed = Text("URL", "r", required=True)
"""
BODY = """
def begin(self, out, run):
    values = [self.switch, self.choice, self.number, self.text, self.preset, self.needed]
    out.write(repr(values))
def contact(self, contact, out): pass
"""


class Options(ChildTest):
    def outcome(self, options: Dict[str, str]) -> str:
        """Returns what the program wrote, or its error."""
        child = self.start(self.write_program(BODY, attributes=ATTRIBUTES))
        self.hello = child.receive()
        child.send(begin(options=options, staging=str(self.staging)))
        answer = child.receive()
        if answer["type"] == "error":
            self.assertEqual((answer["kind"], child.ended()), ("options", 1))
            return str(answer["message"])
        child.send(FINISH)
        child.receive()
        self.assertEqual(child.ended(), 0)
        return self.staging.read_text("utf-8")

    def test_what_is_not_given_has_its_default(self) -> None:
        self.assertEqual(self.outcome({"needed": "u"}), "[False, 'a', 5, '', 'x', 'u']")
        expected = [
            {"key": "switch", "value": "on|off", "default": "off", "help": "s"},
            {"key": "choice", "value": "a|b", "default": "a", "help": "c"},
            {"key": "number", "value": "N", "default": "5", "help": "n"},
            {"key": "text", "value": "FILE", "help": "t"},
            {"key": "preset", "value": "NAME", "default": "x", "help": "p"},
            {"key": "needed", "value": "URL", "help": "r"},
        ]
        self.assertEqual(self.hello["options"], expected)

    def test_text_becomes_the_type_of_the_option(self) -> None:
        given = {"switch": "on", "choice": "b", "number": "-1", "text": "é=", "preset": "", "needed": "u"}
        self.assertEqual(self.outcome(given), "[True, 'b', -1, 'é=', '', 'u']")

    def test_what_is_not_valid(self) -> None:
        for key, text, message in (
            ("switch", "ON", "option `switch`: `ON` is neither on nor off"),
            ("choice", "c", "option `choice`: `c` is none of a, b"),
            ("number", "-2", "option `number`: `-2` is not a whole number of at least -1"),
            ("number", "٣", "option `number`: `٣` is not a whole number of at least -1"),
            ("number", "1\n", "option `number`: `1 ` is not a whole number of at least -1"),
            ("colour", "red", "unknown option `colour`; known: switch, choice, number, text, preset, needed"),
        ):
            self.assertEqual(self.outcome({"needed": "u", key: text}), message)
        self.assertEqual(self.outcome({}), "the option `needed` is required")
        self.assertEqual(self.outcome({"needed": ""}), "the option `needed` is required")

    def test_a_test_may_set_an_option(self) -> None:
        script = self.write_program(BODY, attributes=ATTRIBUTES)
        source = script.read_text("utf-8").replace("P.main()", "p = P(); p.number = 7\nprint(p.number, p.choice)")
        script.write_text(source, "utf-8")
        child = self.start(script)
        self.assertEqual(child.stdout.readline(), b"7 a\n")
        self.assertEqual(child.ended(), 0)
