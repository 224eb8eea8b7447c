#!/bin/sh
# Answers to CSV with jq.
{
    echo id,name,pushname,saved,is_business
    jq --raw-output '.contacts[] | [.id, .name, .pushname, .saved, .is_business] | @csv' "$1"
} > "$2"
