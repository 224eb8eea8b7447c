"""Answers to CSV with DuckDB."""

import sys

import duckdb

QUERY = """
copy (
    select contact.id, contact.name, contact.pushname, contact.saved, contact.is_business
    from (
        select unnest(contacts) as contact
        from read_json('{answers}', format = 'newline_delimited', columns = {{
            contacts: 'STRUCT(id VARCHAR, name VARCHAR, pushname VARCHAR, saved BOOLEAN, is_business BOOLEAN)[]'
        }})
    )
) to '{target}' (format csv, header)
"""


def main():
    answers, target = sys.argv[1:]
    duckdb.sql(QUERY.format(answers=answers, target=target))


main()
