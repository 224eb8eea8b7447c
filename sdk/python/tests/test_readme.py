"""The example of the README is a program, and it is the one of the module's documentation."""

import textwrap

import whapi_exporter
from support import SDK, ChildTest, batch, person


class Readme(ChildTest):
    def test_the_example_runs(self) -> None:
        readme = (SDK / "README.md").read_text("utf-8")
        example = readme.split("```python\n")[1].split("```")[0]
        documentation = textwrap.dedent((whapi_exporter.__doc__ or "").split("::\n\n")[1].split("\n\nMeanwhile")[0])
        self.assertEqual(example.strip(), documentation.strip())
        script = self.folder / "lines.py"
        script.write_text(example, "utf-8")
        self.run_text(script, batch(1, person(1, "Ada\u2028\t B\x85\n"), person(2, phone=None)))
        self.assertEqual(self.staging.read_bytes(), b"+447700900001\tAda B\n")
