"""What authors run into, and what the module makes of it."""

import json
import os
import signal
import sys
import unittest
from typing import List

from support import ABORT, FINISH, ChildTest, Message, batch, begin, person

WRITE_NAME = "def contact(self, contact, out):\n    out.write(contact['display_name'] + '\\n')\n"


class Streams(ChildTest):
    """Only the conversation is on standard output."""

    def test_print_goes_to_standard_error(self) -> None:
        script = self.write_program("def contact(self, contact, out):\n    print('seen', contact['id'])\n")
        child = self.start(script)
        child.talk(begin(staging=str(self.staging)), batch(1, person(1)), FINISH)
        self.assertEqual(child.ended(), 0)
        self.assertEqual(child.log(), "seen 447700900001\n")

    def test_so_does_what_a_child_process_prints(self) -> None:
        body = "def contact(self, contact, out):\n    subprocess.run(['echo', 'from a child'], check=True)\n"
        child = self.start(self.write_program(body))
        child.talk(begin(staging=str(self.staging)), batch(1, person(1)), FINISH)
        self.assertEqual(child.ended(), 0)
        self.assertEqual(child.log(), "from a child\n")

    def test_a_child_process_does_not_read_the_conversation(self) -> None:
        body = (
            "def contact(self, contact, out):\n"
            "    found = subprocess.run(['cat'], capture_output=True, check=True).stdout\n"
            "    out.write(repr((found, sys.stdin.read())))\n"
        )
        self.run_text(self.write_program(body), batch(1, person(1)))
        self.assertEqual(self.staging.read_text("utf-8"), "(b'', '')")

    def test_messages_and_names_of_any_text(self) -> None:
        names = ["\u2028", "\x85", "\x00\x1b[31m", "\U0001f98a", "\ud83e", "a\ud800b", 'quote"\\']
        body = WRITE_NAME + "    self.status(contact['display_name'] + '\\n\\udc80')\n    print('\\ud800')\n"
        child = self.start(self.write_program(body))
        child.talk(begin(staging=str(self.staging)))
        contacts = json.dumps([person(number, name) for number, name in enumerate(names)])
        child.send_line(f'{{"type":"batch","seq":1,"contacts":{contacts}}}'.encode())
        status = [child.receive()["message"] for _ in names]
        self.assertEqual(status, ["?", "?", "[31m ?", "\U0001f98a ?", "\ufffd ?", "a\ufffdb ?", 'quote"\\ ?'])
        self.assertEqual(child.receive(), {"type": "ack", "seq": 1, "written": 7, "skipped": []})
        child.send(FINISH)
        self.assertEqual(child.receive()["written"], 7)
        self.assertEqual(child.ended(), 0)
        written = self.staging.read_bytes().decode().split("\n")
        self.assertEqual(written, names[:4] + ["\ufffd", "a\ufffdb", names[6], ""])

    def test_the_text_that_an_author_cuts_in_the_middle_of_a_pair(self) -> None:
        body = "def contact(self, contact, out):\n    out.write('a\\ud83eb\\r\\n')\n"
        self.run_text(self.write_program(body), batch(1, person(1)))
        self.assertEqual(self.staging.read_bytes(), b"a?b\r\n")

    def test_threads_may_send_progress(self) -> None:
        # The acknowledgement is larger than a pipe, so another message could get into it.
        body = (
            "def begin(self, out, run):\n"
            "    threading.Thread(target=self.chat, daemon=True).start()\n"
            "def chat(self):\n"
            "    while self._link is not None: self.status('x' * 900)\n"
            "def contact(self, contact, out):\n    raise Skip('y' * 1000)\n"
        )
        child = self.start(self.write_program(body))
        child.receive()
        child.send(begin(staging=str(self.staging)))
        child.send(batch(1, *[person(number) for number in range(300)]))
        child.send(ABORT)
        messages: List[Message] = []
        while not messages or messages[-1]["type"] != "ack":
            messages.append(child.receive())
        self.assertEqual(len(messages.pop()["skipped"]), 300)
        messages.remove({"type": "ready"})
        self.assertEqual([one for one in messages if one != {"type": "status", "message": "x" * 900}], [])
        child.stdout.read()
        self.assertEqual(child.ended(), 0)


