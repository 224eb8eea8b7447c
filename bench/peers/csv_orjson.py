"""Answers to CSV with orjson and Python's csv."""

import csv
import sys

import orjson

FIELDS = ("id", "name", "pushname", "saved", "is_business")


def main():
    with open(sys.argv[1], "rb") as answers, open(sys.argv[2], "w", newline="") as target:
        lines = csv.writer(target)
        lines.writerow(FIELDS)
        for answer in answers:
            contacts = orjson.loads(answer)["contacts"]
            lines.writerows([contact.get(field) for field in FIELDS] for contact in contacts)


main()
