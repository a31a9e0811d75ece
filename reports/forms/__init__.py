"""Forms of this room: they clean to final types and do not write. One file per noun."""