class Counts(ChildTest):
    """The module counts, and a skipped contact leaves nothing."""

    def test_what_a_skipped_contact_wrote_is_removed(self) -> None:
        body = (
            "def begin(self, out, run):\n    out.write('é')\n"
            "def contact(self, contact, out):\n"
            "    out.write(contact['display_name'])\n"
            "    if contact['phone'] is None: raise Skip('no\\nphone')\n"
            "def finish(self, out, end):\n    out.write('end')\n"
        )
        contacts = [person(1, "eins"), person(2, "zwei", phone=None), person(3, "drei")]
        answers = self.run_text(self.write_program(body), batch(1, *contacts), batch(2, contacts[1]))
        skipped = [{"id": "447700900002", "reason": "no phone"}]
        self.assertEqual(answers[2], {"type": "ack", "seq": 1, "written": 2, "skipped": skipped})
        self.assertEqual(answers[3], {"type": "ack", "seq": 2, "written": 0, "skipped": skipped})
        self.assertEqual((answers[4]["written"], answers[4]["skipped"]), (2, 2))
        self.assertEqual(self.staging.read_text("utf-8"), "éeinsdreiend")

    def test_a_writer_of_the_library_can_be_kept(self) -> None:
        body = (
            "def begin(self, out, run):\n    import csv\n    self.csv = csv.writer(out)\n"
            "def contact(self, contact, out):\n    self.csv.writerow([contact['display_name'], contact['phone']])\n"
        )
        self.run_text(self.write_program(body), batch(1, person(1, 'a"b\n')), batch(2, person(2)))
        expected = b'"a""b\n",+447700900001\r\nAda,+447700900002\r\n'
        self.assertEqual(self.staging.read_bytes(), expected)

    def test_an_empty_batch_is_acknowledged(self) -> None:
        answers = self.run_text(self.write_program(WRITE_NAME), batch(1))
        self.assertEqual(answers[2], {"type": "ack", "seq": 1, "written": 0, "skipped": []})

    def test_a_dry_run_writes_no_file(self) -> None:
        answers = self.run_text(self.write_program(WRITE_NAME), batch(1, person(1)), dry_run=True)
        self.assertEqual(answers[3]["written"], 1)
        self.assertFalse(self.staging.exists())

    def test_the_file_is_for_its_owner_only(self) -> None:
        self.run_text(self.write_program(WRITE_NAME), batch(1, person(1)))
        self.assertEqual(self.staging.stat().st_mode & 0o777, 0o600)


