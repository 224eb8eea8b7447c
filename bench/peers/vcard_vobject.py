"""Answers to vCard 3.0 with vobject."""

import json
import sys
import uuid

import vobject

NAMESPACE = uuid.UUID("1995c8b1-c513-521f-99ec-e0a7f14d372d")


def card(contact):
    phone = "+" + contact["id"] if contact["id"].isdecimal() else None
    pushname = contact.get("pushname")
    name = contact.get("name") or pushname or phone or contact["id"]
    saved = contact.get("saved")
    note = (
        "WhatsApp: saved in the address book."
        if saved
        else "WhatsApp: in a group or chat.\nSave it to edit or delete it."
    )
    if pushname and pushname != name:
        note += "\nName on WhatsApp: " + pushname
    card = vobject.vCard()
    card.add("fn").value = name
    card.add("n").value = vobject.vcard.Name(given=name)
    if phone:
        tel = card.add("tel")
        tel.value = phone
        tel.type_param = "CELL"
    card.add("categories").value = ["WhatsApp saved" if saved else "WhatsApp discovered"]
    card.add("note").value = note
    card.add("prodid").value = "-//peer//EN"
    card.add("uid").value = uuid.uuid5(NAMESPACE, contact["id"]).urn
    return card.serialize()


def main():
    with open(sys.argv[1], "rb") as answers, open(sys.argv[2], "w", newline="") as target:
        for answer in answers:
            target.writelines(map(card, json.loads(answer)["contacts"]))


main()
