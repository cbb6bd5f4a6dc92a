"""What a number counts, said in its schema: names end in their unit."""

from typing import Any, Final

WORDS: Final = {
    "amount": "In fen (1/100 yuan), CNY.",
    "price": "In fen (1/100 yuan), CNY.",
    "ceiling": "In fen (1/100 yuan), CNY.",
    "committed": "In fen (1/100 yuan), CNY.",
    "paid": "In fen (1/100 yuan), CNY.",
    "bp": "In basis points: 10000 is the whole, 100 is one percent.",
    "minutes": "In minutes.",
    "hours": "In hours.",
    "days": "In days.",
    "months": "In months.",
    "years": "In years.",
    "bytes": "In bytes.",
    "persons": "In persons.",
}
NUMBERS: Final = {"integer", "number"}


def explain(schema: Any) -> None:
    """Add the unit to the description of every numeric property whose name ends in one."""
    if isinstance(schema, list):
        for one in schema:
            explain(one)
    if isinstance(schema, dict):
        properties = schema.get("properties")
        for name, one in properties.items() if isinstance(properties, dict) else ():
            word = WORDS.get(name.rpartition("_")[2])
            if word and _is_number(one) and word not in one.get("description", ""):
                one["description"] = " ".join(filter(None, [one.get("description"), word]))
        for one in schema.values():
            explain(one)


def _is_number(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    return schema.get("type") in NUMBERS or any(map(_is_number, schema.get("anyOf", ())))