class Errors(ChildTest):
    """Errors have a kind and one line."""

    def failure(self, body: str, *messages: object, staging: str = "", **base: str) -> tuple[str, str, str]:
        """Runs a program that fails, and returns the kind and message of the error, and the log."""
        child = self.start(self.write_program(body, **base))
        child.receive()
        child.send(begin(staging=staging or str(self.staging)))
        answer = child.receive()
        for message in messages:
            if answer["type"] != "error":
                if isinstance(message, bytes):
                    child.send_line(message)
                else:
                    child.send(message)  # type: ignore[arg-type]
                answer = child.receive()
        self.assertEqual(answer["type"], "error")
        self.assertEqual(child.ended(), 1)
        return answer["kind"], answer["message"], child.log()

    def test_an_exception_is_internal_and_its_traceback_is_in_the_log(self) -> None:
        kind, message, log = self.failure(
            "def contact(self, contact, out):\n    raise RuntimeError('two\\nlines')\n", batch(1, person(1))
        )
        self.assertEqual((kind, message), ("internal", "RuntimeError: two lines"))
        self.assertTrue(log.startswith("Traceback (most recent call last):\n"), log)
        self.assertTrue(log.endswith("RuntimeError: two\nlines\n"), log)

    def test_an_error_of_the_author_has_its_kind_and_no_traceback(self) -> None:
        for kind in ("options", "auth", "destination", "quota", "unsupported", "internal"):
            body = WRITE_NAME + f"def begin(self, out, run):\n    raise ExporterError('{kind}', 'because')\n"
            self.assertEqual(self.failure(body), (kind, "because", ""))

    def test_a_kind_that_does_not_exist(self) -> None:
        body = WRITE_NAME + "def begin(self, out, run):\n    raise ExporterError('network', 'gone')\n"
        kind, message, _ = self.failure(body)
        known = "options, auth, destination, quota, unsupported, internal"
        self.assertEqual((kind, message), ("internal", f"ValueError: 'network' is none of {known}"))

    def test_exit_in_the_middle_is_an_error(self) -> None:
        kind, message, _ = self.failure(
            "def contact(self, contact, out):\n    sys.exit(0)\n", batch(1, person(1))
        )
        self.assertEqual((kind, message), ("internal", "SystemExit: 0"))

    @unittest.skipUnless(os.path.exists("/dev/full"), "SKIPPED: no /dev/full here")
    def test_a_full_disk_is_an_error_of_the_destination(self) -> None:
        found = self.failure(WRITE_NAME, batch(1, person(1)), staging="/dev/full")
        self.assertEqual(found, ("destination", "could not write the file: No space left on device", ""))

    def test_a_folder_that_is_not_there(self) -> None:
        found = self.failure(WRITE_NAME, staging=str(self.folder / "missing" / "file"))
        self.assertEqual(found, ("destination", "could not write the file: No such file or directory", ""))

    def test_a_line_that_is_no_message(self) -> None:
        for line, what in (
            (b"hello", "a line that is no JSON"),
            (b'"\xff"', "a line that is no JSON"),
            (b"[]", "something other than batch or finish or abort"),
            (b'{"type":"begin"}', "something other than batch or finish or abort"),
            (b'{"type":"batch","seq":2,"contacts":[]}', "something other than batch 1"),
            (b'{"type":"batch","seq":1}', "something other than batch 1"),
            (b" " * (8 * 1024 * 1024 + 1), "a line of more than 8 MiB"),
        ):
            found = self.failure(WRITE_NAME, line)
            self.assertEqual(found, ("internal", f"the host sent {what}", ""))

    def test_a_line_of_8_mib_is_read(self) -> None:
        child = self.start(self.write_program(WRITE_NAME))
        child.talk(begin(staging=str(self.staging)))
        line = b'{"type":"batch","seq":1,"contacts":[]}'
        child.send_line(line + b" " * (8 * 1024 * 1024 - len(line)))
        self.assertEqual(child.receive()["type"], "ack")
        self.assertEqual(child.ended(close=True), 0)

    def test_another_version_of_the_protocol(self) -> None:
        child = self.start(self.write_program(WRITE_NAME))
        child.receive()
        child.send(begin(v=2))
        message = "the host speaks another version of the protocol than 1"
        self.assertEqual(child.receive(), {"type": "error", "kind": "unsupported", "message": message})
        self.assertEqual(child.ended(), 1)

    def test_an_acknowledgement_of_more_than_8_mib(self) -> None:
        body = "def contact(self, contact, out):\n    raise Skip('é' * 1000)\n"
        people = [person(number % 1000) for number in range(5000)]
        kind, message, log = self.failure(body, batch(1, *people))
        self.assertEqual((kind, message, log), ("internal", "the message ack has more than 8 MiB", ""))

    def test_a_class_that_is_not_complete(self) -> None:
        for body, attributes, what in (
            ("pass", "", "TypeError: P lacks contact"),
            (WRITE_NAME, "name = ''", "TypeError: P lacks name"),
            (WRITE_NAME, "needs = 'phone'", "TypeError: P.needs is a text, not a list of keys"),
        ):
            child = self.start(self.write_program(body, attributes=attributes))
            self.assertEqual(child.ended(), 1)
            self.assertEqual(child.log().splitlines()[-1], what)


SERVICE = """
def begin(self, run): self.log('begin')
def batch(self, records):
    self.log('batch')
    STEP
def finish(self, end): self.log('finish')
def abort(self):
    self.log('abort')
    self.status('cleaning up')
def log(self, what): print(what, file=sys.stderr, flush=True)
"""


class Ends(ChildTest):
    """However a run ends, what was staged is removed unless it is committed."""

    def service(self, step: str = "pass") -> "tuple[object, ...]":
        child = self.start(self.write_program(SERVICE.replace("STEP", step), base="Exporter"))
        self.child = child
        return tuple(child.talk(begin()))

    def test_an_abort_cleans_up(self) -> None:
        self.service()
        self.child.send(batch(1, person(1)))
        self.child.receive()
        self.child.send(ABORT)
        self.assertEqual((self.child.ended(), self.child.log()), (0, "begin\nbatch\nabort\n"))

    def test_the_signal_of_the_host_does_not_interrupt_the_cleaning_up(self) -> None:
        body = (
            "def batch(self, records):\n    raise ExporterError('quota', 'full')\n"
            "def abort(self):\n    os.kill(os.getpid(), signal.SIGTERM)\n    print('clean')\n"
        )
        child = self.start(self.write_program(body, base="Exporter"))
        child.talk(begin(), batch(1, person(1)))
        self.assertEqual((child.ended(), child.log()), (1, "clean\n"))
        child = self.start(self.write_program(body, base="Exporter"))
        child.talk(begin())
        child.send(ABORT)
        self.assertEqual((child.ended(), child.log()), (0, "clean\n"))

    def test_so_does_the_end_of_the_input(self) -> None:
        self.service()
        self.assertEqual((self.child.ended(close=True), self.child.log()), (0, "begin\nabort\n"))

    def test_a_line_without_an_end_is_the_end_of_the_input(self) -> None:
        self.service()
        self.child.stdin.write(b'{"type":"finish","complete":true,"reasons":[]}')
        self.assertEqual((self.child.ended(close=True), self.child.log()), (0, "begin\nabort\n"))

    def test_an_error_cleans_up_before_it_is_reported(self) -> None:
        self.service("raise ExporterError('quota', 'full')")
        self.child.send(batch(1, person(1)))
        expected = {"type": "error", "kind": "quota", "message": "full"}
        self.assertEqual(self.child.receive(), expected)
        self.assertEqual((self.child.ended(), self.child.log()), (1, "begin\nbatch\nabort\n"))

    def test_of_two_errors_the_first_is_reported_and_the_second_logged(self) -> None:
        self.service("self.log = None; raise ExporterError('quota', 'full')")
        self.child.send(batch(1, person(1)))
        self.assertEqual(self.child.receive()["message"], "full")
        self.assertEqual(self.child.ended(), 1)
        self.assertEqual(self.child.log().splitlines()[-1], "TypeError: 'NoneType' object is not callable")

    def test_a_host_that_is_gone_is_an_abort(self) -> None:
        self.service("self.status('still there?')")
        self.child.stdout.close()
        self.child.send(batch(1, person(1)))
        self.assertEqual(self.child.process.wait(timeout=30), 1)
        self.assertEqual(self.child.log(), "begin\nbatch\nabort\n")

    def test_signals_clean_up_quietly(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            self.service("self.alive(); time.sleep(60)")
            self.child.send(batch(1, person(1)))
            self.assertEqual(self.child.receive(), {"type": "alive"})
            self.child.process.send_signal(number)
            self.assertEqual((self.child.ended(), self.child.log()), (128 + number, "begin\nbatch\nabort\n"))

    def test_a_signal_while_it_waits_for_the_host(self) -> None:
        self.service()
        self.child.process.send_signal(signal.SIGTERM)
        self.assertEqual((self.child.ended(), self.child.log()), (143, "begin\nabort\n"))

    def test_a_dry_run_calls_nothing_that_writes(self) -> None:
        child = self.start(self.write_program(SERVICE, base="Exporter"))
        answers = child.talk(begin(dry_run=True), batch(1, person(1)), FINISH)
        self.assertEqual((answers[3]["written"], "forecast" in answers[3]), (1, False))
        self.assertEqual((child.ended(), child.log()), (0, ""))
        child = self.start(self.write_program(SERVICE, base="Exporter"))
        child.talk(begin(dry_run=True))
        child.send(ABORT)
        self.assertEqual((child.ended(), child.log()), (0, ""))

    def test_a_program_that_is_not_used_ends(self) -> None:
        child = self.start(self.write_program(WRITE_NAME))
        child.receive()
        self.assertEqual((child.ended(close=True), child.log()), (0, ""))


class Time(ChildTest):
    def test_slow_contacts_keep_the_program_alive(self) -> None:
        body = "def contact(self, contact, out):\n    time.sleep(0.06)\n"
        child = self.start(self.write_program(body, attributes="whapi_exporter.ALIVE_AFTER = 0.05"))
        child.talk(begin(staging=str(self.staging)))
        child.send(batch(1, person(1), person(2)))
        answers = [child.receive()["type"] for _ in range(3)]
        self.assertEqual(answers, ["alive", "alive", "ack"])
        self.assertEqual(child.ended(close=True), 0)

    def test_100_000_contacts_take_less_than_10_seconds_of_the_processor(self) -> None:
        body = WRITE_NAME + "def finish(self, out, end):\n    print(time.process_time(), file=sys.stderr)\n"
        child = self.start(self.write_program(body))
        child.talk(begin(staging=str(self.staging)))
        record = person(1, "Ada Beispiel", kind="phone", name="Ada Beispiel", pushname=None, saved=True)
        people = json.dumps([record] * 500).encode()
        for seq in range(1, 201):
            child.send_line(b'{"type":"batch","seq":%d,"contacts":%b}' % (seq, people))
            self.assertEqual(child.receive()["written"], 500)
        child.send(FINISH)
        self.assertEqual(child.receive()["written"], 100_000)
        self.assertEqual(child.ended(), 0)
        seconds = float(child.log())
        print(f"100,000 contacts: {seconds:.2f} s of the processor", file=sys.stderr)
        self.assertLess(seconds, 10)


if __name__ == "__main__":
    unittest.main()
